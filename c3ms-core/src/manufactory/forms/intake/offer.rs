//! What kind of price an offer is, told by its words: a proposal that anybody may correct.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::Value;

use super::{Rule, draft::Slot, propose::header_words};
use crate::{
    base::Currency,
    manufactory::forms::{Document, Field, Format, Kind},
};

/// The vocabulary whose codes are meant.
const VOCABULARY: &str = "offer-category";

/// Words of prices, folded, by their code; what is meant more exactly comes first.
const CATEGORIES: &[(&str, &[&str])] = &[
    (
        "pay-what-you-want",
        &[
            "prix libre",
            "tarif libre",
            "au chapeau",
            "libre participation",
            "participation libre",
            "participation consciente",
            "libre et consciente",
            "pay what you want",
            "pay what you can",
            "donation",
        ],
    ),
    (
        "solidarity",
        &[
            "solidaire",
            "demandeurs d emploi",
            "demandeur d emploi",
            "minima sociaux",
            "rsa",
            "solidarity",
            "unemployed",
        ],
    ),
    ("school", &["scolaire", "scolaires", "schools", "school groups", "school"]),
    ("group", &["groupe", "groupes", "group", "groups", "comite d entreprise"]),
    ("family", &["famille", "familles", "family", "families"]),
    (
        "subscription",
        &["abonne", "abonnes", "abonnement", "subscriber", "subscribers", "subscription", "season ticket"],
    ),
    ("member", &["adherent", "adherents", "adherente", "adherentes", "member", "members"]),
    ("professional", &["professionnel", "professionnels", "professional", "professionals"]),
    ("senior", &["senior", "seniors"]),
    ("child", &["enfant", "enfants", "child", "children", "moins de 12 ans", "moins de 10 ans", "under 12"]),
    (
        "young",
        &[
            "jeune",
            "jeunes",
            "etudiant",
            "etudiants",
            "student",
            "students",
            "moins de 26 ans",
            "moins de 18 ans",
            "under 18",
            "under 26",
        ],
    ),
    ("reduced", &["reduit", "reduite", "reduits", "reduced", "concession", "concessions"]),
    ("advance", &["prevente", "preventes", "advance", "early bird"]),
    ("on-site", &["sur place", "on the door", "at the door", "on site"]),
    ("single", &["tarif unique", "prix unique", "single price"]),
    (
        "full",
        &[
            "plein",
            "plein tarif",
            "tarif normal",
            "tarif general",
            "full price",
            "general admission",
            "adulte",
            "adult",
        ],
    ),
    (
        "free",
        &[
            "gratuit",
            "gratuits",
            "gratuite",
            "entree libre",
            "acces libre",
            "exonere",
            "free",
            "free entry",
            "free admission",
        ],
    ),
];

/// The one category a text speaks of; `None` where it speaks of none, or of several.
pub(super) fn category(text: &str) -> Option<&'static str> {
    // A long text tells all prices at once.
    if text.len() > LONGEST_NAME {
        return None;
    }
    let words = header_words(text);
    let begins: Vec<usize> =
        std::iter::once(0).chain(words.match_indices(' ').map(|(space, _)| space + 1)).collect();
    let mut meant = None;
    for (number, from) in begins.iter().enumerate() {
        let ends = begins.iter().skip(number + 1).map(|next| next - 1).chain([words.len()]);
        for phrase in ends.take(MOST_WORDS).filter_map(|end| words.get(*from..end)) {
            match (by_words().get(phrase), meant) {
                (Some(code), Some(known)) if *code != known => return None,
                (Some(code), _) => meant = Some(*code),
                (None, _) => {}
            }
        }
    }
    meant
}

/// The codes by their words.
fn by_words() -> &'static BTreeMap<&'static str, &'static str> {
    static WORDS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
        CATEGORIES.iter().flat_map(|(code, known)| known.iter().map(|words| (*words, *code))).collect()
    });
    &WORDS
}

/// As many words as the longest name of a category has.
const MOST_WORDS: usize = 4;

/// The most bytes of the name of a price.
const LONGEST_NAME: usize = 80;

/// Where a text in place of an amount goes that names a category: its field, its code.
pub(super) fn category_of(
    format: &Format,
    rule: &Rule,
    slot: &Slot<'_>,
    text: &str,
) -> Option<(String, &'static str)> {
    if !matches!(slot, Slot::Field(Field { kind: Kind::Money, .. })) {
        return None;
    }
    let (_, field) = categorized(format).filter(|(list, _)| rule.to.split('/').next() == Some(&list.name))?;
    let known = &format.vocabularies.get(VOCABULARY)?.codes;
    let code = category(text).filter(|code| known.iter().any(|known| known.code == **code))?;
    let (offer, _) = rule.to.rsplit_once('/')?;
    Some((format!("{offer}/{}", field.name), code))
}

/// Gives the further amounts of an offer the currency of the first, where nobody gave them one.
fn one_currency(fields: &[Field], offer: &mut Document) {
    let amounts = fields.iter().filter(|field| matches!(field.kind, Kind::Money));
    let mut first: Option<Value> = None;
    for field in amounts {
        let Some(currency) = offer.get_mut(&field.name).and_then(|amount| amount.get_mut("currency")) else {
            continue;
        };
        match &first {
            None => first = Some(currency.clone()),
            Some(first) if *currency == Currency::EUR.code() => currency.clone_from(first),
            Some(_) => {}
        }
    }
}

/// The list of offers and the field of their category, in a format that has both.
fn categorized(format: &Format) -> Option<(&Field, &Field)> {
    format.fields.iter().find_map(|list| {
        let Kind::Group { fields } = &list.kind else { return None };
        let is_category =
            |field: &&Field| matches!(&field.kind, Kind::Code { vocabulary, .. } if vocabulary == VOCABULARY);
        Some((list, fields.iter().find(is_category)?))
    })
}

/// Gives each offer without a category the one its own words tell: its name, what its source calls its price (told by
/// `called`, for the place of an offer in a list), its conditions. Amounts of one offer are in one currency.
pub(super) fn categorize(
    format: &Format,
    document: &mut Document,
    called: &dyn Fn(&str, usize) -> Vec<String>,
) {
    let Some((list, category_field)) = categorized(format) else { return };
    let Kind::Group { fields } = &list.kind else { return };
    let known = format.vocabularies.get(VOCABULARY).map_or(&[][..], |list| list.codes.as_slice());
    let Some(Value::Array(offers)) = document.get_mut(&list.name) else { return };
    for (place, offer) in offers.iter_mut().enumerate() {
        let Some(offer) = offer.as_object_mut() else { continue };
        one_currency(fields, offer);
        if offer.contains_key(&category_field.name) {
            continue;
        }
        let said = |property: &str| {
            let field = fields.iter().find(|field| field.property() == Some(property));
            field.and_then(|field| offer.get(&field.name)).into_iter().flat_map(texts)
        };
        let own = said("name")
            .chain(std::iter::once_with(|| called(&list.name, place)).flatten())
            .chain(said("description"));
        let told = own.into_iter().find_map(|text| category(&text));
        if let Some(code) = told.filter(|code| known.iter().any(|known| known.code == **code)) {
            offer.insert(category_field.name.clone(), code.into());
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Object(texts) => texts.values().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_known_by_its_words() {
        for (text, code) in [
            ("Plein tarif", "full"),
            ("tarif_reduit", "reduced"),
            ("TARIF RÉDUIT", "reduced"),
            ("Entrée au chapeau", "pay-what-you-want"),
            ("prix libre", "pay-what-you-want"),
            ("Moins de 12 ans", "child"),
            ("Étudiants", "young"),
            ("Tarif de base - plein tarif", "full"),
            ("Free admission", "free"),
        ] {
            assert_eq!(category(text), Some(code), "{text}");
        }
        for text in
            ["tarif", "12 €", "6€/4€ - Gratuit pour les étudiants", "Réduit et abonnés", "Regroupement"]
        {
            assert_eq!(category(text), None, "{text}");
        }
    }
}
