//! The words of a text: folded, stemmed, and how far apart two of them are.

use rust_stemmers::{Algorithm, Stemmer};

use crate::base::fold;

/// The most letters of a word that are looked at.
const LONGEST: usize = 48;

/// Words of French and English that tell nothing of what is looked for; folded.
const EMPTY: &[&str] = &[
    "an", "and", "at", "au", "aux", "avec", "by", "ce", "ces", "dans", "de", "des", "du", "en", "est", "et",
    "for", "from", "in", "is", "la", "le", "les", "mais", "of", "on", "or", "ou", "par", "pour", "que",
    "qui", "sa", "se", "ses", "son", "sur", "the", "to", "un", "une", "with",
];

/// The words of a text, folded; single letters that are no digits tell nothing.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let parts = folded.split(|letter: char| !letter.is_alphanumeric());
    let told = parts.filter(|word| word.len() > 1 || word.bytes().all(|letter| letter.is_ascii_digit()));
    told.filter(|word| !word.is_empty()).map(|word| word.chars().take(LONGEST).collect()).collect()
}

/// The words that are asked for: without those that tell nothing, as long as others are left.
pub(super) fn asked(text: &str) -> Vec<String> {
    let all = words(text);
    let telling = |word: &String| EMPTY.binary_search(&word.as_str()).is_err();
    let last = all.last().cloned();
    let told: Vec<String> = all.iter().filter(|word| telling(word)).cloned().collect();
    let mut kept = if told.is_empty() { all } else { told };
    // Twice the same word asks for nothing more; the last one stays last, for it may not be complete.
    let mut seen: Vec<String> = Vec::with_capacity(kept.len());
    kept.retain(|word| {
        let is_new = !seen.contains(word);
        seen.push(word.clone());
        is_new
    });
    if let Some(place) = last.and_then(|last| kept.iter().position(|word| *word == last)) {
        let word = kept.remove(place);
        kept.push(word);
    }
    kept
}

/// A language whose words are stemmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tongue {
    French,
    English,
}

impl Tongue {
    pub(super) const ALL: [Self; 2] = [Self::French, Self::English];

    /// What stands for a folded word and all its forms.
    pub(super) fn stem(self, word: &str) -> String {
        let (algorithm, tag) = match self {
            Self::French => (Algorithm::French, "fr "),
            Self::English => (Algorithm::English, "en "),
        };
        format!("{tag}{}", Stemmer::create(algorithm).stem(word))
    }
}

/// Which letters are in a word, one bit each; all that is no letter from a to z shares six.
pub(super) fn mask(word: &str) -> u32 {
    word.chars().fold(0, |mask, letter| {
        let bit = match letter {
            'a'..='z' => u32::from(letter) - u32::from('a'),
            other => 26 + u32::from(other) % 6,
        };
        mask | 1 << bit
    })
}

/// How many errors of typing a word may have.
pub(super) const fn tolerance(letters: usize) -> usize {
    match letters {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour to make one word of the other;
/// `None` for more than `most`.
///
/// # Source
/// Damerau (1964); each pair of letters is swapped once at most (optimal string alignment).
pub(super) fn distance(one: &[char], other: &[char], most: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let width = other.len() + 1;
    let (mut before, mut above): (Vec<usize>, Vec<usize>) =
        (vec![usize::MAX / 2; width], (0..width).collect());
    let mut last: Option<char> = None;
    for (row, letter) in one.iter().enumerate() {
        let mut line = Vec::with_capacity(width);
        line.push(row + 1);
        let mut fewest = row + 1;
        let mut left = row + 1;
        let mut neighbour: Option<char> = None;
        for (column, second) in other.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut steps =
                (at(&above, column) + usize::from(letter != second)).min(at(&above, column + 1) + 1);
            steps = steps.min(left + 1);
            if last == Some(*second) && neighbour == Some(*letter) && column > 0 {
                steps = steps.min(at(&before, column - 1) + 1);
            }
            line.push(steps);
            fewest = fewest.min(steps);
            left = steps;
            neighbour = Some(*second);
        }
        if fewest > most {
            // A swap may still come two lines further on.
            if before.iter().min().is_some_and(|before| *before > most)
                && above.iter().all(|above| *above > most)
            {
                return None;
            }
        }
        before = std::mem::replace(&mut above, line);
        last = Some(*letter);
    }
    above.last().copied().filter(|steps| *steps <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(one: &str, other: &str) -> Option<usize> {
        distance(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>(), 2)
    }

    #[test]
    fn errors_of_typing_are_counted() {
        assert_eq!(apart("theatre", "theatre"), Some(0));
        assert_eq!(apart("theatre", "thaetre"), Some(1), "a swap is one");
        assert_eq!(apart("theatre", "teatre"), Some(1));
        assert_eq!(apart("theatre", "tehatro"), Some(2));
        assert_eq!(apart("theatre", "cadran"), None);
    }

    #[test]
    fn the_empty_words_are_in_order() {
        assert!(EMPTY.is_sorted());
        assert_eq!(asked("Le bal de la nuit"), ["bal", "nuit"]);
        assert_eq!(asked("la"), ["la"], "it is all there is");
    }

    #[test]
    fn accents_go_before_stems() {
        assert_eq!(Tongue::French.stem(&words("Théâtrales")[0]), Tongue::French.stem("theatrale"));
        assert_eq!(Tongue::English.stem("dancing"), Tongue::English.stem("dances"));
    }
}
