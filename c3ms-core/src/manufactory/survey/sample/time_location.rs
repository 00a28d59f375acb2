//! Visitors met where and when they are: venues times slots of time, then every so many visitors at the door.

use serde::{Deserialize, Serialize};

use super::{
    Listing, Probabilities, Selection, SurveyError, at, count as whole, inclusion_probabilities, number, put,
    selection,
};
use crate::survey::Stream;

/// A slot of a frame: a venue from one hour to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// The name of the venue.
    pub venue: String,
    /// When interviewers begin, as it is printed on their sheet.
    pub begin: String,
    /// When they end.
    pub end: String,
    /// How many visitors are expected.
    pub expected: f64,
    /// The stratum: kind of venue, or of day.
    pub stratum: usize,
}

/// A design for visitors: slots drawn by their expected visitors within strata, then visitors at an interval.
///
/// # Source
/// Karon and Wejnert (2012), "Statistical methods for the analysis of time-location sampling data", Journal of Urban
/// Health 89(3), 565-586; Kalton (1991), "Sampling flows of mobile human populations", Survey Methodology 17(2),
/// 183-194.
///
/// # Examples
/// One of two evenings of 200 and 100 visitors, 20 interviews: every 10th or every 5th visitor. Whoever came, whichever
/// evening, has the same chance: `2/3 / 10 = 1/3 / 5`.
/// ```
/// use c3ms_core::{base::Seed, survey::{Stream, sample::{Selection, Slot, TimeLocation}}};
/// let evening = |venue: &str, expected| Slot {
///     venue: venue.into(), begin: "19:00".into(), end: "22:00".into(), expected, stratum: 0,
/// };
/// let design = TimeLocation {
///     slots: vec![evening("Odéon", 200.0), evening("Le Triton", 100.0)],
///     counts: vec![1],
///     interviews: 20,
///     selection: Selection::Systematic,
/// };
/// let sheet = design.draw(&mut Stream::new(&Seed::from_number(1)))?;
/// assert_eq!(sheet.len(), 1);
/// assert!((sheet[0].visit_probability - 1.0 / 15.0).abs() < 1e-12);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeLocation {
    /// The frame.
    pub slots: Vec<Slot>,
    /// How many slots are drawn in each stratum, by its number.
    pub counts: Vec<usize>,
    /// How many interviews are aimed at in a slot.
    pub interviews: usize,
    /// How slots are drawn.
    pub selection: Selection,
}

/// A row of the interviewers' sheet: where to be, and whom to approach.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetRow {
    /// The place of the slot in the frame.
    pub slot: usize,
    /// The venue.
    pub venue: String,
    /// When to begin.
    pub begin: String,
    /// When to end.
    pub end: String,
    /// The stratum.
    pub stratum: usize,
    /// How many visitors are expected.
    pub expected: f64,
    /// The first visitor to approach, from 1.
    pub first: usize,
    /// Then one out of so many.
    pub interval: usize,
    /// The probability of the slot.
    pub slot_probability: f64,
    /// The probability of a visit in this slot: that of the slot divided by the interval.
    pub visit_probability: f64,
}

impl SheetRow {
    /// The probability of a visit from what was counted at the door: interviews made among visitors who passed.
    ///
    /// It replaces [`visit_probability`](Self::visit_probability) where interviewers could not keep the interval.
    ///
    /// # Errors
    /// [`SurveyError::SampleTooLarge`] where more were interviewed than passed.
    pub fn counted_probability(&self, interviewed: usize, passed: usize) -> Result<f64, SurveyError> {
        if interviewed > passed || passed == 0 {
            return Err(SurveyError::SampleTooLarge { wanted: interviewed, units: passed });
        }
        Ok(self.slot_probability * (number(interviewed) / number(passed)))
    }
}

impl TimeLocation {
    /// The probability of each slot: in proportion to its expected visitors within its stratum.
    ///
    /// # Errors
    /// [`SurveyError::DesignUnfit`] where a slot is in a stratum that has no count; those of
    /// [`inclusion_probabilities`].
    pub fn slot_probabilities(&self) -> Result<Probabilities, SurveyError> {
        let strata = self.strata();
        if strata.iter().any(|stratum| *stratum >= self.counts.len()) {
            return Err(SurveyError::DesignUnfit {
                design: "time-location",
                reason: "a slot is in a stratum that has no count",
            });
        }
        let mut values = vec![0.0; self.slots.len()];
        for units in selection::groups(&strata) {
            let expected: Vec<f64> =
                units.iter().filter_map(|&unit| self.slots.get(unit)).map(|slot| slot.expected).collect();
            let stratum = units.first().map_or(0, |&unit| at(&strata, unit));
            let own = inclusion_probabilities(&expected, at(&self.counts, stratum))?;
            for (&unit, value) in units.iter().zip(own.values()) {
                put(&mut values, unit, *value);
            }
        }
        Probabilities::new(values)
    }

    /// Draws the slots and writes the sheet of the interviewers, in the order of the frame.
    ///
    /// # Errors
    /// Those of [`TimeLocation::slot_probabilities`] and of [`Selection::draw`].
    pub fn draw(&self, stream: &mut Stream) -> Result<Vec<SheetRow>, SurveyError> {
        if self.interviews == 0 {
            return Err(SurveyError::DesignUnfit {
                design: "time-location",
                reason: "no interview is aimed at",
            });
        }
        let probabilities = self.slot_probabilities()?;
        let listing = Listing { probabilities: &probabilities, balance: &[], places: &[] };
        let drawn = selection::by_strata(self.selection, listing, &self.strata(), stream)?;
        let rows = drawn.into_iter().filter_map(|place| Some((place, self.slots.get(place)?)));
        Ok(rows
            .map(|(place, slot)| {
                let interval = whole(slot.expected / number(self.interviews)).max(1);
                let slot_probability = at(probabilities.values(), place);
                SheetRow {
                    slot: place,
                    venue: slot.venue.clone(),
                    begin: slot.begin.clone(),
                    end: slot.end.clone(),
                    stratum: slot.stratum,
                    expected: slot.expected,
                    first: stream.below(interval) + 1,
                    interval,
                    slot_probability,
                    visit_probability: slot_probability / number(interval),
                }
            })
            .collect())
    }

    fn strata(&self) -> Vec<usize> {
        self.slots.iter().map(|slot| slot.stratum).collect()
    }
}
