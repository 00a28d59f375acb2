//! From visits to visitors: the weight share of those who come several times or to several places.

use super::{
    Weights,
    values::{fit, paired},
};
use crate::survey::SurveyError;

/// One unit of the frame leads to one cluster of the public: a visit to its visitor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The place of the unit among those that were drawn.
    pub unit: usize,
    /// The place of the cluster among those that were reached.
    pub cluster: usize,
    /// How many times the one leads to the other: most often 1.
    pub strength: f64,
}

/// Shares the weights of the units that were drawn among the clusters they lead to.
///
/// `weight of a cluster = sum(weight of unit * strength of link) / all links of the cluster`: who can be met in many ways
/// counts less each time.
///
/// # Shapes and units
/// `weights[units]` of the units that were drawn; `links` of these, in any order; `all_links[clusters]`: how many links
/// each cluster has from the whole frame, drawn or not. The result is `[clusters]`, in clusters per cluster reached.
///
/// # Errors
/// [`SurveyError::NumberUnfit`] for a link to nothing, of a strength below 0, or of more strength than all links have;
/// [`SurveyError::WeightNotPositive`] for a cluster that no drawn unit leads to.
///
/// # Source
/// Lavallée (2007), Indirect Sampling, Springer, chapter 2; Deville and Lavallée (2006), Survey Methodology 32(2), 165-176.
///
/// # Examples
/// The first visitor was met at one of two visits, the second at both of two.
/// ```
/// use c3ms_core::survey::weight::{Link, Weights, weight_share};
/// let visits = Weights::new(vec![10.0, 10.0, 8.0])?;
/// let link = |unit, cluster| Link { unit, cluster, strength: 1.0 };
/// let visitors = weight_share(&visits, &[link(0, 0), link(1, 1), link(2, 1)], &[2.0, 2.0])?;
/// assert_eq!(visitors.values(), [5.0, 9.0]);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn weight_share(weights: &Weights, links: &[Link], all_links: &[f64]) -> Result<Weights, SurveyError> {
    check(weights.len(), links, all_links)?;
    let mut shares = vec![0.0; all_links.len()];
    for link in links {
        if let Some((share, weight)) = shares.get_mut(link.cluster).zip(weights.values().get(link.unit)) {
            *share += weight * link.strength;
        }
    }
    for (share, all) in shares.iter_mut().zip(all_links) {
        *share /= all;
    }
    Weights::new(shares)
}

/// Gives each unit that was drawn its share of the answers of the clusters it leads to.
///
/// The total over clusters is then a total over units, whose design is known: `sum(weight * shared answer)`, and its
/// variance is that of the units.
///
/// # Shapes and units
/// `answers[clusters]`, `links` and `all_links[clusters]` as in [`weight_share`]; the result is `[units]`.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] when a cluster lacks an answer, and those of [`weight_share`] about links.
///
/// # Source
/// Lavallée (2007), Indirect Sampling, Springer, section 2.3.
///
/// # Examples
/// A visitor who spent 30 euros in two visits spent 15 at each.
/// ```
/// use c3ms_core::survey::weight::{Link, shared_answers};
/// let links = [Link { unit: 0, cluster: 0, strength: 1.0 }];
/// assert_eq!(shared_answers(&[30.0], 1, &links, &[2.0])?, [15.0]);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn shared_answers(
    answers: &[f64],
    units: usize,
    links: &[Link],
    all_links: &[f64],
) -> Result<Vec<f64>, SurveyError> {
    paired("answers", answers.len(), "clusters", all_links.len())?;
    check(units, links, all_links)?;
    let mut shared = vec![0.0; units];
    for link in links {
        let of_cluster = answers.get(link.cluster).zip(all_links.get(link.cluster));
        if let Some((sum, (answer, all))) = shared.get_mut(link.unit).zip(of_cluster) {
            *sum += answer * link.strength / all;
        }
    }
    Ok(shared)
}

/// Weights of visits into weights of visitors, by the number of visits each says to have made.
///
/// The weight share where each visitor was met once: `weight / visits`.
///
/// # Shapes and units
/// `weights[n]` in visits per row; `visits[n]`: all visits of the visitor that could have been drawn, this one
/// included, thus 1 or more. The result is in visitors per row.
///
/// # Errors
/// [`SurveyError::LengthsDiffer`] when a row lacks a number of visits; [`SurveyError::NumberUnfit`] for one below 1.
///
/// # Source
/// Lavallée (2007), Indirect Sampling, Springer, chapter 2.
///
/// # Examples
/// ```
/// use c3ms_core::survey::weight::{Weights, visitor_weights};
/// let visitors = visitor_weights(&Weights::new(vec![30.0, 30.0])?, &[1.0, 3.0])?;
/// assert_eq!(visitors.values(), [30.0, 10.0]);
/// # Ok::<(), c3ms_core::survey::SurveyError>(())
/// ```
pub fn visitor_weights(weights: &Weights, visits: &[f64]) -> Result<Weights, SurveyError> {
    paired("weights", weights.len(), "visits", visits.len())?;
    fit("number of visits", visits, "1 or more", |visits| visits.is_finite() && visits >= 1.0)?;
    Weights::new(weights.values().iter().zip(visits).map(|(weight, visits)| weight / visits).collect())
}

/// Refuses links that lead nowhere or are more than there can be.
fn check(units: usize, links: &[Link], all_links: &[f64]) -> Result<(), SurveyError> {
    fit("links of a cluster", all_links, "above 0", |all| all.is_finite() && all > 0.0)?;
    let strengths: Vec<f64> = links.iter().map(|link| link.strength).collect();
    fit("strength of a link", &strengths, "0 or more", |one| one.is_finite() && one >= 0.0)?;
    let mut sums = vec![0.0; all_links.len()];
    for (at, link) in links.iter().enumerate() {
        let Some(sum) = sums.get_mut(link.cluster).filter(|_| link.unit < units) else {
            let what = "link".to_owned();
            let expected = "between a unit and a cluster that are given";
            return Err(SurveyError::NumberUnfit { what, value: link.strength, at, expected });
        };
        *sum += link.strength;
    }
    let beyond = sums.iter().zip(all_links).position(|(sum, all)| *sum > all * (1.0 + 1e-9));
    match beyond.and_then(|at| all_links.get(at).map(|all| (at, *all))) {
        Some((at, value)) => Err(SurveyError::NumberUnfit {
            what: "links of a cluster".to_owned(),
            value,
            at,
            expected: "as many as lead to it from drawn units, or more",
        }),
        None => Ok(()),
    }
}
