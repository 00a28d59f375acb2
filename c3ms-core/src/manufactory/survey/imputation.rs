//! Missing answers filled with those of donors, each of them flagged.

use std::{borrow::Cow, collections::HashMap};

use serde::{Deserialize, Serialize, Serializer};

use super::{
    Categories, Column, Stream, SurveyError, Table,
    analysis::rows_where,
    error::{read_document, same_length},
    variance::real,
};
use crate::base::Seed;

/// How missing answers are filled: a donor, who answered, gives what a recipient lacks.
///
/// # Examples
/// A man lacks what he spent; the only other man gives it.
/// ```
/// use c3ms_core::survey::{ImputationSpec, Table};
/// let table = Table::parse("sex,spent\nman,12\nwoman,20\nman,\n")?;
/// let spec = ImputationSpec::parse(r#"{"variables": ["spent"], "classes": ["sex"], "seed": 7}"#)?;
/// let found = spec.carry_out("0", &table, &[1.0; 3])?;
/// assert_eq!(found.donor_of, [None, None, Some(0)]);
/// let mut filled = table.clone();
/// found.add_to(&mut filled)?;
/// assert_eq!(filled.numbers("spent")?, [12.0, 20.0, 12.0]);
/// assert_eq!(filled.numbers("spent_imputed")?, [0.0, 0.0, 1.0]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "snake_case", deny_unknown_fields)]
pub struct ImputationSpec {
    /// What it is called.
    pub id: Option<String>,
    /// The variables that are filled, all of a recipient from one donor, who answered all of them.
    pub variables: Vec<String>,
    /// Donors are of the same categories of these variables; what is missing in them is a category.
    pub classes: Vec<String>,
    /// Who is the donor.
    pub method: ImputationMethod,
    /// A donor gives to at most so many recipients.
    pub limit: Option<usize>,
    /// The seed of the draws.
    pub seed: u64,
    /// Among those for whom this holds, in the language of forms: others were not asked, and give nothing.
    #[serde(rename = "where")]
    pub condition: Option<String>,
}

/// Who is the donor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ImputationMethod {
    /// One drawn by chance.
    HotDeck {
        /// How likely each is drawn.
        #[serde(default)]
        draw: Draw,
    },
    /// The last one before the recipient, else the first one after.
    Sequential {
        /// The variables by which rows are sorted, what is missing last; then they stand as in the table.
        #[serde(default)]
        order: Vec<String>,
    },
    /// The one who is most alike, drawn among equals. Variables of which one of the two knows nothing are left out.
    Nearest {
        /// Variables of numbers that are compared.
        #[serde(default)]
        numbers: Vec<String>,
        /// Variables of categories that are compared.
        #[serde(default)]
        categories: Vec<String>,
        /// How unlike two are.
        #[serde(default)]
        distance: NearestDistance,
    },
}

impl Default for ImputationMethod {
    fn default() -> Self {
        Self::HotDeck { draw: Draw::default() }
    }
}

/// How likely each donor is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Draw {
    /// By what they stand for, so that recipients answer as the public does.
    #[default]
    Weighted,
    /// All alike.
    Equal,
}

/// How unlike two respondents are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NearestDistance {
    /// Gower's: the mean over variables of the difference over the range, or of 1 where categories differ.
    #[default]
    Gower,
    /// Euclid's, numbers over their standard deviation, 1 where categories differ; as if all were known where some are
    /// not.
    Standardized,
}

/// Answers that were filled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imputation {
    /// What it is called.
    pub id: String,
    /// Recipients.
    pub recipients: usize,
    /// Respondents who gave.
    pub donors: usize,
    /// To how many the one gave who gave most.
    pub most_uses: usize,
    /// The variables, filled.
    pub columns: Vec<ImputedColumn>,
    /// Of each row the row of its donor; nothing where it needed none.
    pub donor_of: Vec<Option<usize>>,
}

/// A variable that was filled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImputedColumn {
    /// Its name.
    pub variable: String,
    /// Answers that were filled.
    pub filled: usize,
    /// All answers, in JSON a list of numbers or words, `null` where they are still missing.
    #[serde(serialize_with = "answers")]
    pub values: Column,
    /// Of each row whether its answer was filled.
    pub imputed: Vec<bool>,
}

/// Who needs, who may give, and in which class each is.
struct Deck<'a> {
    spec: &'a ImputationSpec,
    table: &'a Table,
    weights: &'a [f64],
    /// Of each row the class; nothing where it has no part in this.
    class_of: Vec<Option<u32>>,
    needs: Vec<bool>,
    /// Of each class the rows of its donors.
    donors: Vec<Vec<usize>>,
    /// Of each row how often it gave.
    uses: Vec<usize>,
}

const NOBODY: &str = "nobody in it answered";
const EXHAUSTED: &str = "each who answered has given as often as is allowed";
const UNLIKE: &str = "nothing that is compared is known of both";

impl ImputationSpec {
    /// Reads an imputation.
    ///
    /// # Errors
    /// [`SurveyError::SpecUnreadable`] with what is wrong and where.
    pub fn parse(json: &str) -> Result<Self, SurveyError> {
        read_document(json)
    }

    /// Fills missing answers; `id` is what it is called where the document does not say.
    ///
    /// What was answered stays as it is. Recipients are served in the order of the table.
    ///
    /// # Shapes and units
    /// `weights[rows]`: what each respondent stands for; only proportions count.
    ///
    /// # Errors
    /// [`SurveyError::DonorMissing`] with the variable and the class where a recipient has no donor;
    /// [`SurveyError::ImputationUnfit`] where there is nothing to fill or to compare; [`SurveyError::LengthsDiffer`],
    /// [`SurveyError::WeightNotPositive`], [`SurveyError::VariableUnknown`], [`SurveyError::NotNumeric`],
    /// [`SurveyError::ExpressionUnreadable`].
    ///
    /// # Source
    /// Andridge and Little (2010), "A Review of Hot Deck Imputation for Survey Non-response", International
    /// Statistical Review 78; Gower (1971), "A General Coefficient of Similarity and Some of Its Properties",
    /// Biometrics 27.
    pub fn carry_out(&self, id: &str, table: &Table, weights: &[f64]) -> Result<Imputation, SurveyError> {
        let id = self.id.as_deref().unwrap_or(id);
        let unfit = |reason: &str| SurveyError::ImputationUnfit {
            imputation: id.to_owned(),
            reason: reason.to_owned(),
        };
        if self.variables.is_empty() {
            return Err(unfit("no variable is named"));
        }
        if self.limit == Some(0) {
            return Err(unfit("nobody may give"));
        }
        let mut deck = Deck::new(self, table, weights)?;
        let donor_of = match &self.method {
            ImputationMethod::HotDeck { draw } => deck.drawn(*draw)?,
            ImputationMethod::Sequential { order } => deck.before(order)?,
            ImputationMethod::Nearest { numbers, categories, distance } => {
                if numbers.is_empty() && categories.is_empty() {
                    return Err(unfit("no variable is compared"));
                }
                let alike = Alike::new(&deck, numbers, categories, *distance)?;
                deck.nearest(&alike)?
            }
        };
        let columns =
            self.variables.iter().map(|name| filled(name, table, &donor_of)).collect::<Result<_, _>>()?;
        Ok(Imputation {
            id: id.to_owned(),
            recipients: donor_of.iter().flatten().count(),
            donors: deck.uses.iter().filter(|uses| **uses > 0).count(),
            most_uses: deck.uses.iter().copied().max().unwrap_or(0),
            columns,
            donor_of,
        })
    }
}

impl Imputation {
    /// The filled variables, and of each `<name>_imputed`: 1 where it was filled, else 0.
    pub(super) fn filled(&self) -> impl Iterator<Item = ((String, Column), (String, Column))> + '_ {
        self.columns.iter().map(|column| {
            let flags = column.imputed.iter().map(|imputed| f64::from(u8::from(*imputed))).collect();
            let flags = (format!("{}_imputed", column.variable), Column::Numbers(flags));
            ((column.variable.clone(), column.values.clone()), flags)
        })
    }

    /// Puts the filled variables in the place of their own, and beside each `<name>_imputed`: 1 where it was filled,
    /// else 0.
    ///
    /// # Errors
    /// [`SurveyError::LengthsDiffer`] for another table.
    pub fn add_to(&self, table: &mut Table) -> Result<(), SurveyError> {
        self.filled().try_for_each(|(variable, flags)| {
            table.add(variable.0, variable.1)?;
            table.add(flags.0, flags.1)
        })
    }
}

impl<'a> Deck<'a> {
    fn new(spec: &'a ImputationSpec, table: &'a Table, weights: &'a [f64]) -> Result<Self, SurveyError> {
        let rows = table.rows();
        same_length("weights", weights.len(), "rows", rows)?;
        let within = rows_where(spec.condition.as_deref(), table)?.unwrap_or_else(|| vec![true; rows]);
        let mut weighed = weights.iter().zip(&within).enumerate();
        if let Some((at, (weight, _))) =
            weighed.find(|(_, (weight, within))| **within && !(**weight > 0.0 && weight.is_finite()))
        {
            return Err(SurveyError::WeightNotPositive { at, value: *weight });
        }
        let mut needs = vec![false; rows];
        for name in &spec.variables {
            let column = table.column(name)?;
            for (row, (needs, within)) in needs.iter_mut().zip(&within).enumerate() {
                *needs |= *within && is_missing(column, row);
            }
        }
        let mut classes = vec![0_u32; rows];
        for name in &spec.classes {
            let categories = table.categories(name)?;
            let mut numbers: HashMap<u64, u32> = HashMap::new();
            for (class, code) in classes.iter_mut().zip(&categories.codes) {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *class = *numbers.entry(u64::from(*class) << 32 | u64::from(*code)).or_insert(next);
            }
        }
        let count = classes.iter().max().map_or(0, |class| *class as usize + 1);
        let mut donors = vec![Vec::new(); count];
        let class_of: Vec<Option<u32>> =
            classes.into_iter().zip(&within).map(|(class, within)| within.then_some(class)).collect();
        for (row, (class, needs)) in class_of.iter().zip(&needs).enumerate() {
            if let (Some(class), false) = (class, needs)
                && let Some(own) = donors.get_mut(*class as usize)
            {
                own.push(row);
            }
        }
        Ok(Self { spec, table, weights, class_of, needs, donors, uses: vec![0; rows] })
    }

    fn may_give(&self, row: usize) -> bool {
        let uses = self.uses.get(row).copied().unwrap_or(0);
        self.spec.limit.is_none_or(|limit| uses < limit)
    }

    fn gives(&mut self, row: usize) {
        if let Some(uses) = self.uses.get_mut(row) {
            *uses += 1;
        }
    }

    /// The class of a recipient; nothing for other rows.
    fn class_in_need(&self, row: usize) -> Option<usize> {
        let needs = self.needs.get(row) == Some(&true);
        self.class_of.get(row).copied().flatten().filter(|_| needs).map(|class| class as usize)
    }

    fn missing(&self, row: usize, reason: &'static str) -> SurveyError {
        let lacks = |name: &&String| self.table.column(name).is_ok_and(|column| is_missing(column, row));
        let variable = self.spec.variables.iter().find(lacks).cloned().unwrap_or_default();
        let level = |name: &String| {
            let categories = self.table.categories(name).unwrap_or_default();
            format!("{name} = {}", categories.level(row).unwrap_or("(missing)"))
        };
        let class: Vec<String> = self.spec.classes.iter().map(level).collect();
        let class = if class.is_empty() { "all".to_owned() } else { class.join(", ") };
        SurveyError::DonorMissing { variable, row, class, reason }
    }

    /// Donors by chance.
    fn drawn(&mut self, draw: Draw) -> Result<Vec<Option<usize>>, SurveyError> {
        let chance = |row: &usize| match draw {
            Draw::Weighted => self.weights.get(*row).copied().unwrap_or(0.0),
            Draw::Equal => 1.0,
        };
        let sums = |rows: &[usize]| -> Vec<f64> {
            let add = |sum: &mut f64, row: &usize| {
                *sum += chance(row);
                Some(*sum)
            };
            rows.iter().scan(0.0, add).collect()
        };
        let mut stream = Stream::new(&Seed::from_number(self.spec.seed));
        let mut pools: Vec<(Vec<usize>, Vec<f64>)> =
            self.donors.iter().map(|rows| (rows.clone(), sums(rows))).collect();
        let mut donor_of = vec![None; self.needs.len()];
        for (row, slot) in donor_of.iter_mut().enumerate() {
            let Some((rows, reached)) = self.class_in_need(row).and_then(|class| pools.get_mut(class)) else {
                continue;
            };
            if rows.is_empty() {
                return Err(self.missing(row, NOBODY));
            }
            let donor = loop {
                let Some(all) = reached.last().copied() else { return Err(self.missing(row, EXHAUSTED)) };
                let sought = stream.unit() * all;
                let place = reached.partition_point(|sum| *sum <= sought).min(rows.len().saturating_sub(1));
                let donor = rows.get(place).copied().unwrap_or(0);
                if self.may_give(donor) {
                    break donor;
                }
                rows.retain(|row| self.may_give(*row));
                *reached = sums(rows);
                if rows.is_empty() {
                    return Err(self.missing(row, EXHAUSTED));
                }
            };
            if let Some(uses) = self.uses.get_mut(donor) {
                *uses += 1;
            }
            *slot = Some(donor);
        }
        Ok(donor_of)
    }

    /// The donor before in an order, else the one after.
    fn before(&mut self, order: &[String]) -> Result<Vec<Option<usize>>, SurveyError> {
        let columns =
            order.iter().map(|name| self.table.column(name)).collect::<Result<Vec<_>, SurveyError>>()?;
        let mut rows: Vec<usize> = (0..self.needs.len())
            .filter(|row| self.class_of.get(*row).copied().flatten().is_some())
            .collect();
        rows.sort_by(|one, other| {
            let by = columns.iter().map(|column| compared(column, *one, *other));
            by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.donors.len()];
        for row in rows {
            let class = self.class_of.get(row).copied().flatten().unwrap_or(0);
            if let Some(own) = members.get_mut(class as usize) {
                own.push(row);
            }
        }
        let mut donor_of = vec![None; self.needs.len()];
        for own in members {
            let mut before: Vec<usize> = Vec::new();
            for (place, row) in own.iter().enumerate() {
                if self.class_in_need(*row).is_none() {
                    before.push(*row);
                    continue;
                }
                while before.last().is_some_and(|donor| !self.may_give(*donor)) {
                    before.pop();
                }
                let after = || {
                    let answered = |row: &&usize| self.class_in_need(**row).is_none();
                    own.iter().skip(place).filter(answered).find(|row| self.may_give(**row))
                };
                let Some(donor) = before.last().or_else(after).copied() else {
                    let all_need = own.iter().all(|row| self.class_in_need(*row).is_some());
                    return Err(self.missing(*row, if all_need { NOBODY } else { EXHAUSTED }));
                };
                self.gives(donor);
                if let Some(slot) = donor_of.get_mut(*row) {
                    *slot = Some(donor);
                }
            }
        }
        Ok(donor_of)
    }

    /// The donors most alike.
    fn nearest(&mut self, alike: &Alike<'_>) -> Result<Vec<Option<usize>>, SurveyError> {
        let mut stream = Stream::new(&Seed::from_number(self.spec.seed));
        let mut donor_of = vec![None; self.needs.len()];
        let mut equals: Vec<usize> = Vec::new();
        for (row, slot) in donor_of.iter_mut().enumerate() {
            let Some(rows) = self.class_in_need(row).and_then(|class| self.donors.get(class)) else {
                continue;
            };
            let mut least = f64::INFINITY;
            equals.clear();
            for donor in rows.iter().filter(|donor| self.may_give(**donor)) {
                let distance = alike.distance(row, *donor);
                if distance < least {
                    least = distance;
                    equals.clear();
                }
                if distance <= least && distance.is_finite() {
                    equals.push(*donor);
                }
            }
            if equals.is_empty() {
                let reason = if rows.is_empty() {
                    NOBODY
                } else if rows.iter().any(|donor| self.may_give(*donor)) {
                    UNLIKE
                } else {
                    EXHAUSTED
                };
                return Err(self.missing(row, reason));
            }
            let place = if equals.len() == 1 { 0 } else { stream.below(equals.len()) };
            let donor = equals.get(place).copied().unwrap_or(0);
            self.gives(donor);
            *slot = Some(donor);
        }
        Ok(donor_of)
    }
}

/// What respondents are compared by.
struct Alike<'a> {
    /// Numbers, each with what it is divided by.
    numbers: Vec<(&'a [f64], f64)>,
    categories: Vec<Cow<'a, Categories>>,
    distance: NearestDistance,
}

impl<'a> Alike<'a> {
    fn new(
        deck: &Deck<'a>,
        numbers: &[String],
        categories: &[String],
        distance: NearestDistance,
    ) -> Result<Self, SurveyError> {
        let scaled = |name: &String| -> Result<(&'a [f64], f64), SurveyError> {
            let values = deck.table.numbers(name)?;
            let known = || {
                let rows = values.iter().zip(deck.weights).zip(&deck.class_of);
                rows.filter(|((value, _), class)| class.is_some() && value.is_finite()).map(|(own, _)| own)
            };
            let scale = match distance {
                NearestDistance::Gower => {
                    let most = known().fold(f64::NEG_INFINITY, |most, (value, _)| most.max(*value));
                    let least = known().fold(f64::INFINITY, |least, (value, _)| least.min(*value));
                    most - least
                }
                NearestDistance::Standardized => {
                    let weight: f64 = known().map(|(_, weight)| weight).sum();
                    let mean = known().map(|(value, weight)| weight * value).sum::<f64>() / weight;
                    let squares = known().map(|(value, weight)| weight * (value - mean) * (value - mean));
                    (squares.sum::<f64>() / weight).sqrt()
                }
            };
            // All alike: nothing is added.
            Ok((values, if scale > 0.0 { scale } else { f64::INFINITY }))
        };
        Ok(Self {
            numbers: numbers.iter().map(scaled).collect::<Result<_, _>>()?,
            categories: categories
                .iter()
                .map(|name| deck.table.categories(name))
                .collect::<Result<_, _>>()?,
            distance,
        })
    }

    /// Infinite where nothing is known of both.
    fn distance(&self, one: usize, other: usize) -> f64 {
        let (mut sum, mut known) = (0.0, 0_usize);
        for (values, scale) in &self.numbers {
            if let (Some(one), Some(other)) = (values.get(one), values.get(other))
                && one.is_finite()
                && other.is_finite()
            {
                let apart = (one - other).abs() / scale;
                sum += match self.distance {
                    NearestDistance::Gower => apart,
                    NearestDistance::Standardized => apart * apart,
                };
                known += 1;
            }
        }
        for categories in &self.categories {
            if let (Some(one), Some(other)) = (categories.codes.get(one), categories.codes.get(other))
                && *one != Categories::MISSING
                && *other != Categories::MISSING
            {
                sum += f64::from(u8::from(one != other));
                known += 1;
            }
        }
        if known == 0 {
            return f64::INFINITY;
        }
        match self.distance {
            NearestDistance::Gower => sum / real(known),
            NearestDistance::Standardized => {
                (sum * real(self.numbers.len() + self.categories.len()) / real(known)).sqrt()
            }
        }
    }
}

fn is_missing(column: &Column, row: usize) -> bool {
    match column {
        Column::Numbers(numbers) => numbers.get(row).is_none_or(|number| number.is_nan()),
        Column::Categories(categories) => {
            categories.codes.get(row).is_none_or(|code| *code == Categories::MISSING)
        }
    }
}

/// The order of two rows by a variable, what is missing last.
fn compared(column: &Column, one: usize, other: usize) -> std::cmp::Ordering {
    match column {
        Column::Numbers(numbers) => {
            let number = |row: usize| numbers.get(row).copied().unwrap_or(f64::NAN);
            let (one, other) = (number(one), number(other));
            one.is_nan().cmp(&other.is_nan()).then(one.total_cmp(&other))
        }
        // The code of what is missing is above all others.
        Column::Categories(categories) => categories.codes.get(one).cmp(&categories.codes.get(other)),
    }
}

fn filled(name: &str, table: &Table, donor_of: &[Option<usize>]) -> Result<ImputedColumn, SurveyError> {
    let column = table.column(name)?;
    let donors: Vec<Option<usize>> =
        donor_of.iter().enumerate().map(|(row, donor)| donor.filter(|_| is_missing(column, row))).collect();
    let values = match column {
        Column::Numbers(numbers) => {
            let given = |(own, donor): (&f64, &Option<usize>)| {
                donor.and_then(|donor| numbers.get(donor)).copied().unwrap_or(*own)
            };
            Column::Numbers(numbers.iter().zip(&donors).map(given).collect())
        }
        Column::Categories(categories) => {
            let given = |(own, donor): (&u32, &Option<usize>)| {
                donor.and_then(|donor| categories.codes.get(donor)).copied().unwrap_or(*own)
            };
            let codes = categories.codes.iter().zip(&donors).map(given).collect();
            Column::Categories(Categories { codes, levels: categories.levels.clone() })
        }
    };
    Ok(ImputedColumn {
        variable: name.to_owned(),
        filled: donors.iter().flatten().count(),
        values,
        imputed: donors.iter().map(Option::is_some).collect(),
    })
}

fn answers<S: Serializer>(column: &Column, serializer: S) -> Result<S::Ok, S::Error> {
    match column {
        Column::Numbers(numbers) => serializer.collect_seq(numbers),
        Column::Categories(categories) => {
            serializer.collect_seq((0..categories.codes.len()).map(|row| categories.level(row)))
        }
    }
}
