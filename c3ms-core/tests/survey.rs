//! Laws of estimates, and what is refused; the figures of R are asked for by `conformance/python/check_survey.py`.
#![expect(clippy::indexing_slicing, reason = "an answer that lacks a figure has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use c3ms_core::survey::task::{Question, Task};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The code, and what is said in English and in French.
pub(crate) type Refused = (String, String, String);

/// No word of English is left in it.
pub(crate) fn says_it_in_french((_, english, french): &Refused) {
    let of_english = |word: &&str| {
        ["the", "is", "it", "of", "and", "no", "not", "has", "two", "unknown", "their"].contains(word)
    };
    let word = french.split(|sign: char| !sign.is_alphanumeric()).find(of_english);
    assert!(french != english && word.is_none(), "{french} says {word:?}");
}

/// Asks of a table, as every face does.
pub(crate) fn ask(question: Question, spec: &Value, table: &str) -> Result<Value, Refused> {
    let told = |error: c3ms_core::survey::SurveyError| {
        (error.code().as_str().to_owned(), error.message("en"), error.message("fr"))
    };
    let files = BTreeMap::from([("data".to_owned(), table.to_owned())]);
    Task::parse(question, &spec.to_string()).map_err(told)?.answer(&files).map_err(told)
}

pub(crate) fn estimates(spec: &Value, table: &str) -> Vec<Value> {
    ask(Question::Estimate, spec, table).unwrap()["estimates"].as_array().unwrap().clone()
}

pub(crate) fn number(estimate: &Value, name: &str) -> f64 {
    estimate[name].as_f64().unwrap()
}

pub(crate) fn close(one: f64, other: f64) {
    assert!((one - other).abs() <= 1e-9 * (1.0 + one.abs().max(other.abs())), "{one} is not {other}");
}

/// Strata of units of answers.
pub(crate) type Answers = Vec<Vec<Vec<(u8, u8)>>>;

pub(crate) fn answers() -> impl Strategy<Value = Answers> {
    let unit = prop::collection::vec((0_u8..100, 0_u8..3), 1..5);
    prop::collection::vec(prop::collection::vec(unit, 2..6), 1..4)
}

/// One row for each answer: its stratum, its unit, units of the stratum, its weight, what was spent, its kind.
pub(crate) fn table(answers: &Answers) -> String {
    let mut text = "stratum,unit,of,weight,spent,kind\n".to_owned();
    let mut number = 0;
    for (stratum, units) in answers.iter().enumerate() {
        for unit in units {
            number += 1;
            for (spent, kind) in unit {
                let (of, weight) = (units.len() * 3, 2 + (spent + kind) % 5);
                writeln!(text, "s{stratum},{number},{of},{weight},{spent},k{kind}").unwrap();
            }
        }
    }
    text
}

pub(crate) fn design() -> Value {
    json!({"ids": ["unit"], "strata": ["stratum"], "weights": "weight", "fpc": ["of"]})
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Of totals, the parts add up to the whole, with its variance; the jackknife of a total is its linearization.
    #[test]
    fn parts_add_up(answers in answers()) {
        let table = table(&answers);
        let total = json!({"statistic": "total", "variables": ["spent"]});
        let parts = json!({"statistic": "total", "variables": ["spent"], "by": ["kind"]});
        let kinds: Vec<Value> = estimates(&json!({"design": design(), "estimates": [parts]}), &table);
        let terms: Vec<Value> = kinds.iter().map(|kind| json!({"coefficient": 1, "by": kind["by"]})).collect();
        let mut with_sum = parts.clone();
        with_sum["contrasts"] = json!([{"id": "all", "terms": terms}]);
        let spec = json!({"design": design(), "estimates": [total, with_sum]});
        let found = estimates(&spec, &table);
        let (whole, sum) = (&found[0], found.last().unwrap());
        close(number(whole, "value"), number(sum, "value"));
        close(number(whole, "se"), number(sum, "se"));
        close(number(whole, "value"), kinds.iter().map(|kind| number(kind, "value")).sum());
        let mut again = spec;
        again["replicates"] = json!({"method": "jkn"});
        let found = estimates(&again, &table);
        close(number(whole, "se"), number(&found[0], "se"));
        close(number(whole, "se"), number(found.last().unwrap(), "se"));
    }

    /// A mean and its precision do not depend on the unit of the weights, nor on the order of the rows.
    #[test]
    fn means_know_no_unit_and_no_order(answers in answers(), seed in 0_usize..1000) {
        let table = table(&answers);
        let mean = json!({"statistic": "mean", "variables": ["spent"]});
        let one = estimates(&json!({"design": design(), "estimates": [mean]}), &table);
        let mut lines: Vec<&str> = table.lines().skip(1).collect();
        let count = lines.len();
        for place in 0..count {
            lines.swap(place, (place * 7 + seed) % count);
        }
        let shuffled = format!("stratum,unit,of,weight,spent,kind\n{}\n", lines.join("\n"));
        let mut other = design();
        other["weights"] = json!("double");
        let spec = json!({"compute": {"double": "${weight} * 2"}, "design": other, "estimates": [mean]});
        let other = estimates(&spec, &shuffled);
        for name in ["value", "se", "df"] {
            close(number(&one[0], name), number(&other[0], name));
        }
    }

    /// A total that is known by post-stratification no longer varies.
    #[test]
    fn what_is_known_does_not_vary(answers in answers()) {
        let table = table(&answers);
        let kinds = estimates(
            &json!({"design": design(), "estimates": [{"statistic": "total", "variables": ["kind"]}]}),
            &table,
        );
        let totals: BTreeMap<String, f64> =
            kinds.iter().map(|kind| (kind["level"].as_str().unwrap().to_owned(), number(kind, "value") + 7.0)).collect();
        for step in [
            json!({"step": "post-stratify", "variable": "kind", "totals": totals}),
            json!({"step": "rake", "margins": [{"variable": "kind", "totals": totals}]}),
            json!({"step": "calibrate", "margins": [{"variable": "kind", "totals": totals}]}),
        ] {
            let spec = json!({
                "design": design(), "weighting": [step],
                "estimates": [{"statistic": "total", "variables": ["kind"]}],
            });
            for kind in estimates(&spec, &table) {
                close(number(&kind, "value"), totals[kind["level"].as_str().unwrap()]);
                prop_assert!(number(&kind, "se") < 1e-9 * number(&kind, "value"), "{kind}");
            }
        }
    }
}

/// Särndal, Swensson and Wretman (1992), example 3.3.1 in small: two units of ten, 12 and 20.
#[test]
fn a_total_by_hand() {
    let table = "spent\n12\n20\n";
    let spec = json!({"design": {"fpc": ["of"]}, "compute": {"of": "10"},
                      "estimates": [{"statistic": "total", "variables": ["spent"]}]});
    let found = estimates(&spec, table);
    assert_eq!((number(&found[0], "value"), number(&found[0], "df")), (160.0, 1.0));
    // N²(1 − f)s²/n = 100 · 0.8 · 32 / 2
    close(number(&found[0], "variance"), 1280.0);
}

/// The correlation of a variable with itself is 1 for sure, that with its opposite −1; the Gini of equal shares is 0.
/// An evening on which nobody came is a unit all the same: as if it had a row of somebody who spent nothing.
#[test]
fn units_without_rows_add_to_the_variance() {
    let with = "evening,drawn,spent\n1,3,12\n1,3,8\n2,3,20\n3,3,0\n";
    let without = with.strip_suffix("3,3,0\n").unwrap();
    let total = |text: &str, design: serde_json::Value| {
        let spec = serde_json::json!({ "data": "answers.csv", "design": design,
            "estimates": [{ "id": "spent", "statistic": "total", "variables": ["spent"] }] });
        let tables = [("answers.csv".to_owned(), c3ms_core::survey::Table::parse(text).unwrap())].into();
        let task = Task::parse(Question::Estimate, &spec.to_string()).unwrap();
        let told = task.find(&tables, &|_, _| std::ops::ControlFlow::Continue(()));
        told.map(|told| told.told().unwrap()["estimates"][0]["se"].as_f64().unwrap())
    };
    let design = |drawn: Option<&str>| {
        let mut design = serde_json::json!({ "ids": ["evening"], "weights": "drawn" });
        drawn.inspect(|drawn| design["drawn"] = serde_json::json!(drawn));
        design
    };
    let (known, told) = (total(with, design(None)).unwrap(), total(without, design(Some("drawn"))).unwrap());
    assert!((known - told).abs() < 1e-12, "{known} {told}");
    // By hand: sums of 60, 60 and 0, 3/2 times the squares of 20, 20 and -40.
    assert!((known - 3600.0_f64.sqrt()).abs() < 1e-12, "{known}");
    assert!(total(without, design(None)).unwrap() < 1.0, "two evenings alike");
    assert!(total(with, design(Some("spent"))).unwrap_err().to_string().contains("spent"));
}

#[test]
fn moments_by_hand() {
    let table = "a,b,c\n1,9,5\n2,8,5\n5,5,5\n";
    let spec = json!({"estimates": [
        {"statistic": "correlation", "variables": ["a", "b"]}, {"statistic": "gini", "variables": ["c"]},
        {"statistic": "gini", "variables": ["a"]},
    ]});
    let found = estimates(&spec, table);
    for (one, value) in found.iter().zip([-1.0, 0.0]) {
        close(number(one, "value"), value);
        assert!(number(one, "se") < 1e-9);
    }
    // Σᵢⱼ max(aᵢ, aⱼ) / (n Σa) − 1 = (1 + 2·3 + 5·5) / 24 − 1
    close(number(&found[2], "value"), 32.0 / 24.0 - 1.0);
}

#[test]
fn what_cannot_be_is_refused_with_its_name() {
    let table = "u,s,w,x,k,f,n\n1,a,2,3,red,1,5\n1,a,2,4,blue,1,5\n2,b,2,5,red,0,5\n3,b,2,,red,1,5\n";
    let mean = json!([{"statistic": "mean", "variables": ["x"]}]);
    let with = |design: Value| json!({"design": design, "estimates": mean});
    let weighting = |step: Value| json!({"weighting": [step], "estimates": mean});
    let totals = |totals: &str| -> Value {
        serde_json::from_str(&format!(r#"{{"step": "post-stratify", "variable": "k", "totals": {totals}}}"#))
            .unwrap()
    };
    for (spec, code, said) in [
        (with(json!({"weights": "nobody"})), "survey.variable-unknown", "nobody"),
        (with(json!({"weights": "k"})), "survey.not-numeric", "\"red\" in line 2"),
        (with(json!({"weights": "f"})), "survey.number-unfit", "f: 0 in line 4"),
        (with(json!({"weights": "x"})), "survey.number-unfit", "x"),
        (with(json!({"ids": ["u"], "strata": ["s"]})), "survey.single-psu", "\"a\""),
        (with(json!({"ids": ["u"], "strata": ["s"], "fpc": ["f"]})), "survey.population-unfit", "f"),
        (with(json!({"ids": ["x"]})), "survey.missing-in-design", "line 5"),
        (with(json!({"ids": ["s"], "strata": ["u"]})), "survey.units-cross-strata", "s"),
        (with(json!({"pps": {"method": "brewer", "probability": "w"}})), "survey.number-unfit", "w: 2"),
        (with(json!({"pps": {"method": "yates-grundy", "probability": "f"}})), "survey.number-unfit", "f"),
        (
            with(json!({"ids": ["u", "s"], "pps": {"method": "brewer", "probability": "f"}})),
            "survey.design-unfit",
            "one stage",
        ),
        (with(json!({"joint": "j"})), "survey.spec-unreadable", "joint"),
        (json!({"estimates": [{"statistic": "mean"}]}), "survey.figure-unfit", "no variable"),
        (json!({"estimates": [{"statistic": "ratio", "variables": ["x"]}]}), "survey.figure-unfit", "two"),
        (
            json!({"estimates": [{"statistic": "mean", "variables": ["x"], "where": "${x} > 99"}]}),
            "survey.domain-empty",
            "99",
        ),
        (
            json!({"estimates": [{"statistic": "mean", "variables": ["x"], "where": "${x} >"}]}),
            "survey.expression-unreadable",
            "",
        ),
        (
            json!({"estimates": [{"statistic": "mean", "variables": ["x"], "by": ["z"]}]}),
            "survey.variable-unknown",
            "z",
        ),
        (
            json!({"estimates": [{"statistic": "quantile", "variables": ["x"], "probabilities": [1.5]}]}),
            "survey.figure-unfit",
            "0 to 1",
        ),
        (json!({"estimates": [{"statistic": "proportion", "variables": ["x"]}]}), "survey.figure-unfit", "x"),
        (
            json!({"estimates": [{"statistic": "gini", "variables": ["x"], "contrasts": [{"id": "d", "terms": []}]}]}),
            "survey.figure-unfit",
            "contrasts",
        ),
        (
            json!({"compute": {"y": "${k} * 2"}, "estimates": [{"statistic": "mean", "variables": ["y"]}]}),
            "survey.domain-empty",
            "",
        ),
        (weighting(totals(r#"{"red": 5}"#)), "survey.margin-unmet", "blue"),
        (weighting(totals(r#"{"red": 5, "blue": 5, "green": 1}"#)), "survey.margin-unmet", "green"),
        (weighting(totals(r#"{"red": -5, "blue": 5}"#)), "survey.number-unfit", "k = red: -5 is"),
        (
            weighting(json!({"step": "rake", "margins": [
            {"variable": "k", "totals": {"red": 5, "blue": 5}}, {"variable": "s", "totals": {"a": 5, "b": 9}}]})),
            "survey.margins-disagree",
            "s",
        ),
        (
            weighting(json!({"step": "rake", "margins": [
            {"variable": "k", "totals": {"red": 1, "blue": 9}}, {"variable": "s", "totals": {"a": 1, "b": 9}}]})),
            "survey.no-convergence",
            "k = ",
        ),
        (
            weighting(
                json!({"step": "calibrate", "distance": "truncated", "lower": 0.9, "upper": 1.1, "count": 400}),
            ),
            "survey.no-convergence",
            "people",
        ),
        (
            weighting(json!({"step": "response-classes", "responded": "w", "classes": ["k"]})),
            "survey.number-unfit",
            "w: 2 in line",
        ),
        (
            weighting(json!({"step": "response-classes", "responded": "f", "classes": ["u"]})),
            "survey.margin-unmet",
            "category 2: nobody in it answered",
        ),
        (weighting(json!({"step": "weight-share"})), "survey.design-unfit", "visits"),
        (
            weighting(json!({"step": "weight-share", "visits": "f"})),
            "survey.number-unfit",
            "visits: 0 in line 4",
        ),
        (weighting(json!({"step": "calibrate", "upper": 2, "count": 5})), "survey.design-unfit", "bounds"),
        (
            json!({"estimates": [{"statistic": "mean", "variables": ["w"], "contrasts": [{"id": "d", "terms": []}]}]}),
            "survey.figure-unfit",
            "terms",
        ),
        (json!({"compute": {"a": "${b}", "b": "${a}"}, "estimates": mean}), "survey.variable-unknown", "b"),
        (weighting(json!({"step": "trim", "upper": 0.5})), "survey.number-unfit", "upper"),
        (json!({"replicates": {"method": "brr"}, "estimates": mean}), "survey.replicates-unfit", "two units"),
        (
            json!({"replicates": {"method": "fay", "rho": 1}, "estimates": mean}),
            "survey.replicates-unfit",
            "Fay",
        ),
        (
            json!({"replicates": {"method": "given", "columns": ["f"], "scale": 1}, "estimates": mean}),
            "survey.replicates-unfit",
            "two",
        ),
        (
            json!({"replicates": {"method": "given", "file": "f.csv", "scale": 1}, "estimates": mean}),
            "survey.file-unknown",
            "f.csv",
        ),
        (
            json!({"replicates": {"method": "rao-wu", "replicates": 1, "seed": 1}, "estimates": mean}),
            "survey.replicates-unfit",
            "from 2",
        ),
        (json!({"models": [{"response": "x", "terms": ["w"]}]}), "survey.model-unfit", "told apart"),
        (json!({"models": [{"response": "x", "family": "binomial"}]}), "survey.model-unfit", "0 to 1"),
        (json!({"tests": [{"test": "t"}]}), "survey.model-unfit", "variable"),
        (
            json!({"tests": [{"test": "t", "variable": "x", "group": "n"}]}),
            "survey.model-unfit",
            "two groups",
        ),
        (json!({"tests": [{"test": "t", "variable": "x", "rows": "k"}]}), "survey.model-unfit", "rows"),
        (json!({"estimate": []}), "survey.spec-unreadable", "estimate"),
    ] {
        let refused = ask(Question::Estimate, &spec, table).expect_err(&spec.to_string());
        assert_eq!(refused.0, code, "{spec}: {}", refused.1);
        assert!(refused.1.contains(said), "{spec}: {} does not say {said}", refused.1);
        says_it_in_french(&refused);
    }
    // A key that stands twice would hide one of two totals.
    let twice =
        r#"{"weighting": [{"step": "post-stratify", "variable": "k", "totals": {"red": 5, "red": 6}}]}"#;
    let refused = Task::parse(Question::Estimate, twice).expect_err("it stands twice");
    assert!(refused.to_string().contains("twice"), "{refused}");
}

#[test]
fn draws_that_cannot_be_are_refused() {
    let frame = "unit,size,kind,prn\na,10,x,0.1\nb,20,x,0.7\nc,,y,0.2\nd,5,y,1\n";
    for (question, spec, code) in [
        (Question::Sample, json!({}), "survey.design-unfit"),
        (Question::Sample, json!({"size": 9}), "survey.sample-too-large"),
        (
            Question::Sample,
            json!({"size": 2, "where": "${size} > 5", "weights": "kind"}),
            "survey.not-numeric",
        ),
        (Question::Sample, json!({"size": 2, "weights": "size"}), "survey.missing-in-design"),
        (
            Question::Sample,
            json!({"selection": {"method": "quota"}, "kinds": "kind", "weights": "prn"}),
            "survey.design-unfit",
        ),
        (Question::Sample, json!({"size": 1, "proportional_to": "size"}), "survey.missing-in-design"),
        (Question::Sample, json!({"size": 1, "proportional_to": "kind"}), "survey.not-numeric"),
        (Question::Sample, json!({"sizes": {"z": 1}, "strata": "kind"}), "survey.margin-unmet"),
        (Question::Sample, json!({"sizes": {"x": 1}, "strata": "kind"}), "survey.margin-unmet"),
        (Question::Sample, json!({"size": 1, "permanent": {"numbers": "prn"}}), "survey.number-unfit"),
        (Question::Sample, json!({"size": 1, "where": "${size} > 99"}), "survey.design-unfit"),
        (
            Question::Sample,
            json!({"size": 1, "selection": {"method": "local-pivotal"}}),
            "survey.design-unfit",
        ),
        (Question::Sample, json!({"selection": {"method": "quota"}}), "survey.design-unfit"),
        (Question::Joint, json!({"size": 1, "selection": {"method": "pareto"}}), "survey.design-unfit"),
        (Question::Inclusion, json!({"stages": [{"size": 1}]}), "survey.design-unfit"),
        (Question::Allocate, json!({"strata": "kind"}), "survey.design-unfit"),
        (
            Question::Allocate,
            json!({"strata": "kind", "size": 2, "rule": "neyman", "variable": "size"}),
            "survey.missing-in-design",
        ),
        (Question::Allocate, json!({"strata": "kind", "rule": "precise"}), "survey.design-unfit"),
        (
            Question::Allocate,
            json!({"strata": "kind", "size": 2, "costs": {"x": 1}, "rule": "optimal", "variable": "prn"}),
            "survey.margin-unmet",
        ),
    ] {
        let refused = ask(question, &spec, frame).expect_err(&spec.to_string());
        assert_eq!(refused.0, code, "{spec}: {}", refused.1);
        says_it_in_french(&refused);
    }
}

/// Of a part of the frame the line is that of the file all the same: the first line names the columns.
#[test]
fn lines_are_those_of_the_file() {
    let frame = "size,kind,prn\n10,x,0.1\n20,x,0.7\n-1,y,0.2\n5,y,1\n";
    for (spec, said) in [
        (json!({"size": 1, "where": "${kind} = 'y'", "permanent": {"numbers": "prn"}}), "prn: 1 in line 5"),
        (json!({"size": 1, "strata": "kind", "proportional_to": "size"}), "size: -1 in line 4"),
        (json!({"where": "${size} > 5", "probability": "size"}), "size: 10 in line 2"),
    ] {
        let refused = ask(Question::Sample, &spec, frame).expect_err(&spec.to_string());
        assert!(refused.1.contains(said), "{spec}: {} does not say {said}", refused.1);
    }
    let refused = ask(Question::Sample, &json!({"size": 1}), "a,b\n1,2\n1\n").expect_err("a cell lacks");
    assert_eq!(refused.1, "line 3: 1 cells, and 2 in the first line");
}

/// By hand: the draw in stages tells the probability of each stage; a quota is no sample; numbers that are kept give the
/// same sample again.
#[test]
fn draws_as_documents() {
    let frame = "venue,evening,seats,prn\na,1,100,0.9\na,2,100,0.1\nb,1,100,0.5\nb,2,100,0.3\n";
    let stages = json!({"seed": 3, "stages": [
        {"unit": "venue", "size": 1, "proportional_to": "seats", "selection": {"method": "sampford"}},
        {"size": 1}]});
    let drawn = ask(Question::Sample, &stages, frame).unwrap();
    assert_eq!((&drawn["size"], &drawn["units"][0]["probability"]), (&json!(1), &json!(0.25)));
    assert_eq!(drawn["units"][0]["stages"], json!([0.5, 0.5]));
    assert_eq!(drawn, ask(Question::Sample, &stages, frame).unwrap());
    let kept = json!({"size": 2, "permanent": {"numbers": "prn"}});
    let rows = |told: &Value| -> Vec<u64> {
        told["units"].as_array().unwrap().iter().map(|unit| unit["row"].as_u64().unwrap()).collect()
    };
    assert_eq!(rows(&ask(Question::Sample, &kept, frame).unwrap()), [1, 3]);
    // A second phase: each row stands for ten already, one of two evenings of each venue is drawn.
    let again = json!({"seed": 3, "strata": "venue", "size": 1, "weights": "stands"});
    let told =
        ask(Question::Sample, &again, &frame.replace("0.", "10,0.").replace("prn", "stands,prn")).unwrap();
    assert_eq!((&told["units"][0]["probability"], &told["units"][0]["weight"]), (&json!(0.5), &json!(20.0)));
    let quota = json!({"selection": {"method": "quota"}, "kinds": "venue", "sizes": {"a": 1, "b": 1}});
    let told = ask(Question::Sample, &quota, frame).unwrap();
    assert_eq!((rows(&told), &told["by_chance"]), (vec![0, 2], &json!(false)));
    assert!(told["units"][0].get("probability").is_none());
    let slots = "venue,begin,end,visitors\nOdéon,19:00,22:00,200\nTriton,19:00,22:00,100\n";
    let sheet = json!({"seed": 1, "size": 1, "selection": {"method": "systematic"}, "time_location":
        {"venue": "venue", "begin": "begin", "end": "end", "expected": "visitors", "interviews": 20}});
    let told = ask(Question::Sample, &sheet, slots).unwrap();
    close(told["sheet"][0]["visit_probability"].as_f64().unwrap(), 1.0 / 15.0);
}

/// Who did not answer stands for nobody: what is missing of them does not matter. Words are computed, in any order; a file of
/// semicolons has decimal commas.
#[test]
fn answers_as_they_come() {
    let table = "r;visits;spent;kind\n1;2;1,5;a\n0;;;a\n1;1;4,5;b\n";
    let spec = json!({
        "compute": {"age": "if(${often} = 1, 'often', 'once')", "often": "${visits} > 1"},
        "weighting": [{"step": "response-classes", "responded": "r", "classes": ["kind"]},
                      {"step": "weight-share", "visits": "visits"}],
        "estimates": [{"statistic": "total", "variables": ["spent"]}, {"statistic": "total", "variables": ["age"]}],
        "geometry": [{"mca": {"active": ["kind", "age"]}}],
    });
    let found = estimates(&spec, table);
    // The first stands for two, who came twice each: 2 / 2 · 1.5 + 1 · 4.5.
    close(number(&found[0], "value"), 6.0);
    assert_eq!((found[1]["level"].as_str(), found[2]["level"].as_str()), (Some("often"), Some("once")));
}

/// As R's `svyby`, a mean of one unit has a standard error of 0; it is flagged, for it tells nothing.
#[test]
fn a_domain_of_one_unit_is_flagged() {
    let table = "unit,kind,x\n1,a,3\n1,a,5\n2,b,1\n3,b,4\n";
    let spec = json!({"design": {"ids": ["unit"]},
        "estimates": [{"statistic": "mean", "variables": ["x"], "by": ["kind"]}]});
    let found = estimates(&spec, table);
    assert_eq!((number(&found[0], "value"), number(&found[0], "se")), (4.0, 0.0));
    let flagged = |estimate: &Value| estimate["flags"].as_array().unwrap().contains(&json!("single-unit"));
    assert_eq!((flagged(&found[0]), flagged(&found[1])), (true, false));
}

/// Whoever watches can stop a long computation.
#[test]
fn replicates_can_be_stopped() {
    use c3ms_core::survey::{AnalysisSpec, Beside, Table};
    use std::ops::ControlFlow;
    let table = Table::parse("x\n1\n2\n3\n").unwrap();
    let spec = AnalysisSpec::parse(
        r#"{"replicates": {"method": "jk1"}, "estimates": [{"statistic": "gini", "variables": ["x"]}]}"#,
    )
    .unwrap();
    let stop = |done: usize, all: usize| {
        assert_eq!(all, 3);
        if done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let refused = spec.carry_out_with(&table, &Beside::new(), &stop).expect_err("it was stopped");
    assert_eq!(refused.code().as_str(), "survey.stopped");
}
