//! Duplicates within one set of things.

use serde::Serialize;

use super::{
    block::{Blocks, Scratch},
    compare::{Agreement, CODE, DAY, EMAIL, NAME, PHONE, PLACE, STREET, URL, compare},
    model::{Model, Sides, probability},
    thing::{Prepared, Thing},
    veto::{Said, Veto, veto},
    words::Lexicon,
};

/// Two things of a set that may be the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Duplicate {
    /// The place of the first in the set.
    pub a: usize,
    /// The place of the other, after it.
    pub b: usize,
    /// The probability that both are the same thing; none where a veto holds.
    pub score: Option<f64>,
    /// What speaks for it, the strongest first.
    pub reasons: Vec<Likewise>,
    /// What forbids it.
    pub veto: Option<Veto>,
    /// They are the same work, played at another place or time.
    pub production: bool,
}

/// What two things have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Likewise {
    /// The very same name.
    SameName,
    /// Nearly the same name.
    LikeName,
    /// Within 300 metres.
    SameSpot,
    /// The same town.
    SameTown,
    /// Nearly the same town, or near it.
    NearTown,
    /// The same street.
    SameStreet,
    /// The same day.
    SameDay,
    /// A day that a slip of the pen explains.
    NearDay,
    /// The same page.
    SamePage,
    /// The same e-mail address.
    SameEmail,
    /// The same telephone number.
    SamePhone,
    /// The same code of a register.
    SameCode,
    /// Something else in common.
    SameOther,
}

impl Likewise {
    /// The reason in words, in French (`fr`) or English.
    #[must_use]
    pub fn text(&self, language: &str) -> &'static str {
        let french = language.starts_with("fr");
        let (in_french, in_english) = match self {
            Self::SameName => ("même nom", "same name"),
            Self::LikeName => ("noms proches", "similar names"),
            Self::SameSpot => ("à moins de 300 m", "within 300 m"),
            Self::SameTown => ("même ville", "same town"),
            Self::NearTown => ("villes proches", "nearby towns"),
            Self::SameStreet => ("même rue", "same street"),
            Self::SameDay => ("même jour", "same day"),
            Self::NearDay => ("dates proches", "close dates"),
            Self::SamePage => ("même page web", "same web page"),
            Self::SameEmail => ("même courriel", "same e-mail"),
            Self::SamePhone => ("même téléphone", "same phone"),
            Self::SameCode => ("même code d’un registre", "same code of a register"),
            Self::SameOther => ("autre point commun", "something else in common"),
        };
        if french { in_french } else { in_english }
    }

    fn of(property: usize, level: u8) -> Option<Self> {
        Some(match (property, level) {
            (NAME, 1) => Self::SameName,
            (NAME, 2..=4) => Self::LikeName,
            (PLACE, 1) => Self::SameSpot,
            (PLACE, 2) => Self::SameTown,
            (PLACE, 3) => Self::NearTown,
            (STREET, 1 | 2) => Self::SameStreet,
            (DAY, 1 | 2) => Self::SameDay,
            (DAY, 3 | 4) => Self::NearDay,
            (URL, 1 | 2) => Self::SamePage,
            (EMAIL, 1 | 2) => Self::SameEmail,
            (PHONE, 1) => Self::SamePhone,
            (CODE, 1 | 2) => Self::SameCode,
            (other, 1) if other > CODE => Self::SameOther,
            _ => return None,
        })
    }
}

/// Each thing is compared with at most so many others, and with those that choose it.
const COMPARED: usize = 20;

/// How duplicates are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DuplicateOptions {
    /// Only pairs at least this probable.
    pub at_least: f64,
}

impl Default for DuplicateOptions {
    fn default() -> Self {
        Self { at_least: 0.5 }
    }
}

/// Finds the pairs of a set that are probably the same thing; suggestions only, nothing is merged.
///
/// What a veto forbids is told without a score: the same day at another time, another town of a tour, another
/// edition, a cancelled twin, different codes of one register.
///
/// # Shapes and units
/// Places in `things`, `a` before `b`; scores are probabilities. The most probable first, vetoes last.
///
/// # Source
/// Fellegi and Sunter (1969), JASA 64(328), 1183-1210; the vetoes are what importers of events learnt the hard way.
///
/// # Examples
/// ```
/// use c3ms_core::{base::Date, forms::identity::{DuplicateOptions, Thing, Veto, duplicates}};
/// let on = |name: &str, town: &str| Thing {
///     name: name.into(), locality: town.into(), day: Date::new(2026, 3, 12), ..Thing::default()
/// };
/// let found = duplicates(
///     &[on("Le Petit Prince", "Gap"), on("Le petit prince", "GAP"), on("Le Petit Prince", "Arles")],
///     DuplicateOptions::default(),
/// );
/// assert_eq!((found[0].a, found[0].b, found[0].veto), (0, 1, None));
/// assert_eq!((found[1].score, found[1].veto, found[1].production), (None, Some(Veto::OtherTown), true));
/// ```
#[must_use]
pub fn duplicates(things: &[Thing], options: DuplicateOptions) -> Vec<Duplicate> {
    let mut order: Vec<usize> = (0..things.len()).collect();
    // In the order of what they say, so that the order of things changes nothing.
    order.sort_by_cached_key(|at| things.get(*at).map(|thing| format!("{thing:?}")));
    let mut lexicon = Lexicon::default();
    let mut prepared: Vec<Prepared> =
        order.iter().filter_map(|at| things.get(*at)).map(Prepared::new).collect();
    for thing in &mut prepared {
        thing.enter(&mut lexicon);
    }
    lexicon.weigh();
    let sides = Sides { left: &prepared, right: &prepared, same: true };
    let said: Vec<Said> = order.iter().filter_map(|at| things.get(*at)).map(Said::new).collect();
    let forbidden = |pair: (u32, u32), agreement: &Agreement| {
        let (one, other) = sides.pair(pair)?;
        veto((one, other), (said.get(pair.0 as usize)?, said.get(pair.1 as usize)?), agreement)
    };
    // What a veto forbids is known not to be the same: a tour must not teach that towns differ.
    let (mut allowed, mut barred) = (Vec::new(), Vec::new());
    for (pair, agreement) in candidates(&lexicon, sides) {
        match forbidden(pair, &agreement) {
            None => allowed.push((pair, agreement)),
            Some(veto) => barred.push((pair, agreement, veto)),
        }
    }
    let model = Model::learn(&lexicon, sides, &allowed);
    let mut found = Vec::new();
    let free = allowed.iter().map(|(pair, agreement)| (pair, agreement, None));
    let barred = barred.iter().map(|(pair, agreement, veto)| (pair, agreement, Some(*veto)));
    for (pair, agreement, veto) in free.chain(barred) {
        let score = probability(model.bits(sides, *pair, agreement)).max(plain(agreement));
        let Some((one, other)) = sides.pair(*pair) else { continue };
        let place = |number: u32| order.get(number as usize).copied().unwrap_or(0);
        let (a, b) = (place(pair.0), place(pair.1));
        let level = agreement.levels.first().copied().unwrap_or(0);
        let same_name = matches!(level, 1 | 2);
        // What a veto tells apart is shown where a person would have taken it for the same.
        let shown = match veto {
            Some(Veto::OtherEdition) => matches!(level, 1..=4),
            Some(_) => same_name,
            None => false,
        };
        if score < options.at_least && !shown {
            continue;
        }
        let production = same_name
            && matches!(veto, Some(Veto::OtherTime | Veto::OtherDay | Veto::OtherTown | Veto::Cancelled));
        let mut reasons: Vec<(f64, Likewise)> = agreement
            .levels
            .iter()
            .enumerate()
            .filter_map(|(property, level)| {
                let bits = model.weight(property, *level, one, other, agreement);
                Some((bits, Likewise::of(property, *level)?)).filter(|(bits, _)| *bits > 0.0)
            })
            .collect();
        reasons.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        reasons.dedup_by_key(|(_, reason)| *reason);
        found.push(Duplicate {
            a: a.min(b),
            b: a.max(b),
            score: veto.is_none().then_some(score),
            reasons: reasons.into_iter().map(|(_, reason)| reason).collect(),
            veto,
            production,
        });
    }
    found.sort_by(|one, other| {
        let score = |found: &Duplicate| found.score.unwrap_or(-1.0);
        score(other).total_cmp(&score(one)).then((one.a, one.b).cmp(&(other.a, other.b)))
    });
    found
}

/// What is plain without statistics, of which a handful of records has none: the same name in the same spot, on the
/// same day where there is one; in the same town on the same day.
fn plain(agreement: &Agreement) -> f64 {
    let level = |property: usize| agreement.levels.get(property).copied().unwrap_or(0);
    match (level(NAME), level(PLACE), level(DAY)) {
        (1, 1 | 2, 1) | (1, 1, 0) => 0.95,
        _ => 0.0,
    }
}

fn candidates(lexicon: &Lexicon, sides: Sides<'_>) -> Vec<((u32, u32), Agreement)> {
    let blocks = Blocks::new(lexicon, sides.left);
    let mut scratch = Scratch::default();
    let mut pairs = Vec::new();
    for (number, thing) in (0_u32..).zip(sides.left) {
        let near = blocks.candidates(lexicon, thing, |other| other != number, &mut scratch, COMPARED);
        pairs.extend(near.into_iter().map(|other| (number.min(other), number.max(other))));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let agreed = |pair: (u32, u32)| {
        let (one, other) = sides.pair(pair)?;
        Some((pair, compare(lexicon, one, other)))
    };
    pairs.into_iter().filter_map(agreed).collect()
}

/// The groups that pairs make: whoever is the same as somebody of a group belongs to it.
///
/// # Examples
/// ```
/// use c3ms_core::forms::identity::clusters;
/// assert_eq!(clusters(&[(0, 1), (4, 5), (1, 2)]), [vec![0, 1, 2], vec![4, 5]]);
/// ```
#[must_use]
pub fn clusters(pairs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut of: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    let root = |of: &std::collections::BTreeMap<usize, usize>, mut at: usize| {
        while let Some(above) = of.get(&at).filter(|above| **above != at) {
            at = *above;
        }
        at
    };
    for (a, b) in pairs {
        of.entry(*a).or_insert(*a);
        of.entry(*b).or_insert(*b);
        let (one, other) = (root(&of, *a), root(&of, *b));
        of.insert(one.max(other), one.min(other));
    }
    let mut groups: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    for member in of.keys() {
        groups.entry(root(&of, *member)).or_default().push(*member);
    }
    groups.into_values().collect()
}
