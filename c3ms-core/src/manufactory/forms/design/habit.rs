//! What names tell of fields: habits of those who make forms, in French and English.

use crate::base::fold;

/// The words of a name: `startDate` and `date_de_début` have a date.
pub(super) fn tokens(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len());
    let mut was_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && was_small {
            spaced.push(' ');
        }
        was_small = letter.is_lowercase();
        spaced.push(if letter.is_alphanumeric() { letter } else { ' ' });
    }
    fold(&spaced).split_whitespace().map(str::to_owned).collect()
}

fn any(tokens: &[String], words: &[&str]) -> bool {
    tokens.iter().any(|token| words.contains(&token.as_str()))
}

/// Free words about something are not that thing: `genre-autre`, `price-remarks`.
fn is_aside(tokens: &[String]) -> bool {
    any(
        tokens,
        &[
            "autre",
            "autres",
            "other",
            "details",
            "detail",
            "precision",
            "precisions",
            "commentaire",
            "comment",
            "comments",
            "remarque",
            "remarques",
            "remark",
            "remarks",
            "note",
            "notes",
            "description",
            "texte",
            "text",
            "label",
            "libelle",
            "name",
            "nom",
            "nombre",
            "number",
            "count",
            "nb",
        ],
    )
}

/// What has few values that all know beforehand.
pub(super) fn is_closed(tokens: &[String]) -> bool {
    let ends = [tokens.first(), tokens.last()];
    let known = |token: &String| {
        [
            "status",
            "statut",
            "etat",
            "genre",
            "type",
            "kind",
            "nature",
            "categorie",
            "category",
            "discipline",
            "pays",
            "country",
            "langue",
            "language",
            "civilite",
            "gender",
            "sexe",
            "devise",
            "currency",
        ]
        .contains(&token.strip_suffix('s').filter(|rest| *rest != "statu" && *rest != "pay").unwrap_or(token))
    };
    !is_aside(tokens) && ends.into_iter().flatten().any(known)
}

pub(super) fn is_date(tokens: &[String]) -> bool {
    !is_aside(tokens)
        && any(
            tokens,
            &[
                "date",
                "dates",
                "debut",
                "fin",
                "start",
                "end",
                "begin",
                "naissance",
                "birthday",
                "birthdate",
                "deadline",
                "echeance",
            ],
        )
}

pub(super) fn is_amount(tokens: &[String]) -> bool {
    !is_aside(tokens)
        && any(
            tokens,
            &[
                "price", "prices", "prix", "tarif", "tarifs", "amount", "montant", "cost", "cout", "fee",
                "budget", "cachet", "salaire", "salary",
            ],
        )
}

pub(super) fn is_personal(tokens: &[String]) -> bool {
    any(
        tokens,
        &[
            "email",
            "mail",
            "courriel",
            "phone",
            "telephone",
            "tel",
            "mobile",
            "portable",
            "naissance",
            "birthday",
            "birthdate",
            "iban",
        ],
    )
}

/// An id that tells a position or a label instead of standing for the field: `field_12`, `Nom du lieu`.
pub(super) fn is_unstable(id: &str) -> bool {
    if id.chars().any(|letter| letter.is_whitespace() || !letter.is_ascii()) {
        return true;
    }
    let own = id.rsplit('.').next().unwrap_or(id);
    let digits = own.bytes().rev().take_while(u8::is_ascii_digit).count();
    let word = own.get(..own.len() - digits).unwrap_or(own);
    let word = word.trim_end_matches(['-', '_']).to_ascii_lowercase();
    digits > 0
        && [
            "",
            "field",
            "champ",
            "question",
            "q",
            "f",
            "c",
            "col",
            "column",
            "colonne",
            "item",
            "rubrique",
            "var",
            "variable",
            "input",
            "unnamed",
            "new-field",
            "nouveau-champ",
        ]
        .contains(&word.as_str())
}

/// The property of schema.org that is called so.
pub(super) fn property(name: &str) -> Option<&'static str> {
    let found = PROPERTIES.binary_search_by_key(&name, |(known, _)| known).ok()?;
    PROPERTIES.get(found).map(|(_, property)| *property)
}

const PROPERTIES: [(&str, &str); 48] = [
    ("address", "address"),
    ("adresse", "address"),
    ("birth-date", "birthDate"),
    ("code-postal", "postalCode"),
    ("country", "addressCountry"),
    ("courriel", "email"),
    ("debut", "startDate"),
    ("description", "description"),
    ("email", "email"),
    ("end", "endDate"),
    ("end-date", "endDate"),
    ("fin", "endDate"),
    ("genre", "genre"),
    ("geo", "geo"),
    ("identifier", "identifier"),
    ("image", "image"),
    ("in-language", "inLanguage"),
    ("keywords", "keywords"),
    ("latitude", "latitude"),
    ("license", "license"),
    ("location", "location"),
    ("logo", "logo"),
    ("longitude", "longitude"),
    ("name", "name"),
    ("nom", "name"),
    ("offers", "offers"),
    ("organisateur", "organizer"),
    ("organizer", "organizer"),
    ("page-web", "url"),
    ("performer", "performer"),
    ("performers", "performer"),
    ("phone", "telephone"),
    ("position", "geo"),
    ("postal-code", "postalCode"),
    ("price", "price"),
    ("prix", "price"),
    ("same-as", "sameAs"),
    ("site-web", "url"),
    ("start", "startDate"),
    ("start-date", "startDate"),
    ("street", "streetAddress"),
    ("street-address", "streetAddress"),
    ("telephone", "telephone"),
    ("title", "name"),
    ("titre", "name"),
    ("url", "url"),
    ("web-page", "url"),
    ("website", "url"),
];

/// Whether a pattern stands for the whole text, not for something in it.
pub(super) fn is_anchored(pattern: &str) -> bool {
    let bare = match pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')')) {
        Some((flags, rest)) if flags.bytes().all(|flag| flag.is_ascii_alphabetic()) => rest,
        _ => pattern,
    };
    let begins = bare.starts_with('^') || bare.starts_with("\\A");
    let mut letters = bare.chars();
    let (mut depth, mut in_class, mut last) = (0_usize, false, String::new());
    while let Some(letter) = letters.next() {
        last.clear();
        last.push(letter);
        match letter {
            '\\' => last.extend(letters.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.saturating_sub(1),
            '|' if !in_class && depth == 0 => return false,
            _ => {}
        }
    }
    begins && (last == "$" || last == "\\z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_in_order() {
        assert!(PROPERTIES.is_sorted());
        assert_eq!(property("start"), Some("startDate"));
    }

    #[test]
    fn names_tell_what_they_mean() {
        assert!(
            is_date(&tokens("startDate"))
                && is_date(&tokens("date_de_début"))
                && !is_date(&tokens("weekend"))
        );
        assert!(
            is_closed(&tokens("Type de lieu")) && is_closed(&tokens("langues")) && is_closed(&tokens("pays"))
        );
        assert!(
            is_closed(&tokens("status"))
                && !is_closed(&tokens("genre-autre"))
                && !is_closed(&tokens("prototype"))
        );
        assert!(is_amount(&tokens("prix_plein")) && !is_amount(&tokens("nombre-de-tarifs")));
    }

    #[test]
    fn ids_that_tell_a_position_are_seen() {
        let unstable = ["field_12", "q3", "Champ 4", "offers.col-7", "42", "dénomination", "column1"];
        assert!(unstable.into_iter().all(is_unstable));
        let stable = ["name", "offers.price", "iso-639-1", "line2address", "same-as", "address-line-1"];
        assert!(!stable.into_iter().any(is_unstable));
    }

    #[test]
    fn patterns_for_the_whole_text_are_known() {
        for pattern in ["^[A-Z]{2}$", "^(a|b)$", "(?i)^a$", "\\Aa\\z", "^[|]$", "^a\\|b$"] {
            assert!(is_anchored(pattern), "{pattern}");
        }
        for pattern in ["[A-Z]{2}", "^a|b$", "^a\\$", "a$", ""] {
            assert!(!is_anchored(pattern), "{pattern}");
        }
    }
}
