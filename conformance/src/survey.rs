//! Made publics: answers to measure with, and samples drawn again and again from a public of which all is known.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a case that stops has failed")]

use c3ms_core::{
    base::Seed,
    survey::{
        AnalysisSpec, Categories, Column, Stream, Table,
        sample::{
            Joint, JointProbabilities, Listing, Probabilities, Selection, by_strata, equal_probabilities,
            inclusion_probabilities, joint_probabilities,
        },
    },
};
use serde_json::{Value, json};

/// The levels of the five margins of [`answers`].
pub const MARGINS: [usize; 5] = [2, 5, 8, 12, 20];

/// Answers of a clustered sample: 50 strata of 10 units, a weight, an amount, 100 domains, five margins.
///
/// # Panics
/// Never: all columns are equally long.
#[must_use]
pub fn answers(rows: usize) -> Table {
    let mut stream = Stream::new(&Seed::from_number(11));
    let mut numbers: Vec<(&str, Vec<f64>)> =
        ["stratum", "psu", "w", "y", "d", "m0", "m1", "m2", "m3", "m4"].map(|name| (name, Vec::new())).into();
    for row in 0..rows {
        // Files are in the order of their units.
        let psu = row * 500 / rows;
        let mut values =
            vec![real(psu / 10), real(psu), 1.0 + stream.unit(), 20.0 * stream.unit() + real(psu % 7)];
        values.push(real(stream.below(100)));
        values.extend(MARGINS.map(|levels| real(stream.below(levels))));
        for ((_, column), value) in numbers.iter_mut().zip(values) {
            column.push(value);
        }
    }
    let mut table = Table::default();
    for (name, column) in numbers {
        table.add(name, Column::Numbers(column)).unwrap();
    }
    table
}

/// The answers as a file.
///
/// # Panics
/// Where a column holds words.
#[must_use]
pub fn to_csv(table: &Table) -> String {
    let mut text = table.names().join(",") + "\n";
    let columns: Vec<&[f64]> = table.names().iter().map(|name| table.numbers(name).unwrap()).collect();
    for row in 0..table.rows() {
        let cells: Vec<String> = columns.iter().map(|column| column[row].to_string()).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// An analysis of [`answers`].
///
/// # Panics
/// Where the document is none.
#[must_use]
pub fn analysis(more: &Value) -> AnalysisSpec {
    let mut spec = json!({"design": {"ids": ["psu"], "strata": ["stratum"], "weights": "w"}});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    AnalysisSpec::parse(&spec.to_string()).unwrap()
}

/// The five margins of [`answers`], each with equal totals.
#[must_use]
pub fn margins(rows: usize) -> Value {
    let margin = |(place, levels): (usize, usize)| {
        let share = 1.6 * real(rows) / real(levels);
        let totals: serde_json::Map<String, Value> =
            (0..levels).map(|level| (level.to_string(), json!(share))).collect();
        json!({"variable": format!("m{place}"), "totals": totals})
    };
    MARGINS.into_iter().enumerate().map(margin).collect()
}

/// A frame of units of one probability, with ten columns to balance: the probability and nine of chance.
///
/// # Panics
/// Never: the probability is one.
#[must_use]
pub fn frame(units: usize) -> (Probabilities, Vec<Vec<f64>>) {
    let mut stream = Stream::new(&Seed::from_number(7));
    let mut columns = vec![vec![0.1; units]];
    columns.extend((0..9).map(|_| (0..units).map(|_| stream.unit()).collect()));
    (equal_probabilities(units, units / 10).unwrap(), columns)
}

/// Columns as a file.
///
/// # Panics
/// Where one is longer than another.
#[must_use]
pub fn columns_to_csv(columns: &[Vec<f64>]) -> String {
    let mut table = Table::default();
    for (place, column) in columns.iter().enumerate() {
        table.add(format!("x{place}"), Column::Numbers(column.clone())).unwrap();
    }
    to_csv(&table)
}

/// How often the interval of an estimate held what is true.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The design and the variance.
    pub name: &'static str,
    /// As a share of all samples.
    pub share: f64,
}

/// A public of venues: 400 in 8 strata, with visitors, what they spend and a size known beforehand.
struct Public {
    strata: Vec<usize>,
    sizes: Vec<f64>,
    /// Of each venue its visitors' spending.
    visitors: Vec<Vec<f64>>,
}

impl Public {
    fn new() -> Self {
        let mut stream = Stream::new(&Seed::from_number(5));
        let (mut strata, mut sizes, mut visitors) = (Vec::new(), Vec::new(), Vec::new());
        for venue in 0..400 {
            let stratum = venue % 8;
            let size = 20.0 + 60.0 * stream.unit() * (1.0 + real(stratum) / 8.0);
            let level = 5.0 + real(stratum) + 4.0 * stream.unit();
            let count = 10 + stream.below(12);
            strata.push(stratum);
            visitors.push((0..count).map(|_| level + size / 10.0 * (0.5 + stream.unit())).collect());
            sizes.push(size);
        }
        Self { strata, sizes, visitors }
    }

    fn of_venue(&self, venue: usize) -> f64 {
        self.visitors[venue].iter().sum()
    }

    fn total(&self) -> f64 {
        (0..self.visitors.len()).map(|venue| self.of_venue(venue)).sum()
    }

    fn mean(&self) -> f64 {
        self.total() / real(self.visitors.iter().map(Vec::len).sum())
    }
}

/// Draws samples of a known public and tells how often the 95 % interval of each design and variance held the truth.
///
/// # Panics
/// Where a draw or an estimate is refused.
#[must_use]
pub fn coverage(samples: usize) -> Vec<Coverage> {
    let public = Public::new();
    let designs: [(&'static str, Draw, Value); 13] = [
        ("simple random, Taylor", simple, json!({})),
        ("simple random, JK1", simple, json!({"replicates": {"method": "jk1"}})),
        ("stratified, Taylor", stratified, json!({})),
        ("stratified, JKn", stratified, json!({"replicates": {"method": "jkn"}})),
        (
            "stratified, Rao-Wu",
            stratified_with_replacement,
            json!({"replicates": {"method": "rao-wu", "replicates": 200, "seed": 3}}),
        ),
        (
            "stratified, raked",
            stratified,
            json!({"weighting": [{"step": "rake", "margins": [{"variable": "big", "totals": {}}]}]}),
        ),
        ("two stages, Taylor", staged, json!({})),
        ("two stages, JKn", staged, json!({"replicates": {"method": "jkn"}})),
        ("pairs, BRR", pairs, json!({"replicates": {"method": "brr"}})),
        ("pairs, Fay", pairs, json!({"replicates": {"method": "fay", "rho": 0.3}})),
        ("Sampford, Yates-Grundy", sampford, json!({})),
        ("Pareto, Deville", pareto, json!({})),
        ("Poisson", poisson, json!({})),
    ];
    designs
        .into_iter()
        .enumerate()
        .map(|(number, (name, draw, more))| {
            let mut stream = Stream::new(&Seed::from_number(number as u64 + 100));
            let mut held = 0_usize;
            for _ in 0..samples {
                held += usize::from(draw(&public, &mut stream).holds(&public, &more));
            }
            Coverage { name, share: real(held) / real(samples) }
        })
        .collect()
}

/// How a sample is drawn.
type Draw = fn(&Public, &mut Stream) -> Drawn;

/// A sample as an analysis reads it.
struct Drawn {
    table: Table,
    joint: Option<Table>,
    design: Value,
    /// The total of venues, or the mean of visitors.
    of_total: bool,
}

impl Drawn {
    fn holds(&self, public: &Public, more: &Value) -> bool {
        let statistic = if self.of_total { "total" } else { "mean" };
        let mut spec =
            json!({"design": self.design, "estimates": [{"statistic": statistic, "variables": ["y"]}]});
        let mut more = more.clone();
        if let Some(totals) = more.pointer_mut("/weighting/0/margins/0/totals") {
            let big = public.sizes.iter().filter(|size| **size > 60.0).count();
            *totals = json!({"0": public.sizes.len() - big, "1": big});
        }
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let spec = AnalysisSpec::parse(&spec.to_string()).unwrap();
        let beside = self.joint.iter().map(|joint| ("joint".to_owned(), joint.clone())).collect();
        let go_on = |_: usize, _: usize| std::ops::ControlFlow::Continue(());
        let found = spec.carry_out_with(&self.table, &beside, &go_on).unwrap();
        let truth = if self.of_total { public.total() } else { public.mean() };
        found.estimates[0].estimate.ci.is_some_and(|[low, high]| low <= truth && truth <= high)
    }
}

/// A table of the venues drawn: their spending, probability, stratum, and whether they are big.
fn venues(public: &Public, drawn: &[usize], share: impl Fn(usize) -> f64, design: Value) -> Drawn {
    let mut table = Table::default();
    let column =
        |value: &dyn Fn(usize) -> f64| Column::Numbers(drawn.iter().map(|venue| value(*venue)).collect());
    table.add("y", column(&|venue| public.of_venue(venue))).unwrap();
    table.add("p", column(&share)).unwrap();
    table.add("w", column(&|venue| 1.0 / share(venue))).unwrap();
    table.add("stratum", column(&|venue| real(public.strata[venue]))).unwrap();
    table
        .add(
            "of",
            column(&|venue| real(public.strata.iter().filter(|own| **own == public.strata[venue]).count())),
        )
        .unwrap();
    table.add("all", column(&|_| real(public.sizes.len()))).unwrap();
    let big: Vec<String> =
        drawn.iter().map(|venue| u8::from(public.sizes[*venue] > 60.0).to_string()).collect();
    table.add("big", Column::Categories(Categories::of(big.iter().map(String::as_str)))).unwrap();
    Drawn { table, joint: None, design, of_total: true }
}

fn simple(public: &Public, stream: &mut Stream) -> Drawn {
    let count = public.sizes.len();
    let drawn = c3ms_core::survey::sample::simple_random(count, 60, stream).unwrap();
    venues(public, &drawn, |_| 60.0 / real(count), json!({"fpc": ["all"]}))
}

fn within_strata(public: &Public, each: usize, stream: &mut Stream) -> Vec<usize> {
    let probabilities = equal_probabilities(public.sizes.len(), each * 8).unwrap();
    let listing = Listing { probabilities: &probabilities, balance: &[], places: &[] };
    by_strata(Selection::SimpleRandom, listing, &public.strata, stream).unwrap()
}

fn stratified(public: &Public, stream: &mut Stream) -> Drawn {
    let drawn = within_strata(public, 8, stream);
    venues(public, &drawn, |_| 8.0 / 50.0, json!({"strata": ["stratum"], "fpc": ["of"]}))
}

/// Two venues of each of 32 strata by size; put back, since half samples know no population.
fn pairs(public: &Public, stream: &mut Stream) -> Drawn {
    // 32 strata of 12 or 13 venues, by stratum and size.
    let mut order: Vec<usize> = (0..public.sizes.len()).collect();
    order.sort_by(|one, other| {
        let key = |venue: usize| (public.strata[venue], public.sizes[venue]);
        key(*one).partial_cmp(&key(*other)).unwrap()
    });
    let strata: Vec<&[usize]> =
        (0..32).map(|place| &order[place * 400 / 32..(place + 1) * 400 / 32]).collect();
    with_replacement(public, &strata, 2, stream)
}

fn stratified_with_replacement(public: &Public, stream: &mut Stream) -> Drawn {
    let of = |stratum: usize| (0..400).filter(|venue| public.strata[*venue] == stratum).collect::<Vec<_>>();
    let strata: Vec<Vec<usize>> = (0..8).map(of).collect();
    let strata: Vec<&[usize]> = strata.iter().map(Vec::as_slice).collect();
    with_replacement(public, &strata, 8, stream)
}

fn with_replacement(public: &Public, strata: &[&[usize]], each: usize, stream: &mut Stream) -> Drawn {
    let (mut drawn, mut of, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (place, own) in strata.iter().enumerate() {
        for unit in
            c3ms_core::survey::sample::simple_random_with_replacement(own.len(), each, stream).unwrap()
        {
            drawn.push(own[unit]);
            of.push(real(place));
            weights.push(real(own.len()) / real(each));
        }
    }
    let mut sample = venues(public, &drawn, |_| 1.0, json!({"strata": ["of"], "weights": "w"}));
    sample.table.add("of", Column::Numbers(of)).unwrap();
    sample.table.add("w", Column::Numbers(weights)).unwrap();
    sample
}

/// Venues within strata, then visitors within venues.
fn staged(public: &Public, stream: &mut Stream) -> Drawn {
    let drawn = within_strata(public, 8, stream);
    let mut columns: [Vec<f64>; 5] = Default::default();
    for venue in drawn {
        let visitors = &public.visitors[venue];
        for visitor in c3ms_core::survey::sample::simple_random(visitors.len(), 5, stream).unwrap() {
            let values =
                [visitors[visitor], real(public.strata[venue]), real(venue), 50.0, real(visitors.len())];
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
    }
    let mut table = Table::default();
    for (name, column) in ["y", "stratum", "venue", "of", "visitors"].into_iter().zip(columns) {
        table.add(name, Column::Numbers(column)).unwrap();
    }
    let rows = (0..table.rows()).map(|row| row.to_string()).collect::<Vec<_>>();
    table.add("visitor", Column::Categories(Categories::of(rows.iter().map(String::as_str)))).unwrap();
    let design = json!({"ids": ["venue", "visitor"], "strata": ["stratum"], "fpc": ["of", "visitors"]});
    Drawn { table, joint: None, design, of_total: false }
}

fn by_size(public: &Public, selection: Selection, stream: &mut Stream, design: Value) -> (Drawn, Vec<usize>) {
    let probabilities = inclusion_probabilities(&public.sizes, 80).unwrap();
    let listing = Listing { probabilities: &probabilities, balance: &[], places: &[] };
    let drawn = selection.draw(listing, stream).unwrap();
    (venues(public, &drawn, |venue| probabilities.values()[venue], design), drawn)
}

fn sampford(public: &Public, stream: &mut Stream) -> Drawn {
    let design = json!({"pps": {"method": "yates-grundy", "probability": "p", "joint": "joint"}});
    let (mut sample, drawn) = by_size(public, Selection::Sampford, stream, design);
    let probabilities = inclusion_probabilities(&public.sizes, 80).unwrap();
    let pairs: JointProbabilities = joint_probabilities(Joint::Sampford, &probabilities, &drawn).unwrap();
    let mut joint = Table::default();
    for (place, row) in pairs.rows().enumerate() {
        // Pairs have no order: columns are rows.
        joint.add(place.to_string(), Column::Numbers(row.to_vec())).unwrap();
    }
    sample.joint = Some(joint);
    sample
}

fn pareto(public: &Public, stream: &mut Stream) -> Drawn {
    by_size(public, Selection::Pareto, stream, json!({"pps": {"method": "deville", "probability": "p"}})).0
}

fn poisson(public: &Public, stream: &mut Stream) -> Drawn {
    by_size(public, Selection::Poisson, stream, json!({"pps": {"method": "poisson", "probability": "p"}})).0
}

fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
