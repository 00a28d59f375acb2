//! Names and towns as words, and how alike two of them are.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use crate::base::fold;

/// Words that say nothing of which one is meant.
const STOP: &[&str] = &[
    "a",
    "annule",
    "annulee",
    "canceled",
    "cancelled",
    "à",
    "al",
    "and",
    "au",
    "aux",
    "d",
    "da",
    "das",
    "de",
    "del",
    "della",
    "den",
    "der",
    "des",
    "di",
    "die",
    "du",
    "e",
    "el",
    "en",
    "et",
    "for",
    "il",
    "in",
    "l",
    "la",
    "las",
    "le",
    "les",
    "los",
    "lo",
    "n",
    "of",
    "on",
    "s",
    "sous",
    "sur",
    "the",
    "und",
    "y",
];

/// Kinds of things: they weigh little even in a file so small that each stands once.
const GENERIC: &[&str] = &[
    "association",
    "bibliotheque",
    "centre",
    "center",
    "chateau",
    "cinema",
    "compagnie",
    "concert",
    "culturel",
    "eglise",
    "ensemble",
    "espace",
    "festival",
    "maison",
    "mediatheque",
    "municipal",
    "municipale",
    "musee",
    "museum",
    "musique",
    "opera",
    "orchestre",
    "palais",
    "parc",
    "salle",
    "scene",
    "spectacle",
    "theater",
    "theatre",
    "venue",
    "ville",
];

/// The words of a name: folded, parted where no letter or digit stands, `st` and `ste` written out, words that say
/// nothing left out (unless nothing else stands).
///
/// # Examples
/// ```
/// use c3ms_core::forms::identity::words;
/// assert_eq!(words("Musée de St-Rémy s/ Mer"), ["musee", "saint", "remy", "mer"]);
/// ```
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let folded = fold(name);
    let all = || folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let told: Vec<String> = all().filter(|word| !STOP.contains(word)).map(written_out).collect();
    if told.is_empty() { all().map(written_out).collect() } else { told }
}

fn written_out(word: &str) -> String {
    match word {
        "st" => "saint",
        "ste" => "sainte",
        "sts" => "saints",
        "stes" => "saintes",
        "fest" => "festival",
        "th" => "theatre",
        other => other,
    }
    .to_owned()
}

/// The words of a town: as [`words`], without `CEDEX`, numbers of districts and the word for them.
#[must_use]
pub fn town(name: &str) -> Vec<String> {
    let told = |word: &String| {
        !word.starts_with(|letter: char| letter.is_ascii_digit())
            && !matches!(word.as_str(), "cedex" | "arrondissement" | "arr" | "er" | "eme")
    };
    words(name).into_iter().filter(told).collect()
}

/// The letters of a word: few words have more, and none of those is kept on the heap.
type Letters = SmallVec<[char; 32]>;

/// How alike two words are, by letters that stand at about the same place, more where they begin alike.
///
/// # Shapes and units
/// 0 (nothing in common) to 1 (equal); the same in both directions.
///
/// # Source
/// Winkler (1990), "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model", with
/// the prefix scale 0.1 over at most four letters. The example is Winkler's own.
///
/// # Examples
/// ```
/// use c3ms_core::forms::identity::jaro_winkler;
/// assert_eq!((jaro_winkler("martha", "marhta") * 1000.0).round(), 961.0);
/// ```
#[must_use]
pub fn jaro_winkler(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let (one, other): (Letters, Letters) = (one.chars().collect(), other.chars().collect());
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let first = (one.len(), &one) <= (other.len(), &other);
    let (one, other) = if first { (one, other) } else { (other, one) };
    let window = (other.len() / 2).saturating_sub(1);
    let mut taken: SmallVec<[bool; 32]> = SmallVec::from_elem(false, other.len());
    let mut common = Letters::new();
    for (at, letter) in one.iter().enumerate() {
        let from = at.saturating_sub(window);
        let near = other.iter().zip(taken.iter_mut()).skip(from).take(at + window + 1 - from);
        for (candidate, taken) in near {
            if !*taken && candidate == letter {
                *taken = true;
                common.push(*letter);
                break;
            }
        }
    }
    if common.is_empty() {
        return 0.0;
    }
    let theirs = other.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(letter, _)| *letter);
    let moved = common.iter().zip(theirs).filter(|(ours, theirs)| *ours != theirs).count();
    let (matches, first, second) = (real(common.len()), real(one.len()), real(other.len()));
    let jaro = (matches / first + matches / second + (matches - real(moved) / 2.0) / matches) / 3.0;
    let prefix = one.iter().zip(&other).take(4).take_while(|(ours, theirs)| ours == theirs).count();
    jaro + real(prefix) * 0.1 * (1.0 - jaro)
}

/// The runs of three letters of a text, as numbers, in order, each once.
#[must_use]
pub(super) fn trigrams(text: &str) -> Vec<u64> {
    let padded: Vec<char> = std::iter::once(' ').chain(text.chars()).chain([' ']).collect();
    let mut runs: Vec<u64> = padded
        .windows(3)
        .map(|run| run.iter().fold(0, |number, letter| (number << 21) | u64::from(u32::from(*letter))))
        .collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// How alike two lists of trigrams are: twice what they share over what they have together.
///
/// # Source
/// Dice (1945), Ecology 26(3), 297-302.
#[must_use]
pub(super) fn dice(one: &[u64], other: &[u64]) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let (mut shared, mut left, mut right) = (0_usize, 0, 0);
    while let (Some(ours), Some(theirs)) = (one.get(left), other.get(right)) {
        shared += usize::from(ours == theirs);
        left += usize::from(ours <= theirs);
        right += usize::from(ours >= theirs);
    }
    2.0 * real(shared) / real(one.len() + other.len())
}

/// A count as a number.
pub(super) fn real(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The words of a set of records, numbered, each with how much it tells.
#[derive(Debug, Clone, Default)]
pub(super) struct Lexicon {
    numbers: BTreeMap<String, u32>,
    texts: Vec<String>,
    counts: Vec<usize>,
    names: usize,
    /// What each word tells, once all names are taken in.
    weights: Vec<f64>,
}

/// A name, prepared.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Name {
    /// Its words, by number, as they stand.
    pub(super) words: Vec<u32>,
    /// Its words in the order of their letters, run together.
    pub(super) joined: String,
    /// The trigrams of the words run together as they stand.
    pub(super) runs: Vec<u64>,
}

/// How alike two names are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Likeness {
    /// 0 to 1.
    pub(super) similarity: f64,
    /// How much the words tell that both have, in bits.
    pub(super) shared: f64,
}

impl Lexicon {
    /// Takes a name in, and counts its words.
    pub(super) fn name(&mut self, words: &[String]) -> Name {
        let mut numbers = Vec::with_capacity(words.len());
        for word in words {
            let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            let number = *self.numbers.entry(word.clone()).or_insert(next);
            if number == next {
                self.texts.push(word.clone());
                self.counts.push(0);
            }
            let first = !numbers.contains(&number);
            if let Some(count) = self.counts.get_mut(number as usize).filter(|_| first) {
                *count += 1;
            }
            numbers.push(number);
        }
        self.names += usize::from(!words.is_empty());
        self.weights.clear();
        prepared(numbers, words)
    }

    /// A name to ask with: nothing is counted, words nobody has get numbers of their own.
    pub(super) fn asked(&self, words: &[String]) -> Name {
        let unknown = u32::MAX - 1000;
        let number = |(at, word): (usize, &String)| {
            self.numbers.get(word).copied().unwrap_or(unknown + u32::try_from(at.min(999)).unwrap_or(0))
        };
        prepared(words.iter().enumerate().map(number).collect(), words)
    }

    /// The words that begin like this, the most frequent first.
    pub(super) fn beginning(&self, start: &str, most: usize) -> Vec<&str> {
        let after =
            self.numbers.range(start.to_owned()..).take_while(|(word, _)| word.starts_with(start)).take(400);
        let mut found: Vec<(usize, &str)> =
            after.map(|(word, number)| (self.count(*number), word.as_str())).collect();
        found.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
        found.into_iter().take(most).map(|(_, word)| word).collect()
    }

    /// The share of what is typed that a name has, from 0 to 1: by what each word tells; the last may be unfinished.
    pub(super) fn covered(&self, typed: &Name, texts: &[String], name: &Name, words: &[String]) -> f64 {
        let (mut all, mut found) = (0.0, 0.0);
        for (at, (number, text)) in typed.words.iter().zip(texts).enumerate() {
            let bits = self.bits(*number);
            all += bits;
            if name.words.contains(number) {
                found += bits;
                continue;
            }
            let last = at + 1 == texts.len();
            let alike = |word: &String| {
                if last && word.starts_with(text.as_str()) { 0.95 } else { word_likeness(text, word) }
            };
            let best = words.iter().map(alike).fold(0.0, f64::max);
            found += if best >= ALIKE { bits * best } else { 0.0 };
        }
        if all > 0.0 { found / all } else { 0.0 }
    }

    /// How many names have this word.
    pub(super) fn count(&self, word: u32) -> usize {
        self.counts.get(word as usize).copied().unwrap_or(0)
    }

    pub(super) fn text(&self, word: u32) -> &str {
        self.texts.get(word as usize).map_or("", String::as_str)
    }

    /// Weighs the words, once all names are taken in: else each is weighed whenever it is asked for.
    pub(super) fn weigh(&mut self) {
        self.weights = (0..self.texts.len())
            .filter_map(|word| u32::try_from(word).ok())
            .map(|word| self.weight(word))
            .collect();
    }

    /// What a word tells, in bits: how seldom a name has it.
    pub(super) fn bits(&self, word: u32) -> f64 {
        self.weights.get(word as usize).copied().unwrap_or_else(|| self.weight(word))
    }

    fn weight(&self, word: u32) -> f64 {
        // As if at least a hundred names were known: in a file of three nothing is frequent.
        let names = real(self.names.max(100));
        let count = real(self.count(word).max(1));
        let share = (count / names).min(1.0);
        let text = self.text(word);
        // In a small file a generic word may stand once; a number tells little.
        let share = if GENERIC.contains(&text) { share.max(0.15) } else { share };
        let share = if text.bytes().all(|letter| letter.is_ascii_digit()) { share.max(0.02) } else { share };
        -libm::log2(share.clamp(1e-6, 0.9))
    }

    /// How alike two names are: words of the same letters or nearly, those that tell more weighing more; or the
    /// trigrams of both, where words are run together or parted.
    ///
    /// # Source
    /// Cohen, Ravikumar and Fienberg (2003), "A Comparison of String Distance Metrics for Name-Matching Tasks"
    /// (soft TF-IDF with Jaro-Winkler).
    pub(super) fn likeness(&self, one: &Name, other: &Name, texts: (&[String], &[String])) -> Likeness {
        if one.words.is_empty() || other.words.is_empty() {
            return Likeness::default();
        }
        let ((one, first), (other, second)) = if one.words.len() <= other.words.len() {
            ((one, texts.0), (other, texts.1))
        } else {
            ((other, texts.1), (one, texts.0))
        };
        let mut taken: SmallVec<[bool; 32]> = SmallVec::from_elem(false, other.words.len());
        let (mut product, mut shared) = (0.0, 0.0);
        let mut left = Vec::new();
        // Equal words first, so that none of them is taken by one that is only like it.
        for (at, word) in one.words.iter().enumerate() {
            let free =
                other.words.iter().zip(taken.iter_mut()).find(|(theirs, taken)| *theirs == word && !**taken);
            if let Some((_, taken)) = free {
                *taken = true;
                let bits = self.bits(*word);
                product += bits * bits;
                shared += bits;
            } else {
                left.push(at);
            }
        }
        for at in left {
            let Some((ours, number)) = first.get(at).zip(one.words.get(at)) else { continue };
            let mut best = (0.0, None);
            for (there, theirs) in second.iter().enumerate() {
                if taken.get(there).copied().unwrap_or(true) {
                    continue;
                }
                let alike = word_likeness(ours, theirs);
                if alike > best.0 {
                    best = (alike, Some(there));
                }
            }
            if let (alike, Some(there)) = best
                && alike >= ALIKE
            {
                if let Some(taken) = taken.get_mut(there) {
                    *taken = true;
                }
                let theirs = other.words.get(there).copied().unwrap_or(*number);
                // What nearly stands there tells what the more frequent of the two tells.
                let bits = self.bits(*number).min(self.bits(theirs));
                product += bits * bits * alike;
                shared += bits * alike * alike;
            }
        }
        let length =
            |name: &Name| name.words.iter().map(|word| self.bits(*word) * self.bits(*word)).sum::<f64>();
        let cosine = product / (length(one) * length(other)).sqrt().max(1e-9);
        let runs = dice(&one.runs, &other.runs);
        if one.joined == other.joined {
            let shared = one.words.iter().map(|word| self.bits(*word)).sum();
            return Likeness { similarity: 1.0, shared };
        }
        let similarity = cosine.max(runs).min(0.99);
        if runs > cosine {
            let whole: f64 = one.words.iter().map(|word| self.bits(*word)).sum();
            shared = f64::max(shared, whole * runs * runs);
        }
        Likeness { similarity, shared }
    }
}

fn prepared(numbers: Vec<u32>, words: &[String]) -> Name {
    let mut sorted: Vec<&str> = words.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    Name { words: numbers, joined: sorted.concat(), runs: trigrams(&words.concat()) }
}

/// Words less alike than this are two words.
const ALIKE: f64 = 0.85;

/// How alike two words of a name are, nothing where that is less than [`ALIKE`]: an abbreviation is like what it begins.
fn word_likeness(one: &str, other: &str) -> f64 {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() >= 3 && long.starts_with(short) {
        return 0.88;
    }
    if short.len() < 3 || short.bytes().any(|letter| letter.is_ascii_digit()) {
        return 0.0;
    }
    if could_be_alike(short, long, ALIKE) { jaro_winkler(short, long) } else { 0.0 }
}

/// Whether [`jaro_winkler`] gives two texts at least so much: what can be seen at once is seen at once.
pub(super) fn is_alike(one: &str, other: &str, least: f64) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    could_be_alike(short, long, least) && jaro_winkler(one, other) >= least
}

/// Whether two words may be as alike as this: by the letters of the shorter that the longer has at all, and those with
/// which both begin.
fn could_be_alike(short: &str, long: &str, least: f64) -> bool {
    let bit = |letter: u8| 1_u32 << (letter & 31);
    let theirs = long.bytes().fold(0, |letters, letter| letters | bit(letter));
    let common = real(short.bytes().filter(|letter| theirs & bit(*letter) != 0).count());
    let prefix = short.bytes().zip(long.bytes()).take(4).take_while(|(one, other)| one == other).count();
    let jaro = (common / real(short.len()) + common / real(long.len()) + 1.0) / 3.0;
    // Letters of several bytes are counted otherwise by the comparison itself.
    !(short.is_ascii() && long.is_ascii()) || jaro + real(prefix) * 0.1 * (1.0 - jaro) >= least - 1e-9
}
