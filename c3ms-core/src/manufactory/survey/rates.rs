//! How many of those who were approached answered: the rates of AAPOR.

use serde::{Deserialize, Serialize};

use super::SurveyError;

/// What came of all approaches: numbers of people, or sums of their weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outcomes {
    /// I: complete interviews.
    pub complete: f64,
    /// P: partial interviews.
    pub partial: f64,
    /// R: refusals and interviews broken off.
    pub refusal: f64,
    /// NC: nobody was spoken to.
    pub non_contact: f64,
    /// O: eligible, spoken to, neither refused nor answered.
    pub other: f64,
    /// UH and UO: nobody knows whether eligible.
    pub unknown: f64,
    /// Not eligible.
    pub not_eligible: f64,
}

/// The outcome rates of a survey. A rate is missing where nobody was approached of whom it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OutcomeRates {
    /// e: the share of those of unknown eligibility taken to be eligible, that of those who are known.
    pub eligible: Option<f64>,
    /// Response rates 1 to 6: complete interviews (odd), partial ones too (even); of all, of the eligible by e, of the known.
    pub response: [Option<f64>; 6],
    /// Cooperation rates 1 to 4: of those who were spoken to; 3 and 4 leave out those who could not answer.
    pub cooperation: [Option<f64>; 4],
    /// Refusal rates 1 to 3.
    pub refusal: [Option<f64>; 3],
    /// Contact rates 1 to 3.
    pub contact: [Option<f64>; 3],
}

/// Computes response, cooperation, refusal and contact rates.
///
/// With `interviews = I + P` and `known = I + P + R + NC + O`, response rates 1 and 2 divide by `known + U`, 3 and 4 by
/// `known + e U`, 5 and 6 by `known`; `e = known / (known + not eligible)` is the proportional allocation (CASRO).
/// Refusal and contact rates 1 to 3 go the same way. Cooperation rates 1 and 2 divide by `I + P + R + O`, 3 and 4 by
/// `I + P + R`. Given sums of design weights, the rates are weighted ones.
///
/// # Shapes and units
/// People, or people per respondent summed up. Rates are shares from 0 to 1.
///
/// # Errors
/// [`SurveyError::SettingUnfit`] for a number that is negative or not finite.
///
/// # Source
/// AAPOR (2023), Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 10th edition.
///
/// # Examples
/// Of 1080 people approached 400 answered all, 50 a part, 250 refused, 100 were not met, 20 spoke no language of ours; of
/// 180 nobody knows whether they had come for the festival, and 80 had not. e is 820 / 900.
/// ```
/// use c3ms_core::survey::{Outcomes, outcome_rates};
/// let rates = outcome_rates(&Outcomes {
///     complete: 400.0, partial: 50.0, refusal: 250.0, non_contact: 100.0, other: 20.0, unknown: 180.0,
///     not_eligible: 80.0,
/// })?;
/// assert_eq!(rates.response[0], Some(0.4)); // 400 / 1000
/// assert_eq!(rates.response[2], Some(400.0 / 984.0)); // 820 + 180 * 820 / 900 = 984
/// assert_eq!(rates.cooperation[1], Some(0.625)); // 450 / 720
/// assert_eq!(rates.contact[0], Some(0.72)); // 720 / 1000
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn outcome_rates(outcomes: &Outcomes) -> Result<OutcomeRates, SurveyError> {
    let Outcomes { complete, partial, refusal, non_contact, other, unknown, not_eligible } = *outcomes;
    let all = [
        ("complete", complete),
        ("partial", partial),
        ("refusal", refusal),
        ("non_contact", non_contact),
        ("other", other),
        ("unknown", unknown),
        ("not_eligible", not_eligible),
    ];
    if let Some((what, value)) = all.into_iter().find(|(_, value)| !(value.is_finite() && *value >= 0.0)) {
        let expected = "a number of people, 0 or more";
        return Err(SurveyError::SettingUnfit { what: what.to_owned(), value, expected });
    }
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let interviews = complete + partial;
    let contacted = interviews + refusal + other;
    let known = contacted + non_contact;
    let eligible = share(known, known + not_eligible);
    // Where nobody is known, all that are unknown may be eligible.
    let estimated = known + unknown * eligible.unwrap_or(1.0);
    let bases = [known + unknown, estimated, known];
    let response = |base: f64| [share(complete, base), share(interviews, base)];
    let [one, two, three] = bases.map(response);
    let ([one_a, one_b], [two_a, two_b], [three_a, three_b]) = (one, two, three);
    let told = contacted - other;
    Ok(OutcomeRates {
        eligible,
        response: [one_a, one_b, two_a, two_b, three_a, three_b],
        cooperation: [
            share(complete, contacted),
            share(interviews, contacted),
            share(complete, told),
            share(interviews, told),
        ],
        refusal: bases.map(|base| share(refusal, base)),
        contact: bases.map(|base| share(contacted, base)),
    })
}
