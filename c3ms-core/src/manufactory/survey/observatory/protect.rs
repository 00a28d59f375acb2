//! The cells behind the figures of a wave, and which of them can be told.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        Categories, Column, Statistic, SurveyError, Table, Watch,
        analysis::rows_where,
        disclosure::{Disclosed, DisclosureSpec, Ledger, TableSpec},
    },
    spec::{IndicatorSpec, ObservatorySpec},
};

/// What an answer stands for, among the cells.
const WEIGHT: &str = "weight";
/// Everybody, where nothing else tells answers apart.
const WHOLE: &str = "whole";
/// Whether a condition holds.
const YES: &str = "1";

/// A cell: what its number is, and where it stands.
type Key = (String, BTreeMap<String, String>);

/// The cells of a wave that are protected together.
pub(super) struct Cells<'a> {
    spec: &'a ObservatorySpec,
    /// The respondents, each a row.
    table: Table,
    /// Which rows of the wave they are.
    rows: Vec<usize>,
    counted: Vec<TableSpec>,
    weighted: Vec<TableSpec>,
    behind: BTreeMap<String, Behind>,
    /// Of two dimensions the parts that have nobody in common, each a column, by both names.
    parts: Vec<([String; 2], String)>,
    twins: Twins,
}

/// A member of a dimension.
type Member = (String, String);
/// Members that are the same people under another name: an exhibition, and the one museum that shows any.
type Twins = BTreeMap<Member, Vec<Member>>;

/// What stands behind the figures of an indicator.
#[derive(Debug, Clone, Default)]
struct Behind {
    /// The measure of those who answered; nothing where all did.
    base: Option<String>,
    condition: Option<String>,
    /// The variable whose levels are counted.
    level: Option<String>,
    /// Weighted sums.
    sums: Vec<String>,
    /// Whether weighted numbers of people are told, by level.
    tells_people: bool,
}

/// Cells that can be told.
pub(super) struct Out {
    cells: BTreeMap<Key, Option<f64>>,
    behind: BTreeMap<String, Behind>,
    twins: Twins,
}

impl<'a> Cells<'a> {
    /// The cells behind all figures of a wave; those whose weight is 0 stand for nobody.
    pub(super) fn new(spec: &'a ObservatorySpec, wave: &Table, weights: &[f64]) -> Result<Self, SurveyError> {
        let rows: Vec<usize> =
            (0..wave.rows()).filter(|row| weights.get(*row).is_some_and(|weight| *weight != 0.0)).collect();
        let mut cells = Self {
            spec,
            table: Table::default(),
            rows,
            counted: Vec::new(),
            weighted: Vec::new(),
            behind: BTreeMap::new(),
            parts: Vec::new(),
            twins: Twins::new(),
        };
        let own = weights.iter().copied().filter(|weight| *weight != 0.0).collect();
        cells.table.add(WEIGHT, Column::Numbers(own))?;
        for by in &spec.by {
            cells.column(&by.variable, wave)?;
        }
        for (place, one) in spec.by.iter().enumerate() {
            for other in spec.by.iter().skip(place + 1) {
                cells.part([&one.variable, &other.variable])?;
            }
        }
        for by in &spec.by {
            cells.along(&by.variable, &[], &mut |cells, places| cells.count(places, None));
        }
        let everybody = Categories { codes: vec![0; cells.rows.len()], levels: vec![WHOLE.to_owned()] };
        cells.table.add(WHOLE, Column::Categories(everybody))?;
        cells.count(&[WHOLE], None);
        for indicator in &spec.indicators {
            cells.indicator(indicator, wave)?;
        }
        Ok(cells)
    }

    /// The respondents' own part of a column.
    fn of_rows<T: Clone>(&self, values: &[T], missing: &T) -> Vec<T> {
        self.rows.iter().map(|row| values.get(*row).unwrap_or(missing).clone()).collect()
    }

    /// Adds a column of categories of the wave.
    pub(super) fn column(&mut self, name: &str, wave: &Table) -> Result<(), SurveyError> {
        let own = wave.categories(name)?;
        let codes = self.of_rows(&own.codes, &Categories::MISSING);
        let levels = own.levels.clone();
        self.add(name, Column::Categories(Categories { codes, levels }))
    }

    /// Adds a column of yes and no, given for each row of the wave.
    fn yes_or_no(&mut self, name: &str, holds: &[bool]) -> Result<(), SurveyError> {
        let codes = self.of_rows(holds, &false).into_iter().map(u32::from).collect();
        let levels = vec!["0".to_owned(), YES.to_owned()];
        self.add(name, Column::Categories(Categories { codes, levels }))
    }

    /// Adds a column that is there already or not.
    fn add(&mut self, name: &str, column: Column) -> Result<(), SurveyError> {
        if self.table.column(name).is_ok() {
            return Ok(());
        }
        self.table.add(name, column)
    }

    /// Finds the parts of two dimensions that have nobody in common: members of one and of the other that are the same people
    /// taken together. A reader knows which genres a venue shows, and could go from the ones to the others.
    fn part(&mut self, [one, other]: [&str; 2]) -> Result<(), SurveyError> {
        let (first, second) = (self.table.categories(one)?, self.table.categories(other)?);
        let ones = first.levels.len() + 1;
        let place =
            |code: u32, missing: usize| if code == Categories::MISSING { missing } else { code as usize };
        let at = |row: usize| -> [usize; 2] {
            let code = |own: &Categories| own.codes.get(row).copied().unwrap_or(Categories::MISSING);
            [place(code(&first), ones - 1), ones + place(code(&second), second.levels.len())]
        };
        // The least member that leads to each, as the members of one part lead to each other.
        let mut least: Vec<usize> = (0..=ones + second.levels.len()).collect();
        let mut changed = true;
        while changed {
            changed = false;
            for row in 0..self.rows.len() {
                let [own, its] = at(row);
                let low = [own, its].iter().filter_map(|place| least.get(*place)).copied().min().unwrap_or(0);
                for place in [own, its] {
                    if let Some(slot) = least.get_mut(place).filter(|slot| **slot > low) {
                        (*slot, changed) = (low, true);
                    }
                }
            }
        }
        let mut members: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for row in 0..self.rows.len() {
            for place in at(row) {
                members.entry(least.get(place).copied().unwrap_or(0)).or_default().insert(place);
            }
        }
        if members.len() < 2 {
            return Ok(());
        }
        let name = |place: usize| -> Option<Member> {
            if place < ones {
                first.levels.get(place).map(|level| (one.to_owned(), level.clone()))
            } else {
                second.levels.get(place - ones).map(|level| (other.to_owned(), level.clone()))
            }
        };
        let mut twins: Vec<[Member; 2]> = Vec::new();
        for part in members.values() {
            let places: Vec<usize> = part.iter().copied().collect();
            if let [own, its] = places.as_slice()
                && let (Some(own), Some(its)) = (name(*own), name(*its))
            {
                twins.push([own, its]);
            }
        }
        let called = |row: usize| {
            let [own, _] = at(row);
            let part = members.get(&least.get(own).copied().unwrap_or(0));
            let names = part.into_iter().flatten().filter_map(|place| name(*place)).map(|(_, level)| level);
            names.collect::<Vec<_>>().join(" | ")
        };
        let called: Vec<String> = (0..self.rows.len()).map(called).collect();
        let column = Column::Categories(Categories::of(called.iter().map(String::as_str)));
        let title = format!("parts of {one} and {other}");
        self.add(&title, column)?;
        self.parts.push(([one.to_owned(), other.to_owned()], title));
        for [own, its] in twins {
            self.twins.entry(own.clone()).or_default().push(its.clone());
            self.twins.entry(its).or_default().push(own);
        }
        Ok(())
    }

    /// Makes the tables along a dimension: by itself, and with the parts in which it stands.
    fn along(&mut self, by: &str, others: &[&str], make: &mut dyn FnMut(&mut Self, &[&str])) {
        let places: Vec<&str> = std::iter::once(by).chain(others.iter().copied()).collect();
        make(self, &places);
        let of =
            |(pair, title): &([String; 2], String)| pair.iter().any(|own| own == by).then(|| title.clone());
        let titles: Vec<String> = self.parts.iter().filter_map(of).collect();
        for title in titles {
            let places: Vec<&str> = std::iter::once(title.as_str()).chain(places.iter().copied()).collect();
            make(self, &places);
        }
    }

    /// Counts respondents: all, or those of a measure.
    fn count(&mut self, dimensions: &[&str], measure: Option<&str>) {
        let dimensions = dimensions.iter().map(|name| (*name).to_owned()).collect();
        let table = TableSpec { dimensions, value: measure.map(str::to_owned), cells: None };
        if !self.counted.contains(&table) {
            self.counted.push(table);
        }
    }

    /// Sums a measure up with weights; people where there is none.
    fn sum(&mut self, dimensions: &[&str], measure: Option<&str>) {
        let dimensions = dimensions.iter().map(|name| (*name).to_owned()).collect();
        let table = TableSpec { dimensions, value: measure.map(str::to_owned), cells: None };
        if !self.weighted.contains(&table) {
            self.weighted.push(table);
        }
    }

    fn indicator(&mut self, indicator: &IndicatorSpec, wave: &Table) -> Result<(), SurveyError> {
        let mut behind = Behind::default();
        let mut known = vec![true; self.rows.len()];
        for variable in &indicator.variables {
            let codes = wave.categories(variable)?;
            let codes = self.of_rows(&codes.codes, &Categories::MISSING);
            known.iter_mut().zip(codes).for_each(|(known, code)| *known &= code != Categories::MISSING);
        }
        let named = indicator.variables.join(", ");
        if known.contains(&false) {
            let base = format!("answers to {named}");
            let ones = known.iter().map(|known| if *known { 1.0 } else { f64::NAN }).collect();
            self.add(&base, Column::Numbers(ones))?;
            behind.base = Some(base);
        }
        if let Some(holds) = rows_where(indicator.condition.as_deref(), wave)? {
            let name = format!("where {}", indicator.condition.as_deref().unwrap_or_default());
            self.yes_or_no(&name, &holds)?;
            behind.condition = Some(name);
        }
        let variable = indicator.variables.first().map(String::as_str).unwrap_or_default();
        let is_words = matches!(wave.column(variable)?, Column::Categories(_));
        let is_yes_or_no = || -> Result<bool, SurveyError> {
            let is_one = |value: &f64| value.is_nan() || *value == 0.0 || (*value - 1.0).abs() == 0.0;
            Ok(wave.numbers(variable)?.iter().all(is_one))
        };
        let (mut is_leveled, mut sums) = (false, Vec::new());
        match indicator.statistic {
            Statistic::Proportion | Statistic::Total | Statistic::Mean if is_words => is_leveled = true,
            Statistic::Proportion if is_yes_or_no()? => {
                let holds: Vec<bool> = wave.numbers(variable)?.iter().map(|value| *value > 0.5).collect();
                self.yes_or_no(variable, &holds)?;
                behind.level = Some(variable.to_owned());
            }
            Statistic::Proportion | Statistic::Total | Statistic::Mean | Statistic::Ratio => {
                sums.clone_from(&indicator.variables);
            }
            Statistic::Quantile | Statistic::Variance | Statistic::Correlation | Statistic::Gini => {}
        }
        if is_leveled {
            self.column(variable, wave)?;
            behind.level = Some(variable.to_owned());
            behind.tells_people = indicator.statistic == Statistic::Total;
        }
        for name in &sums {
            let own = if sums.len() > 1 {
                format!("sum of {name} among {named}")
            } else {
                format!("sum of {name}")
            };
            let mut values = self.of_rows(wave.numbers(name)?, &f64::NAN);
            values
                .iter_mut()
                .zip(&known)
                .filter(|(_, known)| !**known)
                .for_each(|(value, _)| *value = f64::NAN);
            self.add(&own, Column::Numbers(values))?;
            behind.sums.push(own);
        }
        let mut dimensions = indicator.dimensions(&self.spec.by);
        if dimensions.is_empty() {
            dimensions.push(WHOLE);
        }
        for by in dimensions {
            let others = [behind.condition.as_deref(), behind.level.as_deref()];
            let others: Vec<&str> = others.into_iter().flatten().collect();
            self.along(by, &others, &mut |cells, places| {
                cells.count(places, behind.base.as_deref());
                if behind.tells_people {
                    cells.sum(places, behind.base.as_deref());
                }
                for name in &behind.sums {
                    cells.sum(places, Some(name));
                }
            });
        }
        self.behind.insert(indicator.id.clone(), behind);
        Ok(())
    }

    /// Adds answers that are placed on a map, and its classes: which of them hold which categories.
    pub(super) fn map(
        &mut self,
        variables: &[String],
        class: Option<(&str, &[Option<u32>])>,
        studied: Option<&[bool]>,
        wave: &Table,
    ) -> Result<(), SurveyError> {
        let measure = studied.map(|_| "on the map");
        if let (Some(name), Some(studied)) = (measure, studied) {
            let ones = |row: &usize| if studied.get(*row) == Some(&true) { 1.0 } else { f64::NAN };
            let ones = self.rows.iter().map(ones).collect();
            self.add(name, Column::Numbers(ones))?;
        }
        if let Some((name, of)) = class {
            let texts = self.of_rows(of, &None).into_iter().map(|class| class.map(|class| class.to_string()));
            let texts: Vec<String> = texts.map(Option::unwrap_or_default).collect();
            self.add(name, Column::Categories(Categories::of(texts.iter().map(String::as_str))))?;
        }
        for variable in variables {
            self.column(variable, wave)?;
            match class {
                Some((name, _)) => self.count(&[name, variable], measure),
                None => self.count(&[variable], measure),
            }
        }
        Ok(())
    }

    /// Protects the cells: counts by themselves, weighted sums by themselves; what was out before is heeded and added to.
    pub(super) fn protect(
        self,
        public: &str,
        ledger: &mut Ledger,
        watch: &Watch<'_>,
    ) -> Result<Out, SurveyError> {
        let mut out = Out { cells: BTreeMap::new(), behind: self.behind, twins: self.twins };
        for (tables, weights) in [(self.counted, None), (self.weighted, Some(WEIGHT.to_owned()))] {
            if tables.is_empty() {
                continue;
            }
            let spec = DisclosureSpec {
                population: public.to_owned(),
                tables,
                weights,
                rules: self.spec.rules.clone(),
                ledger: Some(std::mem::take(ledger)),
                ..DisclosureSpec::default()
            };
            let found = spec.carry_out(Some(&self.table), watch);
            let found = found.map_err(|error| error.of_rows(&self.rows))?;
            *ledger = out.take(found);
        }
        Ok(out)
    }
}

impl Out {
    /// Takes what was found; gives the ledger, in which what came out before does not stand again.
    fn take(&mut self, found: Disclosed) -> Ledger {
        for table in found.tables {
            for cell in table.cells {
                let at = cell.at.into_iter().filter_map(|(name, member)| Some((name, member?)));
                let key = (table.measure.clone(), at.filter(|(name, _)| name != WHOLE).collect());
                self.cells.insert(key, cell.value);
            }
        }
        let mut ledger = found.ledger.unwrap_or_default();
        if let Some(last) = ledger.publications.pop()
            && !ledger.publications.contains(&last)
        {
            ledger.publications.push(last);
        }
        ledger
    }

    /// The number of a cell that can be told.
    fn told(&self, measure: &str, at: &BTreeMap<String, String>) -> Option<f64> {
        self.cells.get(&(measure.to_owned(), at.clone())).copied().flatten()
    }

    /// How many are in a cell of people, or of those on the map, where that can be told.
    pub(super) fn people(&self, at: &[(&str, &str)], on_map: bool) -> Option<usize> {
        let at = at.iter().map(|(name, member)| ((*name).to_owned(), (*member).to_owned())).collect();
        self.told(if on_map { "on the map" } else { "people" }, &at).map(whole)
    }

    /// How many answered what a figure tells, where all cells behind it can be told, and those of the same people under
    /// another name.
    pub(super) fn base(
        &self,
        indicator: &str,
        member: Option<(&str, &str)>,
        level: Option<&str>,
    ) -> Option<usize> {
        let own = member.map(|(by, member)| (by.to_owned(), member.to_owned()));
        for (by, member) in own.and_then(|own| self.twins.get(&own)).into_iter().flatten() {
            self.own_base(indicator, Some((by, member)), level)?;
        }
        self.own_base(indicator, member, level)
    }

    fn own_base(&self, indicator: &str, member: Option<(&str, &str)>, level: Option<&str>) -> Option<usize> {
        let behind = self.behind.get(indicator)?;
        let mut at: BTreeMap<String, String> =
            member.into_iter().map(|(by, member)| (by.to_owned(), member.to_owned())).collect();
        self.told("people", &at)?;
        if let Some(condition) = &behind.condition {
            at.insert(condition.clone(), YES.to_owned());
        }
        let measure = behind.base.as_deref().unwrap_or("people");
        let base = self.told(measure, &at)?;
        for sum in &behind.sums {
            self.told(&format!("{sum} × {WEIGHT}"), &at)?;
        }
        if let Some(variable) = &behind.level {
            at.insert(variable.clone(), level.unwrap_or(YES).to_owned());
            self.told(measure, &at)?;
            if behind.tells_people {
                self.told(&format!("{measure} × {WEIGHT}"), &at)?;
            }
        }
        Some(whole(base))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of respondents")]
fn whole(count: f64) -> usize {
    count.max(0.0).round() as usize
}
