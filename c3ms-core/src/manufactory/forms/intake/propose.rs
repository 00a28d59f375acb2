//! A mapping proposed from what a source looks like.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Mapping, Offsets, Rule, Source, SourceKind, Target, known,
    synonyms::{COLUMNS, CUBES, STATUSES, TYPES},
};
use crate::{
    base::{Language, Moment, Zone, fold, windows_zone},
    manufactory::forms::{ALTERNATIVE_TEXT, Field, Format, FormsError, Kind},
};

/// What is known besides the source itself.
pub struct Hints<'a> {
    /// The name of the source; `venues.csv` speaks of venues.
    pub name: &'a str,
    /// The cube it is said to fill.
    pub into: Option<&'a str>,
    /// The zone of the cooperative.
    pub zone: Option<&'a Zone>,
    /// The language of the cooperative.
    pub language: Option<&'a Language>,
    /// Tells whether a link of this cube finds its entry by this text.
    pub known: &'a dyn Fn(&str, &str) -> bool,
}

/// Proposes a mapping for a source; a person may edit it.
///
/// # Errors
/// [`FormsError::CubeNotInferred`] where nothing tells what the source describes,
/// [`FormsError::FormatUnknown`] where it is said to fill a cube there is not.
pub fn propose(
    source: &Source,
    formats: &BTreeMap<String, Format>,
    hints: &Hints<'_>,
) -> Result<Mapping, FormsError> {
    if let Some(cube) = hints.into
        && !formats.contains_key(cube)
    {
        let known = formats.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(FormsError::FormatUnknown { cube: cube.to_owned(), known });
    }
    let targets = match source.kind {
        SourceKind::Csv | SourceKind::Spreadsheet => vec![table(source, formats, hints)?],
        SourceKind::ICalendar => vec![calendar(source, formats, hints)?],
        SourceKind::JsonLd => linked(source, formats, hints)?,
        SourceKind::OpenAgenda | SourceKind::DataTourisme | SourceKind::Feed => {
            known::targets(source, formats, hints.into)?
        }
    };
    let own = source.zone.as_deref().and_then(known_zone);
    let zone = own.clone().or_else(|| hints.zone.cloned());
    let offsets = if own.is_some() || zone.as_ref().is_some_and(|zone| offsets_agree(source, zone)) {
        Offsets::Resolve
    } else {
        Offsets::Keep
    };
    Ok(Mapping {
        kind: source.kind,
        zone,
        offsets,
        zones: named_zones(source),
        language: hints.language.cloned(),
        targets,
    })
}

#[cfg(feature = "zones")]
fn known_zone(name: &str) -> Option<Zone> {
    let name = windows_zone(name).unwrap_or(name);
    Zone::parse(name).filter(|zone| crate::base::zone_exists(zone.as_str()))
}

#[cfg(not(feature = "zones"))]
fn known_zone(name: &str) -> Option<Zone> {
    let name = windows_zone(name).unwrap_or(name);
    Zone::parse(name)
}

/// What the zones of a calendar mean whose names are not in the IANA list but can be told: Windows' names, and
/// those with a maker's path before them, `/example.org/2026/Europe/Paris`.
fn named_zones(source: &Source) -> BTreeMap<String, Zone> {
    let mut zones = BTreeMap::new();
    for value in source.records.iter().flat_map(|record| &record.values) {
        if !source.selector(value).ends_with(";TZID") {
            continue;
        }
        let name = value.scalar.text();
        let plain = Zone::parse(&name)
            .is_some_and(|zone| known_zone(zone.as_str()).is_some_and(|known| known == zone));
        if plain || zones.contains_key(&*name) {
            continue;
        }
        let parts: Vec<&str> = name.split('/').collect();
        let tail = parts.len().checked_sub(2).and_then(|from| parts.get(from..)).map(|tail| tail.join("/"));
        if let Some(zone) = known_zone(&name).or_else(|| tail.as_deref().and_then(known_zone)) {
            zones.insert(name.into_owned(), zone);
        }
    }
    zones
}

/// Nine of ten times with an offset have the one of this zone: the source means it.
#[cfg(feature = "zones")]
fn offsets_agree(source: &Source, zone: &Zone) -> bool {
    let (mut agree, mut offsets) = (0_usize, 0_usize);
    for value in source.records.iter().flat_map(|record| &record.values) {
        let super::Scalar::Text(text) = &value.scalar else { continue };
        if let Some(moment) = (text.len() < 40)
            .then(|| Moment::parse(text))
            .flatten()
            .filter(|moment| moment.offset().is_some())
        {
            offsets += 1;
            agree += usize::from(crate::base::offset_agrees(&moment, zone));
        }
    }
    agree * 10 >= offsets * 9
}

#[cfg(not(feature = "zones"))]
fn offsets_agree(_: &Source, _: &Zone) -> bool {
    let _: Option<Moment> = None;
    false
}

/// The words of a name: `nom_du_festival`, `codePostal`, `E-mail` → folded, parted by single spaces.
pub(in crate::manufactory::forms) fn header_words(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && small {
            spaced.push(' ');
        }
        small = letter.is_lowercase();
        spaced.push(if letter.is_alphanumeric() { letter } else { ' ' });
    }
    fold(&spaced)
}

/// Whole words of `inner` stand in `outer`, one after the other.
fn has_words(outer: &str, inner: &str) -> bool {
    !inner.is_empty() && format!(" {outer} ").contains(&format!(" {inner} "))
}

// ---- tables

fn table(
    source: &Source,
    formats: &BTreeMap<String, Format>,
    hints: &Hints<'_>,
) -> Result<Target, FormsError> {
    let columns: Vec<String> = source.selectors.iter().map(|column| header_words(column)).collect();
    let format = match hints.into.and_then(|cube| formats.get(cube)) {
        Some(format) => format,
        None => infer(source, formats, hints.name, &columns)?,
    };
    let mut best: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut chosen: Vec<Option<(String, Field)>> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let found = best_field(column, format);
        if let Some((to, field, score)) = found {
            let free = field.many.is_some() || to.contains("/*/") || language_of(column).is_some();
            let rival = best.get(&to).copied();
            if free || rival.is_none_or(|(_, known)| score > known) {
                if !free {
                    if let Some((loser, _)) = rival
                        && let Some(slot) = chosen.get_mut(loser)
                    {
                        *slot = None;
                    }
                    best.insert(to.clone(), (index, score));
                }
                chosen.push(Some((to, field.clone())));
                continue;
            }
        }
        chosen.push(None);
    }
    let mut rules = Vec::new();
    let mut key = Vec::new();
    let mut items: BTreeMap<String, usize> = BTreeMap::new();
    for ((column, selector), found) in columns.iter().zip(&source.selectors).zip(chosen) {
        let Some((to, field)) = found else { continue };
        // Two prices are two offers, in the order of the columns.
        let to = match to.split_once("/*/") {
            Some((list, rest)) => {
                let item = items.entry(to.clone()).or_default();
                *item += 1;
                format!("{list}/{}/{rest}", *item - 1)
            }
            None => to,
        };
        let mut rule = Rule { from: selector.clone(), to, language: language_of(column), ..Rule::default() };
        let values = || {
            source
                .records
                .iter()
                .flat_map(|record| &record.values)
                .filter(|value| source.selector(value) == selector)
                .map(|value| value.scalar.text())
        };
        if field.many.is_some() && !matches!(field.kind, Kind::Group { .. }) {
            // In free texts a comma parts nothing for sure.
            let signs: &[&str] =
                if matches!(field.kind, Kind::Text { .. }) { &[";", "|"] } else { &[";", "|", ",", "/"] };
            let sign = signs.iter().copied().find(|sign| values().take(200).any(|text| text.contains(sign)));
            rule.split = sign.map(str::to_owned);
        }
        if let Kind::Code { vocabulary, .. } = &field.kind
            && vocabulary == "event-status"
        {
            let used: BTreeSet<String> = values().map(|text| fold(&text)).collect();
            let meant = STATUSES.iter().filter(|(word, _)| used.contains(*word));
            rule.codes = meant.map(|(word, code)| ((*word).to_owned(), (*code).to_owned())).collect();
        }
        if let Kind::Link { cube } = &field.kind {
            let (known, all) = values().take(500).fold((0_usize, 0_usize), |(known, all), text| {
                (known + usize::from((hints.known)(cube, text.trim())), all + 1)
            });
            // Mostly keys or names that are known: what is not, is a mistake to be told.
            rule.create = known * 2 < all;
        }
        if field.name == "identifier" && rule.to == "identifier" {
            key.push(selector.clone());
        }
        rules.push(rule);
    }
    if rules.is_empty() {
        return Err(FormsError::CubeNotInferred);
    }
    if key.is_empty() {
        let by = |to: &str| rules.iter().filter(|rule| rule.to == to).map(|rule| rule.from.clone()).next();
        key.extend(["name", "start", "address/locality", "venue"].iter().filter_map(|to| by(to)));
    }
    Ok(Target { cube: format.cube.clone(), at: String::new(), when: Vec::new(), link: None, key, rules })
}

/// The cube a table speaks of: by the name of the file, the words of its columns, the fields it could fill.
fn infer<'a>(
    source: &Source,
    formats: &'a BTreeMap<String, Format>,
    name: &str,
    columns: &[String],
) -> Result<&'a Format, FormsError> {
    let stem = header_words(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let score = |format: &Format| {
        let spoken = CUBES.iter().find(|(cube, _)| *cube == format.cube).map_or(&[][..], |(_, words)| words);
        let named = usize::from(spoken.iter().any(|word| has_words(&stem, word))) * 8;
        let said = columns
            .iter()
            .filter(|column| {
                spoken.iter().any(|word| {
                    has_words(column, &format!("nom du {word}")) || column.starts_with(&format!("{word} "))
                })
            })
            .count()
            * 3;
        let fields: BTreeSet<String> =
            columns.iter().filter_map(|column| best_field(column, format).map(|(to, ..)| to)).collect();
        let required =
            format.fields.iter().filter(|field| field.required).all(|field| fields.contains(&field.name));
        (named + said + fields.len() + usize::from(required) * 4, named + said, required)
    };
    let mut best: Option<(&Format, usize)> = None;
    for format in formats.values() {
        let (total, told, required) = score(format);
        if (told > 0 || required) && best.is_none_or(|(_, known)| total > known) {
            best = Some((format, total));
        }
    }
    // One column of who knows what is no table of anything.
    best.filter(|_| source.selectors.len() > 1).map(|(format, _)| format).ok_or(FormsError::CubeNotInferred)
}

/// `titre_en`, `description (fr)`: the language a column is in.
fn language_of(column: &str) -> Option<Language> {
    let last = column.rsplit(' ').next().unwrap_or_default();
    match last {
        "fr" | "francais" | "french" => Language::parse("fr"),
        "en" | "anglais" | "english" => Language::parse("en"),
        "it" | "oc" | "de" | "es" if column.contains(' ') => Language::parse(last),
        _ => None,
    }
}

/// The field a column fills best: the path of it, the field, how well.
fn best_field<'a>(column: &str, format: &'a Format) -> Option<(String, &'a Field, usize)> {
    let bare = match language_of(column) {
        Some(_) => column.rsplit_once(' ').map_or(column, |(rest, _)| rest),
        None => column,
    };
    let mut best: Option<(String, &Field, usize)> = None;
    let mut consider = |to: String, field: &'a Field, meaning: &str, within: usize| {
        let labels =
            field.label.iter().map(|(_, label)| header_words(label)).chain([header_words(&field.name)]);
        let synonyms =
            COLUMNS.iter().find(|(known, _)| *known == meaning).map_or(&[][..], |(_, words)| words);
        let mut score = 0;
        for word in labels.chain(synonyms.iter().map(|word| (*word).to_owned())) {
            let length = word.split(' ').count();
            score = score.max(match () {
                () if bare == word => 100 + length,
                () if bare.starts_with(&format!("{word} ")) => 40 + length * 10,
                () if has_words(bare, &word) => 10 + length * 10,
                () => 0,
            });
        }
        // A field of the record itself before one of a group within it.
        let score = score.saturating_sub(within);
        if score > best.as_ref().map_or(0, |(_, _, known)| *known) {
            best = Some((to, field, score));
        }
    };
    for field in &format.fields {
        let meaning = field.property().unwrap_or(&field.name);
        match &field.kind {
            Kind::Group { fields } => {
                let list = if field.many.is_some() { "/*" } else { "" };
                for inner in fields {
                    let meaning = inner.property().unwrap_or(&inner.name);
                    // Names and texts of groups are too common to be meant by a column of the record.
                    if !matches!(
                        meaning,
                        "name"
                            | "description"
                            | "url"
                            | "caption"
                            | "category"
                            | "width"
                            | "height"
                            | "rule"
                            | "details"
                            | "source"
                    ) {
                        consider(format!("{}{list}/{}", field.name, inner.name), inner, meaning, 1);
                    }
                }
            }
            Kind::Position => {
                consider(field.name.clone(), field, "geo", 0);
                for part in ["latitude", "longitude"] {
                    let synonyms =
                        COLUMNS.iter().find(|(known, _)| *known == part).map_or(&[][..], |(_, words)| words);
                    if synonyms.contains(&bare) {
                        return Some((format!("{}/{part}", field.name), field, 101));
                    }
                }
            }
            Kind::Moment => {
                consider(field.name.clone(), field, meaning, 0);
                let clock = format!("{meaning}/time");
                let synonyms =
                    COLUMNS.iter().find(|(known, _)| *known == clock).map_or(&[][..], |(_, words)| words);
                if synonyms.contains(&bare) {
                    return Some((format!("{}/time", field.name), field, 101));
                }
            }
            _ => consider(field.name.clone(), field, meaning, 0),
        }
    }
    best
}

// ---- calendars

fn calendar(
    source: &Source,
    formats: &BTreeMap<String, Format>,
    hints: &Hints<'_>,
) -> Result<Target, FormsError> {
    let cube = hints.into.unwrap_or("performance");
    let format = formats.get(cube).ok_or(FormsError::CubeNotInferred)?;
    let known = [
        ("SUMMARY", "name"),
        ("DESCRIPTION", "description"),
        ("DTSTART", "start"),
        ("DTEND", "end"),
        ("LOCATION", "venue"),
        ("URL", "url"),
        ("STATUS", "status"),
        ("RRULE", "recurrence/rule"),
        ("EXDATE", "recurrence/excluded"),
        ("RDATE", "recurrence/added"),
        ("RECURRENCE-ID", "recurrence-id"),
        ("CATEGORIES", "keywords"),
        ("ORGANIZER;CN", "organizer"),
    ];
    let mut rules = Vec::new();
    for (from, to) in known {
        if !source.selectors.iter().any(|selector| selector == from)
            || super::draft::field_of(format, to).is_none()
        {
            continue;
        }
        let mut rule = Rule { from: from.to_owned(), to: to.to_owned(), ..Rule::default() };
        match from {
            "STATUS" => {
                rule.codes = [("CONFIRMED", "scheduled"), ("CANCELLED", "cancelled")]
                    .map(|(word, code)| (word.to_owned(), code.to_owned()))
                    .into();
            }
            "EXDATE" | "RDATE" | "CATEGORIES" => rule.split = Some(",".to_owned()),
            "LOCATION" | "ORGANIZER;CN" => rule.create = true,
            _ => {}
        }
        rules.push(rule);
    }
    let key = vec!["UID".to_owned(), "RECURRENCE-ID".to_owned()];
    Ok(Target { cube: cube.to_owned(), at: String::new(), when: Vec::new(), link: None, key, rules })
}

// ---- JSON-LD

fn linked(
    source: &Source,
    formats: &BTreeMap<String, Format>,
    hints: &Hints<'_>,
) -> Result<Vec<Target>, FormsError> {
    let types = types_at(source, "");
    let stem = header_words(hints.name.rsplit_once('.').map_or(hints.name, |(stem, _)| stem));
    let named = CUBES
        .iter()
        .find(|(_, spoken)| spoken.iter().any(|word| has_words(&stem, word)))
        .map(|(cube, _)| *cube);
    let fits =
        |cube: &str, kind: &str| cube_of(kind) == Some(cube) || (is_agent(cube) && is_agent_type(kind));
    let mut by_cube: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for kind in &types {
        let meant = named.filter(|cube| fits(cube, kind)).or_else(|| cube_of(kind));
        if let Some(cube) = hints.into.or(meant).filter(|cube| formats.contains_key(*cube)) {
            by_cube.entry(cube.to_owned()).or_default().push(kind.clone());
        }
    }
    if let Some(cube) = hints.into {
        by_cube.insert(cube.to_owned(), Vec::new());
    }
    if by_cube.is_empty() {
        return Err(FormsError::CubeNotInferred);
    }
    let mut targets = Vec::new();
    let mut parts: Vec<Target> = Vec::new();
    for (cube, when) in by_cube {
        let Some(format) = formats.get(&cube) else { continue };
        let rules = node_rules(source, "", format);
        targets.push(Target {
            cube,
            at: String::new(),
            when,
            link: None,
            key: vec!["/@id".to_owned()],
            rules,
        });
        for field in &format.fields {
            let (Kind::Link { cube }, Some(property)) = (&field.kind, field.property()) else { continue };
            for at in [format!("/{property}"), format!("/{property}/*")] {
                let known: Vec<String> = types_at(source, &at).into_iter().collect();
                let is_node = source.selectors.iter().any(|selector| {
                    selector
                        .strip_prefix(&at)
                        .is_some_and(|rest| rest.starts_with('/') && !rest.starts_with("/*"))
                });
                let when: Vec<String> =
                    known.into_iter().filter(|kind| part_cube(property, kind) == cube.as_str()).collect();
                let untyped = types_at(source, &at).is_empty() && property != "performer";
                if let (true, Some(inner)) = (is_node && (untyped || !when.is_empty()), formats.get(cube)) {
                    let rules = node_rules(source, &at, inner);
                    let key = vec![format!("{at}/@id")];
                    if !parts.iter().any(|part| part.at == at && part.cube == *cube) {
                        parts.push(Target {
                            cube: cube.clone(),
                            at,
                            when,
                            link: Some(field.name.clone()),
                            key,
                            rules,
                        });
                    }
                }
            }
        }
    }
    // The most common kind of record first: the parts are linked from it.
    targets.sort_by_key(|target| usize::from(target.cube != "performance"));
    targets.append(&mut parts);
    Ok(targets)
}

/// The types the nodes at a place have.
fn types_at(source: &Source, at: &str) -> BTreeSet<String> {
    let wanted = [format!("{at}/@type"), format!("{at}/@type/*")];
    let values = source.records.iter().flat_map(|record| &record.values);
    let types = values.filter(|value| wanted.iter().any(|wanted| wanted == source.selector(value)));
    types
        .map(|value| value.scalar.text().rsplit(['/', '#', ':']).next().unwrap_or_default().to_owned())
        .collect()
}

fn cube_of(kind: &str) -> Option<&'static str> {
    let listed = TYPES.iter().find(|(_, types)| types.contains(&kind)).map(|(cube, _)| *cube);
    listed.or_else(|| (kind.ends_with("Event")).then_some("performance"))
}

fn is_agent(cube: &str) -> bool {
    matches!(cube, "artist" | "company" | "organizer")
}

fn is_agent_type(kind: &str) -> bool {
    kind == "Thing" || cube_of(kind).is_some_and(is_agent)
}

/// The cube of a part: who performs is a company or an artist, where it is is a venue, whatever its type.
fn part_cube(property: &str, kind: &str) -> &'static str {
    match property {
        "performer" | "creator" if matches!(cube_of(kind), Some("company" | "organizer")) => "company",
        "performer" | "contributor" => "artist",
        "creator" => "company",
        "organizer" => "organizer",
        "location" => "venue",
        "superEvent" => "festival",
        "workPerformed" => "event",
        _ => cube_of(kind).unwrap_or("artist"),
    }
}

/// The rules for a node: its leaves by the terms of a format.
fn node_rules(source: &Source, at: &str, format: &Format) -> Vec<Rule> {
    let mut rules = Vec::new();
    for selector in &source.selectors {
        let Some(path) = selector.strip_prefix(at).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let parts: Vec<&str> = path.split('/').collect();
        if let Some((to, language, create)) = node_field(&parts, format) {
            rules.push(Rule { from: selector.clone(), to, language, create, ..Rule::default() });
        }
    }
    rules
}

/// Where a leaf goes: the field, the language its path says, whether a name makes a record.
fn node_field(parts: &[&str], format: &Format) -> Option<(String, Option<Language>, bool)> {
    let (first, rest) = parts.split_first()?;
    if *first == "contactPoint" {
        return node_field(rest.strip_prefix(&["*"]).unwrap_or(rest), format);
    }
    let meaning = |field: &Field, word: &str| field.property() == Some(word);
    // What a node is on the web stands beside its own site.
    let word = if *first == "mainEntityOfPage" { "sameAs" } else { first };
    let field = format.fields.iter().find(|field| meaning(field, word))?;
    let list = rest.first() == Some(&"*");
    let rest = if list { rest.get(1..).unwrap_or_default() } else { rest };
    match (&field.kind, rest) {
        (Kind::Text { .. }, [] | ["@value"]) => Some((field.name.clone(), None, false)),
        (Kind::Text { languages: true, .. }, [tag]) => {
            Language::parse(tag).map(|language| (field.name.clone(), Some(language), false))
        }
        (Kind::Position, [part @ ("latitude" | "longitude")]) => {
            Some((format!("{}/{part}", field.name), None, false))
        }
        (Kind::Link { .. }, []) => Some((field.name.clone(), None, true)),
        (Kind::Group { fields }, inner) => {
            let (word, tail) = inner.split_first().unwrap_or((&"contentUrl", &[]));
            let item = if field.many.is_some() { "/*" } else { "" };
            let base = format!("{}{item}", field.name);
            if *word == "priceCurrency" && tail.is_empty() {
                let price = fields.iter().find(|inner| matches!(inner.kind, Kind::Money))?;
                return Some((format!("{base}/{}/currency", price.name), None, false));
            }
            if *word == "priceSpecification" {
                let tail = tail.strip_prefix(&["*"]).unwrap_or(tail);
                let within: Vec<&str> = [*first].into_iter().chain(list.then_some("*")).collect();
                return node_field(&[within.as_slice(), tail].concat(), format).filter(|_| !tail.is_empty());
            }
            let alias = match *word {
                "lowPrice" | "minPrice" => "price",
                "highPrice" => "maxPrice",
                "address" => return node_field(parts.get(1..)?, format),
                other => other,
            };
            let is_file = || fields.iter().any(|inner| meaning(inner, "contentUrl"));
            if matches!(*word, "author" | "creator" | "copyrightHolder") && is_file() {
                let named = matches!(tail, [] | ["name"] | ["*", "name"]);
                let credit = fields.iter().find(|inner| meaning(inner, "creditText")).filter(|_| named)?;
                return Some((format!("{base}/{}", credit.name), None, false));
            }
            // An image is known by its address.
            let found = fields.iter().find(|inner| meaning(inner, alias)).or_else(|| {
                (alias == "url").then(|| fields.iter().find(|inner| meaning(inner, "contentUrl"))).flatten()
            });
            // What describes an image is said to who does not see it.
            let is_alternative = |inner: &&Field| inner.term.as_deref() == Some(ALTERNATIVE_TEXT);
            let found =
                found.or_else(|| fields.iter().find(is_alternative).filter(|_| alias == "description"))?;
            let tail = tail.strip_prefix(&["*"]).unwrap_or(tail);
            match tail {
                [] | ["@value"] => Some((format!("{base}/{}", found.name), None, false)),
                ["name"] if alias == "addressCountry" => {
                    Some((format!("{base}/{}", found.name), None, false))
                }
                [tag] => Language::parse(tag)
                    .map(|language| (format!("{base}/{}", found.name), Some(language), false)),
                _ => None,
            }
        }
        (_, []) => Some((field.name.clone(), None, false)),
        _ => None,
    }
}
