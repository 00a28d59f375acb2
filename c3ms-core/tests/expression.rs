//! Expressions: what is read, what is refused, the laws of three values, what goes out as XPath.

use c3ms_core::forms::{
    Dialect, Format, Outline,
    expression::{Expression, LONGEST, Purpose, order},
    play::{Play, Setting},
};
use proptest::prelude::*;

const VISIT: &str = r#"{"cube": "visit", "label": {"en": "Visit"}, "fields": [
  {"id": "a", "name": "age", "kind": {"type": "integer"}},
  {"id": "b", "name": "town", "kind": {"type": "text"}},
  {"id": "c", "name": "came", "kind": {"type": "boolean"}},
  {"id": "d", "name": "on", "kind": {"type": "date"}},
  {"id": "e", "name": "days", "many": 7, "kind": {"type": "code", "vocabulary": "days"}},
  {"id": "f", "name": "children", "many": 20, "kind": {"type": "group", "fields": [
    {"id": "g", "name": "years", "kind": {"type": "integer"}},
    {"id": "h", "name": "first", "kind": {"type": "text"}}]}},
  {"id": "i", "name": "at", "kind": {"type": "time"}}],
  "vocabularies": {"days": {"codes": [{"code": "sat"}, {"code": "sun"}]}}}"#;

fn visit() -> Format {
    Format::parse(VISIT).unwrap()
}

fn problems(expression: &str) -> Vec<(String, usize, String)> {
    let found = Outline::new(&visit()).problems(1, expression, Dialect::Own, false);
    found
        .into_iter()
        .map(|problem| (problem.code.as_str().to_owned(), problem.position, problem.hint))
        .collect()
}

fn only(expression: &str) -> (String, usize, String) {
    let mut found = problems(expression);
    assert_eq!(found.len(), 1, "{expression}: {found:?}");
    found.remove(0)
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_a_suggestion() {
    for (expression, code, position, hint) in [
        ("", "incomplete", 0, ""),
        ("${age} >", "incomplete", 8, ""),
        ("(${age} > 1", "parenthesis-open", 0, ""),
        ("selected(${days}, 'sat'", "parenthesis-open", 0, ""),
        ("count(${children}[years > 3)", "unexpected", 27, ""),
        ("${age > 1", "brace-open", 0, "}"),
        ("${town} = 'Gap", "quote-open", 10, "'"),
        ("${age} == 3", "unexpected", 7, "="),
        ("${age} <> 3", "unexpected", 7, "!="),
        ("${age} ≥ 3", "unexpected", 7, ">="),
        ("${came} && ${came}", "unexpected", 8, "and"),
        ("${came} AND ${came}", "unexpected", 8, "and"),
        ("${came} et ${came}", "unexpected", 8, "and"),
        ("${town} = ’Gap’", "unexpected", 10, "'"),
        ("${age} 3", "unexpected", 7, ""),
        ("${agge} > 3", "name-unknown", 0, "${age}"),
        ("age > 3", "name-unknown", 0, "${age}"),
        ("${town} = Gap", "name-unknown", 10, "'Gap'"),
        ("cuont(${children}) > 3", "function-unknown", 0, "count"),
        ("round()", "arguments", 0, "1–2"),
        ("selected(${days}, 'sta')", "code-unknown", 18, "sat"),
        ("regex(${town}, '(')", "pattern", 15, "unclosed group"),
        ("${town} > 3", "kinds", 8, "'abc' / 123"),
        ("${age} and ${came}", "kinds", 7, "123 → true/false"),
        ("${years} > 3", "kinds", 9, "[123, …] / 123"),
        ("${days} = 'sat'", "kinds", 8, "'a b c' / 'abc'"),
        ("not(${age})", "kinds", 4, "123 → true/false"),
        ("if(${came}, 1, 'a')", "kinds", 0, "123 / 'abc'"),
    ] {
        assert_eq!(
            only(expression),
            (format!("forms.expression-{code}"), position, hint.to_owned()),
            "{expression}"
        );
    }
    for sound in [
        "${age} > 3 and ${town} = 'Gap' or ${came}",
        "${on} + 7 > today() - 1 and ${on} - today() < 3",
        "sum(${years}) div count(${children}) > 3",
        "if(known(${on}), format-date(${on}, '%d/%m/%Y'), 'no day')",
        "${at} < time('20:30') and . > 3",
        "jr:choice-name(selected-at(${days}, 0), '${days}') = 'Saturday'",
        "indexed-repeat(${years}, ${children}, 1) > 3",
    ] {
        assert_eq!(problems(sound), [], "{sound}");
    }
}

#[test]
fn what_is_hostile_is_refused_or_bounded() {
    let code = |text: &str| Expression::parse(text, Dialect::Own).unwrap_err().code.as_str().to_owned();
    assert_eq!(code(&"(".repeat(60_000)), "forms.expression-too-deep");
    assert_eq!(code(&"-".repeat(60_000)), "forms.expression-too-deep");
    assert_eq!(code(&"not(".repeat(10_000)), "forms.expression-too-deep");
    assert_eq!(code(&"a[".repeat(10_000)), "forms.expression-too-deep");
    assert_eq!(code(&" ".repeat(LONGEST + 1)), "forms.expression-too-long");
    let long = vec!["1"; 30_000].join("+");
    let play = Play::new(&visit(), &Setting::default()).unwrap();
    assert_eq!(play.evaluate("", &long).unwrap().value, 30_000);
    // Filters in filters would be worked out a thousand to the power of four times.
    let mut crowd: serde_json::Value = serde_json::from_str(VISIT).unwrap();
    crowd["dialect"] = "xforms".into();
    crowd["fields"][5]["many"] = 2000.into();
    let crowd = Format::parse(&crowd.to_string()).unwrap();
    let children = serde_json::json!({"children": vec![serde_json::json!({"years": 3}); 1000]});
    let play = Play::resume(&crowd, children.as_object().unwrap(), &Setting::default()).unwrap();
    assert_eq!(play.evaluate("", "count(/visit/children[years = 3])").unwrap().value, 1000);
    let nested = "count(/visit/children[count(/visit/children[count(/visit/children[count(/visit/children) > 1]) > 1]) > 1])";
    assert_eq!(play.evaluate("", nested).unwrap().holds, None);
}

#[test]
fn circles_are_found_and_order_is_kept() {
    assert_eq!(order(&[]), Ok(vec![]));
    assert_eq!(order(&[vec![], vec![0], vec![0], vec![1, 2]]), Ok(vec![0, 1, 2, 3]));
    assert_eq!(order(&[vec![0]]), Err(vec![0]));
    assert_eq!(order(&[vec![], vec![2], vec![3], vec![1]]), Err(vec![1, 2, 3]));
    let chain: Vec<Vec<usize>> =
        (0..100_000).map(|index| if index == 99_999 { vec![] } else { vec![index + 1] }).collect();
    assert_eq!(order(&chain).unwrap().first(), Some(&99_999));
}

#[test]
fn what_xforms_wrote_goes_out_as_it_came_in() {
    let outline = Outline::new(&visit());
    let out = |text: &str| {
        let expression = Expression::parse(text, Dialect::Xforms).unwrap();
        let mut render =
            |field: c3ms_core::forms::expression::Mention<'_>| match (field.in_filter, field.everywhere) {
                (true, _) => format!(" current()/../{} ", field.name),
                (_, true) => format!(" /data/{} ", field.name),
                _ => format!(" ../{} ", field.name),
            };
        expression.to_xpath(Purpose::Condition, &outline.scope(1), &mut render).unwrap()
    };
    for same in [
        " ../sex ='female' and  ../age_in_years >=15",
        "not(selected(., 'yes') and selected (., 'no'))",
        "instance('counties')/root/item[ /data/state =cf]",
        "(1+2)*3 - -4",
        "/data/a/../b[position()=1]",
    ] {
        assert_eq!(out(same), same);
    }
    assert_eq!(out("${age}>=15 and ${town} ='${b}'"), " ../age >=15 and  ../town  =' ../b '");
    assert_eq!(
        out("instance('l')/root/item[k=${age}]/label != ${town}"),
        "instance('l')/root/item[k= current()/../age ]/label !=  ../town "
    );
    assert_eq!(
        out("indexed-repeat(${years}, ${children}, ${age})"),
        "indexed-repeat( /data/years ,  /data/children ,  ../age )"
    );
}

/// Expressions that a person could have written, of one kind of value each.
fn conditions() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("${age}".to_owned()),
        Just("sum(${years})".to_owned()),
        Just("count(${children})".to_owned()),
        (0_u32..100).prop_map(|number| number.to_string()),
        Just("1.50".to_owned()),
    ];
    let number = number.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone(), prop::sample::select(vec!["+", "-", "*", "div", "mod"]))
                .prop_map(|(left, right, sign)| format!("({left}) {sign} {right}")),
            inner.clone().prop_map(|inner| format!("-{inner}")),
            inner.prop_map(|inner| format!("round({inner}, 2)")),
        ]
    });
    let text =
        prop_oneof![Just("${town}".to_owned()), Just("'Gap'".to_owned()), Just("\"l'eau\"".to_owned())];
    let condition = prop_oneof![
        Just("${came}".to_owned()),
        Just("selected(${days}, 'sat')".to_owned()),
        (number.clone(), number, prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]))
            .prop_map(|(left, right, sign)| format!("{left} {sign} {right}")),
        (text.clone(), text, prop::sample::select(vec!["=", "!="]))
            .prop_map(|(left, right, sign)| format!("{left} {sign} {right}")),
    ];
    condition.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left}) and ({right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} or ({right})")),
            inner.clone().prop_map(|inner| format!("not({inner})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(one, two, three)| format!("if({one}, {two}, {three})")),
        ]
    })
}

fn answers() -> impl Strategy<Value = serde_json::Value> {
    let number =
        || prop_oneof![Just(serde_json::Value::Null), (-3_i64..40).prop_map(serde_json::Value::from)];
    (
        number(),
        prop::sample::select(vec![serde_json::Value::Null, "Gap".into(), "Nice".into()]),
        prop::sample::select(vec![serde_json::Value::Null, true.into(), false.into()]),
        prop::sample::select(vec![
            serde_json::Value::Null,
            serde_json::json!(["sat"]),
            serde_json::json!(["sun"]),
        ]),
        prop::collection::vec(number(), 0..4),
    )
        .prop_map(|(age, town, came, days, years)| {
            let children: Vec<_> =
                years.into_iter().map(|years| serde_json::json!({"years": years})).collect();
            serde_json::json!({"age": age, "town": town, "came": came, "days": days, "children": children})
        })
}

fn asked(answers: &serde_json::Value, dialect: Dialect) -> Play {
    let mut format = visit();
    format.dialect = dialect;
    Play::resume(&format, answers.as_object().unwrap(), &Setting::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is written, an answer comes back, never a panic.
    #[test]
    fn any_text_is_read_or_refused(text in "[$/a-z'\"(){}\\[\\]<>=!|,.@*:0-9 +é-]{0,40}") {
        for dialect in [Dialect::Own, Dialect::Xforms] {
            if let Ok(expression) = Expression::parse(&text, dialect) {
                let again = Expression::parse(&expression.to_string(), dialect);
                prop_assert_eq!(again.as_ref(), Ok(&expression), "{}", expression);
                let _found = asked(&serde_json::json!({"age": 3}), dialect).evaluate("/age", &text);
            }
        }
    }

    /// What is printed reads as what it was.
    #[test]
    fn printing_and_reading_go_together(text in conditions()) {
        let expression = Expression::parse(&text, Dialect::Own).unwrap();
        let printed = expression.to_string();
        let again = Expression::parse(&printed, Dialect::Own).unwrap();
        prop_assert_eq!(&again, &expression);
        prop_assert_eq!(again.to_string(), printed);
    }

    /// De Morgan, double negation, the excluded middle that unknown leaves open.
    #[test]
    fn the_laws_of_three_values_hold(one in conditions(), other in conditions(), answers in answers()) {
        let play = asked(&answers, Dialect::Own);
        let holds = |text: String| play.evaluate("/age", &text).map(|found| found.holds).ok();
        let (left, right) = (holds(one.clone()), holds(other.clone()));
        prop_assume!(left.is_some() && right.is_some());
        prop_assert_eq!(holds(format!("not(({one}) and ({other}))")), holds(format!("not({one}) or not({other})")));
        prop_assert_eq!(holds(format!("not(({one}) or ({other}))")), holds(format!("not({one}) and not({other})")));
        prop_assert_eq!(holds(format!("not(not({one}))")), left);
        prop_assert_eq!(holds(format!("({one}) and ({other})")), holds(format!("({other}) and ({one})")));
        prop_assert_eq!(holds(format!("({one}) or ({other})")), holds(format!("({other}) or ({one})")));
        prop_assert_eq!(holds(format!("({one}) or not({one})")), Some(left.flatten().map(|_| true)));
        prop_assert_eq!(holds(format!("known({one})")), Some(Some(left.flatten().is_some())));
        prop_assert_eq!(holds(format!("sure({one})")), Some(Some(left.flatten() == Some(true))));
        let kleene = match (left.flatten(), right.flatten()) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        prop_assert_eq!(holds(format!("({one}) and ({other})")), Some(kleene));
    }

    /// A condition of ours, guarded and written as XPath, is true where ours is surely true; as a constraint it is
    /// false where ours is surely false.
    #[test]
    fn guards_keep_the_meaning_of_blanks(text in conditions(), answers in answers()) {
        let (own, xforms) = (asked(&answers, Dialect::Own), asked(&answers, Dialect::Xforms));
        let found = own.evaluate("/age", &text);
        prop_assume!(found.is_ok());
        let holds = found.unwrap().holds;
        let outline = Outline::new(&visit());
        let expression = Expression::parse(&text, Dialect::Own).unwrap();
        let mut render = |field: c3ms_core::forms::expression::Mention<'_>| match field.name {
            "years" => "/visit/children/years".to_owned(),
            name => format!("/visit/{name}"),
        };
        let Ok(condition) = expression.to_xpath(Purpose::Condition, &outline.scope(1), &mut render) else { return Ok(()) };
        let Ok(constraint) = expression.to_xpath(Purpose::Constraint, &outline.scope(1), &mut render) else { return Ok(()) };
        prop_assert_eq!(xforms.evaluate("/age", &condition).unwrap().holds, Some(holds == Some(true)), "{}", condition);
        prop_assert_eq!(xforms.evaluate("/age", &constraint).unwrap().holds, Some(holds != Some(false)), "{}", constraint);
    }
}
