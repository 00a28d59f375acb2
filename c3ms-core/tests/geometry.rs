//! Answers as a cloud of points: axes, classes, and answers that were filled.
#![expect(clippy::indexing_slicing, reason = "a test that lacks a figure has failed")]

use c3ms_core::survey::{
    Categories, Column, Imputation, ImputationSpec, SurveyError, Table,
    geometry::{Category, Clustering, Geometry, GeometrySpec},
};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

/// Which practices the real data ask about.
const PRACTICES: [&str; 7] =
    ["hard.rock", "lecture.bd", "peche.chasse", "cuisine", "bricol", "cinema", "sport"];

/// The figures of other programs, and the calls that gave them.
const REFERENCE: &str = include_str!("geometry/hdv2003.json");

fn table(text: &str) -> Table {
    Table::parse(text).unwrap()
}

fn real() -> Option<(Table, Vec<f64>)> {
    let file = crate::intake::data("survey-hdv2003/hdv2003.csv")?;
    let table = table(&std::fs::read_to_string(file).unwrap());
    let weights = table.numbers("poids").unwrap().to_vec();
    Some((table, weights))
}

fn carried_out(spec: &Value, table: &Table, weights: &[f64]) -> Result<Geometry, SurveyError> {
    GeometrySpec::parse(&spec.to_string())?.carry_out("practices", table, weights)
}

fn found(spec: &Value, table: &Table, weights: &[f64]) -> Geometry {
    carried_out(spec, table, weights).unwrap()
}

fn imputed(spec: &Value, table: &Table, weights: &[f64]) -> Result<Imputation, SurveyError> {
    ImputationSpec::parse(&spec.to_string())?.carry_out("answers", table, weights)
}

fn close(one: f64, other: f64, tolerance: f64) {
    assert!((one - other).abs() <= tolerance, "{one} is not {other}");
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// Figures by axis against those of another program, whose axes point the one way or the other.
fn same(ours: &[f64], theirs: &Value, signs: Option<&[f64]>) {
    for (axis, (one, other)) in ours.iter().zip(numbers(theirs)).enumerate() {
        close(*one, other * signs.map_or(1.0, |signs| signs[axis]), 2e-11 * other.abs().max(1.0));
    }
}

fn expected<'a>(list: &'a Value, category: &Category) -> &'a Value {
    let own = |row: &&Value| {
        row["variable"].as_str() == Some(&category.variable)
            && row["level"].as_str() == category.level.as_deref()
    };
    list.as_array().unwrap().iter().find(own).unwrap()
}

/// All of a geometry against the figures of another program.
fn agrees(ours: &Geometry, theirs: &Value) {
    let mca = &ours.mca;
    let eigenvalues: Vec<f64> = mca.axes.iter().map(|axis| axis.eigenvalue).collect();
    same(&eigenvalues, &theirs["eigenvalues"], None);
    assert_eq!(mca.categories.len(), theirs["categories"].as_array().unwrap().len());
    let signs: Vec<f64> = (0..3)
        .map(|axis| {
            let product = |category: &Category| {
                let other = &expected(&theirs["categories"], category)["coordinates"];
                category.coordinates[axis] * numbers(other)[axis]
            };
            mca.categories.iter().map(product).sum::<f64>().signum()
        })
        .collect();
    for category in &mca.categories {
        let theirs = expected(&theirs["categories"], category);
        same(&category.coordinates, &theirs["coordinates"], Some(&signs));
        same(&category.contributions, &theirs["contributions"], None);
        same(&category.cosines, &theirs["cosines"], None);
        same(&category.v_tests, &theirs["v_tests"], Some(&signs));
    }
    for (name, ratios) in &mca.eta2 {
        same(ratios, &theirs["eta2"][name], None);
    }
    for variable in &mca.supplementary {
        same(&variable.eta2, &theirs["supplementary_eta2"][&variable.variable], None);
        for category in &variable.categories {
            let theirs = expected(&theirs["supplementary"], category);
            same(&category.coordinates, &theirs["coordinates"], Some(&signs));
            same(&category.cosines, &theirs["cosines"], None);
            same(&category.v_tests, &theirs["v_tests"], Some(&signs));
        }
    }
    same(&mca.numbers[0].correlations, &theirs["age"], Some(&signs));
    let individuals = mca.individuals.as_ref().unwrap();
    for (row, theirs) in numbers(&theirs["rows"]).iter().zip(theirs["individuals"].as_array().unwrap()) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a row")]
        let row = *row as usize;
        let of = |columns: &[Vec<f64>]| columns.iter().map(|axis| axis[row]).collect::<Vec<f64>>();
        same(&of(&individuals.coordinates), &theirs["coordinates"], Some(&signs));
        same(&of(&individuals.contributions), &theirs["contributions"], None);
        same(&of(&individuals.cosines), &theirs["cosines"], None);
    }
}

#[test]
fn two_questions_have_the_axes_that_a_hand_computes() {
    // Shares .4, .4, .1, .1: phi = .6, eigenvalues (1 ± phi) / 2; a category of one half lies at ± their root. Greenacre:
    // (2 (.8 - .5))² = .36 = phi², all there is.
    let table = table("cinema,sport\nyes,yes\nno,no\nyes,no\nno,yes\n");
    let mca = found(&json!({"mca": {"active": ["cinema", "sport"]}}), &table, &[4.0, 4.0, 1.0, 1.0]).mca;
    close(mca.axes[0].eigenvalue, 0.8, 1e-14);
    close(mca.axes[1].eigenvalue, 0.2, 1e-14);
    close(mca.total_inertia, 1.0, 1e-14);
    close(mca.axes[0].adjusted_inertia, 0.36, 1e-14);
    close(mca.axes[0].adjusted_rate, 1.0, 1e-14);
    close(mca.axes[0].modified_rate, 1.0, 1e-14);
    close(mca.axes[1].modified_rate, 0.0, 0.0);
    // All contribute a quarter: the first, "no" to cinema, is above 0.
    let first: Vec<f64> = mca.categories.iter().map(|category| category.coordinates[0]).collect();
    for (found, sign) in first.iter().zip([1.0, -1.0, 1.0, -1.0]) {
        close(*found, sign * 0.8_f64.sqrt(), 1e-14);
    }
    close(mca.categories[0].contributions[0], 0.25, 1e-14);
    close(mca.categories[0].cosines[0], 0.8, 1e-14);
    assert_eq!((mca.n, mca.profiles), (4, 4));
}

#[test]
fn real_practices_have_the_axes_that_other_programs_find() {
    let Some((table, weights)) = real() else { return };
    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let standard = json!({"mca": {
        "active": PRACTICES, "supplementary": ["sexe", "qualif"], "numbers": ["age"], "individuals": "all"}});
    let ours = found(&standard, &table, &vec![1.0; table.rows()]);
    agrees(&ours, &reference["standard"]);
    // ca::mjca and prince, as the reference says.
    let adjusted = &reference["adjusted"];
    close(ours.mca.adjusted_inertia, adjusted["total"].as_f64().unwrap(), 1e-14);
    for (axis, (inertia, rate)) in
        ours.mca.axes.iter().zip(numbers(&adjusted["inertia"]).iter().zip(numbers(&adjusted["rates"])))
    {
        close(axis.adjusted_inertia, *inertia, 1e-14);
        close(axis.adjusted_rate, rate, 1e-11);
    }
    // prince 0.23.0: MCA(correction='benzecri').percentage_of_variance_.
    for (axis, percentage) in ours.mca.axes.iter().zip([97.048_290_19, 2.634_750_18, 0.316_959_63]) {
        close(axis.modified_rate, percentage / 100.0, 1e-10);
    }

    let active = [&PRACTICES[..], &["qualif", "nivetud"]].concat();
    let specific = json!({"mca": {
        "active": active, "passive": {"qualif": ["Autre"]}, "supplementary": ["sexe"], "numbers": ["age"],
        "individuals": "all"}});
    let ours = found(&specific, &table, &weights);
    agrees(&ours, &reference["specific"]);
    let passive: Vec<Option<&str>> =
        ours.mca.passive.iter().map(|category| category.level.as_deref()).collect();
    assert_eq!(passive, [Some("Autre"), None, None]);
    // ca::mjca knows no weights.
    let unweighted = found(&specific, &table, &vec![1.0; table.rows()]);
    close(unweighted.mca.adjusted_inertia, adjusted["specific_total"].as_f64().unwrap(), 1e-13);
}

fn sizes(clusters: &Clustering) -> Vec<usize> {
    clusters.classes.iter().map(|class| class.n).collect()
}

#[test]
fn real_respondents_fall_into_the_classes_that_another_program_makes() {
    // FactoMineR 2.7: HCPC(MCA(d[, act], ncp = 3, row.w = poids / mean(poids)), nb.clust = -1, consol = FALSE); n, call$t$within.
    let Some((table, weights)) = real() else { return };
    let mca = json!({"active": PRACTICES, "axes": 3, "supplementary": ["sexe"], "numbers": ["age"]});
    let tree = json!({"mca": mca, "clusters": {"consolidate": false}});
    let clusters = found(&tree, &table, &weights).clusters.unwrap();
    assert_eq!((clusters.points, sizes(&clusters)), (61, vec![1061, 197, 728, 14]));
    let within = [
        0.518_012_747_436,
        0.378_905_382_922,
        0.282_571_735_141,
        0.187_170_414_348,
        0.137_797_522_404,
        0.112_541_289_501,
        0.093_080_066_497_9,
        0.073_937_641_772_8,
        0.058_423_285_367,
        0.044_941_940_123_8,
    ];
    assert_eq!(clusters.levels.len(), within.len());
    for (level, within) in clusters.levels.iter().zip(within) {
        close(level.within, within, 1e-12);
    }
    close(clusters.between_of_tree * within[0], 0.330_842_333_087_686, 1e-12);
    // HCPC()$desc.var, by catdes: of_category, in_class, share, p, v_test of the surest of each class.
    let surest = [
        (
            "sport",
            "Non",
            [76.832_726_185_579_1, 92.021_826_174_721_6, 60.650_556_060_599_1, 30.582_150_482_783_8],
        ),
        ("peche.chasse", "Oui", [88.059_540_076_192_2, 100.0, 12.234_810_523_986_3, 34.254_236_211_673_3]),
        (
            "sport",
            "Oui",
            [76.571_921_489_482_3, 79.752_368_843_806_3, 39.349_443_939_400_9, 29.581_560_838_775_5],
        ),
        ("hard.rock", "Oui", [100.0, 100.0, 0.806_265_761_507_853, 13.271_429_429_419_6]),
    ];
    for (class, (variable, level, figures)) in clusters.classes.iter().zip(surest) {
        let first = &class.categories[0];
        assert_eq!((first.variable.as_str(), first.level.as_deref()), (variable, Some(level)));
        close(first.of_category, figures[0] / 100.0, 1e-12);
        close(first.in_class, figures[1] / 100.0, 1e-12);
        close(first.share, figures[2] / 100.0, 1e-12);
        close(first.v_test, figures[3], 1e-9);
    }
    close(clusters.classes[0].categories[0].p / 2.114_261_850_783_12e-205, 1.0, 1e-9);
    assert_eq!(
        clusters.classes.iter().map(|class| class.categories.len()).collect::<Vec<_>>(),
        [16, 13, 14, 4]
    );
    let ages: Vec<Option<f64>> =
        clusters.classes.iter().map(|class| class.numbers.first().map(|age| age.v_test)).collect();
    close(ages[0].unwrap(), 14.585_542_987_788_1, 1e-11);
    assert_eq!(ages[1], None, "age is as it is elsewhere");
    close(ages[2].unwrap(), -13.794_288_034_308_4, 1e-11);
    close(ages[3].unwrap(), -4.656_800_311_350_44, 1e-11);
    close(clusters.classes[3].numbers[0].in_class, 25.511_779_855_674_7, 1e-11);
    assert_eq!(clusters.class_of.len(), 2000);

    // HCPC(MCA(d[, act], ncp = 3), nb.clust = -1, consol = TRUE, iter.max = 200, algorithm = "Lloyd"): n,
    // bw.before.consol, bw.after.consol, the first of each of desc.ind$para.
    let settled = json!({"mca": mca, "clusters": {}});
    let clusters = found(&settled, &table, &vec![1.0; 2000]).clusters.unwrap();
    assert_eq!(sizes(&clusters), [1102, 217, 667, 14]);
    close(clusters.between_of_tree * clusters.levels[0].within, 0.352_883_301_372_209, 1e-12);
    close(clusters.between * clusters.levels[0].within, 0.353_397_681_727_212, 1e-12);
    let paragons: Vec<usize> = clusters.classes.iter().map(|class| class.paragons[0].row).collect();
    assert_eq!(paragons, [0, 96, 57, 31]);
    close(clusters.classes[0].paragons[0].distance, 0.141_785_976_532, 1e-11);

    // HCPC(MCA(...), nb.clust = -1, consol = FALSE) on the five axes of the specific analysis of the reference.
    let active = [&PRACTICES[..], &["qualif", "nivetud"]].concat();
    let specific = json!({
        "mca": {"active": active, "passive": {"qualif": ["Autre"]}},
        "clusters": {"consolidate": false}});
    let clusters = found(&specific, &table, &weights).clusters.unwrap();
    assert_eq!(sizes(&clusters), [523, 274, 811, 187, 205]);
    close(clusters.levels[4].within, 0.412_333_484_706, 1e-11);
}

#[test]
fn a_tree_of_groups_is_repeated_by_its_seed_and_near_the_tree_of_all() {
    let Some((table, weights)) = real() else { return };
    let active = [&PRACTICES[..], &["qualif", "nivetud"]].concat();
    let spec = |groups: Option<usize>, seed: u64| json!({"mca": {"active": active}, "clusters": {"classes": 5, "groups": groups, "seed": seed}});
    let all = found(&spec(None, 0), &table, &weights).clusters.unwrap();
    let groups = found(&spec(Some(200), 3), &table, &weights).clusters.unwrap();
    assert_eq!(groups, found(&spec(Some(200), 3), &table, &weights).clusters.unwrap());
    assert!(groups.between > 0.95 * all.between, "{} {}", groups.between, all.between);
    assert_eq!(sizes(&groups).iter().sum::<usize>(), 2000);
}

#[test]
fn those_who_are_not_studied_have_neither_place_nor_class() {
    let table = table("a,b,kept\nx,u,1\ny,v,1\nx,v,1\nz,u,0\ny,u,1\n");
    let spec = json!({
        "where": "${kept} = 1",
        "mca": {"active": ["a", "b"], "individuals": "coordinates"},
        "clusters": {"classes": 2}});
    let found = found(&spec, &table, &[1.0, 2.0, 1.0, 0.0, 1.0]);
    assert_eq!((found.mca.n, found.mca.categories.len()), (4, 4), "nobody studied chose z");
    assert!(found.mca.individuals.as_ref().unwrap().coordinates[0][3].is_nan());
    assert_eq!(found.clusters.as_ref().unwrap().class_of[3], None);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["mca"]["individuals"]["coordinates"][0][3], Value::Null);
    assert_eq!(json["clusters"]["classes"][0]["class"], 1);
}

#[test]
fn rare_categories_are_passive_where_a_share_is_asked_for() {
    let table = table("a,b\nx,u\nx,v\nx,u\nx,v\ny,u\ny,v\nz,u\n");
    let spec = json!({"mca": {"active": ["a", "b"], "minimum": 0.2}});
    let mca = found(&spec, &table, &[1.0; 7]).mca;
    assert_eq!(mca.passive.len(), 1);
    assert_eq!(mca.passive[0].level.as_deref(), Some("z"));
}

#[test]
fn what_cannot_be_placed_is_refused() {
    let table = table("a,b,c\nx,u,1\ny,v,1\nx,v,1\n");
    let refused = |spec: Value, weights: &[f64]| carried_out(&spec, &table, weights).unwrap_err();
    let unfit = |error: SurveyError| match error {
        SurveyError::GeometryUnfit { reason, .. } => reason,
        other => other.to_string(),
    };
    let one = [1.0; 3];
    assert_eq!(unfit(refused(json!({"mca": {"active": ["a"]}}), &one)), "there are not two active variables");
    assert_eq!(
        unfit(refused(json!({"mca": {"active": ["a", "a"]}}), &one)),
        "the variable \"a\" is active twice"
    );
    assert_eq!(
        refused(json!({"mca": {"active": ["a", "b"], "passive": {"a": ["w"]}}}), &one).to_string(),
        "a has no level \"w\"; it has: x, y"
    );
    assert_eq!(
        unfit(refused(json!({"mca": {"active": ["a", "b"], "passive": {"a": ["x", "y"]}}}), &one)),
        "no category of \"a\" is active"
    );
    assert!(matches!(
        refused(json!({"mca": {"active": ["a", "b"], "passive": {"c": ["1"]}}}), &one),
        SurveyError::VariableUnknown { .. }
    ));
    assert!(matches!(
        refused(json!({"mca": {"active": ["a", "b"]}}), &[1.0, -1.0, 1.0]),
        SurveyError::WeightNotPositive { at: 1, .. }
    ));
    assert!(matches!(
        refused(json!({"mca": {"active": ["a", "b"]}}), &[1.0]),
        SurveyError::LengthsDiffer { .. }
    ));
    let classes = json!({"mca": {"active": ["a", "b"]}, "clusters": {"classes": 4}});
    assert_eq!(unfit(refused(classes, &one)), "4 classes cannot be made of 3 distinct points");
    let none = json!({"mca": {"active": ["a", "b"]}, "clusters": {}});
    assert_eq!(unfit(refused(none, &one)), "from 3 to 10 classes cannot be made of 3 distinct points");
    assert!(matches!(
        refused(json!({"mca": {"activ": ["a", "b"]}}), &one),
        SurveyError::SpecUnreadable { .. }
    ));
    let alike = json!({"mca": {"active": ["c", "d"]}});
    let same = Table::parse("c,d\n1,1\n1,1\n").unwrap();
    assert_eq!(
        unfit(carried_out(&alike, &same, &[1.0; 2]).unwrap_err()),
        "everybody answers alike: there is no axis"
    );
}

#[test]
fn too_many_points_are_refused_until_groups_are_asked_for() {
    // Five questions of ten levels: the digits of the row, all different.
    let rows = 20_001_usize;
    let mut table = Table::default();
    for (name, step) in [("a", 1), ("b", 10), ("c", 100), ("d", 1000), ("e", 10_000)] {
        #[expect(clippy::cast_possible_truncation, reason = "a digit")]
        let codes = (0..rows).map(|row| (row * 7 / step % 10) as u32).collect();
        let levels = (0..10).map(|level| level.to_string()).collect();
        table.add(name, Column::Categories(Categories { codes, levels })).unwrap();
    }
    let spec = |clusters: Value| json!({"mca": {"active": ["a", "b", "c", "d", "e"], "axes": 2}, "clusters": clusters});
    let weights = vec![1.0; rows];
    let refused = carried_out(&spec(json!({"classes": 3})), &table, &weights).unwrap_err();
    assert_eq!(refused, SurveyError::PointsTooMany { points: rows, most: 20_000 });
    let clusters = found(&spec(json!({"classes": 3, "groups": 50})), &table, &weights).clusters.unwrap();
    assert_eq!(clusters.classes.len(), 3);
}

/// Answers by chance to three questions; of level 0 nothing is known.
fn answers() -> impl Strategy<Value = Vec<([u8; 3], f64)>> {
    vec(([0_u8..4, 0_u8..5, 0_u8..3], 0.1_f64..5.0), 6..60)
}

fn of_answers(answers: &[([u8; 3], f64)]) -> (Table, Vec<f64>) {
    let mut table = Table::default();
    for (question, name) in ["a", "b", "c"].into_iter().enumerate() {
        let word = |answer: u8| if answer == 0 { String::new() } else { format!("l{answer}") };
        let texts: Vec<String> = answers.iter().map(|(levels, _)| word(levels[question])).collect();
        table.add(name, Column::Categories(Categories::of(texts.iter().map(String::as_str)))).unwrap();
    }
    let numbers = answers.iter().map(|(levels, weight)| weight * f64::from(levels[0] + 1)).collect();
    table.add("n", Column::Numbers(numbers)).unwrap();
    (table, answers.iter().map(|(_, weight)| *weight).collect())
}

/// Ward's joins by trying all pairs each time: the inertia each adds.
fn joined_one_by_one(mut clusters: Vec<(Vec<f64>, f64)>) -> Vec<f64> {
    let mut heights = Vec::new();
    while clusters.len() > 1 {
        let mut best = (0, 1, f64::INFINITY);
        for one in 0..clusters.len() {
            for other in one + 1..clusters.len() {
                let ((center, weight), (centers, weights)) = (&clusters[one], &clusters[other]);
                let apart: f64 =
                    center.iter().zip(centers).map(|(one, other)| (one - other) * (one - other)).sum();
                let added = apart * weight * weights / (weight + weights);
                if added < best.2 {
                    best = (one, other, added);
                }
            }
        }
        let (center, weight) = clusters.swap_remove(best.1);
        let (own, weights) = &mut clusters[best.0];
        for (own, other) in own.iter_mut().zip(center) {
            *own = (*own * *weights + other * weight) / (*weights + weight);
        }
        *weights += weight;
        heights.push(best.2);
    }
    heights.sort_by(f64::total_cmp);
    heights
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The axes share out the inertia; contributions are 1 on each; categories are where their people are.
    #[test]
    fn axes_share_out_the_inertia(answers in answers(), active in any::<bool>()) {
        let (table, weights) = of_answers(&answers);
        let missing = if active { "active" } else { "passive" };
        let spec = json!({"mca": {
            "active": ["a", "b", "c"], "missing": missing, "axes": 99, "individuals": "all", "numbers": ["n"]}});
        let Ok(found) = carried_out(&spec, &table, &weights) else { return Ok(()) };
        let mca = &found.mca;
        close(mca.axes.iter().map(|axis| axis.eigenvalue).sum(), mca.total_inertia, 1e-11);
        close(mca.categories.iter().map(|category| (1.0 - category.share) / 3.0).sum(), mca.total_inertia, 1e-11);
        let individuals = mca.individuals.as_ref().unwrap();
        let whole: f64 = weights.iter().sum();
        for (axis, told) in mca.axes.iter().enumerate() {
            let column = &individuals.coordinates[axis];
            let largest = mca.categories.iter().map(|category| category.contributions[axis]).fold(0.0, f64::max);
            let leads = |category: &&Category| category.contributions[axis] >= largest * (1.0 - 1e-9);
            prop_assert!(mca.categories.iter().any(|category| leads(&category) && category.coordinates[axis] > 0.0));
            close(mca.categories.iter().map(|category| category.contributions[axis]).sum(), 1.0, 1e-10);
            close(individuals.contributions[axis].iter().sum(), 1.0, 1e-8);
            close(column.iter().zip(&weights).map(|(x, w)| x * w).sum::<f64>() / whole, 0.0, 1e-9);
            close(column.iter().zip(&weights).map(|(x, w)| x * x * w).sum::<f64>() / whole, told.eigenvalue, 1e-9);
            for category in &mca.categories {
                let categories = table.categories(&category.variable).unwrap();
                let own = |row: &usize| categories.level(*row) == category.level.as_deref();
                let rows: Vec<usize> = (0..table.rows()).filter(own).collect();
                let weight: f64 = rows.iter().map(|row| weights[*row]).sum();
                let mean = rows.iter().map(|row| weights[*row] * column[*row]).sum::<f64>() / weight;
                close(category.coordinates[axis] * told.eigenvalue.sqrt(), mean, 1e-8);
            }
        }
        for row in 0..table.rows() {
            let cosines: f64 = individuals.cosines.iter().map(|axis| axis[row]).sum();
            prop_assert!(cosines < 1.0 + 1e-8);
            // Where all is active, all axes tell all of a respondent.
            prop_assert!(!active || cosines > 1.0 - 1e-6);
        }
        for correlation in &mca.numbers[0].correlations {
            prop_assert!(correlation.abs() <= 1.0 + 1e-12);
        }
    }

    /// The same respondents in another order have the same axes and classes.
    #[test]
    fn the_order_of_rows_does_not_matter(answers in answers()) {
        let spec = json!({"mca": {"active": ["a", "b", "c"], "axes": 99}, "clusters": {"classes": 3}});
        let (table, weights) = of_answers(&answers);
        let Ok(one) = carried_out(&spec, &table, &weights) else { return Ok(()) };
        let turned: Vec<_> = answers.iter().rev().copied().collect();
        let (table, weights) = of_answers(&turned);
        let other = found(&spec, &table, &weights);
        prop_assert_eq!(one.mca.axes.len(), other.mca.axes.len());
        for (one, other) in one.mca.axes.iter().zip(&other.mca.axes) {
            close(one.eigenvalue, other.eigenvalue, 1e-12);
        }
        for (one, other) in one.mca.categories.iter().zip(&other.mca.categories) {
            prop_assert_eq!(&one.level, &other.level);
            close(one.cosines.iter().sum(), other.cosines.iter().sum(), 1e-9);
        }
        let (one, other) = (one.clusters.unwrap(), other.clusters.unwrap());
        for (one, other) in one.levels.iter().zip(&other.levels) {
            close(one.within, other.within, 1e-10);
        }
    }

    /// Chains of neighbors find the tree that trying all pairs finds; its heights are all the inertia.
    #[test]
    fn chains_find_the_tree_of_all_pairs(answers in answers()) {
        let (table, weights) = of_answers(&answers);
        let spec = json!({
            "mca": {"active": ["a", "b", "c"], "axes": 3, "individuals": "coordinates"},
            "clusters": {"min": 2, "max": 99, "consolidate": false, "significance": 1.0}});
        let Ok(found) = carried_out(&spec, &table, &weights) else { return Ok(()) };
        let (columns, clusters) = (found.mca.individuals.unwrap().coordinates, found.clusters.unwrap());
        let whole: f64 = weights.iter().sum();
        let points =
            (0..table.rows()).map(|row| (columns.iter().map(|axis| axis[row]).collect(), weights[row] / whole)).collect();
        let mut heights = joined_one_by_one(points);
        heights.reverse();
        for (level, height) in clusters.levels.iter().zip(&heights) {
            close(level.gain, *height, 1e-10);
        }
        let told: f64 = found.mca.axes.iter().take(3).map(|axis| axis.eigenvalue).sum();
        close(clusters.levels[0].within, told, 1e-10);
        // The cut is where least is left, relative to one class less; classes go by the first axis.
        let left = |classes: usize| clusters.levels[classes - 1].within / clusters.levels[classes - 2].within;
        let chosen = clusters.classes.len();
        prop_assert!((2..=clusters.levels.len()).all(|classes| left(chosen) <= left(classes) + 1e-12));
        prop_assert!(clusters.classes.is_sorted_by(|one, other| one.center[0] <= other.center[0]));
        close(clusters.between, 1.0 - clusters.levels[chosen - 1].within / clusters.levels[0].within, 1e-9);
        // All of a class that have a category, and all of a category that are in a class.
        for class in &clusters.classes {
            for contrast in &class.categories {
                close(contrast.in_class * class.share, contrast.of_category * contrast.share, 1e-12);
                prop_assert!(contrast.p <= 1.0 && contrast.p >= 0.0 && contrast.v_test.is_finite());
            }
        }
    }

    /// What was answered stays; what was filled comes from a donor of the class who answered.
    #[test]
    fn filled_answers_come_from_donors_of_the_class(
        answers in answers(), method in 0_usize..5, limit in 1_usize..4, seed in any::<u64>(),
    ) {
        let (table, weights) = of_answers(&answers);
        let methods = [
            json!({"kind": "hot-deck"}),
            json!({"kind": "hot-deck", "draw": "equal"}),
            json!({"kind": "sequential", "order": ["n"]}),
            json!({"kind": "nearest", "numbers": ["n"], "categories": ["a"]}),
            json!({"kind": "nearest", "numbers": ["n"], "distance": "standardized"}),
        ];
        let spec = json!({
            "variables": ["a", "b"], "classes": ["c"], "method": methods[method], "limit": limit, "seed": seed});
        let parts = |name: &str| table.categories(name).unwrap().into_owned();
        let (a, b, classes) = (parts("a"), parts("b"), parts("c"));
        let needs = |row: usize| a.level(row).is_none() || b.level(row).is_none();
        match imputed(&spec, &table, &weights) {
            Err(SurveyError::DonorMissing { row, .. }) => {
                let alike = |other: &usize| classes.level(*other) == classes.level(row);
                let of_class: Vec<usize> = (0..table.rows()).filter(alike).collect();
                let lacking = of_class.iter().filter(|row| needs(**row)).count();
                prop_assert!(lacking > (of_class.len() - lacking) * limit, "there were donors");
            }
            Err(other) => prop_assert!(false, "{other}"),
            Ok(found) => {
                let mut uses = vec![0; table.rows()];
                for (row, donor) in found.donor_of.iter().enumerate() {
                    prop_assert_eq!(donor.is_some(), needs(row));
                    if let Some(donor) = donor {
                        uses[*donor] += 1;
                        prop_assert!(!needs(*donor));
                        prop_assert_eq!(classes.level(*donor), classes.level(row));
                    }
                }
                let most = uses.iter().copied().max().unwrap_or(0);
                prop_assert!(most <= limit && found.most_uses == most);
                for (column, own) in found.columns.iter().zip([&a, &b]) {
                    let Column::Categories(filled) = &column.values else { panic!("words stay words") };
                    for row in 0..table.rows() {
                        let from = if own.level(row).is_none() { found.donor_of[row].unwrap() } else { row };
                        prop_assert_eq!(filled.level(row), own.level(from));
                        prop_assert_eq!(column.imputed[row], from != row);
                    }
                    prop_assert_eq!(column.filled, column.imputed.iter().filter(|flag| **flag).count());
                }
                prop_assert_eq!(found, imputed(&spec, &table, &weights).unwrap());
            }
        }
    }
}

#[test]
fn the_nearest_donor_is_the_one_a_hand_finds() {
    // Gower, range of age 40, from row 4 (30, jazz): 10/40 and 0 -> .125; 2/40 and 1 -> .525; 30/40 and 0 -> .375;
    // row 3 tells no genre: 1/40 alone. Standardized: weights 1, variance of 20, 32, 60, 31, 30 is 181.44.
    let table = table("age,genre,spent\n20,jazz,5\n32,rock,7\n60,jazz,9\n31,,11\n30,jazz,\n");
    let spec = |numbers: &[&str], distance: &str, condition: Option<&str>| {
        json!({
            "variables": ["spent"], "where": condition,
            "method": {"kind": "nearest", "numbers": numbers, "categories": ["genre"], "distance": distance}})
    };
    let donor = |spec: &Value| imputed(spec, &table, &[1.0; 5]).unwrap().donor_of[4];
    assert_eq!(donor(&spec(&["age"], "gower", None)), Some(3));
    assert_eq!(donor(&spec(&["age"], "gower", Some("${age} != 31"))), Some(0));
    // (10/13.47)² = .551 against (2/13.47)² + 1, and 2 (1/13.47)² = .011 of the one whose genre is unknown.
    assert_eq!(donor(&spec(&["age"], "standardized", None)), Some(3));
    assert_eq!(donor(&spec(&["age"], "standardized", Some("${age} != 31"))), Some(0));
    let words =
        serde_json::to_value(imputed(&spec(&["age"], "gower", None), &table, &[1.0; 5]).unwrap()).unwrap();
    assert_eq!(words["columns"][0]["values"], json!([5.0, 7.0, 9.0, 11.0, 11.0]));
    assert_eq!(words["columns"][0]["imputed"], json!([false, false, false, false, true]));
    assert_eq!(words["donor_of"], json!([null, null, null, null, 3]));
}

#[test]
fn a_sequential_donor_is_the_last_before_else_the_first_after() {
    let table = table("day,spent\n1,\n2,4\n3,\n4,\n5,8\n6,\n");
    let spec = |limit: Option<usize>| json!({"variables": ["spent"], "method": {"kind": "sequential", "order": ["day"]}, "limit": limit});
    let found = imputed(&spec(None), &table, &[1.0; 6]).unwrap();
    assert_eq!(found.donor_of, [Some(1), None, Some(1), Some(1), None, Some(4)]);
    assert_eq!((found.recipients, found.donors, found.most_uses), (4, 2, 3));
    let found = imputed(&spec(Some(2)), &table, &[1.0; 6]).unwrap();
    assert_eq!(found.donor_of, [Some(1), None, Some(1), Some(4), None, Some(4)]);
}

#[test]
fn donors_are_drawn_by_what_they_stand_for() {
    // Two donors, of 3 and of 1: three quarters of 4,000 recipients, ± 5 standard deviations (27).
    let mut table = Table::default();
    let answers = [1.0, 2.0].into_iter().chain(std::iter::repeat_n(f64::NAN, 4000)).collect();
    table.add("spent", Column::Numbers(answers)).unwrap();
    let weights: Vec<f64> = [3.0, 1.0].into_iter().chain(std::iter::repeat_n(1.0, 4000)).collect();
    let first = |draw: &str| {
        let spec = json!({"variables": ["spent"], "method": {"kind": "hot-deck", "draw": draw}, "seed": 1});
        let found = imputed(&spec, &table, &weights).unwrap();
        found.donor_of.iter().filter(|donor| **donor == Some(0)).count()
    };
    assert!(first("weighted").abs_diff(3000) < 137);
    assert!(first("equal").abs_diff(2000) < 158);
}

#[test]
fn a_class_without_donors_is_named() {
    let table = table("sex,age,spent\nman,20,12\nwoman,30,\nwoman,,\n");
    let refused = |spec: Value| imputed(&spec, &table, &[1.0; 3]).unwrap_err().to_string();
    assert_eq!(
        refused(json!({"variables": ["spent"], "classes": ["sex"]})),
        "spent: line 3 of the class sex = woman has no donor: nobody in it answered"
    );
    assert_eq!(
        refused(json!({"variables": ["spent"], "limit": 1})),
        "spent: line 4 of the class all has no donor: each who answered has given as often as is allowed"
    );
    assert_eq!(
        refused(json!({"variables": ["spent"], "method": {"kind": "nearest", "numbers": ["age"]}})),
        "spent: line 4 of the class all has no donor: nothing that is compared is known of both"
    );
    assert_eq!(
        refused(json!({"variables": ["spent"], "method": {"kind": "nearest"}})),
        "the imputation \"answers\" cannot be made: no variable is compared"
    );
    assert_eq!(refused(json!({})), "the imputation \"answers\" cannot be made: no variable is named");
}

#[test]
fn real_diplomas_are_filled_within_their_class() {
    // 112 of 2,000 respondents tell no diploma, by pandas 3.1: d.nivetud.isna().sum().
    let Some((mut table, weights)) = real() else { return };
    let spec = json!({
        "variables": ["nivetud"], "classes": ["sexe", "qualif"], "seed": 12,
        "method": {"kind": "nearest", "numbers": ["age"]}, "limit": 3});
    let found = imputed(&spec, &table, &weights).unwrap();
    assert_eq!((found.recipients, found.columns[0].filled), (112, 112));
    assert!(found.most_uses <= 3);
    found.add_to(&mut table).unwrap();
    assert!(!table.categories("nivetud").unwrap().codes.contains(&Categories::MISSING));
    close(table.numbers("nivetud_imputed").unwrap().iter().sum(), 112.0, 0.0);
}
