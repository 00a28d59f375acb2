//! An allocation as a document: how many units for each stratum of a frame.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{
    Categories, SurveyError, Table,
    analysis::rows_where,
    sample::{
        Allocation, Bounds, Precision, allocate, equal_shares, neyman_shares, optimal_shares, power_shares,
        precise_allocation, proportional_shares,
    },
    unique::unique,
    variance::real,
};

/// How many units are drawn in each stratum of a frame, a table with one row for each unit (or for each stratum).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AllocationSpec {
    /// The file of the frame, beside this document.
    pub data: Option<String>,
    /// The units of the frame for which this holds, in the language of forms.
    #[serde(rename = "where")]
    pub condition: Option<String>,
    /// The variable of the strata.
    pub strata: String,
    /// How many units in all; not for [`AllocationRule::Precise`].
    pub size: Option<usize>,
    /// By which rule.
    pub rule: AllocationRule,
    /// The variable that is studied, for Neyman's, the optimal and the power allocation.
    pub variable: Option<String>,
    /// The variable of importance of the power allocation; that which is studied where nobody says.
    pub importance: Option<String>,
    /// The power, from 0 to 1.
    pub power: Option<f64>,
    /// What a unit of each stratum costs; 1 where nobody says.
    #[serde(deserialize_with = "unique")]
    pub costs: BTreeMap<String, f64>,
    /// How many units each stratum takes at least.
    pub least: usize,
    /// How precise the totals of several variables should be.
    pub precision: Vec<PrecisionSpec>,
    /// Rows are strata, and these variables tell of them.
    pub columns: Option<StratumColumns>,
}

/// By which rule units are allocated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AllocationRule {
    /// In proportion to the units of each stratum.
    #[default]
    Proportional,
    /// As many in each.
    Equal,
    /// In proportion to units times standard deviation (Neyman 1934).
    Neyman,
    /// Neyman's, over the square root of the costs.
    Optimal,
    /// In proportion to importance to a power times coefficient of variation (Bankier 1988).
    Power,
    /// The cheapest that makes all totals as precise as asked (Bethel 1989; Chromy 1987).
    Precise,
}

/// How precise the total of a variable should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PrecisionSpec {
    /// The variable.
    pub variable: String,
    /// The coefficient of variation allowed: 0.05 for 5 %.
    pub cv: f64,
}

/// The variables of a table of which each row is a stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StratumColumns {
    /// How many units it has.
    pub units: String,
    /// By variable that is studied, the column of its standard deviation.
    #[serde(default, deserialize_with = "unique")]
    pub deviations: BTreeMap<String, String>,
    /// By variable, the column of its total.
    #[serde(default, deserialize_with = "unique")]
    pub totals: BTreeMap<String, String>,
}

/// How many units for each stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StrataTold {
    /// The strata in order.
    pub strata: Vec<StratumTold>,
    /// Whole units in all.
    pub size: usize,
    /// The part of each allowed variance that is used before rounding, from 0 to 1, in the order of the precisions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<f64>,
}

/// How many units for a stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StratumTold {
    /// Its name.
    pub stratum: String,
    /// Units of the frame in it.
    pub frame: usize,
    /// Before rounding.
    pub exact: f64,
    /// Whole units.
    pub units: usize,
}

/// What is known of the strata.
struct Strata<'a> {
    spec: &'a AllocationSpec,
    table: &'a Table,
    names: Vec<String>,
    counts: Vec<usize>,
    /// Of each row of the frame its stratum; nothing where it is not in it.
    of: Vec<Option<usize>>,
}

fn unfit(reason: &'static str) -> SurveyError {
    SurveyError::DesignUnfit { design: "allocation", reason }
}

impl AllocationSpec {
    /// Allocates.
    ///
    /// # Errors
    /// [`SurveyError::VariableUnknown`], [`SurveyError::NotNumeric`], [`SurveyError::MissingInDesign`];
    /// [`SurveyError::DesignUnfit`] where the rule lacks what it needs; those of the rules.
    ///
    /// # Examples
    /// ```
    /// use c3ms_core::survey::{Table, task::AllocationSpec};
    /// let frame = Table::parse("kind,seats\nhall,900\nhall,500\nbar,60\nbar,40\nbar,50\n")?;
    /// let spec = AllocationSpec { strata: "kind".into(), size: Some(2), ..AllocationSpec::default() };
    /// let told = spec.carry_out(&frame)?;
    /// assert_eq!((told.strata[0].stratum.as_str(), told.strata[0].exact), ("bar", 1.2));
    /// # Ok::<(), c3ms_core::Error>(())
    /// ```
    pub fn carry_out(&self, table: &Table) -> Result<StrataTold, SurveyError> {
        let strata = Strata::new(self, table)?;
        let bounds = Bounds { least: self.least, most: &strata.counts };
        let found: Allocation = if self.rule == AllocationRule::Precise {
            if self.size.is_some() {
                return Err(unfit("the precise allocation finds the size itself"));
            }
            if self.precision.is_empty() {
                return Err(unfit("say how precise the totals should be (precision)"));
            }
            let wanted = |precision: &PrecisionSpec| -> Result<Precision, SurveyError> {
                let deviations = strata.deviations(&precision.variable)?;
                let total = strata.totals(&precision.variable)?.iter().sum();
                let variances = deviations.iter().map(|deviation| deviation * deviation).collect();
                Ok(Precision { variances, total, variation: precision.cv })
            };
            let wanted = self.precision.iter().map(wanted).collect::<Result<Vec<_>, SurveyError>>()?;
            precise_allocation(&wanted, &strata.costs()?, bounds).map_err(|error| strata.of_stratum(error))?
        } else {
            let Some(size) = self.size else { return Err(unfit("say how many units in all (size)")) };
            let shares = self.shares(&strata).map_err(|error| strata.of_stratum(error))?;
            allocate(size, &shares, bounds).map_err(|error| strata.of_stratum(error))?
        };
        let told = |((stratum, frame), (exact, units)): ((&String, &usize), (&f64, &usize))| StratumTold {
            stratum: stratum.clone(),
            frame: *frame,
            exact: *exact,
            units: *units,
        };
        let numbers = found.exact.iter().zip(&found.units);
        Ok(StrataTold {
            strata: strata.names.iter().zip(&strata.counts).zip(numbers).map(told).collect(),
            size: found.units.iter().sum(),
            used: found.used,
        })
    }

    fn shares(&self, strata: &Strata<'_>) -> Result<Vec<f64>, SurveyError> {
        let variable =
            || self.variable.as_deref().ok_or_else(|| unfit("say which variable is studied (variable)"));
        match self.rule {
            AllocationRule::Proportional => Ok(proportional_shares(&strata.counts)),
            AllocationRule::Equal => Ok(equal_shares(strata.counts.len())),
            AllocationRule::Neyman => neyman_shares(&strata.counts, &strata.deviations(variable()?)?),
            AllocationRule::Optimal => {
                optimal_shares(&strata.counts, &strata.deviations(variable()?)?, &strata.costs()?)
            }
            AllocationRule::Power => {
                let variable = variable()?;
                let importance = strata.totals(self.importance.as_deref().unwrap_or(variable))?;
                let means = strata.totals(variable)?.into_iter().zip(&strata.counts);
                let deviations = strata.deviations(variable)?;
                let variations: Vec<f64> = means
                    .zip(deviations)
                    .map(|((total, count), deviation)| deviation / (total / real(*count)).abs())
                    .collect();
                power_shares(&importance, &variations, self.power.unwrap_or(0.5))
            }
            AllocationRule::Precise => Err(unfit("the precise allocation has no shares")),
        }
    }
}

impl<'a> Strata<'a> {
    fn new(spec: &'a AllocationSpec, table: &'a Table) -> Result<Self, SurveyError> {
        let categories = table.categories(&spec.strata)?;
        let mask = rows_where(spec.condition.as_deref(), table)?;
        let mut counts = vec![0_usize; categories.levels.len()];
        let mut of = vec![None; table.rows()];
        for (row, (code, slot)) in categories.codes.iter().zip(&mut of).enumerate() {
            if mask.as_ref().is_some_and(|mask| mask.get(row) != Some(&true)) {
                continue;
            }
            if *code == Categories::MISSING {
                return Err(SurveyError::MissingInDesign { name: spec.strata.clone(), row });
            }
            *slot = Some(*code as usize);
            if let Some(count) = counts.get_mut(*code as usize) {
                *count += 1;
            }
        }
        if let Some(stranger) = spec.costs.keys().find(|name| !categories.levels.contains(name)) {
            return Err(SurveyError::MarginUnmet {
                margin: spec.strata.clone(),
                category: stranger.clone(),
                reason: "it has a cost and no units",
            });
        }
        let mut strata = Self { spec, table, names: categories.levels.clone(), counts, of };
        if let Some(columns) = &spec.columns {
            if strata.counts.iter().any(|count| *count != 1) {
                return Err(unfit("where columns tell of the strata, each row is another stratum"));
            }
            let units = strata.by_row(&columns.units)?;
            if let Some((at, value)) = units
                .iter()
                .copied()
                .enumerate()
                .find(|(_, value)| !(*value >= 1.0 && value.fract() == 0.0 && *value < 4_294_967_296.0))
            {
                let at = strata.of.iter().position(|of| *of == Some(at)).unwrap_or(at);
                let expected = "a whole number of units, 1 or more";
                return Err(SurveyError::NumberUnfit { what: columns.units.clone(), value, at, expected });
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
            let whole = units.into_iter().map(|units| units as usize).collect();
            strata.counts = whole;
        }
        Ok(strata)
    }

    /// What a rule refuses of a stratum, by its name.
    fn of_stratum(&self, error: SurveyError) -> SurveyError {
        if let SurveyError::NumberUnfit { what, value, at, expected } = &error
            && let Some(name) = self.names.get(*at)
        {
            let what = format!("{what} ({} = {name})", self.spec.strata);
            return SurveyError::SettingUnfit { what, value: *value, expected };
        }
        error
    }

    /// A column of which each row is a stratum, in the order of the strata.
    fn by_row(&self, name: &str) -> Result<Vec<f64>, SurveyError> {
        let numbers = self.table.numbers(name)?;
        let mut values = vec![f64::NAN; self.names.len()];
        for (stratum, value) in self.of.iter().zip(numbers) {
            if let Some(slot) = stratum.and_then(|stratum| values.get_mut(stratum)) {
                *slot = *value;
            }
        }
        Ok(values)
    }

    fn told(
        &self,
        variable: &str,
        column: impl Fn(&StratumColumns) -> &BTreeMap<String, String>,
    ) -> Result<Option<Vec<f64>>, SurveyError> {
        let Some(columns) = &self.spec.columns else { return Ok(None) };
        let Some(name) = column(columns).get(variable) else {
            return Err(unfit("the columns do not tell what the rule needs of this variable"));
        };
        self.by_row(name).map(Some)
    }

    fn totals(&self, variable: &str) -> Result<Vec<f64>, SurveyError> {
        if let Some(told) = self.told(variable, |columns| &columns.totals)? {
            return Ok(told);
        }
        let mut totals = vec![0.0; self.names.len()];
        for (stratum, value) in self.of.iter().zip(self.numbers(variable)?) {
            if let Some(total) = stratum.and_then(|stratum| totals.get_mut(stratum)) {
                *total += value;
            }
        }
        Ok(totals)
    }

    fn deviations(&self, variable: &str) -> Result<Vec<f64>, SurveyError> {
        if let Some(told) = self.told(variable, |columns| &columns.deviations)? {
            return Ok(told);
        }
        let means = self.totals(variable)?.into_iter().zip(&self.counts);
        let means: Vec<f64> = means.map(|(total, count)| total / real(*count)).collect();
        let mut squares = vec![0.0; self.names.len()];
        for (stratum, value) in self.of.iter().zip(self.numbers(variable)?) {
            let Some(stratum) = *stratum else { continue };
            let apart = value - means.get(stratum).copied().unwrap_or(0.0);
            if let Some(sum) = squares.get_mut(stratum) {
                *sum += apart * apart;
            }
        }
        let deviation = |(square, count): (&f64, &usize)| {
            if *count > 1 { (square / real(count - 1)).sqrt() } else { 0.0 }
        };
        Ok(squares.iter().zip(&self.counts).map(deviation).collect())
    }

    fn numbers(&self, name: &str) -> Result<&[f64], SurveyError> {
        let numbers = self.table.numbers(name)?;
        let lacks = |(stratum, value): (&Option<usize>, &f64)| stratum.is_some() && !value.is_finite();
        match self.of.iter().zip(numbers).position(lacks) {
            Some(row) => Err(SurveyError::MissingInDesign { name: name.to_owned(), row }),
            None => Ok(numbers),
        }
    }

    fn costs(&self) -> Result<Vec<f64>, SurveyError> {
        let cost = |name: &String| match self.spec.costs.get(name) {
            Some(cost) => Ok(*cost),
            None if self.spec.costs.is_empty() => Ok(1.0),
            None => Err(SurveyError::MarginUnmet {
                margin: self.spec.strata.clone(),
                category: name.clone(),
                reason: "it has units and no cost",
            }),
        };
        self.names.iter().map(cost).collect()
    }
}
