//! Defaults: fixed, or calculated once.

use crate::manufactory::forms::exchange::references::{Word, words};

/// Tells whether a default is calculated; a hyphen in a day or a place is none of arithmetic.
pub(super) fn is_calculated(text: &str, kind: &str) -> bool {
    let hyphenated = matches!(kind, "date" | "dateTime" | "geopoint" | "geotrace" | "geoshape");
    for (word, _) in words(text) {
        match word {
            Word::Minus if hyphenated => return false,
            Word::Minus | Word::Arithmetic | Word::Union | Word::Predicate | Word::Reference | Word::Call => {
                return true;
            }
            Word::Constant
            | Word::Close
            | Word::Slash
            | Word::Quoted
            | Word::Space
            | Word::PredicateEnd
            | Word::Name
            | Word::Other => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: what pyxform 4.5.0 `default_is_dynamic` says.
    #[test]
    fn calculated_defaults_are_told_from_fixed_ones() {
        for text in ["today()", "${a}", "1 + 1", "a*b", "2 mod 3", "name[1]", "a | b"] {
            assert!(is_calculated(text, "text"), "{text}");
        }
        for text in ["hello", "my-image.jpg", "2012-12-12", "-5", "a/b", "10:30:00", "jr://images/a.png"] {
            assert!(!is_calculated(text, "text"), "{text}");
        }
        assert!(!is_calculated("5.0 -4 0", "geopoint"));
    }
}
