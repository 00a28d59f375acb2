//! What people read of a survey's answer: a table for each of what it lists.

use std::{collections::BTreeMap, ops::Range};

use c3ms_core::{
    base::Id,
    cooperative::{Frame, FrameRow, Planned},
};
use serde_json::Value;

/// What an answer finds, but for what it tells of each row.
pub(crate) fn lines(told: &Value, language: &str) -> Vec<String> {
    let mut models = Vec::new();
    for model in list(told, "models") {
        models.push(format!("model {}  n {}", text(model, "id"), text(model, "n")));
        models.extend(list(model, "coefficients").iter().map(coefficient));
    }
    let imputed = told.as_array().into_iter().flatten().flat_map(|one| list(one, "columns"));
    let stratum = |stratum: &Value| {
        format!("{}  {} / {}", text(stratum, "stratum"), text(stratum, "units"), text(stratum, "frame"))
    };
    let parts: [Vec<String>; 9] = [
        weighting(list(told, "weighting"), language),
        estimates(list(told, "estimates"), language),
        models,
        list(told, "tests").iter().map(test).collect(),
        list(told, "geometry").iter().flat_map(axes).collect(),
        imputed.map(|column| format!("{}  {}", text(column, "variable"), text(column, "filled"))).collect(),
        list(told, "strata").iter().map(stratum).collect(),
        published(told, language),
        anonymity(told, language),
    ];
    let told = parts.iter().filter(|part| !part.is_empty());
    told.map(Vec::as_slice).collect::<Vec<_>>().join(&String::new())
}

/// A frame by its strata, and what gives no slot.
pub(crate) fn frame(frame: &Frame, language: &str) -> Vec<String> {
    let mut strata: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for row in &frame.rows {
        let (slots, expected) = strata.entry(&row.stratum).or_default();
        (*slots, *expected) = (*slots + 1, *expected + row.expected);
    }
    let expected: f64 = frame.rows.iter().map(|row| row.expected).sum();
    let row = |name: &str, slots: usize, expected: f64| {
        vec![name.to_owned(), slots.to_string(), format!("{expected:.0}")]
    };
    let head = [said(language, "strate", "stratum"), said(language, "créneaux", "slots")];
    let mut rows =
        vec![vec![head[0].to_owned(), head[1].to_owned(), said(language, "attendus", "expected").to_owned()]];
    rows.extend(strata.into_iter().map(|(name, (slots, expected))| row(name, slots, expected)));
    rows.push(row(said(language, "ensemble", "together"), frame.rows.len(), expected));
    let mut lines = aligned(&rows, &(1..3));
    if !frame.left_out.is_empty() {
        lines.push(String::new());
        lines.push(said(language, "sans créneau :", "without a slot:").to_owned());
    }
    lines.extend(frame.left_out.iter().map(|one| {
        let start = one.start.as_ref().map(ToString::to_string).unwrap_or_default();
        let why = match one.reason {
            "cancelled" => said(language, "annulé", "cancelled"),
            "postponed" => said(language, "reporté", "postponed"),
            "online" => said(language, "en ligne", "online"),
            "no-venue" => said(language, "sans lieu", "no venue"),
            "no-hour" => said(language, "sans heure", "no hour"),
            "several-days" => said(language, "dure plusieurs jours", "lasts several days"),
            "hours-unreadable" => said(language, "horaires illisibles", "hours cannot be read"),
            other => other,
        };
        [why, &start, &one.title].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    }));
    lines
}

/// A wave as it was planned: its strata, and what changed for the interviewers.
pub(crate) fn planned(planned: &Planned, language: &str) -> Vec<String> {
    let head = [
        said(language, "strate", "stratum"),
        said(language, "à venir", "to come"),
        said(language, "attendus", "expected"),
        said(language, "tirés", "drawn"),
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(planned.strata.iter().map(|one| {
        let expected = format!("{:.0}", one.expected);
        vec![one.stratum.clone(), one.slots.to_string(), expected, one.drawn.to_string()]
    }));
    let mut lines = aligned(&rows, &(1..4));
    let of = |ids: &[Id<FrameRow>], what: &'static str, lines: &mut Vec<String>| {
        for slot in ids.iter().filter_map(|id| planned.wave.slot(*id)) {
            lines.push(format!("{what}  {}  {}  {}", slot.row.begin, slot.row.venue, slot.row.title));
        }
    };
    if planned.again {
        lines.push(String::new());
        of(&planned.withdrawn, said(language, "annulé ou déplacé", "cancelled or moved"), &mut lines);
        of(&planned.lost, said(language, "n’y plus aller", "go there no more"), &mut lines);
        of(&planned.gained, said(language, "y aller", "go there"), &mut lines);
        let missed = planned.missed.len();
        if missed > 0 {
            let told = said(
                language,
                "créneaux passés inconnus de la vague : sans chance d’être tirés",
                "past slots the wave did not know: they had no chance to be drawn",
            );
            lines.push(format!("{missed}  {told}"));
        }
    }
    lines
}

/// What an answer tells of each row, by the line at which a spreadsheet shows it.
pub(crate) fn listed(told: &Value, language: &str) -> Vec<String> {
    let line = said(language, "ligne", "line");
    let sheet = list(told, "sheet");
    if !sheet.is_empty() {
        let row = |row: &Value| {
            let parts = ["venue", "begin", "end", "first", "interval"].map(|name| text(row, name));
            parts.join("  ")
        };
        return sheet.iter().map(row).collect();
    }
    let mut rows = Vec::new();
    let of_line = |row: u64, cells: &[String]| {
        std::iter::once((row + 2).to_string()).chain(cells.iter().cloned()).collect()
    };
    let units = list(told, "units");
    if !units.is_empty() {
        let (probability, weight) =
            (said(language, "probabilité", "probability"), said(language, "poids", "weight"));
        rows.push(vec![line.to_owned(), probability.to_owned(), weight.to_owned()]);
        rows.extend(units.iter().map(|unit| {
            let row = unit.get("row").and_then(Value::as_u64).unwrap_or(0);
            of_line(row, &[text(unit, "probability"), text(unit, "weight")])
        }));
    } else if told.get("estimates").is_none() {
        let weights = list(told, "weights");
        let (name, numbers) = if weights.is_empty() {
            (said(language, "probabilité", "probability"), list(told, "probabilities"))
        } else {
            (said(language, "poids", "weight"), weights)
        };
        if !numbers.is_empty() {
            rows.push(vec![line.to_owned(), name.to_owned()]);
        }
        rows.extend((0..).zip(numbers).map(|(row, number)| of_line(row, &[number.to_string()])));
    }
    aligned(&rows, &(0..1))
}

/// Cells in columns, those of these numbers to the right.
pub(crate) fn aligned(rows: &[Vec<String>], right: &Range<usize>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if right.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<String>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

pub(crate) const fn said(language: &str, french: &'static str, english: &'static str) -> &'static str {
    if matches!(language.as_bytes(), b"fr") { french } else { english }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn number(value: &Value, name: &str) -> f64 {
    value.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

/// What each step of a weighting did, and under it what it multiplied each class with.
fn weighting(steps: &[Value], language: &str) -> Vec<String> {
    if steps.is_empty() {
        return Vec::new();
    }
    let names = [
        said(language, "étape", "step"),
        said(language, "tours", "rounds"),
        said(language, "écart", "off by"),
        "n",
        said(language, "somme", "sum"),
        said(language, "minimum", "least"),
        said(language, "maximum", "largest"),
        said(language, "deff (Kish)", "Kish deff"),
    ];
    let mut rows = vec![names.map(str::to_owned).to_vec()];
    rows.extend(steps.iter().map(|step| {
        let off = match step.get("deviation").and_then(Value::as_f64) {
            Some(0.0) => "0".to_owned(),
            Some(deviation) => format!("{deviation:.1e}"),
            None => String::new(),
        };
        let figures = ["sum", "least", "largest"].map(|name| format!("{:.6}", number(step, name)));
        let first = [text(step, "step"), text(step, "iterations"), off, text(step, "n")];
        first.into_iter().chain(figures).chain([format!("{:.3}", number(step, "kish"))]).collect()
    }));
    let mut lines = Vec::new();
    for (place, line) in aligned(&rows, &(1..8)).into_iter().enumerate() {
        lines.push(line);
        if let Some(step) = place.checked_sub(1).and_then(|place| steps.get(place)) {
            lines.extend(parts(step));
        }
    }
    lines
}

/// Factors of classes, coefficients of a response model; of clusters there are too many.
fn parts(step: &Value) -> Vec<String> {
    let sign = match text(step, "step").as_str() {
        "response-classes" => "× ",
        "response-propensity" => "",
        _ => return Vec::new(),
    };
    let rows: Vec<Vec<String>> = list(step, "parts")
        .iter()
        .filter_map(|part| {
            let name = part.get(0)?.as_str()?;
            Some(vec![format!("  {name}"), format!("{sign}{:.6}", part.get(1)?.as_f64()?)])
        })
        .collect();
    aligned(&rows, &(1..2))
}

/// Figures by the name of what computed them, with their precision and what a reader should know.
fn estimates(estimates: &[Value], language: &str) -> Vec<String> {
    if estimates.is_empty() {
        return Vec::new();
    }
    let names = [
        "id",
        said(language, "chiffre", "figure"),
        "n",
        said(language, "valeur", "value"),
        "±",
        said(language, "intervalle à 95 %", "95 % interval"),
        said(language, "à savoir", "flags"),
    ];
    let mut rows = vec![names.map(str::to_owned).to_vec()];
    rows.extend(estimates.iter().map(|named| estimate(named, language)));
    aligned(&rows, &(2..5))
}

fn estimate(named: &Value, language: &str) -> Vec<String> {
    let signed = [("level", " = "), ("probability", " q")].into_iter().filter_map(|(name, sign)| {
        let value = text(named, name);
        (!value.is_empty()).then(|| format!("{sign}{value}"))
    });
    let by = named.get("by").and_then(Value::as_object).into_iter().flatten();
    let by = by.map(|(name, category)| format!(" [{name} {}]", category.as_str().unwrap_or_default()));
    let figure = std::iter::once(text(named, "variable")).chain(signed).chain(by).collect();
    let flags: Vec<&str> = list(named, "flags").iter().filter_map(Value::as_str).collect();
    let (value, error) = (number(named, "value"), number(named, "se"));
    // What rounding leaves of nothing tells nothing of one unit.
    let is_empty = flags.contains(&"single-unit") && error <= 1e-7 * value.abs();
    let interval = match list(named, "ci") {
        [low, high] => {
            let bound = |bound: &Value| bound.as_f64().unwrap_or(f64::NAN);
            format!("[{:.6}, {:.6}]", bound(low), bound(high))
        }
        _ => String::new(),
    };
    vec![
        text(named, "id"),
        figure,
        text(named, "n"),
        format!("{value:.6}"),
        if error.is_nan() || is_empty { "–".to_owned() } else { format!("{error:.6}") },
        interval,
        flags.into_iter().map(|flag| flagged(flag, language)).collect::<Vec<_>>().join(", "),
    ]
}

/// What a flag tells.
fn flagged<'a>(flag: &'a str, language: &str) -> &'a str {
    match flag {
        "few-answers" => said(language, "peu de réponses", "few answers"),
        "few-units" => said(language, "peu d’unités", "few units"),
        "single-unit" => said(language, "une seule unité : ± inconnu", "one unit: ± unknown"),
        "imprecise" => said(language, "imprécis", "imprecise"),
        "answers-missing" => said(language, "réponses manquantes", "answers missing"),
        "negative-weights" => said(language, "poids négatifs", "negative weights"),
        "negative-variance" => said(language, "variance négative", "negative variance"),
        other => other,
    }
}

/// Tables for the public, cell by cell, and how many cells were left out.
fn published(told: &Value, language: &str) -> Vec<String> {
    let (all, hidden) = (said(language, "total", "total"), said(language, "masqué", "suppressed"));
    let mut lines = Vec::new();
    for table in list(told, "tables") {
        let names: Vec<String> = list(table, "dimensions")
            .iter()
            .map(|name| name.as_str().unwrap_or_default().to_owned())
            .collect();
        let row = |cell: &Value| {
            let member = |name: &String| cell.get("at").and_then(|at| at.get(name)).and_then(Value::as_str);
            let at = names.iter().map(|name| member(name).unwrap_or(all).to_owned());
            let value = text(cell, "value");
            at.chain([if value.is_empty() { hidden.to_owned() } else { value }]).collect::<Vec<String>>()
        };
        let mut rows = vec![names.iter().cloned().chain([text(table, "measure")]).collect()];
        rows.extend(list(table, "cells").iter().map(row));
        lines.extend(aligned(&rows, &(names.len()..names.len() + 1)));
    }
    if let Some(report) = told.get("report") {
        let of = said(language, "cases masquées sur", "cells suppressed of");
        lines.push(format!("{} {of} {}", text(report, "suppressed"), text(report, "cells")));
    }
    lines
}

/// How many share what identifies them, and the classes of few.
fn anonymity(told: &Value, language: &str) -> Vec<String> {
    if told.get("uniques").is_none() {
        return Vec::new();
    }
    let names = [
        ("k", "k", "k"),
        ("classes", "classes", "classes"),
        ("uniques", "lignes uniques", "unique rows"),
        ("below", "lignes sous k", "rows below k"),
    ];
    let mut lines: Vec<String> = names
        .iter()
        .map(|(name, french, english)| format!("{}  {}", said(language, french, english), text(told, name)))
        .collect();
    lines.extend(
        list(told, "diversity").iter().map(|own| format!("l {}  {}", text(own, "variable"), text(own, "l"))),
    );
    for class in list(told, "small") {
        let own = class.get("identifiers").and_then(Value::as_object).into_iter().flatten();
        let own: Vec<String> =
            own.map(|(name, level)| format!("{name} = {}", level.as_str().unwrap_or("–"))).collect();
        lines.push(format!("{}  {}", text(class, "size"), own.join(", ")));
    }
    lines
}

/// The axes with what each explains, and the coordinates of the categories.
fn axes(geometry: &Value) -> Vec<String> {
    let under = |one: &str, other: &str| -> &[Value] {
        let list = geometry.get(one).and_then(|one| one.get(other)).and_then(Value::as_array);
        list.map(Vec::as_slice).unwrap_or_default()
    };
    let mut lines = Vec::new();
    for (place, axis) in under("mca", "axes").iter().enumerate() {
        let shares =
            (number(axis, "eigenvalue"), number(axis, "rate") * 100.0, number(axis, "modified_rate") * 100.0);
        lines.push(format!(
            "axis {}  λ {:.6}  {:.2} %  Benzécri {:.2} %",
            place + 1,
            shares.0,
            shares.1,
            shares.2
        ));
    }
    for category in under("mca", "categories") {
        let own = category.get("coordinates").and_then(Value::as_array).into_iter().flatten();
        let coordinates: Vec<String> =
            own.map(|one| format!("{:8.4}", one.as_f64().unwrap_or(f64::NAN))).collect();
        lines.push(format!(
            "{} = {}  {}",
            text(category, "variable"),
            text(category, "level"),
            coordinates.join(" ")
        ));
    }
    for class in under("clusters", "classes") {
        lines.push(format!(
            "class {}  n {}  {:.2} %",
            text(class, "number"),
            text(class, "n"),
            number(class, "share") * 100.0
        ));
    }
    lines
}

fn coefficient(own: &Value) -> String {
    let level = text(own, "level");
    let name = if level.is_empty() { text(own, "term") } else { format!("{} = {level}", text(own, "term")) };
    format!("  {name}  {:.6} ± {:.6}  p {:.4}", number(own, "value"), number(own, "se"), number(own, "p"))
}

fn test(own: &Value) -> String {
    format!(
        "{}  {}  {:.6}  df {}  p {:.6}",
        text(own, "id"),
        text(own, "test"),
        number(own, "statistic"),
        text(own, "df"),
        number(own, "p")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_weighting_tells_its_design_effect_and_the_factor_of_each_class() {
        let told = json!({"weighting": [
            {"step": "response-classes", "n": 38, "sum": 8103.0, "least": 86.5, "largest": 369.25, "negatives": 0,
             "kish": 1.1505, "parts": [["15-29", 1.2], ["60+", 1.175]]},
            {"step": "rake", "iterations": 4, "deviation": 3e-13, "n": 38, "sum": 7940.0, "least": 72.5,
             "largest": 393.5, "negatives": 0, "kish": 1.25}]});
        assert_eq!(
            lines(&told, "en"),
            [
                "step              rounds   off by   n          sum      least     largest  Kish deff",
                "response-classes                   38  8103.000000  86.500000  369.250000      1.151",
                "  15-29  × 1.200000",
                "  60+    × 1.175000",
                "rake                   4  3.0e-13  38  7940.000000  72.500000  393.500000      1.250",
            ]
        );
        assert!(lines(&told, "fr").first().is_some_and(|line| line.starts_with("étape")));
    }

    #[test]
    fn a_figure_of_one_unit_has_no_standard_error() {
        let figure = |kind: &str, se: f64, ci: Value, flags: &[&str]| {
            json!({"id": "spent", "variable": "spent", "by": {"kind": kind}, "value": 4.0, "se": se, "ci": ci, "n": 2,
                   "flags": flags})
        };
        let told = json!({"estimates": [
            figure("a", 0.0, Value::Null, &["few-answers", "single-unit"]),
            figure("b", 0.5, json!([3.0, 5.0]), &[])]});
        assert_eq!(
            lines(&told, "fr"),
            [
                "id     chiffre         n    valeur         ±  intervalle à 95 %     à savoir",
                "spent  spent [kind a]  2  4.000000         –                        peu de réponses, une seule unité : ± inconnu",
                "spent  spent [kind b]  2  4.000000  0.500000  [3.000000, 5.000000]",
            ]
        );
    }

    #[test]
    fn rows_are_told_by_their_lines() {
        let told = json!({"units": [{"row": 0, "probability": 0.5, "weight": 2.0}]});
        assert_eq!(listed(&told, "en"), ["line  probability  weight", "   2  0.5          2.0"]);
        let told = json!({"weights": [1.5], "ratios": [1.0]});
        assert_eq!(listed(&told, "fr"), ["ligne  poids", "    2  1.5"]);
    }
}
