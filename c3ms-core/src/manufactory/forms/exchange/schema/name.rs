//! Names and ids that a format can have, made from those of others.

use std::collections::BTreeSet;

/// The most bytes of a name that is made.
const LONGEST: usize = 100;

/// A name as fields have it: what no name may hold becomes `_`.
pub(super) fn fitting(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.trim().chars() {
        let fits = letter.is_alphanumeric() || "-_.".contains(letter);
        if out.is_empty() && !letter.is_alphabetic() && letter != '_' {
            out.push('_');
            if !fits {
                continue;
            }
        }
        if out.len() + letter.len_utf8() > LONGEST {
            break;
        }
        out.push(if fits { letter } else { '_' });
    }
    if out.is_empty() { "_".to_owned() } else { out }
}

/// Tells whether a field can be called so as it is.
pub(super) fn fits(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && name.len() <= LONGEST
        && letters.all(|letter| letter.is_alphanumeric() || "-_.".contains(letter))
}

/// The name, with a number behind it where it is taken; then it is taken.
pub(super) fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(name.clone()) {
        return name;
    }
    // Ends: one more candidate than there are names taken.
    let free = (2..taken.len() + 3).map(|number| format!("{name}-{number}")).find(|it| !taken.contains(it));
    let free = free.unwrap_or(name);
    taken.insert(free.clone());
    free
}

/// A step of a JSON Pointer.
pub(super) fn below(at: &str, step: &str) -> String {
    crate::base::Pointer::new(at).child(step).as_str().to_owned()
}
