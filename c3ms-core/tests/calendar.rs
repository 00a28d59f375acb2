//! When things happen: calendars expanded, rules, opening hours, and their words.

use std::path::PathBuf;

use c3ms_core::{
    Error,
    base::{Date, Moment},
    calendar::{CalendarError, Expansion, OpeningHours, Rule, Schedule, expand},
};
use proptest::{collection::vec, prelude::*, sample::select};

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn calendar(events: &[&str]) -> String {
    let events = events.iter().map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n"));
    format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.collect::<String>())
}

fn expanded(events: &[&str], from: &str, to: &str) -> Expansion {
    expand(calendar(events).as_bytes(), &(day(from)..day(to))).unwrap()
}

/// Starts and ends, one line each.
fn spans(expansion: &Expansion) -> Vec<String> {
    expansion.instances.iter().map(|one| format!("{} {}", one.start, one.end)).collect()
}

fn codes(expansion: &Expansion) -> Vec<&'static str> {
    expansion.notes.iter().map(|note| note.code().as_str()).collect()
}

/// The public calendar of a maker space; absent it is a failure in CI, else the test says that it was skipped.
fn machbar() -> Option<Vec<u8>> {
    let folder = std::env::var_os("C3MS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let file = folder.join("icalendar-venues/machbar_16_feb_2019.ics");
    if !file.exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", file.display());
        println!("skipped: {} is missing", file.display());
        return None;
    }
    Some(std::fs::read(file).unwrap())
}

#[test]
fn ten_years_of_a_maker_space_are_those_of_the_referee() {
    // Counted by recurring-ical-events 3.8.2.
    let Some(file) = machbar() else { return };
    let counted = [52, 211, 309, 316, 313, 312, 312, 314, 313, 315];
    for (year, count) in (2017..).zip(counted) {
        let window = Date::new(year, 1, 1).unwrap()..Date::new(year + 1, 1, 1).unwrap();
        let found = expand(&file, &window).unwrap();
        assert_eq!((found.instances.len(), found.notes.len()), (count, 0), "{year}");
    }
}

#[test]
fn what_lasts_into_the_window_is_in_and_what_ends_with_it_is_not() {
    let night = "UID:1\r\nDTSTART:20260301T230000\r\nDTEND:20260302T010000";
    assert_eq!(expanded(&[night], "2026-03-02", "2026-03-03").instances.len(), 1);
    let evening = "UID:1\r\nDTSTART:20260301T220000\r\nDTEND:20260302T000000";
    assert_eq!(expanded(&[evening], "2026-03-02", "2026-03-03").instances.len(), 0);
    let moment = "UID:1\r\nDTSTART:20260302T000000";
    assert_eq!(expanded(&[moment], "2026-03-02", "2026-03-03").instances.len(), 1);
    assert_eq!(expanded(&[moment], "2026-03-01", "2026-03-02").instances.len(), 0);
    // An end before the start changes places with it.
    let backwards = "UID:1\r\nDTSTART:20260302T120000\r\nDTEND:20260302T100000";
    let found = expanded(&[backwards], "2026-03-02", "2026-03-03");
    assert_eq!(spans(&found), ["2026-03-02T10:00:00 2026-03-02T12:00:00"]);
}

#[test]
fn each_way_of_telling_a_time_is_told_back() {
    let found = expanded(
        &[
            "UID:a\r\nDTSTART;VALUE=DATE:20260701\r\nDTEND;VALUE=DATE:20260703",
            "UID:b\r\nDTSTART:20260701T080000\r\nDURATION:PT90M",
            "UID:c\r\nDTSTART:20260701T080000Z\r\nDURATION:PT90M",
            "UID:d\r\nDTSTART;TZID=Europe/Paris:20260701T110000\r\nDURATION:P1D",
            "UID:e\r\nDTSTART;TZID=W. Europe Standard Time:20260701T120000",
            "UID:f\r\nDTSTART;TZID=/vendor.example/America/Argentina/Buenos_Aires:20260701T120000",
            "UID:g\r\nDTSTART;TZID=Nulle/Part:20260701T130000",
        ],
        "2026-07-01",
        "2026-07-02",
    );
    let told: Vec<String> = found
        .instances
        .iter()
        .map(|one| {
            let (uid, zone) = (one.uid.as_deref().unwrap(), one.zone.as_deref().unwrap_or("-"));
            format!("{uid} {} {} {zone}", one.start, one.end)
        })
        .collect();
    assert_eq!(
        told,
        [
            "a 2026-07-01 2026-07-03 -",
            "b 2026-07-01T08:00:00 2026-07-01T09:30:00 -",
            "c 2026-07-01T08:00:00+00:00 2026-07-01T09:30:00+00:00 UTC",
            "d 2026-07-01T11:00:00+02:00 2026-07-02T11:00:00+02:00 Europe/Paris",
            "e 2026-07-01T12:00:00+02:00 2026-07-01T12:00:00+02:00 Europe/Berlin",
            "g 2026-07-01T13:00:00 2026-07-01T13:00:00 -",
            "f 2026-07-01T12:00:00-03:00 2026-07-01T12:00:00-03:00 America/Argentina/Buenos_Aires",
        ]
    );
    assert_eq!(codes(&found), ["calendar.zone-unknown"]);
}

#[test]
fn a_zone_that_only_the_calendar_knows_is_followed() {
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Salle\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n\
        RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0530\r\nTZOFFSETTO:+0430\r\nEND:STANDARD\r\n\
        BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n\
        TZOFFSETFROM:+0430\r\nTZOFFSETTO:+0530\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\n\
        DTSTART;TZID=Salle:20260328T200000\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let found = expand(file.as_bytes(), &(day("2026-03-01")..day("2026-04-01"))).unwrap();
    let starts: Vec<String> = found.instances.iter().map(|one| one.start.to_string()).collect();
    // The last Sunday of March 2026 is the 29th.
    assert_eq!(starts, ["2026-03-28T20:00:00+04:30", "2026-03-29T20:00:00+05:30"]);
    assert_eq!(found.instances[0].zone, None);
}

#[test]
fn gaps_have_the_offset_before_and_folds_the_first_one() {
    let nights = "UID:1\r\nDTSTART;TZID=Europe/Paris:20270327T023000\r\nRRULE:FREQ=DAILY;COUNT=3";
    let found = expanded(&[nights], "2027-03-01", "2027-04-01");
    let starts: Vec<String> = found.instances.iter().map(|one| one.start.to_string()).collect();
    // jiff's rule for a gap: 02:30+01:00 is the instant 03:30+02:00.
    assert_eq!(starts[1], "2027-03-28T02:30:00+01:00");
    let instant: jiff::Timestamp = starts[1].parse().unwrap();
    assert_eq!(instant, "2027-03-28T03:30:00+02:00".parse().unwrap());
    let fold = "UID:1\r\nDTSTART;TZID=Europe/Paris:20261025T023000";
    let found = expanded(&[fold], "2026-10-25", "2026-10-26");
    assert_eq!(found.instances[0].start.to_string(), "2026-10-25T02:30:00+02:00");
}

#[test]
fn dates_are_added_taken_out_moved_and_replaced() {
    let series = "UID:1\r\nDTSTART;TZID=Europe/Paris:20260105T200000\r\nDURATION:PT1H\r\n\
        RRULE:FREQ=WEEKLY;COUNT=5\r\nEXDATE;TZID=Europe/Paris:20260112T200000\r\n\
        RDATE;VALUE=PERIOD;TZID=Europe/Paris:20260110T150000/PT3H";
    let moved = "UID:1\r\nRECURRENCE-ID;TZID=Europe/Paris:20260119T200000\r\n\
        DTSTART;TZID=Europe/Paris:20260301T180000";
    let from_then = "UID:1\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20260126T200000\r\n\
        DTSTART;TZID=Europe/Paris:20260126T210000\r\nDTEND;TZID=Europe/Paris:20260126T233000";
    let found = expanded(&[series, moved, from_then], "2026-01-01", "2026-02-28");
    assert_eq!(
        spans(&found),
        [
            "2026-01-05T20:00:00+01:00 2026-01-05T21:00:00+01:00",
            "2026-01-10T15:00:00+01:00 2026-01-10T18:00:00+01:00",
            "2026-01-26T21:00:00+01:00 2026-01-26T23:30:00+01:00",
            "2026-02-02T21:00:00+01:00 2026-02-02T23:30:00+01:00",
        ]
    );
    // The one that was moved out of the window is in another.
    assert_eq!(expanded(&[series, moved], "2026-03-01", "2026-03-02").instances.len(), 1);
}

#[test]
fn of_two_states_of_one_event_the_later_counts() {
    let old = "UID:1\r\nSEQUENCE:1\r\nDTSTART:20260105T200000\r\nRRULE:FREQ=DAILY;COUNT=9";
    let new = "UID:1\r\nSEQUENCE:2\r\nDTSTART:20260106T200000\r\nSTATUS:CANCELLED";
    for events in [[old, new], [new, old]] {
        assert_eq!(spans(&expanded(&events, "2026-01-01", "2026-02-01")).len(), 1);
    }
}

#[test]
fn rules_end_as_the_referee_ends_them() {
    // Counted by recurring-ical-events 3.8.2.
    for (start, until, count) in [
        ("DTSTART;TZID=Europe/Paris:20260101T200000", "20260105T190000Z", 5),
        ("DTSTART;TZID=Europe/Paris:20260101T200000", "20260105T185959Z", 4),
        ("DTSTART;TZID=Europe/Paris:20260101T200000", "20260105", 4),
        ("DTSTART;TZID=Europe/Paris:20260101T200000", "20260105T200000", 5),
        ("DTSTART:20260101T200000", "20260105T200000Z", 5),
        ("DTSTART;VALUE=DATE:20260101", "20260105", 5),
        ("DTSTART;VALUE=DATE:20260101", "20260105T120000Z", 5),
    ] {
        let event = format!("UID:1\r\n{start}\r\nRRULE:FREQ=DAILY;UNTIL={until}");
        assert_eq!(expanded(&[&event], "2026-01-01", "2026-02-01").instances.len(), count, "{start} {until}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_the_rest_is_given() {
    let found = expanded(
        &[
            "UID:1\r\nSUMMARY:sans début",
            "UID:2\r\nDTSTART:20260101T200000\r\nRRULE:FREQ=FORTNIGHTLY",
            "UID:3\r\nDTSTART:20260101T200000\r\nEXDATE:demain\r\nEXRULE:FREQ=DAILY",
            "UID:4\r\nno colon here\r\nDTSTART:20260101T200000\r\nRRULE:FREQ=DAILY;INTERVAL=0",
        ],
        "2026-01-01",
        "2026-02-01",
    );
    assert_eq!(found.instances.len(), 3);
    let told: Vec<(usize, &str)> =
        found.notes.iter().map(|note| (note.line(), note.code().as_str())).collect();
    assert_eq!(
        told,
        [
            (2, "calendar.start-missing"),
            (9, "calendar.rule-unreadable"),
            (14, "calendar.value-unreadable"),
            (15, "calendar.exception-rule"),
            (19, "calendar.line-unreadable"),
            (21, "calendar.rule-unreadable"),
        ]
    );
}

#[test]
fn files_that_are_no_calendars_are_refused() {
    let window = day("2026-01-01")..day("2026-02-01");
    let refused = |text: &str| Error::from(expand(text.as_bytes(), &window).unwrap_err()).report("en");
    for (text, code, path) in [
        ("", "calendar.unreadable", "line 1"),
        ("<html>", "calendar.unreadable", "line 1"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "calendar.unreadable", "line 3"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n", "calendar.unreadable", "line 1"),
        ("BEGIN:VCALENDAR\nCALSCALE:HEBREW\nEND:VCALENDAR\n", "calendar.scale-unknown", "line 2"),
    ] {
        let report = refused(text);
        assert_eq!((report.code.as_str(), report.path.as_str()), (code, path), "{text}");
    }
    let backwards = expand(b"", &(day("2026-02-01")..day("2026-01-01"))).unwrap_err();
    assert!(matches!(backwards, CalendarError::WindowBackwards { .. }));
}

#[test]
fn series_without_an_end_come_to_one() {
    let every_second = "UID:1\r\nDTSTART:20260101T000000\r\nRRULE:FREQ=SECONDLY";
    let found = expanded(&[every_second], "2026-01-01", "2027-01-01");
    assert_eq!((found.instances.len(), codes(&found)), (200_000, vec!["calendar.too-many-dates"]));
    // A later window is not reached by counting.
    let found = expanded(&[every_second], "2050-01-01", "2050-01-02");
    assert_eq!((found.instances.len(), codes(&found)), (86_400, vec![]));
    let never = "UID:1\r\nDTSTART:20260101T000000\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30";
    assert_eq!(expanded(&[never], "2026-01-01", "9999-01-01").instances.len(), 1);
}

/// A schedule from a start, perhaps an end, and rules; `-` takes a date out, `+` adds one.
fn schedule(start: &str, end: &str, parts: &[&str]) -> Schedule {
    let mut schedule = Schedule::once(Moment::parse(start).unwrap(), Moment::parse(end));
    for part in parts {
        match part.split_at(1) {
            ("-", date) => schedule.excluded.push(Moment::parse(date).unwrap()),
            ("+", date) => schedule.added.push(Moment::parse(date).unwrap()),
            _ => schedule.rules.push(Rule::parse(part).unwrap()),
        }
    }
    schedule
}

#[test]
fn rules_and_dates_have_words_in_two_languages() {
    // Written by hand; spaces that do not break are written as `~`.
    let (tuesday, dated) = ("2026-09-01T20:00", "2026-03-03T20:30");
    for (start, end, parts, french, english) in [
        (
            tuesday,
            "",
            vec!["FREQ=WEEKLY", "-2026-12-22T20:00"],
            "tous les mardis à 20~h, sauf le 22 décembre",
            "every Tuesday at 8~pm, except 22 December",
        ),
        (
            tuesday,
            "2026-09-01T21:30",
            vec!["FREQ=WEEKLY;BYDAY=TU,TH"],
            "tous les mardis et jeudis de 20~h à 21~h~30",
            "every Tuesday and Thursday from 8~pm to 9:30~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"],
            "du lundi au vendredi à 20~h",
            "Monday to Friday at 8~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=WEEKLY;BYDAY=TU,WE,TH,FR,SA,SU"],
            "tous les jours sauf le lundi à 20~h",
            "every day except Monday at 8~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=WEEKLY;INTERVAL=2"],
            "un mardi sur deux à 20~h",
            "every other Tuesday at 8~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=DAILY;UNTIL=20260930"],
            "tous les jours à 20~h, du 1er au 30 septembre 2026",
            "every day at 8~pm, from 1 to 30 September 2026",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=DAILY;COUNT=10"],
            "tous les jours à 20~h, 10 fois à partir du 1er septembre 2026",
            "every day at 8~pm, 10 times from 1 September 2026",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=MONTHLY;BYDAY=1TH,3TH"],
            "le 1er et le 3e jeudi du mois à 20~h",
            "the 1st and 3rd Thursday of the month at 8~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1,3"],
            "le 1er et le 3e jeudi du mois à 20~h",
            "the 1st and 3rd Thursday of the month at 8~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=MONTHLY;BYDAY=-1FR;BYMONTH=6,7,8"],
            "le dernier vendredi du mois, de juin à août à 20~h",
            "the last Friday of the month, from June to August at 8~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=MONTHLY;BYMONTHDAY=-1"],
            "le dernier jour du mois à 20~h",
            "the last day of the month at 8~pm",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=DAILY;BYHOUR=14,20"],
            "tous les jours à 14~h et à 20~h",
            "every day at 2~pm and 8~pm",
        ),
        ("2026-07-14", "", vec!["FREQ=YEARLY"], "chaque année, le 14 juillet", "every year on 14 July"),
        (
            "2026-05-31",
            "",
            vec!["FREQ=YEARLY;BYMONTH=5;BYDAY=-1SU"],
            "chaque année, le dernier dimanche de mai",
            "every year on the last Sunday of May",
        ),
        (
            tuesday,
            "",
            vec!["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=SA;BYHOUR=15"],
            "tous les mardis à 20~h~; tous les samedis à 15~h",
            "every Tuesday at 8~pm; every Saturday at 3~pm",
        ),
        (dated, "", vec![], "le mardi 3 mars 2026 à 20~h~30", "Tuesday 3 March 2026 at 8:30~pm"),
        (
            dated,
            "",
            vec!["+2026-03-04T20:30", "+2026-03-05T20:30"],
            "du 3 au 5 mars 2026 à 20~h~30",
            "from 3 to 5 March 2026 at 8:30~pm",
        ),
        (
            dated,
            "",
            vec!["+2026-03-05T20:30", "+2026-04-01T20:30"],
            "les 3 et 5 mars 2026 et le 1er avril 2026 à 20~h~30",
            "3 and 5 March 2026 and 1 April 2026 at 8:30~pm",
        ),
        ("2026-03-03", "2026-03-05", vec![], "du 3 au 5 mars 2026", "from 3 to 5 March 2026"),
        (
            "2026-12-30",
            "2027-01-02",
            vec![],
            "du 30 décembre 2026 au 2 janvier 2027",
            "from 30 December 2026 to 2 January 2027",
        ),
        (
            "2026-03-03T22:00",
            "2026-03-04T02:00",
            vec![],
            "le mardi 3 mars 2026 de 22~h à 2~h",
            "Tuesday 3 March 2026 from 10~pm to 2~am",
        ),
        (
            "2026-03-03T22:00",
            "2026-03-05T12:00",
            vec![],
            "du 3 mars 2026 à 22~h au 5 mars 2026 à midi",
            "from 3 March 2026 at 10~pm to 5 March 2026 at noon",
        ),
        // No words for weeks by number: the first dates.
        (
            "2026-01-05T20:00",
            "",
            vec!["FREQ=YEARLY;BYWEEKNO=2;BYDAY=MO;COUNT=2"],
            "le 5 janvier 2026 et le 11 janvier 2027 à 20~h",
            "5 January 2026 and 11 January 2027 at 8~pm",
        ),
    ] {
        let schedule = schedule(start, end, &parts);
        assert_eq!(schedule.summary("fr").replace('\u{a0}', "~"), french, "{parts:?}");
        assert_eq!(schedule.summary("en").replace('\u{a0}', "~"), english, "{parts:?}");
    }
}

#[test]
fn many_dates_are_counted() {
    let mut many = Schedule::once(Moment::parse("2026-01-01").unwrap(), None);
    many.added = (1..40).map(|step| Moment::day(day("2026-01-01").plus_days(step * 2))).collect();
    assert_eq!(
        many.summary("fr"),
        "les 1er, 3, 5, 7, 9 et 11 janvier 2026, et 34 autres dates jusqu’au 20 mars 2026"
    );
}

#[test]
fn opening_hours_are_said_and_given() {
    for (hours, french, open) in [
        ("Mo-Fr 10:00-18:00", "du lundi au vendredi de 10~h à 18~h", 5),
        ("Mo-Fr 10:00-18:00; Tu off", "du lundi au vendredi de 10~h à 18~h, fermé le mardi", 4),
        (
            "Tu-Su 10:00-12:30,14:00-18:00",
            "tous les jours sauf le lundi de 10~h à 12~h~30 et de 14~h à 18~h",
            12,
        ),
        (
            "Mo-Su 10:00-18:00; Sa,Su 14:00-24:00",
            "du lundi au vendredi de 10~h à 18~h~; le samedi et le dimanche de 14~h à minuit",
            7,
        ),
        ("24/7", "tous les jours 24~h sur 24", 7),
        (
            "We 14:00-18:00; Jul-Aug Mo-Sa 10:00-20:00",
            "le mercredi de 14~h à 18~h~; du 1er juillet au 31 août~: tous les jours sauf le dimanche de 10~h à 20~h",
            6,
        ),
        ("Mo-Su 10:00-18:00; 2026-07-14 off", "tous les jours de 10~h à 18~h~; fermé le 14 juillet 2026", 6),
    ] {
        let read = OpeningHours::parse(hours).unwrap();
        assert_eq!(read.summary("fr").replace('\u{a0}', "~"), french);
        // The week of Bastille Day 2026, a Tuesday.
        assert_eq!(read.within(&(day("2026-07-13")..day("2026-07-20"))).len(), open, "{hours}");
    }
    for wrong in ["", "PH off", "Mo-Fr", "Mo 25:00-26:00", "Feb 30 off"] {
        assert!(OpeningHours::parse(wrong).is_err(), "{wrong}");
    }
}

prop_compose! {
    fn rule()(
        frequency in select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY"]),
        interval in 1..5,
        days in select(vec!["", ";BYDAY=MO", ";BYDAY=TU,SA", ";BYDAY=1WE,-1FR"]),
        months in select(vec!["", "", ";BYMONTH=3", ";BYMONTH=1,10"]),
        of_month in select(vec!["", "", ";BYMONTHDAY=1,-1", ";BYMONTHDAY=31"]),
        positions in select(vec!["", "", ";BYSETPOS=1,-1"]),
        end in select(vec!["", "", ";COUNT=30", ";UNTIL=20261231T120000Z"]),
    ) -> String {
        format!("FREQ={frequency};INTERVAL={interval}{days}{months}{of_month}{positions}{end}")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Every date lies in the window, and two windows side by side give the starts of both together.
    #[test]
    fn windows_add_up(rule in rule(), hour in 0..24_u8, lasts in 0..30_u8, cut in 1..60_i64, end in 60..90_i64) {
        let event = format!(
            "UID:1\r\nDTSTART;TZID=Europe/Paris:20260301T{hour:02}1500\r\nDURATION:PT{lasts}H\r\nRRULE:{rule}"
        );
        let file = calendar(&[&event]);
        let from = day("2026-03-10");
        let (cut, end) = (from.plus_days(cut), from.plus_days(end));
        let within = |window: std::ops::Range<Date>| expand(file.as_bytes(), &window).unwrap().instances;
        let (whole, first, second) = (within(from..end), within(from..cut), within(cut..end));
        for one in &whole {
            prop_assert!(one.start.date() < end && one.end.date() >= from, "{} {}", one.start, one.end);
        }
        let mut both: Vec<_> = first.into_iter().chain(second).map(|one| one.start).collect();
        both.sort();
        both.dedup();
        let mut whole: Vec<_> = whole.into_iter().map(|one| one.start).collect();
        whole.sort();
        whole.dedup();
        prop_assert_eq!(both, whole);
    }

    /// Every rule that can be read has words, and dates that come in order.
    #[test]
    fn every_rule_has_words(rule in rule()) {
        let start = Moment::parse("2026-03-01T20:15").unwrap();
        let read = Rule::parse(&rule).unwrap();
        let dates: Vec<Moment> = read.dates(&start, day("2027-03-01")).take(200).collect();
        prop_assert!(dates.windows(2).all(|pair| pair[0].local_seconds() < pair[1].local_seconds()));
        let schedule = Schedule { rules: vec![read], ..Schedule::once(start, None) };
        prop_assert!(!schedule.summary("fr").is_empty() && !schedule.summary("en").is_empty());
    }

    /// Whatever a file says, it is read or refused.
    #[test]
    fn nothing_panics(lines in vec(select(vec![
        "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "UID:1", "DTSTART:20260101T200000Z",
        "DTSTART;VALUE=DATE:20260101", "DTSTART;TZID=Europe/Paris:99991231T235959", "DTEND:00010101T000000",
        "DURATION:-P1000D", "DURATION:P99999999999999W", "RRULE:FREQ=YEARLY;BYDAY=53MO;BYSETPOS=-366",
        "RRULE:FREQ=SECONDLY;INTERVAL=4294967295", "RRULE:FREQ=HOURLY;COUNT=4294967295;BYHOUR=3", "RRULE:UNTIL=1",
        "RDATE;VALUE=PERIOD:20260101T000000Z/20250101T000000Z", "RDATE:", "EXDATE:20260101", "SEQUENCE:99999999999999",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:99991231T000000Z", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "TZID:Z",
        "BEGIN:STANDARD", "END:STANDARD", "TZOFFSETTO:+9999", "TZOFFSETTO:-1", "X-WR-TIMEZONE:Europe/Paris", "é", ":",
    ]), 0..40)) {
        let file = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{}\nEND:VEVENT\nEND:VCALENDAR", lines.join("\n"));
        let _read = expand(file.as_bytes(), &(day("0000-01-01")..day("0003-01-01")));
        let _read = expand(file.as_bytes(), &(day("9998-01-01")..day("9999-12-31")));
        let _read = expand(lines.join("\r\n").as_bytes(), &(day("2026-01-01")..day("2026-03-01")));
    }

    /// Rules and hours by chance are read or refused.
    #[test]
    fn no_text_panics(text in "[A-Z]{2,6}=[-+0-9A-Z,;=:]{0,30}", hours in "[MoTuFr0-9:, ;-]{0,20}") {
        let _read = Rule::parse(&text);
        let _read = OpeningHours::parse(&hours);
    }
}
