//! Shared words: what is written is read again, and the calendar is the world's.

use c3ms_core::{
    Code,
    base::{Date, Id, Moment, Money, Pointer, Seed, Text, TimeOfDay, Timestamp, Zone, canonical, fold},
    forms::Entry,
};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn codes_are_unique_and_speak_two_languages() {
    let mut seen = std::collections::BTreeSet::new();
    for code in Code::ALL {
        assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
        let (area, word) = code.as_str().split_once('.').unwrap();
        assert!(!area.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'-'));
        assert_ne!(code.advice("fr"), code.advice("en"));
    }
}

#[test]
fn canonical_json_is_that_of_the_rfc() {
    // RFC 8785, section 3.2.2 and its expected output.
    let input = r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#;
    let value: Value = serde_json::from_str(input).unwrap();
    let expected = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
    assert_eq!(canonical(&value).unwrap(), expected);
}

#[test]
fn texts_fall_back_by_language() {
    let text: Text = serde_json::from_value(json!({ "pt": "a", "en": "b" })).unwrap();
    assert_eq!((text.in_language("pt-BR"), text.in_language("fr")), (Some("a"), Some("b")));
    assert!(serde_json::from_value::<Text>(json!({ "not a tag": "x" })).is_err());
}

#[test]
fn prices_are_read_as_people_write_them() {
    let read = |text: &str| Money::parse(text).map(|money| (money.cents, money.currency.code().to_owned()));
    for (text, cents, currency) in [
        ("12", 1200, "EUR"),
        ("12,5", 1250, "EUR"),
        ("12.50 €", 1250, "EUR"),
        ("CAD 30", 3000, "CAD"),
        ("30 CAD", 3000, "CAD"),
        ("0", 0, "EUR"),
    ] {
        assert_eq!(read(text), Some((cents, currency.to_owned())), "{text}");
    }
    for text in ["", "gratuit", "1 200", "-5", "12,345", "99999999999999999999", "€", "entrée au chapeau"]
    {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn the_profile_of_live_performance_speaks_two_languages_everywhere() {
    for format in c3ms_core::forms::live_performance().unwrap().formats {
        let document = json!(format);
        let mut stack = vec![(String::new(), &document)];
        while let Some((path, value)) = stack.pop() {
            match value {
                Value::Object(members) => {
                    for (name, member) in members {
                        if name == "label" || name == "help" {
                            assert!(
                                member["fr"].is_string() && member["en"].is_string(),
                                "{} {path}/{name}",
                                format.cube
                            );
                        }
                        stack.push((format!("{path}/{name}"), member));
                    }
                }
                Value::Array(items) => stack
                    .extend(items.iter().enumerate().map(|(index, item)| (format!("{path}/{index}"), item))),
                _ => {}
            }
        }
    }
}

proptest! {
    #[test]
    fn days_go_there_and_back(days in -719_528_i64..2_932_896) {
        let date = Date::from_days(days);
        prop_assert_eq!(date.days(), days);
        prop_assert_eq!(Date::parse(&date.to_string()), Some(date));
        // The referee: jiff's calendar.
        let (year, month, day) = date.parts();
        let known = jiff::civil::date(year, i8::try_from(month).unwrap(), i8::try_from(day).unwrap());
        prop_assert_eq!(i64::from(known.weekday().to_monday_one_offset()), i64::from(date.weekday()));
        prop_assert_eq!(i64::from((known - jiff::civil::date(1970, 1, 1)).get_days()), days);
    }

    #[test]
    fn instants_go_there_and_back(millis in -62_000_000_000_000_i64..250_000_000_000_000) {
        let instant = Timestamp::from_millis(millis);
        prop_assert_eq!(Timestamp::parse(&instant.to_string()), Some(instant));
        let known: jiff::Timestamp = instant.to_string().parse().unwrap();
        prop_assert_eq!(known.as_millisecond(), millis);
    }

    #[test]
    fn moments_go_there_and_back(days in 0_i64..40_000, seconds in 0_u32..86_400, offset in -1439_i16..1440, kind in 0..4) {
        let date = Date::from_days(days);
        let part = |size: u32, most: u32| u8::try_from(seconds / size % most).unwrap();
        let time = TimeOfDay::new(part(3600, 24), part(60, 60), part(1, 60)).unwrap();
        let moment = match kind {
            0 => Moment::day(date),
            1 => Moment::local(date, time),
            2 => Moment::zoned(date, time, Zone::parse("America/Argentina/Buenos_Aires").unwrap()),
            _ => Moment::with_offset(date, time, offset).unwrap(),
        };
        prop_assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
    }

    #[test]
    fn ids_and_pointers_go_there_and_back(bytes in any::<[u8; 16]>(), name in "\\PC{0,12}") {
        let id: Id<Entry> = Id::from_bytes(bytes);
        prop_assert_eq!(Id::parse(&id.to_string()), Some(id));
        let document = json!({ name.clone(): [1, 2] });
        prop_assert_eq!(document.pointer(Pointer::root().child(&name).item(1).as_str()), Some(&json!(2)));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        let _read = (Moment::parse(&text), Date::parse(&text), Timestamp::parse(&text), Money::parse(&text), Zone::parse(&text));
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded, "folding twice is folding once");
    }

    #[test]
    fn canonical_json_is_read_again_to_the_same(number in any::<f64>().prop_filter("finite", |number| number.is_finite()), text in "\\PC*") {
        let value = json!({ "n": number, "t": text });
        let written = canonical(&value).unwrap();
        let read: Value = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(read["n"].as_f64(), Some(number));
        prop_assert_eq!(&read["t"], &value["t"]);
        prop_assert_eq!(canonical(&read).unwrap(), written);
    }

    #[test]
    fn streams_of_a_seed_do_not_repeat(seed in any::<u64>(), one in any::<u64>(), other in any::<u64>()) {
        prop_assume!(one != other);
        let seed = Seed::from_number(seed);
        prop_assert_ne!(seed.bytes(one), seed.bytes(other));
    }
}
