//! Classes of respondents on the axes: a tree, a cut, and rounds that settle who belongs where.

use serde::{Deserialize, Serialize};

use super::{
    correspondence::Cloud,
    describe::{Class, describe},
    grid::{Grid, add, add_scaled, at, squared_distance},
    supplementary::ratio,
    tree::{cut, ward},
};
use crate::base::Seed;
use crate::manufactory::survey::{Stream, SurveyError, Table};

/// How respondents are put into classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct ClusterSpec {
    /// The first so many axes; all that are told where nobody says.
    pub axes: Option<usize>,
    /// How many classes; where nobody says, that number from `min` to `max` which leaves least inertia within classes
    /// relative to one class less.
    pub classes: Option<usize>,
    /// At least so many classes, from 2.
    pub min: usize,
    /// At most so many classes.
    pub max: usize,
    /// Respondents move to the nearest center, and centers to the mean of their respondents, until nobody moves.
    pub consolidate: bool,
    /// Respondents are first put into so many groups, of which the tree is made; needed where there are more distinct
    /// respondents than [`ClusterSpec::POINTS`].
    pub groups: Option<usize>,
    /// The seed of those groups.
    pub seed: u64,
    /// How many respondents are named who lie nearest to the center of their class.
    pub paragons: usize,
    /// Categories and numbers are told of a class where chance makes as much of a difference less often than this.
    pub significance: f64,
}

impl Default for ClusterSpec {
    fn default() -> Self {
        Self {
            axes: None,
            classes: None,
            min: 3,
            max: 10,
            consolidate: true,
            groups: None,
            seed: 0,
            paragons: 5,
            significance: 0.05,
        }
    }
}

/// Classes of respondents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clustering {
    /// How many distinct points the respondents are on these axes.
    pub points: usize,
    /// The tree from its top: what is left and lost with one class, two, three, as far as `max`.
    pub levels: Vec<Level>,
    /// The share of the inertia that lies between classes as the tree is cut.
    pub between_of_tree: f64,
    /// The share of the inertia that lies between classes, as they are told.
    pub between: f64,
    /// Rounds of consolidation until nobody moved.
    pub rounds: usize,
    /// The classes, in the order of their centers on the first axis.
    pub classes: Vec<Class>,
    /// Of each row of the table its class, from 1; nothing where it is not studied.
    pub class_of: Vec<Option<u32>>,
}

/// The tree cut at one place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Level {
    /// How many classes.
    pub classes: usize,
    /// The inertia within them.
    pub within: f64,
    /// The inertia that goes from within to between where one class more is made.
    pub gain: f64,
}

/// As many rounds as centers are moved at most.
const ROUNDS: usize = 200;

/// As many for groups, of which a tree is yet to be made.
const GROUP_ROUNDS: usize = 10;

impl ClusterSpec {
    /// As many points as a tree is made of at most: some seconds.
    pub const POINTS: usize = 20_000;
}

/// Points put into classes.
pub(super) struct Partition {
    /// Of each point the class.
    pub(super) of: Vec<u32>,
    /// A row for each class.
    pub(super) centers: Grid,
    /// The share of the whole in each class.
    pub(super) shares: Vec<f64>,
}

/// Puts the respondents of a cloud into classes.
///
/// Where there are groups, the tree is made of their centers; consolidation moves the respondents themselves.
///
/// # Source
/// Lebart, Morineau and Piron (1995), "Statistique exploratoire multidimensionnelle", 2.3 (the mixed strategy); Husson,
/// Josse and Pagès (2010), "Principal component methods - hierarchical clustering - partitional clustering", for the
/// number of classes. Checked against `FactoMineR::HCPC`, whose consolidation knows no weights.
pub(super) fn carry_out(
    id: &str,
    spec: &ClusterSpec,
    table: &Table,
    cloud: &Cloud,
) -> Result<Clustering, SurveyError> {
    let unfit = |reason: String| SurveyError::GeometryUnfit { analysis: id.to_owned(), reason };
    let points = cloud.coordinates.narrowed(spec.axes.unwrap_or(usize::MAX));
    let shares = &cloud.profiles.shares;
    let grouped = match spec.groups {
        Some(0) => return Err(unfit("no group is asked for".to_owned())),
        Some(groups) if groups > ClusterSpec::POINTS => {
            return Err(SurveyError::PointsTooMany { points: groups, most: ClusterSpec::POINTS });
        }
        Some(groups) if groups < points.len() => {
            let centers = drawn(&points, shares, groups, spec.seed);
            Some(settled(&points, shares, centers, GROUP_ROUNDS).0)
        }
        Some(_) | None if points.len() > ClusterSpec::POINTS => {
            return Err(SurveyError::PointsTooMany { points: points.len(), most: ClusterSpec::POINTS });
        }
        Some(_) | None => None,
    };
    let (leaves, weights) = match &grouped {
        Some(groups) => (&groups.centers, &groups.shares),
        None => (&points, shares),
    };
    let joins = ward(leaves, weights);
    let most = spec.max.min(leaves.len().saturating_sub(1));
    if let Some(classes) = spec.classes.filter(|classes| *classes == 0 || *classes > leaves.len()) {
        return Err(unfit(format!("{classes} classes cannot be made of {} distinct points", leaves.len())));
    }
    if spec.classes.is_none() && (spec.min < 2 || spec.min > most) {
        return Err(unfit(format!(
            "from {} to {} classes cannot be made of {} distinct points",
            spec.min,
            spec.max,
            leaves.len()
        )));
    }

    let total: f64 = points.rows().zip(shares).map(|(point, share)| share * squared_norm(point)).sum();
    let in_groups = grouped.as_ref().map_or(0.0, |groups| within(&points, shares, groups));
    // From one class to as many as there are points.
    let mut lost: Vec<f64> = joins.iter().map(|join| join.height).collect();
    let mut left = vec![in_groups];
    for height in &lost {
        left.push(left.last().copied().unwrap_or(0.0) + height);
    }
    lost.reverse();
    left.reverse();
    let levels: Vec<Level> = (1..)
        .zip(left.iter().zip(lost.iter().chain([&0.0])))
        .take(most.max(spec.classes.unwrap_or(0)).max(1))
        .map(|(classes, (within, gain))| Level { classes, within: *within, gain: *gain })
        .collect();
    let classes = spec.classes.unwrap_or_else(|| {
        let relative = |classes: usize| {
            let before = classes.checked_sub(2).map_or(0.0, |before| at(&left, before));
            ratio(at(&left, classes.saturating_sub(1)), before)
        };
        let better = |one: usize, other: usize| if relative(other) < relative(one) { other } else { one };
        (spec.min..=most).reduce(better).unwrap_or(1)
    });

    let of_leaves = cut(&joins, leaves.len(), classes);
    let of: Vec<u32> = match &grouped {
        Some(groups) => {
            groups.of.iter().map(|group| of_leaves.get(*group as usize).copied().unwrap_or(0)).collect()
        }
        None => of_leaves,
    };
    let of_tree = Partition::new(of, &points, shares, classes);
    let between_of_tree = 1.0 - ratio(within(&points, shares, &of_tree), total);
    let (mut partition, rounds) =
        if spec.consolidate { settled(&points, shares, of_tree.centers, ROUNDS) } else { (of_tree, 0) };
    partition.put_in_order();
    let mut class_of = vec![None; table.rows()];
    for (row, profile) in cloud.studied.rows.iter().zip(&cloud.profiles.of) {
        if let Some(slot) = class_of.get_mut(*row) {
            *slot = partition.of.get(*profile as usize).map(|class| class + 1);
        }
    }
    Ok(Clustering {
        points: points.len(),
        levels,
        between_of_tree,
        between: 1.0 - ratio(within(&points, shares, &partition), total),
        rounds,
        classes: describe(spec, table, cloud, &points, &partition)?,
        class_of,
    })
}

impl Partition {
    fn new(of: Vec<u32>, points: &Grid, weights: &[f64], classes: usize) -> Self {
        let mut centers = Grid::zeros(classes, points.width());
        let mut shares = vec![0.0; classes];
        for ((point, weight), class) in points.rows().zip(weights).zip(&of) {
            add(&mut shares, *class as usize, *weight);
            add_scaled(centers.row_mut(*class as usize), point, *weight);
        }
        for (class, share) in shares.iter().enumerate() {
            centers.row_mut(class).iter_mut().for_each(|value| *value = ratio(*value, *share));
        }
        Self { of, centers, shares }
    }

    /// Numbers classes in the order of their centers on the first axis; those in which nobody is left fall away.
    fn put_in_order(&mut self) {
        let first = |class: &usize| at(self.centers.row(*class), 0);
        let mut order: Vec<usize> =
            (0..self.shares.len()).filter(|class| at(&self.shares, *class) > 0.0).collect();
        order.sort_by(|one, other| first(one).total_cmp(&first(other)));
        let mut numbers = vec![0_u32; self.shares.len()];
        let mut centers = Grid::zeros(0, self.centers.width());
        for (number, class) in (0_u32..).zip(&order) {
            centers.push(self.centers.row(*class));
            if let Some(slot) = numbers.get_mut(*class) {
                *slot = number;
            }
        }
        for class in &mut self.of {
            *class = numbers.get(*class as usize).copied().unwrap_or(0);
        }
        self.shares = order.iter().map(|class| at(&self.shares, *class)).collect();
        self.centers = centers;
    }
}

fn squared_norm(point: &[f64]) -> f64 {
    point.iter().map(|value| value * value).sum()
}

/// The inertia within classes.
fn within(points: &Grid, weights: &[f64], partition: &Partition) -> f64 {
    let own = points.rows().zip(weights).zip(&partition.of);
    own.map(|((point, weight), class)| {
        weight * squared_distance(point, partition.centers.row(*class as usize))
    })
    .sum()
}

/// Draws centers among points, each the likelier the further it lies from those already drawn.
///
/// # Source
/// Arthur and Vassilvitskii (2007), "k-means++: The Advantages of Careful Seeding", SODA.
fn drawn(points: &Grid, weights: &[f64], groups: usize, seed: u64) -> Grid {
    let mut stream = Stream::new(&Seed::from_number(seed));
    let mut centers = Grid::zeros(0, points.width());
    let mut chances = weights.to_vec();
    let mut distances = vec![f64::INFINITY; points.len()];
    for _ in 0..groups {
        let mut left = stream.unit() * chances.iter().sum::<f64>();
        let reached = |chance: &f64| {
            left -= chance;
            left < 0.0
        };
        let Some(place) =
            chances.iter().position(reached).or_else(|| chances.iter().rposition(|chance| *chance > 0.0))
        else {
            break;
        };
        let center = points.row(place).to_vec();
        for (((point, weight), chance), distance) in
            points.rows().zip(weights).zip(&mut chances).zip(&mut distances)
        {
            *distance = distance.min(squared_distance(point, &center));
            *chance = weight * *distance;
        }
        centers.push(&center);
    }
    centers
}

/// Moves points to the nearest center, the first among equals, and centers to the mean of their points, until no point
/// moves or after so many rounds; gives the rounds.
///
/// # Source
/// Forgy (1965), Biometrics 21; Lloyd (1982), IEEE Transactions on Information Theory 28. Weights count.
fn settled(points: &Grid, weights: &[f64], centers: Grid, most: usize) -> (Partition, usize) {
    let classes = centers.len();
    let mut partition = Partition { of: Vec::new(), centers, shares: Vec::new() };
    let mut rounds = 0;
    loop {
        let of = nearest(points, &partition.centers);
        let rest = of == partition.of || rounds >= most;
        let last = partition.centers;
        partition = Partition::new(of, points, weights, classes);
        if rest {
            return (partition, rounds);
        }
        for class in 0..classes {
            // Nobody is left: the center stays where it was.
            if at(&partition.shares, class) <= 0.0 {
                partition.centers.row_mut(class).copy_from_slice(last.row(class));
            }
        }
        rounds += 1;
    }
}

/// Of each point the nearest center, the first among equals.
///
/// Centers are tried in the order of the first axis, outwards from the point, as long as that axis alone is not too far.
fn nearest(points: &Grid, centers: &Grid) -> Vec<u32> {
    let mut order: Vec<(f64, u32)> = centers.rows().map(|center| at(center, 0)).zip(0..).collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut sorted = Grid::zeros(0, centers.width());
    for (_, class) in &order {
        sorted.push(centers.row(*class as usize));
    }
    let of_point = |point: &[f64]| {
        let own = at(point, 0);
        let start = order.partition_point(|(first, _)| *first < own);
        let mut best = (f64::INFINITY, 0);
        let mut try_one = |center: &[f64], (first, class): (f64, u32)| {
            let distance = squared_distance(point, center);
            if distance < best.0 || distance <= best.0 && class < best.1 {
                best = (distance, class);
            }
            (first - own) * (first - own) <= best.0
        };
        let mut above = sorted.rows().zip(&order).skip(start);
        while above.next().is_some_and(|(center, known)| try_one(center, *known)) {}
        let mut below = sorted.rows().zip(&order).take(start).rev();
        while below.next().is_some_and(|(center, known)| try_one(center, *known)) {}
        best.1
    };
    points.rows().map(of_point).collect()
}
