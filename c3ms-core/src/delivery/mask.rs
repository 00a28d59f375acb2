//! What of the records of a cube a recipient may see, by the classes of fields and the rules of dissemination.

use std::collections::BTreeSet;

use serde::{Deserialize as _, Serialize as _};
use serde_json::Value;

use super::dataset::values;
use crate::{
    base::{Moment, Position, Timestamp},
    governance::{Audience, Effect, Reuser, Rule, lies_in},
    manufactory::forms::{Document, Field, Format, Kind, Paying, Visibility},
};

const DAY: i64 = 86_400_000;

/// To whom something is delivered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Recipient {
    /// Everybody.
    Public,
    /// A member of the cooperative.
    Member,
    /// Who takes data over under a name.
    Reuser {
        /// Its name in rules.
        name: String,
        /// What the data are used for.
        purposes: BTreeSet<String>,
    },
}

impl From<Reuser> for Recipient {
    fn from(Reuser { name, purposes, .. }: Reuser) -> Self {
        Self::Reuser { name, purposes }
    }
}

impl Recipient {
    const fn may_see(&self, visibility: Visibility) -> bool {
        match (self, visibility) {
            (_, Visibility::Public) | (Self::Member, Visibility::Members) => true,
            (Self::Public | Self::Reuser { .. }, Visibility::Members) | (_, Visibility::Private) => false,
        }
    }

    /// Whether a rule concerns this recipient.
    fn is_in(&self, rule: &Rule) -> bool {
        let is_named = |audience: &Audience| match (audience, self) {
            (Audience::Everybody, _)
            | (Audience::Public, Self::Public)
            | (Audience::Members, Self::Member)
            | (Audience::Reusers, Self::Reuser { .. }) => true,
            (Audience::Reuser(wanted), Self::Reuser { name, .. }) => wanted == name,
            (Audience::Public | Audience::Members | Audience::Reusers | Audience::Reuser(_), _) => false,
        };
        let serves = match self {
            Self::Reuser { purposes, .. } if !rule.purposes.is_empty() => {
                !purposes.is_empty() && purposes.is_subset(&rule.purposes)
            }
            Self::Public | Self::Member if !rule.purposes.is_empty() => false,
            Self::Public | Self::Member | Self::Reuser { .. } => true,
        };
        serves && rule.to.iter().any(is_named)
    }
}

/// What a recipient may see of the records of one cube, in the newest version of its format.
pub(super) struct Mask {
    /// The fields that are seen of some record at least.
    pub(super) fields: Vec<Field>,
    /// The names of fields and those of what lies in groups that are hidden of every record.
    pub(super) hides: bool,
    /// What is done record by record.
    steps: Vec<Step>,
    paying: Option<Paying>,
    start: Option<String>,
    /// The license that a rule gives instead of that of the cooperative.
    pub(super) license: Option<String>,
    /// No count of fewer records is told.
    pub(super) least: u32,
}

/// A rule that looks at each record.
struct Step {
    rule: Rule,
    paths: Vec<Vec<String>>,
}

impl Step {
    fn of(rule: &Rule, paths: impl Iterator<Item = String>) -> Self {
        let paths = paths.map(|path| path.split('.').map(str::to_owned).collect());
        Self { rule: rule.clone(), paths: paths.collect() }
    }
}

/// A record behind its mask.
pub(super) struct Masked {
    /// Nothing where the recipient sees nothing of it.
    pub(super) document: Option<Document>,
    /// When something else may be seen of it, though nobody changes it.
    pub(super) due: Option<Timestamp>,
}

impl Mask {
    /// The mask of a recipient at a time.
    pub(super) fn of(format: &Format, rules: &[Rule], recipient: &Recipient, now: Timestamp) -> Self {
        let concerns = |rule: &&Rule| {
            recipient.is_in(rule) && rule.cube.as_ref().is_none_or(|cube| *cube == format.cube)
        };
        let rules: Vec<&Rule> = rules.iter().filter(concerns).collect();
        let opening = rules.iter().filter(|rule| matches!(rule.effect, Effect::Open {}));
        let always = opening.clone().filter(|rule| rule.records.is_empty());
        let always: Vec<&str> = always.flat_map(|rule| rule.fields.iter().map(String::as_str)).collect();
        let sometimes: Vec<&str> = opening.flat_map(|rule| rule.fields.iter().map(String::as_str)).collect();
        let mut hides = false;
        let mut mask = Self {
            fields: Vec::new(),
            hides: false,
            steps: Vec::new(),
            paying: Paying::of(format),
            start: None,
            license: None,
            least: 0,
        };
        let every = Shown { recipient, opened: &always, withheld: &[] };
        let seen = leaves(&every.of(&format.fields, "", true, &mut hides), "");
        let mut withheld: Vec<&str> = Vec::new();
        for rule in &rules {
            let is_always = rule.records.is_empty() && !rule.fields.is_empty();
            let is_later = |until: &Timestamp| now < *until;
            match &rule.effect {
                Effect::Withhold {} if is_always => withheld.extend(rule.fields.iter().map(String::as_str)),
                Effect::Embargo { until: Some(until), .. } if is_always && is_later(until) => {
                    withheld.extend(rule.fields.iter().map(String::as_str));
                }
                Effect::Embargo { until: Some(until), .. } if !is_later(until) => {}
                Effect::License { license } => mask.license = Some(license.clone()),
                Effect::MinimumCell { least } => mask.least = mask.least.max(*least),
                Effect::Open {} if rule.records.is_empty() => {}
                Effect::Open {} => {
                    // What is seen of every record already is taken out of none.
                    let is_opened = |leaf: &String| {
                        !seen.contains(leaf) && rule.fields.iter().any(|path| lies_in(leaf, path))
                    };
                    let leaves = leaves(&format.fields, "").into_iter().filter(is_opened);
                    mask.steps.push(Step::of(rule, leaves));
                }
                Effect::Withhold {} | Effect::Embargo { .. } | Effect::Coarsen { .. } => {
                    mask.steps.push(Step::of(rule, rule.fields.iter().cloned()));
                }
            }
        }
        let shown = Shown { recipient, opened: &sometimes, withheld: &withheld };
        mask.fields = shown.of(&format.fields, "", true, &mut hides);
        mask.hides = hides || !mask.steps.is_empty();
        if let Some(paying) = &mask.paying
            && !paying.is_whole(&mask.fields)
        {
            // Who may not see the prices is not told that there are none.
            let free = paying.free().to_owned();
            mask.fields.retain(|field| field.name != free);
            mask.paying = None;
        }
        let start = format.fields.iter().find(|field| field.property() == Some("startDate"));
        mask.start = start.map(|field| field.name.clone());
        mask
    }

    /// When other fields are seen of every record, though nobody changes anything.
    pub(super) fn due(rules: &[Rule], now: Timestamp) -> Option<Timestamp> {
        let later = rules.iter().filter_map(|rule| match rule.effect {
            Effect::Embargo { until: Some(until), .. } if now < until => Some(until),
            Effect::Embargo { .. }
            | Effect::Open {}
            | Effect::Withhold {}
            | Effect::Coarsen { .. }
            | Effect::MinimumCell { .. }
            | Effect::License { .. } => None,
        });
        later.min()
    }

    /// What a record shows; `document` is as the store has it.
    pub(super) fn show(&self, document: &Document, now: Timestamp) -> Masked {
        let (mut due, mut whole) = (None::<Timestamp>, true);
        let (mut opened, mut closed): (Vec<&[String]>, Vec<&[String]>) = Default::default();
        for Step { rule, paths } in &self.steps {
            let paths = || paths.iter().map(Vec::as_slice);
            let holds = matches(rule, document);
            match &rule.effect {
                Effect::Open {} if holds => opened.extend(paths()),
                Effect::Withhold {} if holds => {
                    closed.extend(paths());
                    whole &= !rule.fields.is_empty();
                }
                Effect::Embargo { until, days_before } if holds => {
                    let Some(ends) = until.or_else(|| self.before(document, (*days_before)?)) else {
                        continue;
                    };
                    if now < ends {
                        due = Some(due.map_or(ends, |due| due.min(ends)));
                        closed.extend(paths());
                        whole &= !rule.fields.is_empty();
                    }
                }
                Effect::Open {}
                | Effect::Withhold {}
                | Effect::Embargo { .. }
                | Effect::Coarsen { .. }
                | Effect::MinimumCell { .. }
                | Effect::License { .. } => {}
            }
        }
        if !whole {
            return Masked { document: None, due };
        }
        let conditional = self.steps.iter().filter(|step| matches!(step.rule.effect, Effect::Open {}));
        let not_opened = conditional.flat_map(|step| step.paths.iter().map(Vec::as_slice));
        closed.extend(not_opened.filter(|path| !opened.contains(path)));
        // Before anything else looks at the record: what is taken out must not tell by what goes with it.
        let taken = (!closed.is_empty()).then(|| {
            let mut taken = document.clone();
            for path in &closed {
                take_out(&mut taken, path);
            }
            taken
        });
        let document = taken.as_ref().unwrap_or(document);
        let mut shown = super::gate::open_members(&self.fields, document, now.date());
        due = due.into_iter().chain(expires(&self.fields, document, now)).min();
        for Step { rule, paths } in &self.steps {
            if let Effect::Coarsen { decimals } = &rule.effect
                && matches(rule, &shown)
            {
                coarsen(&self.fields, &mut shown, paths, "", *decimals);
            }
        }
        if let Some(paying) = &self.paying
            && (paying.contradicts(&shown) || closed.iter().any(|path| paying.is_about(path)))
        {
            shown.remove(paying.free());
        }
        Masked { document: Some(shown), due }
    }

    /// So many days before a record takes place.
    fn before(&self, document: &Document, days: u16) -> Option<Timestamp> {
        let start = document.get(self.start.as_ref()?)?.as_str().and_then(Moment::parse)?;
        Some(Timestamp::from_millis(start.date().days() * DAY - i64::from(days) * DAY))
    }
}

/// Which fields a recipient sees of some record at least.
struct Shown<'r> {
    recipient: &'r Recipient,
    opened: &'r [&'r str],
    withheld: &'r [&'r str],
}

impl Shown<'_> {
    /// The fields; a group of which nothing may be seen goes. In one that is not seen only that is which is opened.
    fn of(&self, fields: &[Field], above: &str, is_seen: bool, hides: &mut bool) -> Vec<Field> {
        let mut shown = Vec::with_capacity(fields.len());
        for field in fields {
            let path = below(above, field);
            let is_private = field.visibility == Visibility::Private;
            let is_seen = is_seen && self.recipient.may_see(field.visibility);
            let is_opened = !is_private && self.opened.iter().any(|opened| lies_in(&path, opened));
            let opens_inside = !is_private && self.opened.iter().any(|opened| lies_in(opened, &path));
            let is_shown = is_seen || is_opened || opens_inside;
            *hides |= !is_seen && !is_opened;
            if !is_shown || self.withheld.iter().any(|withheld| lies_in(&path, withheld)) {
                *hides = true;
                continue;
            }
            let mut field = field.clone();
            if let Kind::Group { fields } = &mut field.kind {
                *fields = self.of(fields, &path, is_seen, hides);
                if fields.is_empty() {
                    continue;
                }
            }
            shown.push(field);
        }
        shown
    }
}

/// The path of a field of a group.
fn below(above: &str, field: &Field) -> String {
    if above.is_empty() { field.name.clone() } else { format!("{above}.{}", field.name) }
}

/// The paths of all fields that are no groups.
fn leaves(fields: &[Field], above: &str) -> Vec<String> {
    let of = |field: &Field| match &field.kind {
        Kind::Group { fields } => leaves(fields, &below(above, field)),
        _ => vec![below(above, field)],
    };
    fields.iter().flat_map(of).collect()
}

/// Whether a record says in each of the fields of a rule one of its values.
fn matches(rule: &Rule, document: &Document) -> bool {
    rule.records.iter().all(|(path, wanted)| {
        let names: Vec<&str> = path.split('.').collect();
        says(document, &names, wanted)
    })
}

/// Whether one of the values at a path of names is one of those wanted.
pub(super) fn says(document: &Document, names: &[&str], wanted: &BTreeSet<String>) -> bool {
    let Some((first, rest)) = names.split_first() else { return false };
    values(document.get(*first)).any(|value| match value {
        Value::Object(inner) if !rest.is_empty() => says(inner, rest, wanted),
        Value::Object(texts) => texts.values().filter_map(Value::as_str).any(|text| wanted.contains(text)),
        Value::String(text) => rest.is_empty() && wanted.contains(text),
        other @ (Value::Bool(_) | Value::Number(_)) => rest.is_empty() && wanted.contains(&other.to_string()),
        Value::Array(_) | Value::Null => false,
    })
}

/// Takes out what lies at a path of names, and what is then empty.
fn take_out(document: &mut Document, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        document.remove(first);
        return;
    }
    let is_empty = match document.get_mut(first) {
        Some(Value::Array(items)) => {
            items.retain_mut(|item| match item {
                Value::Object(inner) => {
                    take_out(inner, rest);
                    !inner.is_empty()
                }
                _ => true,
            });
            items.is_empty()
        }
        Some(Value::Object(inner)) => {
            take_out(inner, rest);
            inner.is_empty()
        }
        Some(_) | None => false,
    };
    if is_empty {
        document.remove(first);
    }
}

/// Rounds the positions at these paths; all where there are none.
fn coarsen(fields: &[Field], document: &mut Document, paths: &[Vec<String>], above: &str, decimals: u8) {
    for field in fields {
        let path = below(above, field);
        let is_meant = paths.is_empty() || paths.iter().any(|meant| lies_in(&path, &meant.join(".")));
        let Some(value) = document.get_mut(&field.name) else { continue };
        let items = match value {
            Value::Array(items) => items.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        for item in items {
            match (&field.kind, item) {
                (Kind::Position, item) if is_meant => round(item, decimals),
                (Kind::Path | Kind::Area, Value::Array(points)) if is_meant => {
                    for point in points {
                        round(point, decimals);
                    }
                }
                (Kind::Path | Kind::Area, point @ Value::Object(_)) if is_meant => round(point, decimals),
                (Kind::Group { fields }, Value::Object(inner)) => {
                    coarsen(fields, inner, paths, &path, decimals);
                }
                _ => {}
            }
        }
    }
}

fn round(point: &mut Value, decimals: u8) {
    let Ok(position) = Position::deserialize(&*point) else { return };
    let scale = (0..decimals).fold(1.0, |scale, _| scale * 10.0);
    let rounded = |degrees: f64| (degrees * scale).round() / scale;
    if let Some(coarse) = Position::new(rounded(position.latitude()), rounded(position.longitude()))
        && let Ok(value) = coarse.serialize(serde_json::value::Serializer)
    {
        *point = value;
    }
}

/// The end of the day on which rights on a file may end: then the record is looked at again.
fn expires(fields: &[Field], document: &Document, now: Timestamp) -> Option<Timestamp> {
    let today = now.date();
    let mut soonest = None;
    for field in fields {
        let Kind::Group { fields: inner } = &field.kind else { continue };
        let Some(until) = inner.iter().find(|inner| inner.property() == Some("expires")) else { continue };
        for group in values(document.get(&field.name)) {
            let last = group.get(&until.name).and_then(Value::as_str).and_then(crate::base::Date::parse);
            if let Some(last) = last.filter(|last| *last >= today) {
                let end = Timestamp::from_millis((last.days() + 1) * DAY);
                soonest = Some(soonest.map_or(end, |known: Timestamp| known.min(end)));
            }
        }
    }
    soonest
}
