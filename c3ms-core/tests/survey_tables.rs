//! Answers as tables: what one command writes, the next one reads.
#![expect(clippy::indexing_slicing, reason = "an answer that lacks a figure has failed")]

use std::{collections::BTreeMap, ops::ControlFlow};

use c3ms_core::survey::{
    Table,
    task::{Question, Task, Written},
};
use serde_json::{Value, json};

/// Asks, and takes the answer as a table.
fn written(question: Question, spec: &Value, text: &str) -> Written {
    let tables = BTreeMap::from([("data".to_owned(), Table::parse(text).unwrap())]);
    let task = Task::parse(question, &spec.to_string()).unwrap();
    task.find(&tables, &|_, _| ControlFlow::Continue(())).unwrap().table(text).unwrap().unwrap()
}

fn estimate(spec: &Value, text: &str) -> Value {
    let files = BTreeMap::from([("data".to_owned(), text.to_owned())]);
    let told = Task::parse(Question::Estimate, &spec.to_string()).unwrap().answer(&files).unwrap();
    told["estimates"][0].clone()
}

/// By hand: of four places of equal chance two are drawn; each stands for two, so that the total of what all have alike is
/// that of the frame. Cells that a program would write otherwise stand as they stood.
#[test]
fn a_sample_is_estimated_from_with_its_weights() {
    let frame = "postcode,name,ones\n05100,\"Bar, du coin\",1\n05200,Odéon,1\n01000,Cadran,1\n38000,\"dit \"\"la Cave\"\"\",1\n";
    let drawn = written(Question::Sample, &json!({"seed": 3, "size": 2}), frame);
    assert_eq!((drawn.rows, drawn.added.join(" ")), (2, "probability weight".to_owned()));
    let rows: Vec<&str> = drawn.text.lines().skip(1).collect();
    for row in &rows {
        let own = row.strip_suffix(",0.5,2").expect(row);
        assert!(frame.lines().any(|line| line == own), "{row}");
    }
    let spec = json!({"design": {"weights": "weight"}, "estimates": [{"statistic": "total", "variables": ["ones"]}]});
    assert_eq!(estimate(&spec, &drawn.text)["value"], json!(4.0));
    let quota = json!({"selection": {"method": "quota"}, "kinds": "name", "sizes": {"Odéon": 1}});
    assert_eq!(written(Question::Sample, &quota, frame).text, "postcode,name,ones\n05200,Odéon,1\n");
}

/// Units that are put back stand there as often as they were drawn, each draw for itself.
#[test]
fn hits_and_stages_have_columns() {
    let frame = "venue,ones\na,1\na,1\nb,1\n";
    let spec = json!({"seed": 5, "size": 3, "selection": {"method": "simple-random-with-replacement"}});
    let drawn = written(Question::Sample, &spec, frame);
    assert_eq!(drawn.added, ["probability", "weight", "hits"]);
    let table = Table::parse(&drawn.text).unwrap();
    let of_draws: f64 = table.numbers("hits").unwrap().iter().map(|hits| 1.0 / hits).sum();
    assert!((table.rows(), of_draws < 3.0) == (3, true), "{}", drawn.text);
    let stages = json!({"seed": 3, "stages": [{"unit": "venue", "size": 1}, {"size": 1}]});
    let drawn = written(Question::Sample, &stages, frame);
    assert_eq!(drawn.added, ["probability", "weight", "probability_1", "probability_2"]);
    let slots = "venue,begin,end,visitors\nOdéon,19:00,22:00,200\nTriton,19:00,22:00,100\n";
    let sheet = json!({"seed": 1, "size": 2, "selection": {"method": "systematic"}, "time_location":
        {"venue": "venue", "begin": "begin", "end": "end", "expected": "visitors", "interviews": 20}});
    let table = Table::parse(&written(Question::Sample, &sheet, slots).text).unwrap();
    assert_eq!(table.numbers("interval").unwrap(), [10.0, 5.0]);
    assert_eq!(table.numbers("visit_probability").unwrap(), [0.1, 0.2]);
}

/// By hand: two of kind a were approached, one answered and stands for both. Of semicolons numbers have commas; a name that is
/// taken gets a number.
#[test]
fn weights_are_written_for_those_who_stand_for_somebody() {
    let table = "\u{feff}kind;answered;spent;weight\na;1;3,5;1,5\na;0;;1,5\nb;1;4;2\n";
    let spec = json!({"design": {"weights": "weight"},
        "weighting": [{"step": "response-classes", "responded": "answered", "classes": ["kind"]},
                      {"step": "calibrate", "count": 7.5}]});
    let weighted = written(Question::Weights, &spec, table);
    assert_eq!(weighted.text, "\u{feff}kind;answered;spent;weight;weight_2\na;1;3,5;1,5;4,5\nb;1;4;2;3\n");
    let spec = json!({"design": {"weights": "weight_2"}, "estimates": [{"statistic": "total", "variables": ["spent"]}]});
    assert_eq!(estimate(&spec, &weighted.text)["value"], json!(27.75));
}

/// What was answered stays to the letter; what was filled, and only that, is flagged; where nothing is filled nothing changes.
#[test]
fn answers_are_written_completed() {
    let table = "sex,spent,town\nman,12.50,\"Aix\"\nwoman,20,NA\nman,,Gap\n";
    let spec = json!({"imputations": [{"variables": ["spent"], "classes": ["sex"], "seed": 7}]});
    let filled = written(Question::Impute, &spec, table);
    assert_eq!(filled.text, "sex,spent,town,spent_imputed\nman,12.50,Aix,0\nwoman,20,NA,0\nman,12.5,Gap,1\n");
    let mean = json!({"estimates": [{"statistic": "mean", "variables": ["spent"]}]});
    assert_eq!(estimate(&mean, &filled.text)["value"], json!(15.0));
    assert_eq!(written(Question::Impute, &json!({}), table).rows, 3);
}
