//! A map of practices: which answers go together, how surely a point lies where it does, what sets classes apart.

use super::{
    super::{
        Column, Domains, Survey, SurveyError, Table,
        analysis::rows_where,
        geometry::{Category, Geometry, IndividualDetail},
    },
    protect::{Cells, Out},
    spec::MapSpec,
    told::{Ellipse, Map, Point, Profile, Trait},
};
use crate::base::digest_of;

/// A class tells what is more common in it where the test is above this: 5 of 100 by chance.
const V_TEST: f64 = 1.96;
/// The share of samples in which a point lies outside its ellipse.
const ALPHA: f64 = 0.05;

/// A map before it is protected.
pub(super) struct Drawn<'a> {
    spec: &'a MapSpec,
    geometry: Geometry,
    ellipses: Vec<(Category, bool, Option<Ellipse>)>,
    /// What classes are called in the ledger: others of other variables.
    class: String,
    mask: Option<Vec<bool>>,
}

impl<'a> Drawn<'a> {
    /// Places answers on their two first axes.
    pub(super) fn new(spec: &'a MapSpec, table: &Table, survey: Survey<'_>) -> Result<Self, SurveyError> {
        let mut asked = spec.geometry.clone();
        asked.mca.individuals = IndividualDetail::Coordinates;
        asked.mca.axes = asked.mca.axes.max(2);
        let mut geometry = asked.carry_out("map", table, survey.weights)?;
        let unfit = |reason: &str| SurveyError::GeometryUnfit {
            analysis: "map".to_owned(),
            reason: reason.to_owned(),
        };
        let places = geometry.mca.individuals.take().map(|own| own.coordinates).unwrap_or_default();
        let ([first, second, ..], [one, two, ..]) = (places.as_slice(), geometry.mca.axes.as_slice()) else {
            return Err(unfit("a map has two axes, and the answers have one"));
        };
        let scales = [one.eigenvalue.sqrt(), two.eigenvalue.sqrt()];
        let active = geometry.mca.categories.iter().map(|category| (category, true));
        let groups = geometry.mca.supplementary.iter().flat_map(|own| &own.categories);
        let mut ellipses = Vec::new();
        for (category, is_active) in active.chain(groups.map(|category| (category, false))) {
            let Some(level) = category.level.as_deref() else { continue };
            let own = table.categories(&category.variable)?;
            let chose =
                |row: usize| own.level(row) == Some(level) && first.get(row).is_some_and(|at| !at.is_nan());
            let chose: Vec<bool> = (0..table.rows()).map(chose).collect();
            let around = around(survey, [first.as_slice(), second.as_slice()], scales, &chose);
            ellipses.push((category.clone(), is_active, around));
        }
        let mask = rows_where(spec.geometry.condition.as_deref(), table)?;
        let digest = digest_of(&spec.geometry).map(|digest| digest.to_string()).unwrap_or_default();
        let class = format!("class {}", digest.get(..12).unwrap_or_default());
        Ok(Self { spec, geometry, ellipses, class, mask })
    }

    /// Adds the cells behind the map to those of its wave.
    pub(super) fn count(&self, cells: &mut Cells<'_>, table: &Table) -> Result<(), SurveyError> {
        let mca = &self.spec.geometry.mca;
        let variables: Vec<String> = mca.active.iter().chain(&mca.supplementary).cloned().collect();
        for variable in &variables {
            if matches!(table.column(variable)?, Column::Numbers(_)) {
                table.categories(variable)?;
            }
        }
        let classes =
            self.geometry.clusters.as_ref().map(|own| (self.class.as_str(), own.class_of.as_slice()));
        cells.map(&variables, classes, self.mask.as_deref(), table)
    }

    /// The map with what can be told of it.
    pub(super) fn told(self, out: &Out) -> Map {
        let on_map = self.mask.is_some();
        let mca = &self.geometry.mca;
        let points = self.ellipses.into_iter().filter_map(|(category, active, ellipse)| {
            let level = category.level?;
            let n = out.people(&[(&category.variable, &level)], on_map);
            let [first, second, ..] = category.coordinates.as_slice() else { return None };
            Some(Point {
                active,
                suppressed: n.is_none(),
                at: n.map(|_| [*first, *second]),
                ellipse: ellipse.filter(|_| n.is_some()),
                n,
                variable: category.variable,
                level,
            })
        });
        let classes = self.geometry.clusters.iter().flat_map(|own| &own.classes).map(|class| {
            let number = class.class.to_string();
            let n = out.people(&[(&self.class, &number)], on_map);
            let traits = class.categories.iter().filter(|own| own.v_test > V_TEST).filter_map(|own| {
                let level = own.level.clone()?;
                out.people(&[(&self.class, &number), (&own.variable, &level)], on_map)?;
                out.people(&[(&own.variable, &level)], on_map)?;
                let (in_class, share, v_test) = (own.in_class, own.share, own.v_test);
                Some(Trait { variable: own.variable.clone(), level, in_class, share, v_test })
            });
            Profile {
                class: class.class,
                suppressed: n.is_none(),
                n,
                share: n.map(|_| class.share),
                categories: if n.is_some() { traits.collect() } else { Vec::new() },
            }
        });
        Map {
            label: self.spec.label.clone(),
            wave: self.spec.wave.clone(),
            n: out.people(&[], on_map),
            axes: mca.axes.iter().take(2).map(|axis| axis.modified_rate).collect(),
            points: points.collect(),
            classes: classes.collect(),
        }
    }
}

/// The ellipse around the mean place of some respondents, in the scale of categories: places over the root of the
/// eigenvalue.
///
/// The covariance is that of two means in the domain, by linearization of the design; the axes are held. The region is
/// Hotelling's, with `df` degrees of freedom: `2 df / (df − 1) · F(0.95; 2, df − 1)`.
///
/// # Source
/// Greenacre (2017), "Correspondence Analysis in Practice", 3rd edition, chapter 29 (ellipses); Lebart, Morineau and Piron
/// (1995), 4.2; Hotelling (1931), Annals of Mathematical Statistics 2(3), 360-378.
fn around(survey: Survey<'_>, places: [&[f64]; 2], scales: [f64; 2], chose: &[bool]) -> Option<Ellipse> {
    let domains = Domains::one(chose.len(), Some(chose));
    let sums = survey.sums(&places, &domains);
    let domain = sums.first().filter(|domain| domain.n > 1)?;
    let df = survey.freedom(domain);
    if df < 2.0 {
        return None;
    }
    let means = survey.means(domain);
    let [first, both, _, second] = means.covariance.as_slice() else { return None };
    let [one, two] = scales;
    let (first, both, second) = (first / (one * one), both / (one * two), second / (two * two));
    let (middle, apart) = (f64::midpoint(first, second), (first - second) / 2.0);
    let spread = libm::hypot(apart, both);
    // The quantile of F with two degrees above has a closed form.
    let below = df - 1.0;
    let f = below / 2.0 * (libm::pow(ALPHA, -2.0 / below) - 1.0);
    let reach = 2.0 * df / below * f;
    let half = |variance: f64| (variance.max(0.0) * reach).sqrt();
    let found = Ellipse {
        major: half(middle + spread),
        minor: half(middle - spread),
        angle: (libm::atan2(both, apart) / 2.0).to_degrees(),
    };
    (found.major.is_finite() && found.minor.is_finite()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::{Design, DesignSpec},
        *,
    };

    /// By hand: ±2 and ±1 on two axes, four times each: variances of the mean 16·2·16/15/32/32 = 0.2667 … of n = 16, x̄ = 0.
    #[test]
    fn ellipses_lie_along_what_varies() {
        let first: Vec<f64> = (0..16).map(|row| if row % 2 == 0 { 2.0 } else { -2.0 }).collect();
        let second: Vec<f64> = (0..16).map(|row| if row / 2 % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let table = Table::parse(&format!("x\n{}", "1\n".repeat(16))).unwrap_or_default();
        let Ok(design) = Design::new(&DesignSpec::default(), &table) else { return };
        let survey = Survey { design: &design, weights: design.weights(), adjustments: &[] };
        let found = around(survey, [&first, &second], [1.0, 1.0], &[true; 16]);
        // F(0.95; 2, 14) = 3.738892, T² = 2·15/14·F = 8.011911; variances 4·16/15/16 and a fourth of it.
        let reach = (8.011_911_f64 * 4.0 / 15.0).sqrt();
        assert!(found.is_some_and(|own| (own.major - reach).abs() < 1e-6 && (own.minor - reach / 2.0).abs() < 1e-6));
        assert!(found.is_some_and(|own| own.angle.abs() < 1e-9));
    }
}
