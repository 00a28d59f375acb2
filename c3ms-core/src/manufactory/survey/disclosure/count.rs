//! Cells with their totals: counted from answers, or taken from a document and held against their sums.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{Categories, SurveyError, Table},
    spec::{CellSpec, DisclosureSpec, TableSpec},
};

/// The most cells that are protected together, totals too.
pub(super) const MOST_CELLS: usize = 200_000;
/// The most dimensions of a table.
const MOST_DIMENSIONS: usize = 5;
/// What an answer that is missing in a dimension is counted under: totals are the same in all tables.
const MISSING: &str = "(missing)";
/// The largest number of a cell.
const LARGEST: f64 = 1e15;
/// How far numbers may be from each other that are the same, relative to them.
const SAME: f64 = 1e-9;

/// Where a cell of a table stands, in the order of its dimensions; nothing for a total.
pub(super) type Coordinates = Vec<Option<String>>;

/// Who is alone in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alone {
    /// A contributor, by name.
    Named(String),
    /// The respondent of a row.
    Row(usize),
    /// Nothing tells who it is.
    Somebody,
}

/// What is known of a cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    pub(super) value: f64,
    pub(super) respondents: u64,
    /// The largest contributions, from the largest on.
    pub(super) largest: Vec<f64>,
    /// Who is alone in it.
    pub(super) alone: Option<Alone>,
}

/// A table with all its cells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counted {
    pub(super) measure: String,
    pub(super) dimensions: Vec<String>,
    pub(super) cells: BTreeMap<Coordinates, Facts>,
}

/// Whether two numbers are the same but for what adding them up in another order does.
pub(super) fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= SAME * one.abs().max(other.abs()).max(1.0)
}

/// How a cell is called in messages: `people [venue = Odéon, age = total]`.
pub(super) fn called(measure: &str, dimensions: &[String], at: &[Option<String>]) -> String {
    let parts = dimensions.iter().zip(at);
    let parts = parts.map(|(name, member)| format!("{name} = {}", member.as_deref().unwrap_or("total")));
    format!("{measure} [{}]", parts.collect::<Vec<_>>().join(", "))
}

/// All tables of a document.
pub(super) fn counted(spec: &DisclosureSpec, answers: Option<&Table>) -> Result<Vec<Counted>, SurveyError> {
    if spec.tables.is_empty() {
        return Err(unfit("no table is asked for"));
    }
    let mut tables = Vec::with_capacity(spec.tables.len());
    for table in &spec.tables {
        let names: BTreeSet<&String> = table.dimensions.iter().collect();
        if names.is_empty() || names.len() > MOST_DIMENSIONS || names.len() < table.dimensions.len() {
            return Err(unfit("a table has one to five dimensions, each once"));
        }
        tables.push(match (&table.cells, answers) {
            (Some(cells), _) => given(spec, table, cells)?,
            (None, Some(answers)) => from_answers(spec, table, answers)?,
            (None, None) => return Err(unfit("a table has neither answers (data) nor cells")),
        });
    }
    Ok(tables)
}

pub(super) fn unfit(reason: &str) -> SurveyError {
    SurveyError::DisclosureUnfit { reason: reason.to_owned() }
}

/// What the numbers of a table are.
fn measure(spec: &DisclosureSpec, table: &TableSpec) -> String {
    let weights = spec.weights.as_ref().map(|weights| format!(" × {weights}")).unwrap_or_default();
    format!("{}{weights}", table.value.as_deref().unwrap_or("people"))
}

/// Refuses a table with more cells than are protected.
pub(super) fn within(sizes: impl Iterator<Item = usize>) -> Result<usize, SurveyError> {
    let cells = sizes.fold(1_usize, |product, members| product.saturating_mul(members.saturating_add(1)));
    if cells > MOST_CELLS {
        return Err(SurveyError::TableTooLarge { cells, most: MOST_CELLS });
    }
    Ok(cells)
}

/// One row of answers as it counts in a table.
struct Counts {
    members: Vec<u32>,
    unit: usize,
    contribution: f64,
    weighted: f64,
}

fn from_answers(spec: &DisclosureSpec, table: &TableSpec, answers: &Table) -> Result<Counted, SurveyError> {
    let mut dimensions: Vec<Categories> = Vec::new();
    for name in &table.dimensions {
        let mut own = answers.categories(name)?.into_owned();
        if own.codes.contains(&Categories::MISSING) {
            let found = own.levels.iter().position(|level| level == MISSING).unwrap_or(own.levels.len());
            if found == own.levels.len() {
                own.levels.push(MISSING.to_owned());
            }
            let code = u32::try_from(found).unwrap_or(Categories::MISSING);
            own.codes.iter_mut().filter(|own| **own == Categories::MISSING).for_each(|own| *own = code);
        }
        dimensions.push(own);
    }
    within(dimensions.iter().map(|own| own.levels.len()))?;
    let units = spec.unit.as_ref().map(|name| answers.categories(name)).transpose()?;
    let rows = rows(spec, table, answers, &dimensions)?;
    let mut cells = BTreeMap::new();
    for mask in 0..1_usize << dimensions.len() {
        let kept: Vec<bool> = (0..dimensions.len()).map(|place| mask >> place & 1 == 1).collect();
        let key = |row: &Counts| -> Vec<Option<u32>> {
            row.members.iter().zip(&kept).map(|(member, kept)| kept.then_some(*member)).collect()
        };
        let mut keyed: Vec<(Vec<Option<u32>>, &Counts)> = rows.iter().map(|row| (key(row), row)).collect();
        // By what rows hold, never by where they stand: sums are the same to the last digit.
        keyed.sort_by(|(one, first), (other, second)| {
            let by_number = first.contribution.total_cmp(&second.contribution);
            let by_numbers = by_number.then(first.weighted.total_cmp(&second.weighted));
            let by_unit =
                if spec.unit.is_some() { first.unit.cmp(&second.unit) } else { std::cmp::Ordering::Equal };
            one.cmp(other).then(by_unit).then(by_numbers)
        });
        for group in keyed.chunk_by(|one, other| one.0 == other.0) {
            let Some((codes, _)) = group.first() else { continue };
            let at = codes.iter().zip(&dimensions).map(|(code, own)| {
                code.map(|code| own.levels.get(code as usize).cloned().unwrap_or_default())
            });
            let (mut own, alone) = facts(group.iter().map(|(_, row)| *row), units.is_some());
            own.alone = alone.map(|unit| match &units {
                Some(units) => Alone::Named(units.levels.get(unit).cloned().unwrap_or_default()),
                None => Alone::Row(unit),
            });
            cells.insert(at.collect(), own);
        }
    }
    complete(&mut cells, &dimensions.into_iter().map(|own| own.levels).collect::<Vec<_>>());
    finite(&measure(spec, table), &table.dimensions, &cells)?;
    Ok(Counted { measure: measure(spec, table), dimensions: table.dimensions.clone(), cells })
}

/// What each row counts; rows of which the number is missing are in no table of that number.
fn rows(
    spec: &DisclosureSpec,
    table: &TableSpec,
    answers: &Table,
    dimensions: &[Categories],
) -> Result<Vec<Counts>, SurveyError> {
    let values = table.value.as_ref().map(|name| answers.numbers(name)).transpose()?;
    let weights = spec.weights.as_ref().map(|name| answers.numbers(name)).transpose()?;
    let units = spec.unit.as_ref().map(|name| answers.categories(name)).transpose()?;
    let fits = |name: &Option<String>, value: f64, at: usize| {
        if value >= 0.0 && value.is_finite() {
            return Ok(());
        }
        let (what, expected) = (name.clone().unwrap_or_default(), "a number from 0 on");
        Err(SurveyError::NumberUnfit { what, value, at, expected })
    };
    let mut rows = Vec::with_capacity(answers.rows());
    for row in 0..answers.rows() {
        let of = |numbers: Option<&[f64]>| numbers.map_or(Some(1.0), |numbers| numbers.get(row).copied());
        let (contribution, weight) = (of(values).unwrap_or(f64::NAN), of(weights).unwrap_or(f64::NAN));
        if contribution.is_nan() {
            continue;
        }
        fits(&table.value, contribution, row)?;
        fits(&spec.weights, weight, row)?;
        let unit = match &units {
            Some(units) => {
                let code = units.codes.get(row).copied().filter(|code| *code != Categories::MISSING);
                let name = || spec.unit.clone().unwrap_or_default();
                code.ok_or_else(|| SurveyError::MissingInDesign { name: name(), row })? as usize
            }
            None => row,
        };
        let members = dimensions.iter().map(|own| own.codes.get(row).copied().unwrap_or(0)).collect();
        rows.push(Counts { members, unit, contribution, weighted: contribution * weight });
    }
    Ok(rows)
}

/// What rows of one cell come to, and who is alone in it, given those of a contributor beside each other where contributors
/// are named.
fn facts<'a>(rows: impl Iterator<Item = &'a Counts>, are_named: bool) -> (Facts, Option<usize>) {
    let mut facts = Facts::default();
    let mut contributions: Vec<f64> = Vec::new();
    let mut last = None;
    for row in rows {
        facts.value += row.weighted;
        match contributions.last_mut().filter(|_| are_named && last == Some(row.unit)) {
            Some(own) => *own += row.contribution,
            None => contributions.push(row.contribution),
        }
        last = Some(row.unit);
    }
    facts.respondents = u64::try_from(contributions.len()).unwrap_or(u64::MAX);
    let alone = last.filter(|_| contributions.len() == 1);
    contributions.sort_by(|one, other| other.total_cmp(one));
    contributions.truncate(KEPT);
    facts.largest = contributions;
    (facts, alone)
}

/// Refuses sums that no number holds exactly enough.
fn finite(
    measure: &str,
    dimensions: &[String],
    cells: &BTreeMap<Coordinates, Facts>,
) -> Result<(), SurveyError> {
    let Some((at, _)) = cells.iter().find(|(_, facts)| facts.value > LARGEST) else { return Ok(()) };
    let reason = "its sum is too large: take another unit".to_owned();
    Err(SurveyError::CellUnfit { cell: called(measure, dimensions, at), reason })
}

/// How many contributions of a cell are kept: no rule asks for more.
pub(super) const KEPT: usize = 10;

/// Adds the cells in which nobody is.
fn complete(cells: &mut BTreeMap<Coordinates, Facts>, members: &[Vec<String>]) {
    let mut all: Vec<Coordinates> = vec![Vec::new()];
    for own in members {
        let choices = || own.iter().cloned().map(Some).chain([None]);
        all = all.iter().flat_map(|at| choices().map(|choice| [at.as_slice(), &[choice]].concat())).collect();
    }
    for at in all {
        cells.entry(at).or_default();
    }
}

/// A table whose cells stand in the document.
fn given(spec: &DisclosureSpec, table: &TableSpec, given: &[CellSpec]) -> Result<Counted, SurveyError> {
    let measure = measure(spec, table);
    let mut stated: BTreeMap<Coordinates, Facts> = BTreeMap::new();
    let mut members: Vec<BTreeSet<String>> = vec![BTreeSet::new(); table.dimensions.len()];
    for cell in given {
        if let Some(name) = cell.at.keys().find(|name| !table.dimensions.contains(name)) {
            let (name, known) = (name.clone(), table.dimensions.join(", "));
            return Err(SurveyError::DimensionUnknown { name, known });
        }
        let at: Coordinates =
            table.dimensions.iter().map(|name| cell.at.get(name).cloned().flatten()).collect();
        let wrong = |reason: &str| SurveyError::CellUnfit {
            cell: called(&measure, &table.dimensions, &at),
            reason: reason.to_owned(),
        };
        let is_number = |number: &f64| *number >= 0.0 && number.is_finite();
        if !is_number(&cell.value) || !cell.largest.iter().all(is_number) {
            return Err(wrong("its numbers must be 0 or more"));
        }
        let counts_itself = table.value.is_none() && spec.weights.is_none();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 on"
        )]
        let itself = (counts_itself && libm::trunc(cell.value).to_bits() == cell.value.to_bits())
            .then_some(cell.value as u64);
        let respondents = cell.respondents.or(itself);
        let Some(respondents) = respondents.or((cell.value <= 0.0).then_some(0)) else {
            return Err(wrong("say how many respondents it has (respondents)"));
        };
        if respondents == 0 && cell.value > 0.0 {
            return Err(wrong("a number without respondents must be 0"));
        }
        let mut largest = cell.largest.clone();
        largest.sort_by(|one, other| other.total_cmp(one));
        for (own, member) in members.iter_mut().zip(&at) {
            own.extend(member.clone());
        }
        let facts = Facts { value: cell.value, respondents, largest, alone: None };
        if stated.insert(at.clone(), facts).is_some() {
            return Err(wrong("it stands there twice"));
        }
    }
    within(members.iter().map(BTreeSet::len))?;
    let members: Vec<Vec<String>> = members.into_iter().map(|own| own.into_iter().collect()).collect();
    let mut cells: BTreeMap<Coordinates, Facts> = stated.clone();
    cells.retain(|at, _| at.iter().all(Option::is_some));
    for (own, facts) in stated.iter().filter(|(at, _)| at.iter().all(Option::is_some)) {
        for mask in 0..(1_usize << own.len()) - 1 {
            let at = own
                .iter()
                .enumerate()
                .map(|(place, member)| member.clone().filter(|_| mask >> place & 1 == 1));
            let total = cells.entry(at.collect()).or_default();
            total.value += facts.value;
            total.respondents = total.respondents.saturating_add(facts.respondents);
            total.largest.extend(&facts.largest);
        }
    }
    complete(&mut cells, &members);
    finite(&measure, &table.dimensions, &cells)?;
    for (at, facts) in &mut cells {
        let wrong =
            |reason: String| SurveyError::CellUnfit { cell: called(&measure, &table.dimensions, at), reason };
        if let Some(own) = stated.get(at) {
            if !is_same(own.value, facts.value) {
                let reason = format!("its cells add up to {}, not to {}", facts.value, own.value);
                return Err(wrong(reason));
            }
            if !own.largest.is_empty() {
                facts.largest.clone_from(&own.largest);
            }
            facts.respondents = own.respondents;
        }
        facts.largest.sort_by(|one, other| other.total_cmp(one));
        facts.largest.truncate(KEPT);
        facts.alone = (facts.respondents == 1).then_some(Alone::Somebody);
    }
    Ok(Counted { measure, dimensions: table.dimensions.clone(), cells })
}
