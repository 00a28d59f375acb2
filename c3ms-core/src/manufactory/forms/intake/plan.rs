//! A mapping held against a source before anything is filled: which rules take which values.

use std::collections::{BTreeMap, BTreeSet};

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
        Fate::Refused(Code::ValueUnmapped, String::new())
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
            && !mapping.zones.contains_key(&zone)
            && !Zone::parse(&zone).is_some_and(|zone| zone_is_known(&zone))
        {
            return Err(FormsError::ZoneUnknown { line: value.line, zone });
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

/// For each target, the rules by selector, and the selectors of its key.
pub(super) struct Plan<'a> {
    pub(super) rules: Vec<Vec<Planned<'a>>>,
    /// A time is added to its day, wherever the two stand: it is taken after all else.
    pub(super) has_clock: bool,
    /// Selectors that only say what a part is, or which record it is.
    pub(super) structural: BTreeSet<usize>,
    pub(super) depth: usize,
}

/// A rule, and what it fills.
#[derive(Clone, Copy)]
pub(super) struct Planned<'a> {
    pub(super) rule: &'a Rule,
    pub(super) slot: Slot<'a>,
}

impl Planned<'_> {
    pub(super) const fn is_clock(&self) -> bool {
        matches!(self.slot, Slot::Clock)
    }
}

pub(super) fn plans<'a>(
    source: &Source,
    mapping: &'a Mapping,
    formats: &'a BTreeMap<String, Format>,
) -> Vec<Plan<'a>> {
    let plan =
        |target: &'a Target| {
            let format = formats.get(&target.cube);
            let planned = |rule: &'a Rule| Some(Planned { rule, slot: field_of(format?, &rule.to)? });
            let all: Vec<Planned<'a>> = target.rules.iter().filter_map(planned).collect();
            let rules = source.selectors.iter().map(|selector| {
                all.iter().filter(|planned| planned.rule.from == *selector).copied().collect()
            });
            let structural = source.selectors.iter().enumerate().filter(|(_, selector)| {
                let typed = selector.strip_suffix("/*").unwrap_or(selector).strip_suffix("/@type");
                let about_part = typed.is_some_and(|part| {
                    part == target.at
                        || target.rules.iter().any(|rule| {
                            rule.from.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'))
                        })
                });
                let about_word = selector.strip_suffix("/@language").is_some_and(|part| {
                    target.rules.iter().any(|rule| rule.from.strip_prefix(part) == Some("/@value"))
                });
                // Whether a calendar's event is for the public decides its state.
                let about_state = source.kind == SourceKind::ICalendar && *selector == "CLASS";
                let about_zone = source.kind == SourceKind::OpenAgenda
                    && matches!(selector.as_str(), "/location/timezone" | "/timezone");
                about_zone
                    || about_part
                    || about_word
                    || about_state
                    || target.key.contains(selector)
                    || selector.starts_with("/@context")
            });
            Plan {
                rules: rules.collect(),
                has_clock: all.iter().any(Planned::is_clock),
                structural: structural.map(|(index, _)| index).collect(),
                depth: target.at.matches('*').count(),
            }
        };
    mapping.targets.iter().map(plan).collect()
}
