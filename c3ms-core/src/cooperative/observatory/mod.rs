//! The report of an observatory: one page for everybody, which tells only what is published.

mod chart;
mod map;
mod words;

use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;

use crate::{
    Error,
    delivery::{DeliveryError, format_escaped},
    survey::{
        Statistic,
        observatory::{Figure, Indicator, Observatory, Quality},
    },
};
use chart::{Chart, Drawn, Evolution, chart, evolution};
use words::{Words, change, level, named, quality, said, sentence, unit};

/// An indicator as the page tells it.
#[derive(Debug, Clone, Serialize)]
struct Section {
    id: String,
    title: String,
    explained: String,
    sentence: String,
    charts: Vec<Chart>,
    evolution: Option<Evolution>,
    changes: Vec<String>,
    has_care: bool,
    has_hidden: bool,
    has_levels: bool,
    rows: Vec<Line>,
}

/// A row of the table of an indicator.
#[derive(Debug, Clone, Serialize)]
struct Line {
    place: String,
    level: String,
    wave: String,
    suppressed: bool,
    value: String,
    interval: String,
    n: String,
    effective: String,
    quality: &'static str,
}

/// A wave as the page tells it.
#[derive(Debug, Clone, Serialize)]
struct Told {
    label: String,
    asked: String,
    answered: String,
    share: String,
}

fn needs_care(figure: &Figure) -> bool {
    figure.quality == Some(Quality::Care)
}

/// The report of an observatory as a page that stands alone, in French (`fr`) or English.
///
/// Charts are drawings within the page, each with its title, its description and a table; no script is needed, nothing is
/// fetched. It is made of what is published alone: a figure that is left out is nowhere in it.
///
/// # Errors
/// [`DeliveryError`] where the page cannot be made.
///
/// # Examples
/// ```
/// use c3ms_core::{cooperative::observatory_page, survey::observatory::ObservatorySpec};
/// use std::collections::BTreeMap;
/// let spec = ObservatorySpec::parse(r#"{"population": "visitors", "waves": [{"name": "2026", "data": "a.csv"}],
///     "indicators": [{"id": "spent", "label": {"fr": "Dépense moyenne"}, "statistic": "mean", "variables": ["spent"],
///                     "unit": {"fr": "€"}}]}"#)?;
/// let answers = format!("spent\n{}", "1200\n1270\n".repeat(20));
/// let found = spec.carry_out(&BTreeMap::from([("a.csv".to_owned(), answers)]))?;
/// let page = observatory_page(&found.observatory, "fr")?;
/// assert!(page.contains("Dépense moyenne en 2026\u{a0}: 1\u{202f}235\u{202f}€"));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn observatory_page(observatory: &Observatory, language: &str) -> Result<String, Error> {
    let broken = |error: minijinja::Error| DeliveryError::TemplateBroken { reason: error.to_string() };
    let words = Words { french: language.starts_with("fr") };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(format_escaped);
    environment.add_template("report.html", include_str!("report.html")).map_err(broken)?;
    let style = concat!(include_str!("../../delivery/templates/site.css"), include_str!("report.css"));
    let sections: Vec<Section> = observatory
        .indicators
        .iter()
        .enumerate()
        .map(|(number, indicator)| section(number, observatory, indicator, words))
        .collect();
    let waves: Vec<Told> = observatory
        .waves
        .iter()
        .map(|wave| {
            #[expect(clippy::cast_precision_loss, reason = "numbers of people")]
            let count = |number: usize| number as f64;
            let hidden = || words.say("non publié", "not published").to_owned();
            let share = wave.answered.filter(|_| wave.asked > 0).map(|own| count(own) / count(wave.asked));
            Told {
                label: capital(&words.text(&wave.label, &wave.name)),
                asked: words.number(count(wave.asked), 0),
                answered: wave.answered.map_or_else(hidden, |own| words.number(count(own), 0)),
                share: share.map_or_else(hidden, |own| words.with_unit(own, 0, &words::Unit::Share)),
            }
        })
        .collect();
    let summary: Vec<String> =
        sections.iter().map(|section| section.sentence.clone()).filter(|own| !own.is_empty()).collect();
    let quality = &observatory.method.quality;
    let percent = |share: f64| words.with_unit(share, 0, &words::Unit::Share);
    let page = context! {
        french => words.french,
        style => minijinja::Value::from_safe_string(style.to_owned()),
        title => words.text(&observatory.title, &observatory.population),
        description => words.text(&observatory.description, ""),
        license => observatory.license.as_deref().unwrap_or_default(),
        population => observatory.population.as_str(),
        summary,
        sections => told(&sections), waves => told(&waves),
        map => told(&observatory.map.as_ref().map(|map| map::draw(observatory, map, words))),
        version => observatory.method.version,
        minimum => observatory.method.minimum,
        care_answers => quality.answers, care_cv => percent(quality.cv), most_cv => percent(quality.most_cv),
        level => percent(observatory.method.level),
        compared => observatory.indicators.iter().map(|own| own.comparisons.len()).sum::<usize>(),
    };
    let page = environment.get_template("report.html").and_then(|template| template.render(page));
    Ok(page.map_err(broken)? + "\n")
}

/// A value as templates read it.
fn told<T: Serialize>(value: &T) -> minijinja::Value {
    minijinja::Value::from(minijinja::value::Serde(value))
}

/// What an indicator is, in a line.
fn explained(indicator: &Indicator, words: Words) -> String {
    let said = match indicator.statistic {
        Statistic::Proportion => words.say("Part estimée, avec son intervalle de confiance.", "Estimated share, with its confidence interval."),
        Statistic::Mean => words.say("Moyenne estimée, avec son intervalle de confiance.", "Estimated mean, with its confidence interval."),
        Statistic::Total => words.say("Total estimé, avec son intervalle de confiance.", "Estimated total, with its confidence interval."),
        Statistic::Ratio => words.say("Rapport estimé de deux totaux, avec son intervalle de confiance.", "Estimated ratio of two totals, with its confidence interval."),
        Statistic::Quantile => words.say(
            "Valeur au-dessous de laquelle se trouve une part donnée du public (la moitié pour une médiane), avec son intervalle de confiance.",
            "Value below which a given share of the public lies (half of it for a median), with its confidence interval.",
        ),
        Statistic::Variance | Statistic::Correlation | Statistic::Gini => "",
    };
    said.to_owned()
}

fn section(number: usize, observatory: &Observatory, indicator: &Indicator, words: Words) -> Section {
    let id = format!("i{number}");
    let title = words.text(&indicator.label, &indicator.id);
    let unit = unit(indicator, words);
    let mut levels: Vec<Option<&str>> = Vec::new();
    for figure in &indicator.figures {
        if !levels.contains(&figure.level.as_deref()) {
            levels.push(figure.level.as_deref());
        }
    }
    let has_levels = levels.len() > 1;
    let called =
        |own: Option<&str>| own.filter(|_| has_levels).map(|own| level(observatory, indicator, own, words));
    let of = |by: Option<&str>, member: Option<&str>, own: Option<&str>| -> Vec<&Figure> {
        let fits = |figure: &&Figure| {
            figure.by.as_deref() == by && figure.member.as_deref() == member && figure.level.as_deref() == own
        };
        indicator.figures.iter().filter(fits).collect()
    };
    let whole: Vec<Drawn<'_>> = levels
        .iter()
        .map(|own| Drawn { heading: None, label: called(*own), figures: of(None, None, *own) })
        .collect();
    let overall = words.say("Dans l’ensemble", "On the whole").to_owned();
    let mut charts =
        vec![chart((format!("{id}c"), overall.clone(), true), &whole, observatory, indicator, words)];
    for (place, by) in observatory.by.iter().enumerate() {
        let mut members: Vec<&str> = Vec::new();
        let own = indicator.figures.iter().filter(|figure| figure.by.as_ref() == Some(&by.variable));
        for member in own.filter_map(|figure| figure.member.as_deref()) {
            if !members.contains(&member) {
                members.push(member);
            }
        }
        let mut drawn = Vec::new();
        for own in &levels {
            for (rank, member) in members.iter().enumerate() {
                drawn.push(Drawn {
                    heading: called(*own).filter(|_| rank == 0).map(|own| capital(&own)),
                    label: Some(capital(&named(observatory, &by.variable, member, words))),
                    figures: of(Some(&by.variable), Some(member), *own),
                });
            }
        }
        if !drawn.is_empty() {
            let title = words.text(&by.label, &by.variable);
            charts.push(chart(
                (format!("{id}c{place}"), title, false),
                &drawn,
                observatory,
                indicator,
                words,
            ));
        }
    }
    let place = |by: Option<&String>, member: Option<&String>| match (by, member) {
        (Some(by), Some(member)) => capital(&named(observatory, by, member, words)),
        (None, _) | (_, None) => overall.clone(),
    };
    let changes = indicator.comparisons.iter().filter(|own| own.significant).map(|own| {
        let level = called(own.level.as_deref()).map(|level| format!(", {level}")).unwrap_or_default();
        let colon = words.say("\u{a0}: ", ": ");
        format!(
            "{}{level}{colon}{}.",
            place(own.by.as_ref(), own.member.as_ref()),
            change(own, observatory, &unit, words)
        )
    });
    let rows = indicator.figures.iter().map(|figure| {
        let written = said(figure, &unit, words);
        #[expect(clippy::cast_precision_loss, reason = "a number of respondents")]
        let count = |number: Option<usize>| number.map(|n| words.number(n as f64, 0)).unwrap_or_default();
        Line {
            place: place(figure.by.as_ref(), figure.member.as_ref()),
            level: called(figure.level.as_deref()).unwrap_or_default(),
            wave: words.wave(observatory, &figure.wave),
            suppressed: figure.suppressed,
            value: written.as_ref().map(|own| own.value.clone()).unwrap_or_default(),
            interval: written
                .filter(|own| !own.low.is_empty())
                .map(|own| format!("{} – {}", own.low, own.high))
                .unwrap_or_default(),
            n: count(figure.n),
            effective: figure.n_effective.map(|own| words.number(own, 0)).unwrap_or_default(),
            quality: quality(figure, words),
        }
    });
    Section {
        explained: explained(indicator, words),
        sentence: sentence(observatory, indicator, words).unwrap_or_default(),
        evolution: evolution(
            format!("{id}e"),
            words.say("D’une vague à l’autre", "From wave to wave"),
            observatory,
            indicator,
            words,
        ),
        changes: changes.collect(),
        has_care: indicator.figures.iter().any(needs_care),
        has_hidden: indicator.figures.iter().any(|figure| figure.suppressed),
        has_levels,
        rows: rows.collect(),
        id,
        title,
        charts,
    }
}

/// A whole number with its thousands apart, as reports write it.
pub(super) fn grouped(number: u32, french: bool) -> String {
    Words { french }.number(f64::from(number), 0)
}

/// The same with a capital letter first.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
