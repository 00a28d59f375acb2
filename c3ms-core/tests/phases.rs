//! Two phases: figures of R, what is right on average over all samples, and what is refused.
#![expect(clippy::cast_precision_loss, reason = "samples of eight are few")]

use std::fmt::Write as _;

use c3ms_core::survey::task::Question;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::survey::{answers, ask, close, design, estimates, number, says_it_in_french, table};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A second phase that takes everybody adds nothing: the figures are those of one phase.
    #[test]
    fn a_second_phase_of_everybody_is_none(answers in answers(), by_unit in any::<bool>()) {
        let table = table(&answers);
        let estimates = json!([
            {"statistic": "total", "variables": ["spent"]},
            {"statistic": "ratio", "variables": ["spent", "weight"], "by": ["kind"]},
            {"statistic": "quantile", "variables": ["spent"]},
        ]);
        let asked = |design: &Value| ask(
            Question::Estimate,
            &json!({"compute": {"all": "1"}, "design": design, "estimates": estimates}),
            &table,
        ).unwrap()["estimates"].as_array().unwrap().clone();
        let one = asked(&design());
        let mut two = design();
        two["second_phase"] = if by_unit {
            json!({"subset": "all", "ids": ["unit"]})
        } else {
            json!({"subset": "all", "strata": ["kind"]})
        };
        for (one, two) in one.iter().zip(&asked(&two)) {
            for name in ["value", "se", "df"] {
                match (one[name].as_f64(), two[name].as_f64()) {
                    (Some(one), Some(two)) => close(one, two),
                    (one, two) => prop_assert_eq!(one, two),
                }
            }
        }
    }
}

/// 24 rows of a first phase, of which 14 were asked for `y` and `z`; as numbers, so that R can have them too.
fn phases() -> String {
    let mut text = "h,of,all,venue,venues,kind,x,asked,y,z\n".to_owned();
    for i in 0..24_u32 {
        let (h, of) = if i % 2 == 0 { ("a", 60) } else { ("b", 36) };
        let kind = if i * 7 % 5 < 2 { "k1" } else { "k2" };
        let x = i * i * 3 % 17 + 1;
        let is_asked = i * 5 % 8 < 4 || i % 11 == 0;
        let told =
            if is_asked { format!("{},{}", x * 2 + i * 13 % 7, i * 11 % 9 + 1) } else { ",".to_owned() };
        writeln!(text, "{h},{of},96,{},20,{kind},{x},{is_asked},{told}", i / 3).unwrap();
    }
    text
}

/// R 4.2.2, survey 4.1-1: `twophase(id = list(~1, ~1), strata = list(~h, ~kind), fpc = list(~of, NULL), subset = ~asked)`,
/// `list(~venue, ~1)` with `fpc = list(~venues, NULL)`, and single rows without `h` with `calibrate(phase = 2, ~x + kind)`;
/// `svytotal`, `svymean`, `svyratio`, `svyquantile` (of clusters with `df = 7`), `svyglm`. The means by kind of the last are
/// ratios there: `subset` of a calibrated design forgets what the regression leaves outside of it.
#[test]
fn two_phases_as_r_has_them() {
    let second = json!({"subset": "asked", "strata": ["kind"]});
    let mut calibrated = second.clone();
    calibrated["calibrate"] = json!(["x", "kind"]);
    for (design, expected) in [
        (
            json!({"strata": ["h"], "fpc": ["of"], "second_phase": second}),
            "total 2010.75 251.351788517426
             mean 20.9453125 2.30489608142105
             ratio 3.98694646397885 0.577152430738841
             k1 18.59375 3.36825267243135
             k2 22.625 3.04352077692295
             median 22.0 3.21275875774475
             slope 1.92396205223921 0.15502679985248",
        ),
        (
            json!({"ids": ["venue"], "fpc": ["venues"], "second_phase": second}),
            "total 1296.04166666667 112.015020561303
             mean 21.6006944444444 1.36117481307388
             ratio 4.10898282694848 0.349010928345452
             k1 19.875 3.0410583214213
             k2 22.8333333333333 2.64223501901167
             median 22.0 2.5374010251136
             slope 1.86324666412928 0.179857081425921",
        ),
        (
            json!({"fpc": ["all"], "second_phase": calibrated}),
            "total 2012.80675811077 124.997524696411
             mean 20.9667370636538 1.58071533225901
             ratio 4.03488805696208 0.431929300330578
             k1 19.0211018208202 3.4812021958348
             k2 22.3564765228207 2.0685709713458
             median 22.0 2.75379322092407
             slope 1.88163804491232 0.154379292350445",
        ),
    ] {
        let spec = json!({
            "design": design,
            "estimates": [
                {"statistic": "total", "variables": ["y"]},
                {"statistic": "mean", "variables": ["y"]},
                {"statistic": "ratio", "variables": ["y", "z"]},
                {"statistic": "mean", "variables": ["y"], "by": ["kind"]},
                {"statistic": "quantile", "variables": ["y"]},
            ],
            "models": [{"response": "y", "terms": ["x"]}],
        });
        let told = ask(Question::Estimate, &spec, &phases()).unwrap();
        let slope = &told["models"][0]["coefficients"][1];
        let found = told["estimates"].as_array().unwrap().iter().chain([slope]);
        assert_eq!(found.clone().count(), expected.lines().count());
        for (found, expected) in found.zip(expected.lines()) {
            let expected: Vec<f64> = expected.split(' ').filter_map(|number| number.parse().ok()).collect();
            close(number(found, "value"), expected[0]);
            close(number(found, "se"), expected[1]);
        }
        assert_eq!(told["estimates"][0]["n"], 14, "who was not asked lacks no answer: {told}");
    }
}

/// The places of all samples of so many of some units.
fn samples(units: &[usize], size: usize) -> Vec<Vec<usize>> {
    let Some((first, others)) = units.split_first().filter(|_| size > 0) else {
        return if size == 0 { vec![Vec::new()] } else { Vec::new() };
    };
    let mut all = samples(others, size);
    all.extend(samples(others, size - 1).into_iter().map(|others| [vec![*first], others].concat()));
    all
}

/// By all samples that could be drawn: totals are right on average, and so are their variances. Three venues of four are
/// drawn with their eight visitors; of those as many near and far ones as there are, but two of each at most, are asked.
#[test]
fn two_phases_are_right_on_average() {
    let public = [
        (0, "near", 3.0),
        (0, "far", 7.0),
        (1, "near", 2.0),
        (1, "near", 9.0),
        (2, "far", 4.0),
        (2, "far", 8.0),
        (3, "near", 1.0),
        (3, "far", 5.0),
    ];
    for design in [json!({"ids": ["venue"], "fpc": ["venues"]}), json!({"fpc": ["visitors"]})] {
        let first = if design["ids"].is_null() {
            samples(&[0, 1, 2, 3, 4, 5, 6, 7], 6)
        } else {
            let venues = samples(&[0, 1, 2, 3], 3);
            venues
                .iter()
                .map(|venues| (0..8).filter(|row| venues.contains(&public[*row].0)).collect())
                .collect()
        };
        let mut totals = Vec::new();
        for rows in &first {
            let of = |kind: &str| -> Vec<usize> {
                rows.iter().copied().filter(|row| public[*row].1 == kind).collect()
            };
            let asked = |kind: &str| samples(&of(kind), of(kind).len().min(2));
            let second: Vec<Vec<usize>> = asked("near")
                .iter()
                .flat_map(|near| asked("far").into_iter().map(|far| [near.clone(), far].concat()))
                .collect();
            for asked in &second {
                let mut table = "venue,venues,visitors,kind,asked,spent\n".to_owned();
                for row in rows {
                    let (venue, kind, spent) = public[*row];
                    let told = if asked.contains(row) { format!("1,{spent}") } else { "0,".to_owned() };
                    writeln!(table, "{venue},4,8,{kind},{told}").unwrap();
                }
                let mut design = design.clone();
                design["second_phase"] = json!({"subset": "asked", "strata": ["kind"]});
                let total = json!({"statistic": "total", "variables": ["spent"]});
                let found = estimates(&json!({"design": design, "estimates": [total]}), &table);
                let chance = 1.0 / (first.len() * second.len()) as f64;
                totals.push((chance, number(&found[0], "value"), number(&found[0], "variance")));
            }
        }
        let mean = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
            totals.iter().map(|(chance, value, variance)| chance * of(*value, *variance)).sum()
        };
        close(mean(&|value, _| value), 39.0);
        close(mean(&|_, variance| variance), mean(&|value, _| (value - 39.0) * (value - 39.0)));
    }
}

/// Weights, and what is made of them, carry on: who is outside of the second phase stands for nobody.
#[test]
fn weights_of_two_phases() {
    let table = "of,kind,asked,own,spent\n20,a,1,3,2\n20,a,0,,\n20,a,1,3,4\n20,b,1,1,6\n20,b,1,1,8\n";
    let told = |second: &Value, weighting: Value| {
        let design = json!({"fpc": ["of"], "second_phase": second});
        let total = json!({"statistic": "total", "variables": ["kind"]});
        let spec = json!({"design": design, "weighting": weighting, "estimates": [total]});
        (ask(Question::Weights, &spec, table).unwrap(), estimates(&spec, table))
    };
    let counted = json!({"subset": "asked", "strata": ["kind"]});
    // 20/5, times 3/2 for those of whom two of three were asked.
    assert_eq!(told(&counted, json!([])).0["weights"], json!([6.0, 0.0, 6.0, 4.0, 4.0]));
    let own = json!({"subset": "asked", "strata": ["kind"], "weights": "own"});
    assert_eq!(told(&own, json!([])).0["weights"], json!([12.0, 0.0, 12.0, 4.0, 4.0]));
    let known = json!([{"step": "post-stratify", "variable": "kind", "totals": {"a": 11, "b": 9}}]);
    let (weights, totals) = told(&counted, known);
    assert_eq!(weights["weights"], json!([5.5, 0.0, 5.5, 4.5, 4.5]));
    assert_eq!(weights["ratios"][1], 0.0);
    assert!(totals.iter().all(|total| number(total, "se") < 1e-9), "{totals:?}");
}

#[test]
fn second_phases_that_cannot_be_are_refused() {
    let table = "u,s,w,x,k,f,n\n1,a,2,3,red,1,5\n1,a,2,4,blue,1,5\n2,b,2,5,red,0,5\n3,b,2,,red,1,5\n";
    let mean = json!([{"statistic": "mean", "variables": ["x"]}]);
    let compute = json!({"none": "0", "n2": "2", "half": "0.5"});
    let with = |design: Value| json!({"compute": compute, "design": design, "estimates": mean});
    for (spec, code, said) in [
        (with(json!({"second_phase": {"strata": ["s"]}})), "survey.spec-unreadable", "subset"),
        (with(json!({"second_phase": {"subset": "f", "pps": "w"}})), "survey.spec-unreadable", "pps"),
        (with(json!({"second_phase": {"subset": "w"}})), "survey.number-unfit", "w: 2"),
        (with(json!({"second_phase": {"subset": "k"}})), "survey.not-numeric", "red"),
        (with(json!({"second_phase": {"subset": "x"}})), "survey.number-unfit", "1 or 0"),
        (with(json!({"second_phase": {"subset": "none"}})), "survey.domain-empty", "second phase (none)"),
        (with(json!({"second_phase": {"subset": "f", "strata": ["u"]}})), "survey.domain-empty", "u 2"),
        (
            with(json!({"second_phase": {"subset": "f", "strata": ["s"]}})),
            "survey.single-psu",
            "\"second phase, b\"",
        ),
        (
            with(json!({"second_phase": {"subset": "f", "fpc": ["n2"]}})),
            "survey.population-unfit",
            "smaller than the sample",
        ),
        (
            with(json!({"second_phase": {"subset": "f", "weights": "none"}})),
            "survey.number-unfit",
            "none: 0 in line 2",
        ),
        (
            with(json!({"second_phase": {"subset": "f", "strata": ["s", "k"]}})),
            "survey.design-unfit",
            "one stage",
        ),
        (
            with(json!({"second_phase": {"subset": "f", "ids": ["s"], "strata": ["u"]}})),
            "survey.units-cross-strata",
            "s",
        ),
        (with(json!({"second_phase": {"subset": "f", "calibrate": ["x"]}})), "survey.number-unfit", "x"),
        (
            with(
                json!({"pps": {"method": "brewer", "probability": "half"}, "second_phase": {"subset": "f"}}),
            ),
            "survey.design-unfit",
            "second_phase",
        ),
        (
            json!({"design": {"second_phase": {"subset": "f"}}, "replicates": {"method": "jk1"}, "estimates": mean}),
            "survey.replicates-unfit",
            "second_phase",
        ),
    ] {
        let refused = ask(Question::Estimate, &spec, table).expect_err(&spec.to_string());
        assert_eq!(refused.0, code, "{spec}: {}", refused.1);
        assert!(refused.1.contains(said), "{spec}: {} does not say {said}", refused.1);
        says_it_in_french(&refused);
    }
}
