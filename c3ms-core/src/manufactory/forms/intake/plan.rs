//! A mapping held against a source before anything is filled: which rules take which values.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{
    Fate, Mapping, Rule, Source, SourceKind, Target,
    draft::{Slot, field_of},
};
use crate::{
    Code,
    base::Zone,
    manufactory::forms::{Format, FormsError},
};

/// A context says which words are used, a calendar's zone how its times are read: they are taken by being
/// understood.
pub(super) fn outside_fate(source: &Source, selector: &str, mapping: &Mapping) -> Fate {
    let zone = selector == "X-WR-TIMEZONE"
        && mapping.zone.as_ref().map(crate::base::Zone::as_str) == source.zone.as_deref();
    if zone || selector.starts_with("/@context") {
        Fate::Taken
    } else {
        Fate::Refused(Code::ValueUnmapped, Box::default())
    }
}

/// Stops at a zone that neither the IANA list nor the mapping knows.
pub(super) fn check_zones(source: &Source, mapping: &Mapping) -> Result<(), FormsError> {
    if source.kind != SourceKind::ICalendar {
        return Ok(());
    }
    for value in source.records.iter().flat_map(|record| &record.values) {
        let zone = value.scalar.text();
        if source.selector(value).ends_with(";TZID")
            && !mapping.zones.contains_key(&*zone)
            && !Zone::parse(&zone).is_some_and(|zone| zone_is_known(&zone))
        {
            return Err(FormsError::ZoneUnknown { line: value.line(), zone: zone.into_owned() });
        }
    }
    Ok(())
}

#[cfg(feature = "zones")]
pub(super) fn zone_is_known(zone: &Zone) -> bool {
    crate::base::zone_exists(zone.as_str())
}

#[cfg(not(feature = "zones"))]
pub(super) fn zone_is_known(_: &Zone) -> bool {
    true
}

/// A target held against a source: what each selector is to it.
pub(super) struct Plan<'a> {
    pub(super) rules: Vec<Vec<Planned<'a>>>,
    /// A time is added to its day, wherever the two stand: it is taken after all else.
    pub(super) has_clock: bool,
    /// Selectors that only say what a part is, or which record it is.
    pub(super) structural: Vec<bool>,
    /// Selectors of what stands in the part itself.
    pub(super) within: Vec<bool>,
    /// The selectors of its types.
    pub(super) types: Vec<usize>,
    /// The selectors of its key, in their order.
    pub(super) key: Vec<usize>,
    pub(super) depth: usize,
}

/// A rule, and what it fills.
#[derive(Clone)]
pub(super) struct Planned<'a> {
    pub(super) rule: &'a Rule,
    pub(super) slot: Slot<'a>,
    pub(super) steps: Vec<Step>,
}

/// A step to what a rule fills.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Step {
    Member(CompactString),
    /// The item of the source's list.
    Item,
    /// Lists in lists, as one list.
    ItemOfItem,
    /// This item.
    At(usize),
}

impl<'a> Planned<'a> {
    /// What a rule means in a format; `None` where it fills nothing there.
    pub(super) fn of(format: &'a Format, rule: &'a Rule) -> Option<Self> {
        let step = |part: &str| match part {
            "*" => Step::Item,
            "**" => Step::ItemOfItem,
            part => part.parse().map_or_else(|_| Step::Member(part.into()), Step::At),
        };
        Some(Self { rule, slot: field_of(format, &rule.to)?, steps: rule.to.split('/').map(step).collect() })
    }
    pub(super) const fn is_clock(&self) -> bool {
        matches!(self.slot, Slot::Clock)
    }
}

pub(super) fn plans<'a>(
    source: &Source,
    mapping: &'a Mapping,
    formats: &'a BTreeMap<String, Format>,
) -> Vec<Plan<'a>> {
    let plan = |target: &'a Target| {
        let format = formats.get(&target.cube);
        let planned = |rule: &'a Rule| Planned::of(format?, rule);
        let all: Vec<Planned<'a>> = target.rules.iter().filter_map(planned).collect();
        let rules = source
            .selectors
            .iter()
            .map(|selector| all.iter().filter(|planned| planned.rule.from == *selector).cloned().collect());
        let structural = source.selectors.iter().map(|selector| {
            let typed = selector.strip_suffix("/*").unwrap_or(selector).strip_suffix("/@type");
            let about_part = typed.is_some_and(|part| {
                part == target.at
                    || target
                        .rules
                        .iter()
                        .any(|rule| rule.from.strip_prefix(part).is_some_and(|rest| rest.starts_with('/')))
            });
            let about_word = selector.strip_suffix("/@language").is_some_and(|part| {
                target.rules.iter().any(|rule| rule.from.strip_prefix(part) == Some("/@value"))
            });
            // Whether a calendar's event is for the public decides its state.
            let about_state = source.kind == SourceKind::ICalendar && selector == "CLASS";
            let about_zone = source.kind == SourceKind::OpenAgenda
                && matches!(selector.as_str(), "/location/timezone" | "/timezone");
            about_zone
                || about_part
                || about_word
                || about_state
                || target.key.contains(selector)
                || selector.starts_with("/@context")
        });
        let within =
            |selector: &String| selector.strip_prefix(&target.at).is_some_and(|rest| rest.starts_with('/'));
        let numbered = |wanted: &str| source.selectors.iter().position(|selector| selector == wanted);
        let types = [format!("{}/@type", target.at), format!("{}/@type/*", target.at)];
        Plan {
            rules: rules.collect(),
            has_clock: all.iter().any(Planned::is_clock),
            structural: structural.collect(),
            within: source.selectors.iter().map(within).collect(),
            types: types.iter().filter_map(|selector| numbered(selector)).collect(),
            key: target.key.iter().filter_map(|selector| numbered(selector)).collect(),
            depth: target.at.matches('*').count(),
        }
    };
    mapping.targets.iter().map(plan).collect()
}
