//! Tables that tell of many and of nobody: sensitive cells, what is left out with them, and the proof that it is enough.

mod anonymity;
mod audit;
mod count;
mod lattice;
mod ledger;
mod linear;
mod pattern;
mod round;
mod rules;
mod spec;
mod told;

pub use anonymity::{AnonymityClass, AnonymitySpec, AnonymityTold, Diversity, Missing};
pub use ledger::{Ledger, LedgerCell, LedgerTable, Publication};
pub use rules::Rule;
pub use spec::{
    CellSpec, DisclosureSpec, DominanceSpec, Method, Place, PriorPosteriorSpec, RoundingSpec, RulesSpec,
    TableSpec,
};
pub use told::{
    Disclosed, DisclosureReport, DisclosureWork, PrimaryCell, PublishedCell, PublishedTable, SecondaryCell,
};

use super::{SurveyError, Table, Watch};
use audit::Audited;
use count::{Alone, unfit};
use lattice::{Grid, Lattice};
use pattern::Made;

impl DisclosureSpec {
    /// Protects tables, so that nobody can work out a sensitive cell from what is published, now or before.
    ///
    /// Sensitive cells are left out, and others with them. That is enough where a reader who knows all that is published,
    /// that cells add up to their totals and that none is below 0, must hold possible for each sensitive cell all numbers
    /// that [`RulesSpec`] asks for. Linear programs prove it, as the reader would try. Tables that share dimensions share
    /// cells, and so do those of the ledger with the same population.
    ///
    /// The same tables give the same pattern, in whatever order their rows stand.
    ///
    /// # Errors
    /// [`SurveyError::DisclosureUnfit`], [`SurveyError::SettingUnfit`], [`SurveyError::DimensionUnknown`],
    /// [`SurveyError::CellUnfit`], [`SurveyError::TableTooLarge`] for what cannot be read; those of columns, as
    /// [`Table::numbers`]; [`SurveyError::LedgerContradicted`] where a number is another than before;
    /// [`SurveyError::CellExposed`] where a sensitive cell can be worked out from what is out already;
    /// [`SurveyError::Stopped`].
    ///
    /// # Source
    /// Hundepool, Domingo-Ferrer, Franconi, Giessing, Schulte Nordholt, Spicer, de Wolf (2012), "Statistical Disclosure
    /// Control", Wiley, chapter 4.
    ///
    /// # Examples
    /// Three people are few: their cell is left out, and three more, so that no row and no column gives it away. As far as
    /// a reader can tell, they could be from 0 to 20.
    /// ```
    /// use c3ms_core::survey::disclosure::DisclosureSpec;
    /// use std::ops::ControlFlow;
    /// let spec: DisclosureSpec = serde_json::from_str(r#"{"population": "visitors", "tables": [
    ///     {"dimensions": ["venue", "age"], "cells": [
    ///       {"at": {"venue": "A", "age": "young"}, "value": 3}, {"at": {"venue": "A", "age": "old"}, "value": 20},
    ///       {"at": {"venue": "B", "age": "young"}, "value": 17}, {"at": {"venue": "B", "age": "old"}, "value": 8}]}]}"#)
    ///     .map_err(|error| error.to_string())?;
    /// let found = spec.carry_out(None, &|_, _| ControlFlow::Continue(()))?;
    /// assert_eq!((found.report.cells, found.report.suppressed), (9, 4));
    /// assert_eq!(found.report.primary[0].attacker, [Some(0.0), Some(20.0)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn carry_out(&self, answers: Option<&Table>, watch: &Watch<'_>) -> Result<Disclosed, SurveyError> {
        let mut lattice = self.lattice(answers)?;
        if self.method == Method::Round {
            let (values, largest) = round::rounded(&lattice, &self.rounding);
            let cells = lattice.cells.len();
            let report =
                DisclosureReport { cells, largest_change: Some(largest), ..DisclosureReport::default() };
            let value = |cell: usize| values.get(cell).copied();
            return Ok(Disclosed { tables: published(&lattice, value), report, ledger: None });
        }
        watched(watch, 0)?;
        let made = pattern::hide(&mut lattice)?;
        watched(watch, 1)?;
        let audited = audit::prove(&mut lattice)?;
        watched(watch, 2)?;
        let value = |cell: usize| {
            let cell = lattice.cells.get(cell)?;
            (!cell.is_hidden).then_some(cell.facts.value)
        };
        let tables = published(&lattice, value);
        Ok(Disclosed {
            tables,
            report: report(&lattice, made, &audited),
            ledger: Some(self.extended(&lattice)),
        })
    }

    /// All cells with what is known of them.
    fn lattice(&self, answers: Option<&Table>) -> Result<Lattice, SurveyError> {
        self.rules.check()?;
        let suppresses = match self.method {
            Method::Suppress => true,
            Method::Round => {
                self.rounding.check()?;
                false
            }
        };
        if self.population.is_empty() {
            return Err(unfit("say who was asked (population): a ledger tells publications apart by it"));
        }
        if !suppresses && self.ledger.is_some() {
            return Err(unfit("rounded numbers cannot be held against a ledger"));
        }
        let fresh = count::counted(self, answers)?;
        let out = self.ledger.iter().flat_map(|ledger| &ledger.publications);
        let out = out.filter(|publication| publication.population == self.population);
        let out: Vec<&LedgerTable> = out.flat_map(|publication| &publication.tables).collect();
        let mut lattice = Lattice::new(&fresh, &out)?;
        if suppresses {
            self.judge(&mut lattice)?;
        }
        Ok(lattice)
    }

    /// Finds the cells that are sensitive.
    fn judge(&self, lattice: &mut Lattice) -> Result<(), SurveyError> {
        for number in 0..lattice.cells.len() {
            let Some(cell) = lattice.cells.get(number).filter(|cell| cell.is_new) else { continue };
            let wanted =
                u64::try_from(self.rules.contributions()).unwrap_or(u64::MAX).min(cell.facts.respondents);
            if u64::try_from(cell.facts.largest.len()).unwrap_or(u64::MAX) < wanted && cell.facts.value > 0.0
            {
                let reason = format!("say its {wanted} largest contributions (largest)");
                return Err(SurveyError::CellUnfit { cell: lattice.called(number), reason });
            }
            let Some((rules, protection)) = self.rules.sensitive(&cell.facts, lattice.typical(number)) else {
                continue;
            };
            if let Some(cell) = lattice.cells.get_mut(number) {
                let (mut all, known) = cell.sensitive.take().unwrap_or_default();
                all.extend(rules);
                cell.sensitive = Some((all, protection.or(known)));
            }
        }
        Ok(())
    }

    /// The ledger with these tables.
    fn extended(&self, lattice: &Lattice) -> Ledger {
        let mut ledger = self.ledger.clone().unwrap_or_default();
        let cell = |grid: &Grid, (place, number): (usize, &usize)| {
            let cell = lattice.cells.get(*number)?;
            let protection = cell.sensitive.as_ref().map(|(_, own)| [own.below, own.above]);
            Some(LedgerCell {
                at: place_of(lattice, grid, place),
                value: cell.facts.value,
                suppressed: cell.is_hidden,
                protection,
                alone: cell.facts.alone.as_ref().filter(|_| cell.is_hidden).map(|who| match who {
                    Alone::Named(name) => name.clone(),
                    Alone::Row(_) | Alone::Somebody => String::new(),
                }),
            })
        };
        let tables = lattice.fresh().map(|grid| LedgerTable {
            measure: lattice.measure(grid),
            dimensions: lattice.names(grid),
            cells: grid.cells.iter().enumerate().filter_map(|own| cell(grid, own)).collect(),
        });
        ledger
            .publications
            .push(Publication { population: self.population.clone(), tables: tables.collect() });
        ledger
    }
}

fn watched(watch: &Watch<'_>, done: usize) -> Result<(), SurveyError> {
    if watch(done, 2).is_break() { Err(SurveyError::Stopped) } else { Ok(()) }
}

fn place_of(lattice: &Lattice, grid: &Grid, place: usize) -> Place {
    let (names, at) = lattice.at(grid, place);
    names.into_iter().zip(at).collect()
}

fn published(lattice: &Lattice, value: impl Fn(usize) -> Option<f64>) -> Vec<PublishedTable> {
    let cell = |grid: &Grid, place: usize, number: usize| {
        let value = value(number);
        PublishedCell { at: place_of(lattice, grid, place), value, suppressed: value.is_none() }
    };
    let table = |grid: &Grid| PublishedTable {
        measure: lattice.measure(grid),
        dimensions: lattice.names(grid),
        cells: grid.cells.iter().enumerate().map(|(place, number)| cell(grid, place, *number)).collect(),
    };
    lattice.fresh().map(table).collect()
}

fn report(lattice: &Lattice, made: Made, audited: &Audited) -> DisclosureReport {
    let fresh = || lattice.cells.iter().filter(|cell| cell.is_new);
    let mut report = DisclosureReport {
        cells: fresh().count(),
        suppressed: fresh().filter(|cell| cell.is_hidden).count(),
        work: DisclosureWork {
            cubes: made.cubes,
            programs: made.programs,
            guarded: made.guarded,
            unguarded: made.unguarded,
            exact: audited.is_exact,
            audit_programs: audited.programs,
            repaired: audited.repaired,
        },
        ..DisclosureReport::default()
    };
    for (number, reach) in &audited.cells {
        let Some(cell) = lattice.cells.get(*number) else { continue };
        let Some((rules, own)) = &cell.sensitive else { continue };
        let (measure, at) = lattice.place(*number);
        let value = cell.facts.value;
        let above = Some(value + reach.above).filter(|above| above.is_finite());
        report.primary.push(PrimaryCell {
            measure,
            at,
            value,
            rules: rules.clone(),
            protection: [value - own.below, value + own.above],
            attacker: [Some(value - reach.below), above],
        });
    }
    for (number, cell) in lattice.cells.iter().enumerate() {
        if cell.is_hidden && cell.sensitive.is_none() && cell.is_new {
            let (measure, at) = lattice.place(number);
            report.secondary.push(SecondaryCell { measure, at, value: cell.facts.value });
        }
    }
    report
}
