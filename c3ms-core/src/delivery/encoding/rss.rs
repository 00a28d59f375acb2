//! RSS 2.0: the records that were changed last, for readers of news.
//!
//! A description is HTML there, so ours is a text written as HTML; a title is a text for some readers and HTML for
//! others, so `<` is written such that neither makes an element of it.

use super::{
    Context,
    news::{News, news, title},
    turtle::sound,
    xml::{as_html, element, text},
};
use crate::{
    base::Timestamp,
    delivery::{Dataset, Datasets, clock::civil},
};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) fn write(dataset: &Dataset, datasets: &Datasets, context: &Context) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n",
    );
    let title = title(dataset, context);
    element(&mut out, "title", &guarded(&title));
    element(&mut out, "link", &context.url(""));
    element(&mut out, "description", &as_html(&title));
    element(&mut out, "language", context.language.as_str());
    if context.address.is_some() {
        out.push_str("<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
        text(&mut out, &context.url(&format!("data/{}.rss", dataset.format.cube)));
        out.push_str("\"/>\n");
    }
    if let Some(updated) = dataset.updated() {
        element(&mut out, "lastBuildDate", &mail_date(updated));
    }
    element(&mut out, "generator", "C3MS");
    for news in news(dataset, datasets, context) {
        item(&mut out, &news);
    }
    out.push_str("</channel>\n</rss>\n");
    out.into_bytes()
}

fn item(out: &mut String, news: &News<'_>) {
    out.push_str("<item>\n");
    element(out, "title", &guarded(news.title));
    if let Some(url) = news.url {
        element(out, "link", &sound(url));
    }
    out.push_str("<guid isPermaLink=\"false\">");
    text(out, &news.id);
    out.push_str("</guid>\n");
    element(out, "pubDate", &mail_date(news.record.updated));
    element(out, "description", &as_html(&news.text));
    for category in &news.categories {
        element(out, "category", category);
    }
    if let Some(language) = news.language {
        element(out, "dc:language", language);
    }
    out.push_str("</item>\n");
}

fn guarded(title: &str) -> String {
    title.replace('<', "&lt;")
}

/// RFC 822 with a year of four digits: `Mon, 23 Nov 2026 19:30:00 GMT`.
fn mail_date(instant: Timestamp) -> String {
    let (date, time) = civil(instant.millis().div_euclid(1000));
    let (year, month, day) = date.parts();
    let weekday = DAYS.get(usize::from(date.weekday()).saturating_sub(1)).unwrap_or(&"Mon");
    let month = MONTHS.get(usize::from(month).saturating_sub(1)).unwrap_or(&"Jan");
    format!("{weekday}, {day:02} {month} {year:04} {time} GMT")
}
