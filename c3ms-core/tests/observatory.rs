//! Observatories: figures as estimates give them, what is left out and cannot be worked out, waves compared, the page.
#![expect(clippy::indexing_slicing, reason = "an answer that lacks a figure has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use c3ms_core::{
    Error,
    base::Seed,
    cooperative::observatory_page,
    survey::{
        Stream,
        observatory::{Figure, Observatory, ObservatorySpec, Observed, holm},
        task::{Question, Task},
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn example() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/surveys")
}

fn files(spec: &ObservatorySpec) -> BTreeMap<String, String> {
    let read = |name: &str| (name.to_owned(), std::fs::read_to_string(example().join(name)).unwrap());
    spec.files().into_iter().map(read).collect()
}

fn example_spec() -> ObservatorySpec {
    ObservatorySpec::parse(&std::fs::read_to_string(example().join("observatory.json")).unwrap()).unwrap()
}

fn carry_out(spec: &Value, answers: &[(&str, String)]) -> Result<Observed, Error> {
    let files = answers.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
    Ok(ObservatorySpec::parse(&spec.to_string())?.carry_out(&files)?)
}

fn figures(observatory: &Observatory) -> impl Iterator<Item = (&str, &Figure)> {
    let own = observatory.indicators.iter();
    own.flat_map(|indicator| indicator.figures.iter().map(|figure| (indicator.id.as_str(), figure)))
}

/// The figures of each wave are those of an analysis of the same answers.
#[test]
fn figures_are_those_of_an_analysis() {
    let spec = example_spec();
    let (files, document) = (files(&spec), serde_json::to_value(&spec).unwrap());
    let found = spec.carry_out(&files).unwrap().observatory;
    let mut compared = 0;
    for (number, wave) in spec.waves.iter().enumerate() {
        let own = &document["waves"][number];
        let mut estimates = Vec::new();
        for indicator in &spec.indicators {
            for by in [vec![], vec!["venue"], vec!["genre"]] {
                estimates.push(json!({ "id": indicator.id, "statistic": indicator.statistic,
                    "variables": indicator.variables, "by": by }));
            }
        }
        let analysis = json!({ "data": wave.data, "compute": own["compute"], "design": own["design"],
            "weighting": own["weighting"], "estimates": estimates });
        let told = Task::parse(Question::Estimate, &analysis.to_string()).unwrap().answer(&files).unwrap();
        for (id, figure) in
            figures(&found).filter(|(_, figure)| figure.wave == wave.name && !figure.suppressed)
        {
            let by = figure.by.iter().cloned().zip(figure.member.iter().cloned()).collect::<BTreeMap<_, _>>();
            let is_it = |own: &&Value| {
                own["id"] == id
                    && own["by"] == json!(by)
                    && own.get("level") == figure.level.clone().map(Value::from).as_ref()
            };
            let own = told["estimates"].as_array().unwrap().iter().find(is_it).unwrap();
            let as_told =
                json!([figure.value, figure.se, figure.interval, figure.n, figure.n_effective, figure.df]);
            assert_eq!(
                as_told,
                json!([own["value"], own["se"], own["ci"], own["n"], own["n_effective"], own["df"]])
            );
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}

/// R, survey 4.1.1, of the same answers as one design with `strata = ~wave`:
/// `svyttest(x ~ late, svydesign(~unit, strata = ~wave, weights = ~w, data = d))$statistic` is 3.94192263681197, and so is t of
/// `svyglm(x ~ I(wave == 2027), …)`: 3.11904761904762 ± 0.791250338076180. Of two designs with
/// `v <- c(SE(s1)^2, SE(s2)^2); df <- sum(v)^2 / sum(v^2 / c(5, 6))`: df 10.09753510404084409,
/// `2 * pt(-abs(diff / sqrt(sum(v))), df)` 0.00271489153463797.
#[test]
fn waves_differ_as_in_r() {
    let wave = |values: &[i32], weight: u32, first: usize| {
        let mut text = "unit,w,x\n".to_owned();
        for (row, value) in values.iter().enumerate() {
            writeln!(text, "{},{weight},{value}", first + row / 2).unwrap();
        }
        text
    };
    let design = json!({ "ids": ["unit"], "weights": "w" });
    let spec = json!({ "population": "p", "waves": [
        { "name": "2026", "data": "a", "design": design }, { "name": "2027", "data": "b", "design": design } ],
        "indicators": [{ "id": "x", "statistic": "mean", "variables": ["x"] }] });
    let first = wave(&[10, 12, 9, 14, 11, 15, 8, 10, 13, 12, 9, 11], 10, 1);
    let second = wave(&[14, 12, 16, 13, 15, 18, 11, 14, 13, 17, 12, 16, 15, 14], 8, 7);
    let found = carry_out(&spec, &[("a", first), ("b", second)]).unwrap().observatory;
    let own = &found.indicators[0].comparisons[0];
    let near = |one: f64, other: f64| (one - other).abs() < 1e-10 * other.abs();
    assert!(near(own.difference, 3.119_047_619_047_62) && near(own.se, 0.791_250_338_076_18), "{own:?}");
    assert!(near(own.df, 10.097_535_104_040_844) && near(own.p, 0.002_714_891_534_637_97), "{own:?}");
    assert!(near(own.difference / own.se, 3.941_922_636_811_97) && own.significant);
}

/// R: `p.adjust(c(0.01, 0.02, 0.03, 0.005), "holm")` is 0.03 0.04 0.04 0.02.
#[test]
fn probabilities_are_adjusted_as_in_r() {
    let near = |one: &f64, other: &f64| (one - other).abs() < 1e-15;
    let found = holm(&[0.01, 0.02, 0.03, 0.005]);
    assert!(found.iter().zip(&[0.03, 0.04, 0.04, 0.02]).all(|(one, other)| near(one, other)), "{found:?}");
}

/// Answers by chance: venues that show one genre or several, a yes or no, some of it missing, money.
fn world(seed: u64, rows: usize) -> String {
    let mut stream = Stream::new(&Seed::from_number(seed));
    let mut text = "venue,genre,likes,spent\n".to_owned();
    for _ in 0..rows {
        let pick = |stream: &mut Stream, of: &[&'static str]| -> &'static str { of[stream.below(of.len())] };
        let venue = pick(&mut stream, &["Rempart", "Rempart", "Rempart", "Cadran", "Cadran", "Alpes"]);
        let genre = if venue == "Alpes" {
            "exhibition"
        } else {
            pick(&mut stream, &["play", "play", "music", "dance"])
        };
        let likes = pick(&mut stream, &["yes", "yes", "yes", "no"]);
        let spent = (stream.unit() * 300.0).round() / 10.0 + 1.0;
        writeln!(text, "{venue},{genre},{likes},{spent}").unwrap();
    }
    text
}

fn world_spec() -> Value {
    json!({ "population": "p", "waves": [{ "name": "2026", "data": "a" }],
        "by": [{ "variable": "venue" }, { "variable": "genre" }],
        "indicators": [
            { "id": "likes", "statistic": "proportion", "variables": ["likes"] },
            { "id": "spent", "statistic": "mean", "variables": ["spent"] },
            { "id": "total", "statistic": "total", "variables": ["spent"] } ] })
}

/// The rank of a matrix, by elimination.
fn rank(mut rows: Vec<Vec<f64>>) -> usize {
    let (mut rank, width) = (0, rows.first().map_or(0, Vec::len));
    for column in 0..width {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].abs() > 1e-9) else { continue };
        rows.swap(rank, pivot);
        for row in 0..rows.len() {
            if row != rank && rows[row][column].abs() > 1e-9 {
                let factor = rows[row][column] / rows[rank][column];
                let pivot = rows[rank].clone();
                rows[row].iter_mut().zip(pivot).for_each(|(own, above)| *own -= factor * above);
            }
        }
        rank += 1;
    }
    rank
}

/// A sum of cells that a reader knows: which cells, and how often each counts in it.
type Sum = Vec<(String, f64)>;

/// Which hidden cells follow from what is published: members of venues add up to all, and so do those of genres; the Alpes
/// are the exhibitions, as a reader knows; the answers of a member add up to its base, where any figure tells that.
fn recovered(found: &Observatory, id: &str, levels: &[Option<&str>]) -> BTreeSet<String> {
    let name = |member: &str, level: Option<&str>| format!("{member}/{}", level.unwrap_or(""));
    let member = |figure: &Figure| figure.member.clone().unwrap_or_else(|| "all".to_owned());
    let hidden =
        figures(found).filter(|(own, figure)| *own == id && figure.suppressed && figure.quality.is_none());
    let hidden: Vec<String> =
        hidden.map(|(_, figure)| name(&member(figure), figure.level.as_deref())).collect();
    let mut sums: Vec<Sum> = Vec::new();
    let (venues, genres) = (["Rempart", "Cadran", "Alpes"], ["play", "music", "dance", "exhibition"]);
    for level in levels {
        let total = || [(name("all", *level), -1.0)];
        let of = |member: &&str| (name(member, *level), 1.0);
        sums.push(venues.iter().map(of).chain(total()).collect());
        sums.push(genres.iter().map(of).chain(total()).collect());
        sums.push(vec![(name("Alpes", *level), 1.0), (name("exhibition", *level), -1.0)]);
    }
    if levels.len() > 1 {
        for own in venues.iter().chain(&genres).chain(&["all"]) {
            if figures(found).any(|(_, figure)| member(figure) == *own && !figure.suppressed) {
                sums.push(levels.iter().map(|level| (name(own, *level), 1.0)).collect());
            }
        }
    }
    let row = |sum: &Sum| -> Vec<f64> {
        let times = |cell: &String| sum.iter().find(|(own, _)| own == cell).map_or(0.0, |(_, times)| *times);
        hidden.iter().map(times).collect()
    };
    let known: Vec<Vec<f64>> = sums.iter().map(row).collect();
    let all = rank(known.clone());
    let follows = |place: &usize| {
        let mut unit = vec![0.0; hidden.len()];
        unit[*place] = 1.0;
        rank(known.iter().cloned().chain([unit]).collect()) == all
    };
    (0..hidden.len()).filter(follows).map(|place| hidden[place].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// No hidden figure follows from the others: not by the sums of venues, of genres, of answers, nor by the venue that is
    /// a genre by itself.
    #[test]
    fn nobody_works_out_what_is_left_out(seed in any::<u64>(), rows in 12_usize..90) {
        let found = carry_out(&world_spec(), &[("a", world(seed, rows))]);
        // Where nothing at all can be told, that is said.
        let Ok(found) = found else { return Ok(()) };
        let found = found.observatory;
        prop_assert_eq!(recovered(&found, "likes", &[Some("no"), Some("yes")]), BTreeSet::new());
        prop_assert_eq!(recovered(&found, "spent", &[None]), BTreeSet::new());
        prop_assert_eq!(recovered(&found, "total", &[None]), BTreeSet::new());
        for (_, figure) in figures(&found) {
            let is_told = [figure.value, figure.se, figure.cv, figure.df, figure.n_effective].iter().any(Option::is_some);
            prop_assert!(!figure.suppressed || !(is_told || figure.n.is_some() || figure.interval.is_some() ));
            prop_assert!(figure.n.is_none_or(|n| n >= 5));
        }
    }
}

/// Every number that is left out, looked for in all that comes out.
#[test]
fn what_is_left_out_is_nowhere() {
    let spec = example_spec();
    let files = files(&spec);
    let found = spec.carry_out(&files).unwrap();
    let mut open = spec.clone();
    open.rules.minimum = 0;
    open.rules.prior_posterior = None;
    open.quality.most_cv = 1e9;
    let raw = open.carry_out(&files).unwrap().observatory;
    let json = serde_json::to_string(&found.observatory).unwrap();
    let pages: Vec<String> =
        ["fr", "en"].iter().map(|language| observatory_page(&found.observatory, language).unwrap()).collect();
    let csv = found.observatory.to_csv();
    let told: BTreeSet<String> =
        figures(&found.observatory).filter_map(|(_, own)| own.value).map(|own| own.to_string()).collect();
    let mut hidden = 0;
    for ((id, own), (_, raw)) in figures(&found.observatory).zip(figures(&raw)) {
        assert_eq!(
            (&own.wave, &own.by, &own.member, &own.level),
            (&raw.wave, &raw.by, &raw.member, &raw.level)
        );
        if !own.suppressed {
            continue;
        }
        hidden += 1;
        for number in [raw.value, raw.se, raw.interval.map(|[low, _]| low)].into_iter().flatten() {
            let number = number.to_string();
            // Short numbers stand anywhere; what another figure tells is told.
            if number.len() > 9 && !told.contains(&number) {
                let is_in = json.contains(&number)
                    || csv.contains(&number)
                    || pages.iter().any(|page| page.contains(&number));
                assert!(!is_in, "{id} {raw:?}");
            }
        }
    }
    assert!(hidden > 10, "{hidden}");
    assert!(!json.contains("alone") && !json.contains("protection\":["));
}

/// What came out before stays known: a second publication by another dimension does not give a hidden figure away, and the
/// same publication adds nothing to the ledger.
#[test]
fn a_ledger_holds_publications_against_each_other() {
    let answers = format!(
        "venue,age,x\n{}{}{}",
        "A,old,1\n".repeat(20),
        "B,old,2\nB,young,2\n".repeat(6),
        "C,young,3\n".repeat(3)
    );
    let spec = |by: &str, ledger: &Value| {
        json!({ "population": "p", "waves": [{ "name": "2026", "data": "a" }], "by": [{ "variable": by }],
            "indicators": [{ "id": "x", "statistic": "mean", "variables": ["x"] }], "ledger": ledger })
    };
    let files = [("a", answers)];
    let first = carry_out(&spec("venue", &json!({})), &files).unwrap();
    let ledger = serde_json::to_value(&first.ledger).unwrap();
    let again = carry_out(&spec("venue", &ledger), &files).unwrap();
    assert_eq!(again, first);
    let changed = [("a", files[0].1.replacen("A,old,1", "B,old,1", 1))];
    let refused = carry_out(&spec("venue", &ledger), &changed).unwrap_err();
    assert_eq!(refused.report("en").code.as_str(), "survey.ledger-contradicted");
    assert!(carry_out(&spec("age", &ledger), &files).is_ok());
}

/// A share of people for whom something holds is told with the others: who is left is no secret by subtraction.
#[test]
fn a_condition_is_protected_with_its_contrary() {
    let answers = format!(
        "venue,member,x\n{}{}{}",
        "A,yes,1\n".repeat(30),
        "A,no,2\n".repeat(2),
        "B,yes,1\nB,no,3\n".repeat(20)
    );
    let spec = json!({ "population": "p", "waves": [{ "name": "2026", "data": "a" }], "by": [{ "variable": "venue" }],
        "indicators": [
            { "id": "all", "statistic": "quantile", "variables": ["x"] },
            { "id": "members", "statistic": "quantile", "variables": ["x"], "where": "${member} = 'yes'" } ] });
    let found = carry_out(&spec, &[("a", answers)]).unwrap().observatory;
    let told = |id: &str, member: Option<&str>| {
        figures(&found)
            .any(|(own, figure)| own == id && figure.member.as_deref() == member && !figure.suppressed)
    };
    assert!(told("all", Some("A")) && !told("members", Some("A")) && !told("members", Some("B")));
}

#[test]
fn figures_of_little_worth_are_marked_or_left_out() {
    let answers = |values: &[&str]| format!("x\n{}\n", values.join("\n"));
    let wide = answers(&["0"; 19].iter().chain(&["100"; 1]).copied().collect::<Vec<_>>());
    let spec = json!({ "population": "p", "waves": [{ "name": "2026", "data": "a" }],
        "indicators": [{ "id": "x", "statistic": "mean", "variables": ["x"] }] });
    // By hand: mean 5, s² = 500, se = √25 = 5: CV 1, above 0.6.
    let found = carry_out(&spec, &[("a", wide.clone())]).unwrap().observatory;
    let figure = &found.indicators[0].figures[0];
    assert_eq!((figure.suppressed, figure.value, figure.n), (true, None, None));
    assert_eq!(json!(figure.quality), json!("imprecise"));
    let mut wanted = spec;
    wanted["quality"] = json!({ "most_cv": 2.0 });
    let found = carry_out(&wanted, &[("a", wide)]).unwrap().observatory;
    let figure = &found.indicators[0].figures[0];
    assert_eq!((figure.value, figure.n), (Some(5.0), Some(20)));
    assert_eq!(json!(figure.quality), json!("care"));
}

#[test]
fn the_page_needs_nothing_and_speaks_both_languages() {
    let spec = example_spec();
    let found = spec.carry_out(&files(&spec)).unwrap().observatory;
    let (french, english) =
        (observatory_page(&found, "fr").unwrap(), observatory_page(&found, "en").unwrap());
    for page in [&french, &english] {
        assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
        assert!(page.contains("default-src 'none'"));
        assert_eq!(page.matches("role=\"img\"").count(), page.matches("<desc").count());
        assert!(!page.contains("NaN") && !page.contains("inf%"));
    }
    assert!(
        french.contains("lang=\"fr\"")
            && french.contains("différence significative")
            && french.contains("non publié")
    );
    assert!(
        english.contains("lang=\"en\"")
            && english.contains("a significant difference")
            && english.contains("not published")
    );
    let mut hostile = spec.clone();
    hostile.title = serde_json::from_value(json!({ "fr": "<script>alert(1)</script>" })).unwrap();
    let page = observatory_page(&hostile.carry_out(&files(&spec)).unwrap().observatory, "fr").unwrap();
    assert!(!page.contains("<script"));
}

#[test]
fn observatories_that_cannot_be_are_refused_by_name() {
    let base = json!({ "population": "p", "waves": [{ "name": "2026", "data": "a" }],
        "indicators": [{ "id": "x", "statistic": "mean", "variables": ["x"] }], "quality": {} });
    let code = |spec: &Value| {
        carry_out(spec, &[("a", "x\n1\n2\n".to_owned())]).map_err(|error| error.report("fr")).map(drop)
    };
    let with = |path: &str, value: Value| {
        let mut spec = base.clone();
        *spec.pointer_mut(path).unwrap() = value;
        code(&spec).unwrap_err()
    };
    assert!(code(&base).is_ok());
    assert_eq!(with("/indicators/0/statistic", json!("gini")).code.as_str(), "survey.figure-unfit");
    assert_eq!(with("/indicators/0/variables", json!(["y"])).code.as_str(), "survey.variable-unknown");
    assert_eq!(with("/indicators/0/variables", json!([])).code.as_str(), "survey.figure-unfit");
    assert_eq!(with("/waves", json!([])).code.as_str(), "survey.disclosure-unfit");
    assert_eq!(with("/waves/0/data", json!("b")).code.as_str(), "survey.file-unknown");
    assert_eq!(with("/quality", json!({ "cv": 0.0 })).code.as_str(), "survey.number-unfit");
    let mut spec = base.clone();
    spec["compare"] = json!([["2026", "2028"]]);
    let refused = code(&spec).unwrap_err();
    assert_eq!(refused.code.as_str(), "survey.disclosure-unfit");
    assert!(refused.message.contains("aucune vague"), "{}", refused.message);
    spec["compare"] = json!([]);
    spec["whatever"] = json!(1);
    assert_eq!(code(&spec).unwrap_err().code.as_str(), "survey.spec-unreadable");
}
