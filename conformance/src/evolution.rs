//! The laws of versions, held against chains of operations made by chance.
#![expect(clippy::indexing_slicing, reason = "a case that stops has failed")]

use std::collections::BTreeMap;

use c3ms_core::{
    base::Digest,
    forms::{
        Document, Field, Format, Kind, Validator, Vocabulary,
        evolve::{
            Complement, Division, Lens, Limits, Lineage, Operation, amended, difference, judge, reverted,
        },
    },
};
use serde_json::json;

use crate::{
    chance::Chance,
    formats::{self, code},
};

/// The most operations in a chain.
const LONGEST: usize = 20;

/// What a chain went through.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held {
    /// Operations carried out.
    pub operations: usize,
    /// Verdicts that promised that records stay valid, each held against records.
    pub promises: usize,
}

/// Makes a format and a chain of versions of it, and holds every law against records.
///
/// The laws: there and back is the identity, with nothing left beside (`GetPut`); back and there too, after an edit
/// of the newer record (`PutGet`); through the versions one by one is the same as at once; records stay valid
/// where the verdict says so, in both directions; an edit elsewhere commutes; the difference of the ends leads
/// from one to the other; what is reverted is the same records again.
///
/// # Errors
/// Which law does not hold, with all that is needed to see it.
pub fn hold(seed: u64) -> Result<Held, String> {
    let mut chance = Chance::new(seed);
    let chance = &mut chance;
    let mut held = Held::default();
    let first = formats::format(chance, "f");
    let mut versions = vec![first.clone()];
    let mut operations = Vec::new();
    let mut judged = Vec::new();
    let length = 1 + chance.below(LONGEST);
    let mut number = 0;
    while operations.len() < length {
        let older = versions.last().unwrap_or(&first).clone();
        let mut newer = older.clone();
        let mut step = Vec::new();
        for _ in 0..=chance.below(4) {
            number += 1;
            let operation = operation(chance, &newer, number);
            if let Ok(made) = amended(&newer, vec![operation.clone()]) {
                newer = Format { previous: None, operations: Vec::new(), ..made };
                step.push(operation);
            }
        }
        let made = amended(&older, step.clone()).map_err(|error| format!("{seed}: {error}"))?;
        let verdict = judge(&older, &step).map_err(|error| format!("{seed}: {error}"))?;
        judged.push(verdict.compatibility);
        operations.extend(step);
        versions.push(made);
        if number > 4 * LONGEST {
            break;
        }
    }
    held.operations = operations.len();
    let last = versions.last().unwrap_or(&first).clone();
    let digests: Vec<Digest> = versions.iter().map(Format::digest).collect();
    let steps: Vec<Lens> = {
        let lineage = Lineage::of(versions.clone());
        let pairs = digests.windows(2).map(|pair| lineage.lens(pair[0], pair[1]));
        pairs.collect::<Result<_, _>>().map_err(|error| format!("{seed}: {error}"))?
    };
    let undone = reverted(&last, &first);
    let lineage = Lineage::of(versions.iter().cloned().chain([undone.clone()]));
    let lens =
        lineage.lens(digests[0], digests[digests.len() - 1]).map_err(|error| format!("{seed}: {error}"))?;
    let told = |law: &str, what: String| {
        let versions = serde_json::to_string(&versions).unwrap_or_default();
        Err(format!("seed {seed}: {law} does not hold: {what}\nversions: {versions}"))
    };

    for _ in 0..3 {
        let Some(record) = formats::entry(chance, &first) else { continue };
        let (there, complement) = carried(&lens, &record, &Complement::default());
        let (back, left) = carried(&lens.turned(), &there, &complement);
        if back != record || !left.is_empty() {
            return told("GetPut", format!("{record:?} -> {there:?} -> {back:?} with {left:?}"));
        }

        let (mut stepwise, mut beside) = (record.clone(), Complement::default());
        for step in &steps {
            step.carry(&mut stepwise, &mut beside);
        }
        if (&stepwise, &beside) != (&there, &complement) {
            return told("path independence", format!("{there:?} and {stepwise:?}"));
        }

        let edited = edit(chance, &there, &last);
        let (older, beside) = carried(&lens.turned(), &edited, &complement);
        let (again, _) = carried(&lens, &older, &beside);
        if again != edited {
            return told("PutGet", format!("{edited:?} -> {older:?} -> {again:?}"));
        }

        if let Some((name, value)) = untouched(chance, &first, &last, &operations) {
            let with = |document: &Document| {
                let mut document = document.clone();
                document.insert(name.clone(), value.clone());
                document
            };
            let (one, _) = carried(&lens, &with(&record), &Complement::default());
            if one != with(&there) {
                return told("an edit elsewhere", format!("{name}: {one:?} and {:?}", with(&there)));
            }
        }
    }

    for ((pair, step), verdict) in versions.windows(2).zip(&steps).zip(&judged) {
        let [older, newer] = pair else { continue };
        let ways = [
            (verdict.is_backward(), older, newer, step.clone()),
            (verdict.is_forward(), newer, older, step.turned()),
        ];
        for (promised, from, to, way) in ways {
            let Ok(validator) = Validator::new(to) else { continue };
            for _ in 0..if promised { 3 } else { 0 } {
                let Some(record) = formats::entry(chance, from) else { continue };
                let (there, _) = carried(&way, &record, &Complement::default());
                let found = validator.validate_document(&there);
                held.promises += 1;
                if !found.is_empty() {
                    return told("validity", format!("{verdict:?}: {record:?} -> {there:?}: {found:?}"));
                }
            }
        }
    }

    let found = difference(&first, &last);
    let replayed =
        amended(&first, found.clone()).map_err(|error| format!("seed {seed}: {error} in {found:?}"))?;
    if replayed.shape() != last.shape() {
        return told("the difference", format!("{found:?}"));
    }
    let round = lineage.lens(digests[0], undone.digest()).map_err(|error| error.to_string())?;
    if !round.is_identity() || undone.shape() != first.shape() {
        return told("reversal", format!("{round:?}"));
    }
    Ok(held)
}

fn carried(lens: &Lens, record: &Document, complement: &Complement) -> (Document, Complement) {
    let (mut record, mut complement) = (record.clone(), complement.clone());
    lens.carry(&mut record, &mut complement);
    (record, complement)
}

/// Another valid value in some field, at the top or in a group.
fn edit(chance: &mut Chance, record: &Document, format: &Format) -> Document {
    let mut edited = record.clone();
    let Some(other) = formats::entry(chance, format) else { return edited };
    for (name, value) in other {
        if chance.happens(40) {
            edited.insert(name, value);
        } else if chance.happens(20) {
            edited.remove(&name);
        }
    }
    edited
}

/// A field of the top that no operation speaks of, and another value of it.
fn untouched(
    chance: &mut Chance,
    first: &Format,
    last: &Format,
    operations: &[Operation],
) -> Option<(String, serde_json::Value)> {
    let told = serde_json::to_string(operations).ok()?;
    let is_untouched = |field: &&Field| {
        !matches!(field.kind, Kind::Group { .. } | Kind::Code { .. })
            && !told.contains(&format!("\"{}\"", field.id))
            && last.fields.contains(field)
    };
    let fields: Vec<&Field> = first.fields.iter().filter(is_untouched).collect();
    let field = fields.get(chance.below(fields.len()))?;
    let record = formats::entry(chance, first)?;
    Some((field.name.clone(), record.get(&field.name)?.clone()))
}

/// Every field with the id of its group.
fn every<'a>(fields: &'a [Field], within: Option<&'a str>, found: &mut Vec<(&'a Field, Option<&'a str>)>) {
    for field in fields {
        found.push((field, within));
        if let Kind::Group { fields } = &field.kind {
            every(fields, Some(&field.id), found);
        }
    }
}

/// Some operation on some field; it may be one that is refused.
fn operation(chance: &mut Chance, format: &Format, number: usize) -> Operation {
    let mut fields = Vec::new();
    every(&format.fields, None, &mut fields);
    if fields.is_empty() {
        return add(chance, None, number);
    }
    let (field, _) = *chance.of(&fields);
    let id = field.id.clone();
    let groups: Vec<Option<String>> = fields
        .iter()
        .filter(|(field, _)| matches!(field.kind, Kind::Group { .. }))
        .map(|(field, _)| Some(field.id.clone()))
        .chain([None])
        .collect();
    match chance.below(16) {
        0 | 1 => {
            let within = chance.of(&groups).clone();
            add(chance, within, number)
        }
        2 => Operation::Remove { field: id },
        3 | 4 => Operation::Rename { field: id, to: format!("n{number}") },
        5 | 6 => Operation::Move { field: id, within: chance.of(&groups).clone(), at: chance.below(4) },
        7 | 8 => Operation::Retype { field: id, kind: formats::kind(chance), language: None },
        9 => Operation::Wrap { field: id, most: 1 + u32::try_from(chance.below(4)).unwrap_or(0) },
        10 => Operation::Unwrap { field: id },
        11 => Operation::Split { field: id, into: parts(chance, field, number), by: division(chance) },
        12 => {
            let (other, _) = *chance.of(&fields);
            let mut into =
                Field::new(format!("m{number}"), chance.of(&[&field.kind, &other.kind]).to_owned().clone());
            into.required = chance.happens(30);
            Operation::Merge {
                fields: vec![id, other.id.clone()],
                into: Box::new(into),
                by: division(chance),
            }
        }
        13 => vocabulary(chance, format, number),
        14 => {
            let mut limits = Limits::of(field);
            limits.required = chance.happens(50);
            if limits.many.is_some() {
                limits.many = Some(1 + u32::try_from(chance.below(4)).unwrap_or(0));
            }
            let other = formats::kind(chance);
            if limits.kind.is_some() && other.name() == field.kind.name() {
                limits.kind = Some(other);
            }
            if chance.happens(50) {
                Operation::Tighten { field: id, limits }
            } else {
                Operation::Loosen { field: id, limits }
            }
        }
        _ => {
            let record = formats::entry(chance, format);
            let value = record.and_then(|record| record.get(&field.name).cloned());
            Operation::SetDefault { field: id, value, fill: chance.happens(60) }
        }
    }
}

fn add(chance: &mut Chance, within: Option<String>, number: usize) -> Operation {
    let mut inner = 0;
    let field = formats::field(chance, &format!("a{number}-"), &mut inner, 2);
    Operation::Add { field: Box::new(field), within, at: chance.below(4) }
}

fn division(chance: &mut Chance) -> Division {
    let separator = (*chance.of(&[", ", " "])).to_owned();
    chance.of(&[Division::First, Division::Separator { separator }, Division::Parts]).clone()
}

fn parts(chance: &mut Chance, field: &Field, number: usize) -> Vec<Field> {
    let any = [
        field.kind.clone(),
        Kind::Date,
        Kind::Time,
        Kind::Integer { minimum: None, maximum: None },
        Kind::Decimal { minimum: None, maximum: None },
    ];
    (0..2 + chance.below(2))
        .map(|index| {
            let kind =
                if index == 0 || chance.happens(50) { any[0].clone() } else { chance.of(&any).clone() };
            let mut part = Field::new(format!("s{number}-{index}"), kind);
            part.required = chance.happens(20);
            part
        })
        .collect()
}

fn vocabulary(chance: &mut Chance, format: &Format, number: usize) -> Operation {
    let names: Vec<&String> = format.vocabularies.keys().collect();
    let name = (*chance.of(&names)).clone();
    let older = format.vocabularies.get(&name).map(|list| list.codes.clone()).unwrap_or_default();
    let mut to = Vocabulary { label: json_text(), codes: older.clone(), extensions: BTreeMap::new() };
    let mut codes = BTreeMap::new();
    if chance.happens(50) {
        to.codes.push(code(&format!("new-{number}")));
    }
    if chance.happens(60) && to.codes.len() > 1 {
        let gone = to.codes.remove(chance.below(to.codes.len()));
        if chance.happens(60) {
            codes.insert(gone.code, chance.of(&to.codes).code.clone());
        }
    }
    Operation::MapVocabulary { vocabulary: name, to: Some(to), codes }
}

fn json_text() -> c3ms_core::base::Text {
    serde_json::from_value(json!({ "en": "List" })).unwrap_or_default()
}
