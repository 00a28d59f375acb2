//! Which cells are sensitive, and how far a reader must be kept from their numbers.

use serde::Serialize;

use super::{
    super::SurveyError,
    count::{Facts, KEPT},
    spec::RulesSpec,
};

/// A rule by which a cell is sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// Too few respondents.
    Minimum,
    /// Few contributors make most of it.
    Dominance,
    /// A contributor can estimate another too well.
    PriorPosterior,
    /// It was found sensitive for an earlier publication.
    Earlier,
}

/// How far a reader must be kept from a number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Protection {
    /// How much less the number could be, as far as a reader can tell.
    pub(super) below: f64,
    /// How much more.
    pub(super) above: f64,
}

impl Protection {
    /// The wider of two, each way.
    pub(super) fn or(self, other: Self) -> Self {
        Self { below: self.below.max(other.below), above: self.above.max(other.above) }
    }
}

impl RulesSpec {
    /// Refuses rules that cannot be.
    pub(super) fn check(&self) -> Result<(), SurveyError> {
        let percent = |what: &str, value: f64| {
            if value > 0.0 && value <= 100.0 {
                return Ok(());
            }
            let expected = "a share above 0 and at most 100 %";
            Err(SurveyError::SettingUnfit { what: what.to_owned(), value, expected })
        };
        if let Some(dominance) = self.dominance {
            percent("dominance.k", dominance.k)?;
            if dominance.n == 0 || dominance.n as usize > KEPT {
                let (what, value) = ("dominance.n".to_owned(), f64::from(dominance.n));
                return Err(SurveyError::SettingUnfit { what, value, expected: "a number from 1 to 10" });
            }
        }
        if let Some(known) = self.prior_posterior {
            percent("prior_posterior.p", known.p)?;
            percent("prior_posterior.q", known.q)?;
            if known.p >= known.q && known.q < 100.0 {
                let (what, value) = ("prior_posterior.p".to_owned(), known.p);
                return Err(SurveyError::SettingUnfit { what, value, expected: "a share below that of q" });
            }
        }
        Ok(())
    }

    /// How many of the largest contributions the rules look at.
    pub(super) fn contributions(&self) -> usize {
        let dominance = self.dominance.map_or(0, |dominance| dominance.n as usize);
        dominance.max(if self.prior_posterior.is_some() { 2 } else { 0 })
    }

    /// By which rules a cell is sensitive and what protects it; `typical` is the mean number of a respondent of the table.
    ///
    /// With `X` the number of the cell, `x1 >= x2 >= …` its contributions and `m` its respondents:
    /// - minimum: `0 < m < minimum`; above, as much as makes it the minimum, `(minimum - m) X / m`; below, one respondent, `X / m`;
    /// - dominance: `x1 + … + xn > k/100 X`; above and below, `100/k (x1 + … + xn) - X`;
    /// - prior-posterior: `q/100 (X - x1 - x2) < p/100 x1`; above and below, `p/q x1 - (X - x1 - x2)`.
    ///
    /// # Source
    /// Hundepool et al. (2012), "Statistical Disclosure Control", Wiley, chapter 4.
    pub(super) fn sensitive(&self, facts: &Facts, typical: f64) -> Option<(Vec<Rule>, Protection)> {
        let mut rules = Vec::new();
        let mut protection = Protection::default();
        #[expect(clippy::cast_precision_loss, reason = "no table has 2^53 respondents")]
        let count = facts.respondents as f64;
        let minimum = f64::from(self.minimum);
        if count < minimum && (facts.respondents > 0 || self.zeros) {
            let share = if facts.value > 0.0 { facts.value / count } else { typical };
            let below = if facts.respondents > 0 { share.min(facts.value) } else { 0.0 };
            rules.push(Rule::Minimum);
            protection = protection.or(Protection { below, above: (minimum - count) * share });
        }
        let mut is_near = |rule: Rule, missing: f64| {
            rules.push(rule);
            protection = protection.or(Protection { below: missing.min(facts.value), above: missing });
        };
        if let Some(own) = self.dominance.filter(|_| facts.value > 0.0) {
            let most: f64 = facts.largest.iter().take(own.n as usize).sum();
            let missing = 100.0 / own.k * most - facts.value;
            if missing > 0.0 {
                is_near(Rule::Dominance, missing);
            }
        }
        if let (Some(own), Some(first)) =
            (self.prior_posterior.filter(|_| facts.value > 0.0), facts.largest.first())
        {
            let second = facts.largest.get(1).copied().unwrap_or(0.0);
            let missing = own.p / own.q * first - (facts.value - first - second).max(0.0);
            if missing > 0.0 {
                is_near(Rule::PriorPosterior, missing);
            }
        }
        (!rules.is_empty()).then_some((rules, protection))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::spec::*, *};

    fn facts(value: f64, respondents: u64, largest: &[f64]) -> Facts {
        Facts { value, respondents, largest: largest.to_vec(), alone: None }
    }

    /// By hand: 100 of which 60 and 30 are the largest. (1, 50): 60 > 50, 120 - 100 = 20. p = 20: 10 < 12, short of 2.
    #[test]
    fn rules_say_what_their_definitions_say() {
        let none = RulesSpec { minimum: 0, ..RulesSpec::default() };
        let cell = facts(100.0, 8, &[60.0, 30.0, 5.0]);
        let dominance = RulesSpec { dominance: Some(DominanceSpec { n: 1, k: 50.0 }), ..none.clone() };
        let expected = (vec![Rule::Dominance], Protection { below: 20.0, above: 20.0 });
        assert_eq!(dominance.sensitive(&cell, 1.0), Some(expected));
        let known =
            |p| RulesSpec { prior_posterior: Some(PriorPosteriorSpec { p, q: 100.0 }), ..none.clone() };
        let expected = (vec![Rule::PriorPosterior], Protection { below: 2.0, above: 2.0 });
        assert_eq!(known(20.0).sensitive(&cell, 1.0), Some(expected));
        assert_eq!(known(15.0).sensitive(&cell, 1.0), None);
        let few = RulesSpec { minimum: 5, ..none };
        let expected = (vec![Rule::Minimum], Protection { below: 10.0, above: 20.0 });
        assert_eq!(few.sensitive(&facts(30.0, 3, &[]), 1.0), Some(expected));
        assert_eq!(few.sensitive(&facts(0.0, 0, &[]), 1.0), None);
        let expected = (vec![Rule::Minimum], Protection { below: 0.0, above: 5.0 });
        assert_eq!(RulesSpec { zeros: true, ..few }.sensitive(&facts(0.0, 0, &[]), 1.0), Some(expected));
    }
}
