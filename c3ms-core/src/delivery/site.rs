//! The open-data site: files that any host can serve, and their front page.

use std::collections::BTreeSet;

use minijinja::{Environment, Output, State, UndefinedBehavior, Value, context};
use serde_json::Value as Json;

use super::{
    Context, Dataset, Datasets, DeliveryError, Distribution, Encoding, Occurrence, Record, catalog,
    catalog_turtle,
    clock::{iso, today},
    data_package, encode,
    encoding::json_ld::{Voice, graph},
    sitemap,
    words::Words,
};
use crate::{
    base::{Date, Moment},
    manufactory::forms::{Kind, json_schema},
};

/// The files of a site: path and content.
pub type Files = Vec<(String, Vec<u8>)>;

/// How many dates the front page shows without the widget.
const SHOWN: usize = 50;

/// What ends before this hour still belongs to the evening before.
const SMALL_HOURS: u8 = 6;

/// Writes every file of the site but `agenda.json` and the widgets.
///
/// `data/<cube>.<extension>` in each encoding the cube fits, `schemas/<cube>.json`, `catalog.jsonld` and the same as
/// `catalog.ttl`, `datapackage.json`, `sitemap.xml` where the address of the site is known, `index.html` with the next of the `occurrences` given (in order, as
/// [`occurrences`](super::occurrences) gives them), and `site.css`.
///
/// # Errors
/// As [`encode`] and [`index_html`].
pub fn files(
    datasets: &Datasets,
    context: &Context,
    occurrences: &[Occurrence],
) -> Result<Files, DeliveryError> {
    let mut files = Files::new();
    let mut distributions = Vec::new();
    for dataset in datasets.iter() {
        let cube = &dataset.format.cube;
        for encoding in Encoding::ALL.into_iter().filter(|encoding| encoding.fits(dataset, datasets)) {
            let path = format!("data/{cube}.{}", encoding.extension());
            let written = encode(encoding, dataset, datasets, context)?;
            let (cube, bytes) = (cube.clone(), written.len());
            distributions.push(Distribution { cube, encoding, path: path.clone(), bytes });
            files.push((path, written));
        }
        let schema = serde_json::to_vec_pretty(&json_schema(&dataset.format))
            .map_err(|error| DeliveryError::EncodingFailed { reason: error.to_string() })?;
        files.push((format!("schemas/{cube}.json"), schema));
    }
    files.push(("catalog.jsonld".to_owned(), catalog(datasets, context, &distributions)?));
    files.push(("catalog.ttl".to_owned(), catalog_turtle(datasets, context, &distributions)));
    files.push(("datapackage.json".to_owned(), data_package(datasets, context, &distributions)?));
    if let Some(map) = sitemap(datasets, context, &distributions) {
        files.push(("sitemap.xml".to_owned(), map.into_bytes()));
    }
    let page = index_html(datasets, context, occurrences, &distributions)?;
    files.push(("index.html".to_owned(), page.into_bytes()));
    files.push(("site.css".to_owned(), include_bytes!("templates/site.css").to_vec()));
    Ok(files)
}

/// Writes the front page: the next dates as text for who has no scripts, the agenda widget around them, the
/// same dates for search engines, and the files to take away.
///
/// The page asks nothing of other hosts.
///
/// # Errors
/// [`DeliveryError::TemplateBroken`] where the template lacks something, [`DeliveryError::ZoneUnknown`] where
/// the context names a zone there is none of.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Language, Timestamp}, delivery::{Context, Datasets, index_html}};
/// let context = Context {
///     name: "Scènes <&> Cie".into(), zone: None, language: Language::french(), address: None,
///     license: "https://creativecommons.org/licenses/by/4.0/".into(), now: Timestamp::from_millis(0),
/// };
/// let page = index_html(&Datasets::default(), &context, &[], &[])?;
/// assert!(page.contains("<h1>Scènes &lt;&amp;&gt; Cie</h1>"));
/// assert!(page.contains("Aucune date n’est annoncée"));
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn index_html(
    datasets: &Datasets,
    context: &Context,
    upcoming: &[Occurrence],
    distributions: &[Distribution],
) -> Result<String, DeliveryError> {
    context.check()?;
    let words = Words::of(&context.language);
    let today = today(context.now, context.zone.as_ref());
    let ahead: Vec<&Occurrence> =
        upcoming.iter().filter(|occurrence| last_day(occurrence) >= today).collect();
    let shown: Vec<&Occurrence> = ahead.iter().copied().take(SHOWN).collect();
    let more = (ahead.len() > shown.len()).then(|| {
        let (shown, all) = (shown.len().to_string(), ahead.len().to_string());
        words.more.replace("{shown}", &shown).replace("{all}", &all)
    });
    let is_link = context.license.starts_with("https://") || context.license.starts_with("http://");
    let calendar = distributions.iter().find(|distribution| distribution.encoding == Encoding::ICalendar);
    let page = context! {
        words => said(words),
        name => &context.name,
        description => words.description.replace("{name}", &context.name),
        canonical => context.address.as_ref().map(|_| context.url("")),
        license => &context.license,
        license_url => is_link.then_some(&context.license),
        calendar => calendar.map(|distribution| distribution.path.clone()),
        feeds => feeds(datasets, distributions, context),
        calendar_url => calendar.map(|distribution| context.url(&distribution.path)),
        structured => structured(datasets, context, &shown),
        days => by_day(datasets, &shown, words, context, today),
        more => more,
        datasets => tables(datasets, distributions, words),
        today => words.day(today),
        today_iso => today.to_string(),
    };
    let broken = |error: minijinja::Error| DeliveryError::TemplateBroken { reason: error.to_string() };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(format_escaped);
    environment.add_template("index.html", include_str!("templates/index.html")).map_err(broken)?;
    let page =
        environment.get_template("index.html").and_then(|template| template.render(page)).map_err(broken)?;
    Ok(page + "\n")
}

/// Escapes texts as HTML asks; minijinja's own way writes every `/` of an address as a reference too.
pub(crate) fn format_escaped(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let Some(text) = value.as_str().filter(|_| !value.is_safe()) else {
        return minijinja::escape_formatter(out, state, value);
    };
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            plain => escaped.push(plain),
        }
    }
    Ok(out.write_str(&escaped)?)
}

fn said(words: &'static Words) -> Value {
    context! {
        language => words.language,
        introduction => words.introduction,
        skip => words.skip,
        agenda => words.agenda,
        nothing => words.nothing,
        free => words.free,
        subscribe => words.subscribe,
        subscribe_how => words.subscribe_how,
        data => words.data,
        data_why => words.data_why,
        dataset => words.dataset,
        records => words.records,
        files => words.files,
        schema => words.schema,
        catalog => words.catalog,
        license => words.license,
        made => words.made,
    }
}

/// The last day of an occurrence; a ball that ends at two in the morning belongs to the evening before.
fn last_day(occurrence: &Occurrence) -> Date {
    let first = occurrence.start.date();
    let last = occurrence.end.as_ref().map_or(first, |end| match end.time().map(|time| time.parts().0) {
        Some(hour) if hour < SMALL_HOURS => end.date().plus_days(-1),
        Some(_) | None => end.date(),
    });
    last.max(first)
}

/// The performances shown, each once, for search engines; nothing in it can end the script it stands in.
fn structured(datasets: &Datasets, context: &Context, shown: &[&Occurrence]) -> String {
    let mut seen = BTreeSet::new();
    let first = shown.iter().filter(|occurrence| seen.insert(occurrence.performance));
    let records: Vec<_> = first.filter_map(|occurrence| datasets.record(occurrence.performance)).collect();
    let voice = Voice::One(context.language.as_str());
    let graph = graph(records.into_iter(), datasets, context, voice).to_string();
    graph.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The dates by day; what began before today stands first.
fn by_day(
    datasets: &Datasets,
    shown: &[&Occurrence],
    words: &Words,
    context: &Context,
    today: Date,
) -> Value {
    let mut days: Vec<(String, Vec<Value>)> = Vec::new();
    for occurrence in shown {
        let Some((dataset, record)) = datasets.record(occurrence.performance) else { continue };
        let day = occurrence.start.date();
        let label = if day < today { words.ongoing.to_owned() } else { words.day(day) };
        let date = date(datasets, dataset, record, occurrence, words, context);
        match days.last_mut() {
            Some((last, dates)) if *last == label => dates.push(date),
            Some(_) | None => days.push((label, vec![date])),
        }
    }
    days.into_iter()
        .map(|(label, dates)| context! { label => label, dates => Value::from_iter(dates) })
        .collect()
}

fn date(
    datasets: &Datasets,
    dataset: &Dataset,
    record: &Record,
    occurrence: &Occurrence,
    words: &Words,
    context: &Context,
) -> Value {
    let language = context.language.as_str();
    let text = |property: &str| dataset.named(property).and_then(|field| record.document.get(field));
    let (tag, title) = record.said(&dataset.format.title, language).unwrap_or_default();
    let last = last_day(occurrence);
    let status = status(dataset, record, language);
    let time =
        |moment: &Moment| moment.time().map_or_else(|| words.all_day.to_owned(), |time| words.time(time));
    context! {
        iso => iso(&occurrence.start),
        time => time(&occurrence.start),
        title => title,
        language => tag.filter(|tag| *tag != words.language),
        url => text("url").and_then(Json::as_str),
        place => place(datasets, dataset, record, language),
        until => (last > occurrence.start.date()).then(|| format!("{} {}", words.until, words.day(last))),
        free => text("isAccessibleForFree").and_then(Json::as_bool).unwrap_or(false),
        status => status.as_ref().map(|(label, _)| label.as_str()),
        is_off => status.as_ref().is_some_and(|(_, is_off)| *is_off),
    }
}

/// The name of the place and the town it lies in.
fn place(datasets: &Datasets, dataset: &Dataset, record: &Record, language: &str) -> Option<String> {
    let (places, place) = datasets.linked(record, dataset.named("location"))?;
    let name = places.title(place, language);
    let town = places.format.fields.iter().find_map(|field| {
        let Kind::Group { fields } = &field.kind else { return None };
        let town = fields.iter().find(|inner| inner.property() == Some("addressLocality"))?;
        place.document.get(&field.name)?.get(&town.name)?.as_str()
    });
    Some(match town {
        Some(town) if !name.ends_with(town) => format!("{name}, {town}"),
        Some(_) | None => name,
    })
}

/// The words for what does not take place as announced, and whether it does not take place at all.
fn status(dataset: &Dataset, record: &Record, language: &str) -> Option<(String, bool)> {
    let field = dataset.meaning("eventStatus")?;
    let Kind::Code { vocabulary, .. } = &field.kind else { return None };
    let code = record.document.get(&field.name)?.as_str()?;
    let known = dataset.format.vocabularies.get(vocabulary)?.codes.iter().find(|known| known.code == code)?;
    let term = known.term.as_deref().unwrap_or_default();
    let is_off = term.ends_with("EventCancelled") || term.ends_with("EventPostponed");
    let label = known.label.in_language(language).unwrap_or(code).to_owned();
    (!term.ends_with("EventScheduled")).then_some((label, is_off))
}

/// The feeds that a reader of news finds by itself.
fn feeds(datasets: &Datasets, distributions: &[Distribution], context: &Context) -> Value {
    let feeds = distributions.iter().filter(|file| matches!(file.encoding, Encoding::Rss | Encoding::Atom));
    let feeds = feeds.map(|file| {
        let label = datasets
            .dataset(&file.cube)
            .and_then(|dataset| dataset.format.label.in_language(context.language.as_str()))
            .unwrap_or(&file.cube);
        context! {
            path => file.path.as_str(),
            media_type => file.encoding.media_type(),
            title => format!("{label} ({})", file.encoding.label()),
        }
    });
    feeds.collect()
}

fn tables(datasets: &Datasets, distributions: &[Distribution], words: &Words) -> Value {
    let tables = datasets.iter().map(|dataset| {
        let cube = &dataset.format.cube;
        let own = distributions.iter().filter(|distribution| distribution.cube == *cube);
        let files = own.map(|distribution| {
            context! {
                path => distribution.path.as_str(),
                label => distribution.encoding.label(),
                media_type => distribution.encoding.media_type(),
                size => words.size(distribution.bytes),
            }
        });
        context! {
            label => dataset.format.label.in_language(words.language).unwrap_or(cube),
            count => dataset.records.len(),
            files => files.collect::<Value>(),
            schema => format!("schemas/{cube}.json"),
        }
    });
    tables.collect()
}
