//! What must hold of any document and any table of a survey: the body of a fuzz target, which the tests run on seeds.

use std::collections::BTreeMap;

use c3ms_core::survey::task::{DATA, Question, Task};

/// Documents of surveys, each with a table.
pub(crate) const SEEDS: &[(&str, &str, &str)] = &[
    (
        "estimate",
        r#"{"design":{"ids":["u"],"strata":["s"],"weights":"w","fpc":["n"]},"compute":{"y":"${x} * 2"},
"replicates":{"method":"jkn"},"weighting":[{"step":"rake","margins":[{"variable":"k","totals":{"a":9,"b":9}}]},{"step":"trim","upper":9}],
"estimates":[{"statistic":"mean","variables":["x","k"],"by":["k"],"where":"${x} > 0"},{"statistic":"quantile","variables":["x"],
"probabilities":[0.1,0.5]},{"statistic":"gini","variables":["x"]},{"statistic":"ratio","variables":["x","w"]}]}"#,
        TABLE,
    ),
    (
        "estimate",
        r#"{"design":{"fpc":["n"],"strata":["s"],"second_phase":{"subset":"f","strata":["k"],"calibrate":["w"],
"single_psu":"adjust"}},"estimates":[{"statistic":"mean","variables":["x"],"by":["k"]}]}"#,
        TABLE,
    ),
    (
        "test",
        r#"{"design":{"single_psu":"average"},"tests":[{"test":"association","rows":"k","columns":"s","method":"saddlepoint"},
{"test":"rank","variable":"x","group":"k"}]}"#,
        TABLE,
    ),
    (
        "model",
        r#"{"models":[{"response":"f","terms":["x","k"],"family":"binomial"},{"response":"w","terms":["x"],"family":"poisson"}]}"#,
        TABLE,
    ),
    (
        "weights",
        r#"{"weighting":[{"step":"response-classes","responded":"f","classes":["s"]},{"step":"weight-share","visits":"w"},
{"step":"calibrate","distance":"logit","lower":0.1,"upper":9,"totals":{"x":30}},{"step":"standardize","by":"k","population":{"a":1,"b":2}}]}"#,
        TABLE,
    ),
    (
        "mca",
        r#"{"geometry":[{"mca":{"active":["k","s"],"supplementary":["f"],"numbers":["x"]},"clusters":{"classes":2}}]}"#,
        TABLE,
    ),
    (
        "impute",
        r#"{"imputations":[{"variables":["x"],"classes":["k"],"method":{"kind":"hot-deck"},"seed":7}]}"#,
        TABLE,
    ),
    (
        "sample",
        r#"{"seed":7,"strata":"s","sizes":{"p":1,"q":2},"proportional_to":"w","selection":{"method":"sampford"}}"#,
        TABLE,
    ),
    ("sample", r#"{"size":2,"selection":{"method":"local-cube"},"balance":["w"],"places":["n","u"]}"#, TABLE),
    ("sample", r#"{"stages":[{"unit":"s","size":1,"selection":{"method":"pareto"}},{"size":1}]}"#, TABLE),
    ("joint", r#"{"size":3,"proportional_to":"w","selection":{"method":"maximum-entropy"}}"#, TABLE),
    ("inclusion", r#"{"size":3,"proportional_to":"w"}"#, TABLE),
    ("allocate", r#"{"strata":"s","rule":"precise","precision":[{"variable":"w","cv":0.1}]}"#, TABLE),
    ("allocate", r#"{"strata":"s","size":4,"rule":"power","variable":"w","power":0.5,"least":1}"#, TABLE),
    (
        "disclose",
        r#"{"population":"p","weights":"w","unit":"u","rules":{"minimum":2,"dominance":{"n":1,"k":60},"zeros":true},
"tables":[{"dimensions":["s","k"]},{"dimensions":["k","f"]},{"dimensions":["s"],"value":"x"}]}"#,
        TABLE,
    ),
    (
        "disclose",
        r#"{"population":"p","rules":{"prior_posterior":{"p":20,"q":80}},"tables":[{"dimensions":["k"],"value":"x","cells":[
{"at":{"k":"a"},"value":9,"respondents":2,"largest":[8,1]},{"at":{"k":null},"value":9,"respondents":2,"largest":[8,1]}]}],
"ledger":{"publications":[{"population":"p","tables":[{"measure":"x","dimensions":["k"],"cells":[
{"at":{"k":"a"},"value":9,"suppressed":true,"protection":[1,2]},{"at":{"k":null},"value":9,"suppressed":true}]}]}]}}"#,
        TABLE,
    ),
    (
        "disclose",
        r#"{"population":"p","method":"round","rounding":{"base":3,"seed":1},"tables":[{"dimensions":["s"]}]}"#,
        TABLE,
    ),
    ("kanonymity", r#"{"identifiers":["s","k"],"sensitive":["x","f"],"k":3,"missing":"leave-out"}"#, TABLE),
];

const TABLE: &str = "u,s,w,n,x,k,f\n1,p,2,9,3,a,1\n2,p,3,9,,b,0\n3,q,1,8,5,a,1\n4,q,4,8,7,b,1\n5,q,2,8,1,a,1\n6,p,2,9,8,b,1\n";

/// What begins a seed of the fuzz target: the question, the document, the table.
pub(crate) fn bytes((question, spec, table): (&str, &str, &str)) -> Vec<u8> {
    [question, spec, table].join("\0").into_bytes()
}

/// A question is answered or refused with a code of surveys.
pub(crate) fn survey_holds(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, '\0');
    let (Some(question), Some(spec)) = (parts.next().and_then(Question::named), parts.next()) else { return };
    let table = parts.next().unwrap_or_default();
    let answer = Task::parse(question, spec).and_then(|task| {
        let names = task.besides().into_iter().chain([task.data().unwrap_or(DATA)]);
        let files: BTreeMap<String, String> = names.map(|name| (name.to_owned(), table.to_owned())).collect();
        task.answer(&files)
    });
    if let Err(refused) = answer {
        let code = refused.code();
        assert_eq!(code.as_str().split('.').next(), Some("survey"), "{refused}");
    }
}
