//! Tables that are published, attacked by an independent linear program; what is refused; how anonymous answers are.
#![expect(clippy::indexing_slicing, reason = "an answer that lacks a figure has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use c3ms_core::{
    base::Seed,
    survey::{Stream, task::Question},
};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use serde_json::{Value, json};

use crate::survey::{ask, says_it_in_french};

/// A cell in any table: its measure, and its members where it is no total.
type Key = (String, Vec<(String, String)>);

/// How often to do what is done `full` times with `C3MS_FULL=1`: else a twentieth.
fn repeats(full: u64) -> u64 {
    if std::env::var("C3MS_FULL").as_deref() == Ok("1") { full } else { full.div_ceil(20) }
}

/// One respondent.
struct Person {
    members: BTreeMap<String, String>,
    unit: String,
    value: f64,
    weight: f64,
}

/// Answers by chance, with the rules tables are to keep.
struct World {
    people: Vec<Person>,
    rules: Value,
    has_value: bool,
    has_weights: bool,
    has_units: bool,
}

impl World {
    fn new(stream: &mut Stream) -> Self {
        let sizes: Vec<usize> = (0..3).map(|_| 2 + stream.below(3)).collect();
        let count = 15 + stream.below(120);
        let people = (0..count)
            .map(|_| {
                let member = |(name, size): (&str, &usize), stream: &mut Stream| {
                    // The product of two is near 0 more often than not: many cells of few.
                    let own = stream.unit() * stream.unit() * f64::from(u32::try_from(*size).unwrap());
                    (name.to_owned(), format!("{name}{}", own.floor()))
                };
                let members =
                    ["a", "b", "c"].into_iter().zip(&sizes).map(|pair| member(pair, stream)).collect();
                Person {
                    members,
                    unit: format!("u{}", stream.below(40)),
                    value: [0.0, 1.0, 2.0, 5.0, 40.0][stream.below(5)],
                    weight: [1.0, 1.5, 2.0, 7.0][stream.below(4)],
                }
            })
            .collect();
        let has_value = stream.below(2) == 1;
        let rules = match (has_value, stream.below(3)) {
            (true, 0) => json!({"minimum": 3, "dominance": {"n": 2, "k": 75}}),
            (true, 1) => json!({"minimum": 3, "prior_posterior": {"p": 20}}),
            _ => json!({"minimum": 2 + stream.below(4)}),
        };
        let (has_weights, has_units) = (stream.below(2) == 1, stream.below(2) == 1);
        Self { people, rules, has_value, has_weights, has_units }
    }

    fn csv(&self) -> String {
        let mut text = "a,b,c,unit,value,weight\n".to_owned();
        for person in &self.people {
            let members: Vec<&str> = person.members.values().map(String::as_str).collect();
            writeln!(text, "{},{},{},{}", members.join(","), person.unit, person.value, person.weight)
                .unwrap();
        }
        text
    }

    fn spec(&self, tables: &[&[&str]]) -> Value {
        let table = |dimensions: &&[&str]| {
            let mut table = json!({"dimensions": dimensions});
            if self.has_value {
                table["value"] = json!("value");
            }
            table
        };
        let mut spec = json!({"population": "everybody", "rules": self.rules,
                              "tables": tables.iter().map(table).collect::<Vec<_>>()});
        if self.has_weights {
            spec["weights"] = json!("weight");
        }
        if self.has_units {
            spec["unit"] = json!("unit");
        }
        spec
    }

    /// Contributions to a cell by contributor, and its number.
    fn cell(&self, key: &Key) -> (BTreeMap<String, f64>, f64) {
        let mut contributions: BTreeMap<String, f64> = BTreeMap::new();
        let mut sum = 0.0;
        for (number, person) in self.people.iter().enumerate() {
            if key.1.iter().all(|(name, member)| person.members[name] == *member) {
                let who = if self.has_units { person.unit.clone() } else { number.to_string() };
                let own = if self.has_value { person.value } else { 1.0 };
                *contributions.entry(who).or_default() += own;
                sum += own * if self.has_weights { person.weight } else { 1.0 };
            }
        }
        (contributions, sum)
    }

    /// What a reader must hold possible of a cell, by the definitions of the rules; nothing where it is not sensitive.
    fn protected(&self, key: &Key) -> Option<(f64, f64)> {
        let (contributions, sum) = self.cell(key);
        let (_, whole) = self.cell(&(key.0.clone(), Vec::new()));
        let everybody = self.cell(&(key.0.clone(), Vec::new())).0.len();
        let size = |count: usize| f64::from(u32::try_from(count).unwrap());
        let count = size(contributions.len());
        let mut largest: Vec<f64> = contributions.into_values().collect();
        largest.sort_by(|one, other| other.total_cmp(one));
        let top = |count: usize| largest.iter().take(count).sum::<f64>();
        let (mut low, mut high) = (sum, sum);
        let minimum = self.rules["minimum"].as_f64().unwrap();
        if count > 0.0 && count < minimum {
            let share = if sum > 0.0 { sum / count } else { (whole / size(everybody)).max(1e-9) };
            low = low.min(sum - share.min(sum));
            high = high.max(sum + share * (minimum - count));
        }
        if let (Some(k), true) = (self.rules["dominance"]["k"].as_f64(), sum > 0.0) {
            let n = usize::try_from(self.rules["dominance"]["n"].as_u64().unwrap()).unwrap();
            let short = top(n) * 100.0 / k - sum;
            if short > 0.0 {
                (low, high) = (low.min((sum - short).max(0.0)), high.max(sum + short));
            }
        }
        if let (Some(p), true) = (self.rules["prior_posterior"]["p"].as_f64(), sum > 0.0) {
            let short = top(1) * p / 100.0 - (sum - top(2)).max(0.0);
            if short > 0.0 {
                (low, high) = (low.min((sum - short).max(0.0)), high.max(sum + short));
            }
        }
        (low < sum || high > sum).then_some((low, high))
    }
}

/// What a reader knows: numbers and gaps, and what adds up to what, from what is published alone.
#[derive(Default)]
struct Reader {
    known: BTreeMap<Key, Option<f64>>,
    sums: BTreeSet<(Key, Vec<Key>)>,
}

fn key(measure: &Value, at: &Value) -> Key {
    let members = at.as_object().unwrap().iter();
    let members = members.filter_map(|(name, member)| Some((name.clone(), member.as_str()?.to_owned())));
    (measure.as_str().unwrap().to_owned(), members.collect())
}

impl Reader {
    fn reads(&mut self, tables: &Value) {
        for table in tables.as_array().unwrap() {
            let names = table["dimensions"].as_array().unwrap().iter();
            let names: Vec<&str> = names.map(|name| name.as_str().unwrap()).collect();
            let mut cells = Vec::new();
            for cell in table["cells"].as_array().unwrap() {
                let own = key(&table["measure"], &cell["at"]);
                assert_eq!(cell["value"].is_null(), cell["suppressed"].as_bool().unwrap());
                // A number that was told once is known.
                let value = cell["value"].as_f64().or(self.known.get(&own).copied().flatten());
                self.known.insert(own.clone(), value);
                cells.push(own);
            }
            self.adds_up(&cells, &names);
        }
    }

    /// Remembers what adds up to what among the cells of a table.
    fn adds_up(&mut self, cells: &[Key], dimensions: &[&str]) {
        let mut groups: BTreeMap<(Key, &str), Vec<Key>> = BTreeMap::new();
        for own in cells {
            for name in dimensions {
                let mut total = own.clone();
                total.1.retain(|(other, _)| other != name);
                if total != *own {
                    groups.entry((total, name)).or_default().push(own.clone());
                }
            }
        }
        self.sums.extend(groups.into_iter().map(|((total, _), parts)| (total, parts)));
    }

    /// The least and the most a cell can be.
    fn bounds(&self, target: &Key) -> (f64, f64) {
        let solve = |direction| {
            let mut problem = Problem::new(direction);
            let variables: BTreeMap<&Key, _> = self
                .known
                .iter()
                .map(|(key, value)| {
                    let price = f64::from(u8::from(key == target));
                    let bounds = value.map_or((0.0, 1e7), |value| (value, value));
                    (key, problem.add_var(price, bounds))
                })
                .collect();
            for (total, parts) in &self.sums {
                let parts = parts.iter().map(|part| (variables[part], 1.0));
                let terms: Vec<_> = parts.chain([(variables[total], -1.0)]).collect();
                problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
            }
            problem.solve().unwrap().objective()
        };
        (solve(OptimizationDirection::Minimize), solve(OptimizationDirection::Maximize))
    }

    /// Holds every sensitive cell of the world against what the reader finds out; gives how many there were.
    fn attacks(&self, world: &World, seed: u64) -> usize {
        let mut attacked = 0;
        for (key, value) in &self.known {
            let Some((low, high)) = world.protected(key) else { continue };
            attacked += 1;
            assert!(value.is_none(), "seed {seed}: {key:?} is sensitive and published");
            let (least, most) = self.bounds(key);
            let slack = 1e-6 * high.max(1.0);
            assert!(
                least <= low + slack && most >= high - slack,
                "seed {seed}: {key:?} must be possible from {low} to {high}, and is from {least} to {most}"
            );
        }
        attacked
    }

    /// Nobody who is alone in cells knows, of all that adds up, all but one.
    fn is_guarded(&self, world: &World, seed: u64) {
        let alone = |key: &Key| {
            let (contributions, _) = world.cell(key);
            (contributions.len() == 1).then(|| contributions.into_keys().next()).flatten()
        };
        for (total, parts) in &self.sums {
            let hidden: Vec<&Key> =
                parts.iter().chain([total]).filter(|key| self.known[*key].is_none()).collect();
            for who in hidden.iter().filter_map(|key| alone(key)) {
                let others = hidden.iter().filter(|key| alone(key).as_ref() != Some(&who)).count();
                assert_ne!(others, 1, "seed {seed}: {who} knows a cell under {total:?}");
            }
        }
    }
}

impl World {
    /// What somebody who is alone in cells knows where all is left out: those cells, and where nobody is.
    fn left_out(&self, measure: &str, tables: &[&[&str]], who: &str) -> Reader {
        let mut reader = Reader::default();
        for dimensions in tables {
            let mut keys: Vec<Key> = vec![(measure.to_owned(), Vec::new())];
            for name in *dimensions {
                let members: BTreeSet<&String> = self.people.iter().map(|one| &one.members[*name]).collect();
                let with = |key: &Key| {
                    let more = members.iter().map(|member| {
                        let mut key = key.clone();
                        key.1.push(((*name).to_owned(), (*member).clone()));
                        key
                    });
                    std::iter::once(key.clone()).chain(more).collect::<Vec<_>>()
                };
                keys = keys.iter().flat_map(with).collect();
            }
            for own in &mut keys {
                own.1.sort();
                let (contributions, sum) = self.cell(own);
                let is_hers = contributions.keys().all(|one| one == who);
                reader.known.insert(own.clone(), is_hers.then_some(sum));
            }
            reader.adds_up(&keys, dimensions);
        }
        reader
    }

    /// Tables are refused for a cell alone that nothing can protect against somebody who is alone in another.
    fn is_rightly_refused(&self, tables: &[&[&str]], (code, message, _): &(String, String, String)) {
        assert_eq!(code, "survey.cell-exposed", "{message}");
        let (measure, at) = message.strip_prefix("the cell ").unwrap().split_once(" [").unwrap();
        let members = at.split_once(']').unwrap().0.split(", ").filter_map(|pair| pair.split_once(" = "));
        let mut members: Vec<(String, String)> = members
            .filter(|(_, member)| *member != "total")
            .map(|(name, member)| (name.to_owned(), member.to_owned()))
            .collect();
        members.sort();
        let key = (measure.to_owned(), members);
        let (low, high) = self.protected(&key).unwrap();
        let everybody = self.cell(&(key.0.clone(), Vec::new())).0;
        let is_exposed = |who: &String| {
            let (least, most) = self.left_out(measure, tables, who).bounds(&key);
            least > low + 1e-6 || most < high - 1e-6
        };
        assert!(everybody.keys().any(is_exposed), "{message}, though it can be protected");
    }
}

const CHOICES: &[&[&[&str]]] = &[
    &[&["a"]],
    &[&["a", "b"]],
    &[&["a", "b", "c"]],
    &[&["a", "b"], &["a", "c"]],
    &[&["a", "b"], &["b", "c"], &["c", "a"]],
    &[&["a", "b", "c"], &["b", "a"]],
];

#[test]
fn nobody_recovers_a_sensitive_cell_from_tables() {
    let (mut attacked, mut refused) = (0, 0);
    for seed in 0..repeats(1000) {
        let mut stream = Stream::new(&Seed::from_number(seed));
        let world = World::new(&mut stream);
        let tables = CHOICES[usize::try_from(seed).unwrap() % CHOICES.len()];
        let told = match ask(Question::Disclose, &world.spec(tables), &world.csv()) {
            Ok(told) => told,
            Err(exposed) => {
                world.is_rightly_refused(tables, &exposed);
                refused += 1;
                continue;
            }
        };
        let mut reader = Reader::default();
        reader.reads(&told["tables"]);
        attacked += reader.attacks(&world, seed);
        reader.is_guarded(&world, seed);
    }
    assert!(attacked > 100 && refused <= repeats(1000) / 50, "{attacked} {refused}");
    println!("{attacked} sensitive cells attacked; {refused} tables refused");
}

#[test]
fn nobody_recovers_a_sensitive_cell_from_two_publications() {
    let (mut attacked, mut exposed, mut fine) = (0, 0, 0);
    for seed in 0..repeats(1000) {
        let mut stream = Stream::new(&Seed::from_number(seed + 1_000_000));
        let world = World::new(&mut stream);
        let (first, second) = (CHOICES[stream.below(CHOICES.len())], CHOICES[stream.below(CHOICES.len())]);
        let told = match ask(Question::Disclose, &world.spec(first), &world.csv()) {
            Ok(told) => told,
            Err(refused) => {
                world.is_rightly_refused(first, &refused);
                continue;
            }
        };
        let mut spec = world.spec(second);
        spec["ledger"] = told["ledger"].clone();
        let mut reader = Reader::default();
        reader.reads(&told["tables"]);
        match ask(Question::Disclose, &spec, &world.csv()) {
            Ok(again) => {
                reader.reads(&again["tables"]);
                attacked += reader.attacks(&world, seed);
                fine += 1;
            }
            Err(refused) => {
                assert_eq!(refused.0, "survey.cell-exposed", "seed {seed}: {}", refused.1);
                says_it_in_french(&refused);
                exposed += 1;
            }
        }
    }
    assert!(attacked > 100 && fine > exposed, "{attacked} {fine} {exposed}");
    println!("{attacked} sensitive cells attacked after {fine} second publications; {exposed} refused");
}

#[test]
fn the_order_of_rows_changes_nothing() {
    for seed in 0..repeats(200) {
        let mut stream = Stream::new(&Seed::from_number(seed));
        let mut world = World::new(&mut stream);
        let spec = world.spec(&[&["a", "b"], &["b", "c"]]);
        let told = ask(Question::Disclose, &spec, &world.csv()).unwrap();
        stream.shuffle(&mut world.people);
        assert_eq!(ask(Question::Disclose, &spec, &world.csv()).unwrap(), told, "seed {seed}");
    }
}

fn square(cells: &Value) -> Value {
    json!({"population": "p", "tables": [{"dimensions": ["venue", "age"], "cells": cells}]})
}

fn cells() -> Value {
    json!([
        {"at": {"venue": "A", "age": "young"}, "value": 3}, {"at": {"venue": "A", "age": "old"}, "value": 20},
        {"at": {"venue": "B", "age": "young"}, "value": 17}, {"at": {"venue": "B", "age": "old"}, "value": 8},
    ])
}

#[test]
fn the_public_is_not_told_why_a_cell_is_left_out() {
    let told = ask(Question::Disclose, &square(&cells()), "").unwrap();
    let published = told["tables"].to_string();
    assert!(!published.contains("primary") && !published.contains("minimum"), "{published}");
    assert_eq!(told["report"]["primary"][0]["rules"], json!(["minimum"]));
    // Three of five: one respondent fewer, two more.
    assert_eq!(told["report"]["primary"][0]["protection"], json!([2.0, 5.0]));
    assert_eq!(told["report"]["secondary"].as_array().unwrap().len(), 3);
    assert_eq!(told["ledger"]["publications"][0]["population"], "p");
}

#[test]
fn a_table_of_cells_is_protected_like_the_answers_it_counts() {
    let mut rows = "venue,age\n".to_owned();
    for (venue, age, count) in [("A", "young", 3), ("A", "old", 20), ("B", "young", 17), ("B", "old", 8)] {
        rows.push_str(&format!("{venue},{age}\n").repeat(count));
    }
    let of_answers = json!({"population": "p", "tables": [{"dimensions": ["venue", "age"]}]});
    let of_answers = ask(Question::Disclose, &of_answers, &rows).unwrap();
    assert_eq!(ask(Question::Disclose, &square(&cells()), "").unwrap()["tables"], of_answers["tables"]);
}

#[test]
fn what_was_published_is_known() {
    let first = json!({"population": "p", "rules": {"minimum": 1},
                       "tables": [{"dimensions": ["venue", "age"], "cells": cells()}]});
    let ledger = ask(Question::Disclose, &first, "").unwrap()["ledger"].clone();
    let mut second = square(&cells());
    second["ledger"] = ledger;
    let refused = ask(Question::Disclose, &second, "").unwrap_err();
    assert_eq!(refused.0, "survey.cell-exposed");
    assert!(refused.1.contains("people [venue = A, age = young]"), "{}", refused.1);
    says_it_in_french(&refused);
    // Of other people nothing is known.
    second["population"] = json!("others");
    assert_eq!(ask(Question::Disclose, &second, "").unwrap()["report"]["suppressed"], 4);
    second["population"] = json!("p");
    second["tables"][0]["cells"][0]["value"] = json!(4);
    assert_eq!(ask(Question::Disclose, &second, "").unwrap_err().0, "survey.ledger-contradicted");
}

/// By hand: to 5, halves up; 48 becomes 50.
#[test]
fn numbers_are_rounded_each_by_itself() {
    let mut spec = square(&cells());
    spec["method"] = json!("round");
    let told = ask(Question::Disclose, &spec, "").unwrap();
    let value = |told: &Value, venue: Value, age: Value| {
        let cells = told["tables"][0]["cells"].as_array().unwrap();
        let cell = cells.iter().find(|cell| cell["at"] == json!({"venue": venue, "age": age})).unwrap();
        cell["value"].as_f64().unwrap()
    };
    let rounded = [(json!("A"), json!("young")), (json!("B"), json!("young")), (Value::Null, Value::Null)]
        .map(|(venue, age)| value(&told, venue, age).to_bits());
    assert_eq!(rounded, [5.0_f64, 15.0, 50.0].map(f64::to_bits));
    assert_eq!((told["report"]["largest_change"].as_f64(), told.get("ledger")), (Some(2.0), None));
    // By chance 3 becomes 5 in three of five.
    let ups = (0..500).filter(|seed| {
        spec["rounding"] = json!({"base": 5, "seed": seed});
        value(&ask(Question::Disclose, &spec, "").unwrap(), json!("A"), json!("young")) > 0.0
    });
    let ups = ups.count();
    assert!((250..350).contains(&ups), "{ups}");
}

#[test]
fn tables_that_cannot_be_are_refused_by_name() {
    let with = |at: Value, value: f64| square(&json!([{"at": at, "value": value}]));
    let twice = json!([{"at": {"venue": "A", "age": "x"}, "value": 1}, {"at": {"age": "x", "venue": "A"}, "value": 2}]);
    let contradicting =
        json!([{"at": {"venue": "A", "age": "x"}, "value": 7}, {"at": {"venue": "A"}, "value": 9}]);
    let rules = |rules: Value| {
        let mut spec = square(&cells());
        spec["rules"] = rules;
        spec
    };
    let value = json!({"population": "p", "tables": [{"dimensions": ["d"], "value": "turnover",
                       "cells": [{"at": {"d": "x"}, "value": 10}]}]});
    let mut large = value.clone();
    large["rules"] = json!({"prior_posterior": {"p": 10}});
    large["tables"][0]["cells"][0]["respondents"] = json!(7);
    let many: Vec<Value> =
        (0..500).map(|n| json!({"at": {"a": n.to_string(), "b": n.to_string()}, "value": 9})).collect();
    let many = json!({"population": "p", "tables": [{"dimensions": ["a", "b"], "cells": many}]});
    for (spec, code, said) in [
        (with(json!({"venue": "A", "age": "x"}), -1.0), "survey.cell-unfit", "venue = A, age = x"),
        (with(json!({"vanue": "A"}), 1.0), "survey.dimension-unknown", "vanue"),
        (square(&twice), "survey.cell-unfit", "twice"),
        (square(&contradicting), "survey.cell-unfit", "add up to 7, not to 9"),
        (value, "survey.cell-unfit", "respondents"),
        (large, "survey.cell-unfit", "2 largest"),
        (many, "survey.table-too-large", "251001"),
        (json!({"population": "p"}), "survey.disclosure-unfit", "no table"),
        (json!({"tables": [{"dimensions": ["a"], "cells": []}]}), "survey.disclosure-unfit", "population"),
        (
            json!({"population": "p", "tables": [{"dimensions": [], "cells": []}]}),
            "survey.disclosure-unfit",
            "dimensions",
        ),
        (rules(json!({"dominance": {"n": 0, "k": 80}})), "survey.number-unfit", "dominance.n"),
        (rules(json!({"prior_posterior": {"p": 120}})), "survey.number-unfit", "prior_posterior.p"),
        (
            json!({"population": "p", "tables": [{"dimensions": ["nobody"]}]}),
            "survey.variable-unknown",
            "nobody",
        ),
        (
            json!({"population": "p", "tables": [{"dimensions": ["k"], "value": "less"}]}),
            "survey.number-unfit",
            "less",
        ),
    ] {
        let refused = ask(Question::Disclose, &spec, "k,less\nx,-1\ny,2\n").expect_err(&spec.to_string());
        assert_eq!(refused.0, code, "{spec}: {}", refused.1);
        assert!(refused.1.contains(said), "{spec}: {} does not say {said}", refused.1);
        says_it_in_french(&refused);
    }
}

#[test]
fn empty_tables_are_no_failure() {
    let spec = json!({"population": "p", "tables": [{"dimensions": ["k"]}]});
    let told = ask(Question::Disclose, &spec, "k\n").unwrap();
    assert_eq!((&told["report"]["cells"], &told["report"]["suppressed"]), (&json!(1), &json!(0)));
}

/// By hand: classes of 2, 1 and 2; the last two answer alike, and one of the first did not answer.
#[test]
fn classes_tell_how_anonymous_answers_are() {
    let answers = "age,commune,income\n30,Gap,low\n30,Gap,\n40,Gap,low\n,Nice,high\n,Nice,high\n";
    let spec = json!({"identifiers": ["age", "commune"], "sensitive": ["income"], "k": 2});
    let told = ask(Question::KAnonymity, &spec, answers).unwrap();
    assert_eq!((&told["k"], &told["classes"], &told["uniques"]), (&json!(1), &json!(3), &json!(1)));
    assert_eq!(told["diversity"], json!([{"variable": "income", "l": 1, "uniform": 3}]));
    let small = json!([{"identifiers": {"age": "40", "commune": "Gap"}, "size": 1, "lines": [4]}]);
    assert_eq!(told["small"], small);
    let mut spec = spec;
    spec["missing"] = json!("leave-out");
    let told = ask(Question::KAnonymity, &spec, answers).unwrap();
    assert_eq!((&told["rows"], &told["left_out"], &told["classes"]), (&json!(3), &json!(2), &json!(2)));
    let refused = ask(Question::KAnonymity, &json!({}), answers).unwrap_err();
    assert_eq!(refused.0, "survey.disclosure-unfit");
    says_it_in_french(&refused);
}
