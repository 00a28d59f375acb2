//! Two tables of the same kind of things, their columns matched.

use super::{
    meaning::{Meaning, Profile, day, position, said, time},
    thing::Thing,
    words::real,
};
use crate::{
    base::{Position, fold},
    manufactory::forms::intake::{Source, header_words},
};

/// As many properties are compared that have no meaning of their own here.
const OTHERS: usize = 4;

/// One column of a table.
#[derive(Debug)]
struct Column {
    words: String,
    meaning: Option<Meaning>,
    profile: Profile,
}

/// A table: its columns, and its cells by row.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    /// For each row the filled cells: column, text.
    rows: Vec<Vec<(usize, String)>>,
    /// The number of each row in its file.
    pub(super) numbers: Vec<usize>,
}

/// Which column of each table fills which property.
#[derive(Debug, Default)]
pub(super) struct Matched {
    left: Vec<(Meaning, usize)>,
    right: Vec<(Meaning, usize)>,
    others: Vec<(usize, usize)>,
    codes: Vec<(usize, usize)>,
}

impl Table {
    pub(super) fn new(source: &Source) -> Self {
        let mut columns: Vec<Column> = source
            .selectors
            .iter()
            .map(|name| Column { words: header_words(name), meaning: None, profile: Profile::default() })
            .collect();
        let mut rows = Vec::with_capacity(source.records.len());
        let mut numbers = Vec::with_capacity(source.records.len());
        for record in &source.records {
            let mut row: Vec<(usize, String)> = Vec::with_capacity(record.values.len());
            for value in &record.values {
                let text = value.scalar.text();
                let text = text.trim();
                if text.is_empty() || matches!(fold(text).as_str(), "null" | "nan" | "n/a" | "none" | "-") {
                    continue;
                }
                if let Some(column) = columns.get_mut(value.selector()) {
                    column.profile.look(text);
                }
                row.push((value.selector(), text.to_owned()));
            }
            rows.push(row);
            numbers.push(record.number);
        }
        for column in &mut columns {
            let seen = column.profile.seen();
            let told = said(&column.words).filter(|meaning| column.profile.allows(*meaning));
            column.meaning = told.or(seen);
        }
        Self { columns, rows, numbers }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Makes a thing of each row.
    pub(super) fn things(&self, left: bool, matched: &Matched) -> Vec<Thing> {
        let roles = if left { &matched.left } else { &matched.right };
        let of_pair = |pair: &(usize, usize)| if left { pair.0 } else { pair.1 };
        self.rows
            .iter()
            .map(|row| {
                let cell = |column: usize| {
                    row.iter().find(|(at, _)| *at == column).map_or("", |(_, text)| text.as_str())
                };
                let all = |meaning: Meaning| {
                    let texts =
                        roles.iter().filter(|(role, _)| *role == meaning).map(|(_, column)| cell(*column));
                    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
                };
                let degrees = |meaning| all(meaning).replace(',', ".").parse::<f64>().ok();
                let apart = degrees(Meaning::Latitude).zip(degrees(Meaning::Longitude));
                let when = all(Meaning::Day);
                let hour = all(Meaning::Time);
                Thing {
                    name: all(Meaning::Name),
                    locality: all(Meaning::Locality),
                    postal_code: all(Meaning::PostalCode),
                    municipality_code: all(Meaning::MunicipalityCode),
                    department: all(Meaning::Department),
                    region: all(Meaning::Region),
                    street: all(Meaning::Street),
                    position: position(&all(Meaning::Position)).or_else(|| {
                        apart.and_then(|(latitude, longitude)| Position::new(latitude, longitude))
                    }),
                    since: String::new(),
                    day: day(&when),
                    time: time(&hour).or_else(|| time(&when)),
                    url: all(Meaning::Url),
                    email: all(Meaning::Email),
                    phone: all(Meaning::Phone),
                    codes: matched
                        .codes
                        .iter()
                        .enumerate()
                        .map(|(register, pair)| (register.to_string(), cell(of_pair(pair)).to_owned()))
                        .filter(|(_, code)| !code.is_empty())
                        .collect(),
                    others: matched.others.iter().map(|pair| cell(of_pair(pair)).to_owned()).collect(),
                    cancelled: false,
                }
            })
            .collect()
    }
}

/// How alike the contents of two columns are, 0 to 1: values that stand in both, or words of texts.
fn overlap(one: &Profile, other: &Profile) -> f64 {
    let (few, many) = if one.values.len() <= other.values.len() { (one, other) } else { (other, one) };
    if few.values.is_empty() {
        return 0.0;
    }
    let share = |few: &std::collections::BTreeSet<String>, many: &std::collections::BTreeSet<String>| {
        real(few.intersection(many).count()) / real(few.len().max(1))
    };
    let values = share(&few.values, &many.values);
    let (fewer, more) = if one.tokens.len() <= other.tokens.len() { (one, other) } else { (other, one) };
    values.max(0.7 * share(&fewer.tokens, &more.tokens))
}

/// Matches the columns of two tables by their names' meaning and by content; `None` where nothing is common.
pub(super) fn matched(left: &Table, right: &Table) -> Option<Matched> {
    let mut scored = Vec::new();
    for (one, ours) in left.columns.iter().enumerate() {
        for (other, theirs) in right.columns.iter().enumerate() {
            if let Some(score) = score(ours, theirs) {
                scored.push((score, one, other));
            }
        }
    }
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let (mut used, mut taken) = (vec![false; left.columns.len()], vec![false; right.columns.len()]);
    let mut pairs = Vec::new();
    for (_, one, other) in scored {
        if let Some((used, taken)) = used.get_mut(one).zip(taken.get_mut(other))
            && !*used
            && !*taken
        {
            (*used, *taken) = (true, true);
            pairs.push((one, other));
        }
    }
    let mut matched = Matched::default();
    let mut named = Vec::new();
    for (one, other) in pairs {
        let Some((ours, theirs)) = left.columns.get(one).zip(right.columns.get(other)) else { continue };
        let both = (ours.meaning, theirs.meaning);
        let meaning = match both {
            (Some(mine), Some(yours)) if mine == yours => Some(mine),
            (Some(mine), Some(yours)) => Some(settled(mine, yours, ours, theirs)),
            (Some(meaning), None) | (None, Some(meaning)) => Some(meaning),
            (None, None) => None,
        };
        match meaning {
            Some(Meaning::Code) => {
                let counts = ours.profile.is_count() || theirs.profile.is_count();
                if !counts && exact(ours, theirs) >= 0.2 {
                    matched.codes.push((one, other));
                }
            }
            Some(Meaning::Name | Meaning::PerhapsName) => named.push((one, other, meaning)),
            Some(Meaning::Locality | Meaning::PerhapsLocality) => {
                named.push((one, other, Some(Meaning::Locality)));
            }
            Some(Meaning::Other | Meaning::Status) | None => {
                let texts = ours.profile.values.len() >= 3 && theirs.profile.values.len() >= 3;
                let counts =
                    (ours.profile.is_number() || theirs.profile.is_number()) && ours.words != theirs.words;
                if texts && !counts && exact(ours, theirs) >= 0.3 && matched.others.len() < OTHERS {
                    matched.others.push((one, other));
                } else if meaning.is_none() && texts && !counts {
                    named.push((one, other, None));
                }
            }
            Some(Meaning::Day) => {
                if exact(ours, theirs) >= 0.05 || both == (Some(Meaning::Day), Some(Meaning::Day)) {
                    add(&mut matched, Meaning::Day, one, other);
                }
            }
            Some(meaning) => add(&mut matched, meaning, one, other),
        }
    }
    names(left, right, &named, &mut matched);
    own(&left.columns, &used, &mut matched.left);
    own(&right.columns, &taken, &mut matched.right);
    let common = |meaning: Meaning| {
        matched.left.iter().any(|(role, _)| *role == meaning)
            && matched.right.iter().any(|(role, _)| *role == meaning)
    };
    let enough = common(Meaning::Name)
        || common(Meaning::Url)
        || common(Meaning::Email)
        || common(Meaning::Phone)
        || !matched.codes.is_empty();
    enough.then_some(matched)
}

fn add(matched: &mut Matched, meaning: Meaning, one: usize, other: usize) {
    matched.left.push((meaning, one));
    matched.right.push((meaning, other));
}

fn exact(one: &Column, other: &Column) -> f64 {
    let (few, many) =
        if one.profile.values.len() <= other.profile.values.len() { (one, other) } else { (other, one) };
    real(few.profile.values.intersection(&many.profile.values).count())
        / real(few.profile.values.len().max(1))
}

/// Names and towns among the matched text columns; where nothing is called a name, the texts that differ most.
fn names(left: &Table, right: &Table, found: &[(usize, usize, Option<Meaning>)], matched: &mut Matched) {
    let distinct = |pair: &(usize, usize, Option<Meaning>)| {
        let of =
            |table: &Table, at: usize| table.columns.get(at).map_or(0, |column| column.profile.values.len());
        of(left, pair.0).min(of(right, pair.1))
    };
    let mut names: Vec<_> = found.iter().filter(|pair| pair.2 == Some(Meaning::Name)).copied().collect();
    let mut towns: Vec<_> = found.iter().filter(|pair| pair.2 == Some(Meaning::Locality)).copied().collect();
    if names.is_empty() {
        let mut rest: Vec<_> = found
            .iter()
            .filter(|pair| matches!(pair.2, Some(Meaning::PerhapsName) | None))
            .copied()
            .collect();
        rest.sort_by_key(|pair| std::cmp::Reverse((pair.2.is_some(), distinct(pair))));
        names = rest.into_iter().take(1).collect();
    }
    if names.is_empty() && towns.len() == 2 {
        towns.sort_by_key(distinct);
        names.extend(towns.pop());
    }
    let known: Vec<_> = names.iter().chain(&towns).map(|pair| pair.0).collect();
    if towns.is_empty() {
        let mut rest: Vec<_> =
            found.iter().filter(|pair| pair.2.is_none() && !known.contains(&pair.0)).copied().collect();
        rest.sort_by_key(|pair| std::cmp::Reverse(distinct(pair)));
        towns = rest.into_iter().take(1).collect();
    }
    towns.sort_by_key(|pair| std::cmp::Reverse(distinct(pair)));
    towns.truncate(1);
    // Headers that changed places in both: there are more names than towns.
    if let ([name], [town]) = (names.as_slice(), towns.as_slice())
        && distinct(town) > distinct(name) * 2
        && distinct(name) > 2
    {
        std::mem::swap(&mut names, &mut towns);
    }
    names.sort_unstable_by_key(|pair| pair.0);
    for (one, other, _) in names {
        add(matched, Meaning::Name, one, other);
    }
    for (one, other, _) in towns {
        add(matched, Meaning::Locality, one, other);
    }
}

/// Headers that contradict each other over like contents: the text that differs more from row to row is the name.
fn settled(mine: Meaning, yours: Meaning, ours: &Column, theirs: &Column) -> Meaning {
    let pair = [mine, yours];
    let has = |one: Meaning, other: Meaning| pair.contains(&one) && pair.contains(&other);
    if has(Meaning::Name, Meaning::PerhapsName) {
        return Meaning::Name;
    }
    if pair.contains(&Meaning::Name)
        && (pair.contains(&Meaning::Locality) || pair.contains(&Meaning::PerhapsLocality))
    {
        let distinct = f64::midpoint(ours.profile.distinct(), theirs.profile.distinct());
        let length = f64::midpoint(ours.profile.length(), theirs.profile.length());
        return if distinct >= 0.8 || length >= 2.2 { Meaning::Name } else { Meaning::Locality };
    }
    if matches!(mine, Meaning::Other | Meaning::Code | Meaning::PerhapsName | Meaning::PerhapsLocality) {
        yours
    } else {
        mine
    }
}

/// Columns of one table alone that still place or date its things: a post code here, a code of the town there.
fn own(columns: &[Column], used: &[bool], roles: &mut Vec<(Meaning, usize)>) {
    let useful = [
        Meaning::Locality,
        Meaning::PostalCode,
        Meaning::MunicipalityCode,
        Meaning::Department,
        Meaning::Region,
        Meaning::Latitude,
        Meaning::Longitude,
        Meaning::Position,
        Meaning::Time,
    ];
    for meaning in useful {
        if roles.iter().any(|(role, _)| *role == meaning) {
            continue;
        }
        let free = columns.iter().zip(used).enumerate();
        let first =
            free.filter(|(_, (_, used))| !**used).find(|(_, (column, _))| column.meaning == Some(meaning));
        roles.extend(first.map(|(at, _)| (meaning, at)));
    }
}

/// How well two columns fit each other; `None` where they cannot mean the same.
fn score(one: &Column, other: &Column) -> Option<f64> {
    if one.profile.filled == 0 || other.profile.filled == 0 {
        return None;
    }
    let alike = overlap(&one.profile, &other.profile);
    let exactly = exact(one, other);
    let content = exactly + 0.1 * alike;
    let headers = if one.words == other.words { 0.1 } else { 0.0 };
    let class = |column: &Column| (column.profile.is_number(), column.profile.seen());
    let same_class = class(one) == class(other);
    let numbers = one.profile.is_number() || other.profile.is_number();
    let sure = |meaning: Meaning| match meaning {
        Meaning::PerhapsName => Meaning::Name,
        Meaning::PerhapsLocality => Meaning::Locality,
        other => other,
    };
    match (one.meaning, other.meaning) {
        (Some(mine), Some(yours)) if sure(mine) == sure(yours) => {
            let known = match mine {
                Meaning::Other => 0.0,
                mine if mine == yours => 0.3,
                _ => 0.25,
            };
            (same_class || alike >= 0.3).then_some(content + known + headers)
        }
        (Some(_), Some(_)) => (same_class && !numbers && exactly >= 0.15 && one.profile.values.len() > 8)
            .then_some(content - 0.05),
        (Some(_), None) | (None, Some(_)) => {
            (same_class && alike >= 0.25 && !numbers).then_some(content + 0.1)
        }
        (None, None) => {
            (headers > 0.0 || (same_class && !numbers && alike >= 0.3)).then_some(content + headers)
        }
    }
}
