//! A series: the event that all its dates come from, and those that replace some of them.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    CalendarError, Rule,
    clock::{Clocks, Time},
    event::{Event, Length},
    rule::Until,
    starts::DAY,
};

/// A series gives at most this many dates in a window.
pub(super) const MOST: usize = 200_000;

/// The rules of a calendar are followed for at most this many dates: those that are taken out, and those that two
/// rules give, count too.
pub(super) const MOST_OF_ALL: usize = 1_000_000;

/// All events of one UID.
pub(super) struct Series<'a> {
    clocks: &'a Clocks,
    /// The event that the dates come from; those that replace some may stand alone.
    core: Option<Core<'a>>,
    /// Those that replace a date, by how that date may be called.
    replacing: BTreeMap<i64, &'a Event>,
    /// From when on one replaces all that follow, in order.
    from_then: Vec<i64>,
}

/// What a series goes by.
struct Core<'a> {
    event: &'a Event,
    span: Span,
    /// Its dates are days.
    in_days: bool,
    start: Time,
    added: Vec<Time>,
    /// How long added periods last, by how their start may be called.
    lengths: BTreeMap<i64, i64>,
    excluded: BTreeSet<i64>,
    excluded_days: BTreeSet<i64>,
    rules: Vec<(&'a Rule, Option<Limit>)>,
    gives_start: bool,
}

/// When an event begins and ends, in this order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: Time,
    pub(super) end: Time,
}

/// When a rule ends, as a time to compare with.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Local(i64),
    Instant(i64),
}

/// One date of a series.
pub(super) struct Found<'a> {
    pub(super) event: &'a Event,
    pub(super) span: Span,
}

/// The window, in seconds since 1970: local times of each event's own clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Event {
    /// `DTEND` or `DURATION`, else the day, else no time at all; an end before the start changes places with it.
    pub(super) fn span(&self, clocks: &Clocks) -> Option<Span> {
        let start = self.start?;
        let (start, end) = match (self.end, self.duration) {
            (Some(end), _) => (start, end),
            (None, Some(seconds)) if start.is_day && seconds.rem_euclid(DAY) != 0 => {
                let start = start.on(None);
                (start, start.plus(seconds))
            }
            (None, Some(seconds)) => (start, start.plus(seconds)),
            (None, None) if start.is_day => (start, start.plus(DAY)),
            (None, None) => (start, start),
        };
        let (start, end) = alike(start, end);
        Some(if clocks.compare(start, end) == Ordering::Greater {
            Span { start: end, end: start }
        } else {
            Span { start, end }
        })
    }
}

/// Two times that can be compared: days and floating times beside a zoned one are read on its clock.
fn alike(one: Time, other: Time) -> (Time, Time) {
    if one.is_day && other.is_day {
        return (one, other);
    }
    let clock = one.clock.or(other.clock);
    let on = |time: Time| if time.clock == clock && !time.is_day { time } else { time.on(clock) };
    (on(one), on(other))
}

/// How the date of a series may be called: by its instant and by its local time.
fn names(clocks: &Clocks, time: Time) -> [i64; 2] {
    match time.clock {
        Some(_) => [clocks.instant(time), time.local],
        None => [time.local, time.local],
    }
}

impl<'a> Series<'a> {
    /// Of events that have one UID, in the order of the file.
    pub(super) fn new(events: &[&'a Event], clocks: &'a Clocks) -> Self {
        let mut replacing: BTreeMap<i64, &'a Event> = BTreeMap::new();
        let mut from_then = Vec::new();
        let mut core: Option<&'a Event> = None;
        for event in events {
            let Some(replaced) = event.replaces else {
                core = Some(core.filter(|core| core.sequence >= event.sequence).unwrap_or(event));
                continue;
            };
            let names = names(clocks, replaced);
            for name in names {
                let known = replacing.get(&name).filter(|known| known.sequence >= event.sequence);
                if known.is_none() {
                    replacing.insert(name, event);
                }
            }
            if event.and_future {
                from_then.extend(names.first());
            }
        }
        from_then.sort_unstable();
        let core = core.and_then(|event| Core::new(event, clocks));
        Self { clocks, core, replacing, from_then }
    }

    /// The event that the dates come from, else the first that replaces one.
    pub(super) fn first(&self) -> Option<&'a Event> {
        self.core.as_ref().map(|core| core.event).or_else(|| self.replacing.values().next().copied())
    }

    /// Everything that takes place in a window, in no order; `left` is what the rules of the calendar may still give.
    pub(super) fn within(
        &self,
        window: Bounds,
        left: &mut usize,
        notes: &mut Vec<CalendarError>,
    ) -> Vec<Found<'a>> {
        let mut found = Vec::new();
        let mut replaced = BTreeSet::new();
        if let Some(core) = &self.core {
            self.of_core(core, window, left, &mut found, &mut replaced, notes);
        }
        let mut rest: Vec<&'a Event> = self.replacing.values().copied().collect();
        rest.sort_by_key(|event| event.line);
        rest.dedup_by_key(|event| event.line);
        for event in rest {
            let is_told = replaced.contains(&event.line);
            if is_told || self.is_excluded(event) || self.is_obsolete(event, left, notes) {
                continue;
            }
            if let Some(span) = event.span(self.clocks).filter(|span| self.is_within(span, window)) {
                found.push(Found { event, span });
            }
        }
        found
    }

    fn of_core(
        &self,
        core: &Core<'a>,
        window: Bounds,
        left: &mut usize,
        found: &mut Vec<Found<'a>>,
        replaced: &mut BTreeSet<usize>,
        notes: &mut Vec<CalendarError>,
    ) {
        let (before, after) = self.reach(core);
        let wide = Bounds { from: window.from.saturating_sub(before), to: window.to.saturating_add(after) };
        let starts = core.starts(self.clocks, wide, left, notes);
        let mut told: BTreeMap<i64, Vec<Time>> = BTreeMap::new();
        let several = core.rules.len() + usize::from(!core.added.is_empty()) > 0;
        // Names are only looked up where something may be called by them.
        let is_named = !(core.excluded.is_empty()
            && self.replacing.is_empty()
            && core.lengths.is_empty()
            && self.from_then.is_empty());
        for start in starts {
            let names = if is_named { names(self.clocks, start) } else { [0, 0] };
            if is_named && core.excludes(start, &names) {
                continue;
            }
            let modified =
                if is_named { names.iter().rev().find_map(|name| self.replacing.get(name)) } else { None };
            if let Some(event) = modified {
                if !replaced.insert(event.line) {
                    continue;
                }
                if let Some(span) = event.span(self.clocks).filter(|span| self.is_within(span, window)) {
                    found.push(Found { event, span });
                }
                continue;
            }
            if several {
                // Two clocks may name one instant; one clock may name it twice in a gap.
                let same = told.entry(self.clocks.instant(start)).or_default();
                if same.iter().any(|known| known.clock != start.clock || known.local == start.local) {
                    continue;
                }
                same.push(start);
            }
            let (event, span) = self.span_of(core, start, &names);
            if self.is_within(&span, window) {
                if found.len() >= MOST {
                    notes.push(CalendarError::TooMany { line: core.event.line, most: MOST });
                    return;
                }
                found.push(Found { event, span });
            }
        }
    }

    /// How far before and after a window a date may lie that is moved or lasts into it.
    fn reach(&self, core: &Core<'_>) -> (i64, i64) {
        let mut before = self.clocks.between(core.span.start, core.span.end);
        before = core.lengths.values().copied().fold(before, i64::max);
        let mut after = 0;
        for name in &self.from_then {
            let Some(event) = self.replacing.get(name) else { continue };
            let Some((span, replaced)) = event.span(self.clocks).zip(event.replaces) else { continue };
            let moved = self.clocks.between(replaced, span.start);
            before = before
                .max(self.clocks.between(replaced, span.end))
                .max(self.clocks.between(span.start, span.end));
            after = after.max(-moved);
        }
        // A day more, since clocks may differ between what is compared.
        (before.max(0) + DAY, after + DAY)
    }

    /// When a date of the series takes place: moved and as long as the last one that replaces all that follow.
    fn span_of(&self, core: &Core<'a>, start: Time, names: &[i64; 2]) -> (&'a Event, Span) {
        let [instant, _] = names;
        let before = self.from_then.partition_point(|then| then < instant);
        let then = before.checked_sub(1).and_then(|last| self.from_then.get(last));
        let replacing = then.and_then(|then| self.replacing.get(then)).copied();
        let (event, span, moved) =
            match replacing.and_then(|event| Some((event, event.span(self.clocks)?, event.replaces?))) {
                Some((event, span, replaced)) if event.and_future => {
                    (event, span, self.clocks.between(replaced, span.start))
                }
                Some((event, span, _)) => (event, span, 0),
                None => (core.event, core.span, 0),
            };
        let start = start.plus(moved);
        let lasts = names
            .iter()
            .rev()
            .find_map(|name| core.lengths.get(name).copied())
            .unwrap_or_else(|| self.clocks.between(span.start, span.end));
        let end = start.plus(lasts);
        let day = |time: Time| Time::day(time.local.div_euclid(DAY) * DAY);
        (event, if core.in_days { Span { start: day(start), end: day(end) } } else { Span { start, end } })
    }

    /// What begins before the window and lasts into it is in; what ends as the window begins is not.
    fn is_within(&self, span: &Span, window: Bounds) -> bool {
        let clock = span.start.clock.or(span.end.clock);
        let [from, to] = [window.from, window.to].map(|local| Time::local(local, clock));
        let before = |one: Time, other: Time| self.clocks.compare(one, other) == Ordering::Less;
        if self.clocks.compare(span.start, span.end) == Ordering::Equal {
            if window.from == window.to {
                return self.clocks.compare(span.start, from) == Ordering::Equal;
            }
            return !before(span.start, from) && before(span.start, to);
        }
        if window.from == window.to {
            return !before(from, span.start) && before(from, span.end);
        }
        before(span.start, to) && before(from, span.end)
    }

    fn is_excluded(&self, event: &Event) -> bool {
        self.core.as_ref().zip(event.replaces).is_some_and(|(core, replaced)| {
            names(self.clocks, replaced).iter().any(|name| core.excluded.contains(name))
        })
    }

    /// A replacement that carries the rule of an older state of the series, for a date the series no longer has.
    fn is_obsolete(&self, event: &Event, left: &mut usize, notes: &mut Vec<CalendarError>) -> bool {
        let Some((core, replaced)) = self.core.as_ref().zip(event.replaces) else { return false };
        if !event.recurs || event.sequence >= core.event.sequence {
            return false;
        }
        let wanted = names(self.clocks, replaced);
        let around = Bounds { from: replaced.local - 2 * DAY, to: replaced.local + 2 * DAY };
        let starts = core.starts(self.clocks, around, left, notes);
        // Where not all dates were looked at, it stays.
        *left > 0
            && !starts.into_iter().any(|start| {
                let names = names(self.clocks, start);
                !core.excludes(start, &names) && names.iter().any(|name| wanted.contains(name))
            })
    }
}

impl<'a> Core<'a> {
    fn new(event: &'a Event, clocks: &Clocks) -> Option<Self> {
        let span = event.span(clocks)?;
        let of_added = event.added.iter().map(|(start, _)| start);
        let mut all = [&span.start, &span.end].into_iter().chain(&event.excluded).chain(of_added.clone());
        let clock = all.find_map(|time| time.clock);
        let start = span.start.on(span.start.clock.or(clock));
        let only_days = [&span.start, &span.end]
            .into_iter()
            .chain(&event.excluded)
            .chain(of_added)
            .all(|time| time.is_day);
        let mut lengths = BTreeMap::new();
        for (begin, length) in &event.added {
            let seconds = match length {
                None => continue,
                Some(Length::Seconds(seconds)) => *seconds,
                Some(Length::Until(end)) => clocks.between(*begin, *end),
            };
            for name in names(clocks, *begin) {
                lengths.insert(name, seconds);
            }
        }
        let rules: Vec<_> = event
            .rules
            .iter()
            .map(|(_, rule)| (rule, limit(rule, start.clock.is_some(), only_days)))
            .collect();
        // The last end of any rule; one without an end does not count.
        let ended = rules.iter().filter_map(|(_, limit)| *limit);
        let last = ended.map(|limit| match limit {
            Limit::Local(local) | Limit::Instant(local) => local,
        });
        let last = last.max();
        let begun = if start.clock.is_some() { clocks.instant(start) } else { start.local };
        Some(Self {
            event,
            span,
            in_days: span.start.is_day && span.end.is_day,
            start,
            added: event.added.iter().map(|(begin, _)| begin.on(begin.clock.or(clock))).collect(),
            lengths,
            excluded: event.excluded.iter().flat_map(|excluded| names(clocks, *excluded)).collect(),
            excluded_days: event
                .excluded
                .iter()
                .filter(|day| day.is_day)
                .map(|day| day.local.div_euclid(DAY))
                .collect(),
            rules,
            gives_start: last.is_none_or(|last| begun <= last),
        })
    }

    /// Tells whether an exception takes out a date of the series.
    fn excludes(&self, start: Time, names: &[i64; 2]) -> bool {
        self.excluded_days.contains(&start.local.div_euclid(DAY))
            || names.iter().any(|name| self.excluded.contains(name))
    }

    /// The dates of the series before any is taken out or replaced, those in a window at least.
    fn starts(
        &self,
        clocks: &Clocks,
        window: Bounds,
        left: &mut usize,
        notes: &mut Vec<CalendarError>,
    ) -> Vec<Time> {
        let mut starts: Vec<Time> = self.added.clone();
        if self.gives_start {
            starts.push(self.start);
        }
        starts.retain(|start| (window.from..=window.to).contains(&start.local));
        starts.sort_by_key(|start| start.local);
        for (rule, limit) in &self.rules {
            let mut given = rule.starts(self.start.local, window.from, window.to);
            let mut count = 0;
            for local in given.by_ref() {
                let Some(less) = left.checked_sub(1) else {
                    notes.push(CalendarError::TooManyInAll { line: self.event.line, most: MOST_OF_ALL });
                    return starts;
                };
                *left = less;
                let start =
                    if local == self.start.local { self.start } else { Time::local(local, self.start.clock) };
                match limit {
                    Some(Limit::Local(last)) if local > *last => break,
                    Some(Limit::Instant(last)) if clocks.instant(start) > *last => break,
                    _ => {}
                }
                if local < window.from {
                    continue;
                }
                count += 1;
                // One more than is let through tells that there are too many.
                if count > MOST + 1 {
                    break;
                }
                starts.push(start);
            }
            if given.gave_up() {
                notes.push(CalendarError::TooMany { line: self.event.line, most: MOST });
            }
        }
        starts
    }
}

/// When a rule ends, for a start with a clock or without.
///
/// With a clock a day or a local time is read in UTC, without one a time in UTC is read as local: what cannot be
/// compared as it stands is read as the start is.
fn limit(rule: &Rule, has_clock: bool, only_days: bool) -> Option<Limit> {
    let (date, time, is_utc) = match rule.until? {
        Until::Day(date) => (date, 0, false),
        Until::Local(date, time) => (date, time.seconds(), false),
        Until::Utc(date, time) => (date, time.seconds(), true),
    };
    let midnight = date.days() * DAY;
    Some(match (has_clock, is_utc) {
        (true, _) => Limit::Instant(midnight + time),
        (false, true) if only_days => Limit::Local(midnight),
        (false, _) => Limit::Local(midnight + time),
    })
}
