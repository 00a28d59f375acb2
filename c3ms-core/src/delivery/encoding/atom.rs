//! Atom (RFC 4287): the records that were changed last, for readers of news.

use super::{
    Context,
    news::{News, news, title},
    xml::{element, text},
};
use crate::delivery::{Dataset, Datasets};

pub(super) fn write(dataset: &Dataset, datasets: &Datasets, context: &Context) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
    text(&mut out, context.language.as_str());
    out.push_str("\">\n");
    let path = format!("data/{}.atom", dataset.format.cube);
    let id = match context.address {
        Some(_) => context.url(&path),
        None => format!("urn:c3ms:feed:{}", dataset.format.cube),
    };
    element(&mut out, "id", &id);
    element(&mut out, "title", &title(dataset, context));
    element(&mut out, "updated", &dataset.updated().unwrap_or(context.now).to_string());
    out.push_str("<author>");
    element(&mut out, "name", &context.name);
    out.push_str("</author>\n");
    element(&mut out, "rights", &context.license);
    element(&mut out, "generator", "C3MS");
    if context.address.is_some() {
        link(&mut out, "self", "application/atom+xml", &id);
        link(&mut out, "alternate", "text/html", &context.url(""));
    }
    for news in news(dataset, datasets, context) {
        entry(&mut out, &news);
    }
    out.push_str("</feed>\n");
    out.into_bytes()
}

fn entry(out: &mut String, news: &News<'_>) {
    out.push_str("<entry");
    if let Some(language) = news.language {
        out.push_str(" xml:lang=\"");
        text(out, language);
        out.push('"');
    }
    out.push_str(">\n");
    element(out, "id", &news.id);
    element(out, "title", news.title);
    element(out, "updated", &news.record.updated.to_string());
    if let Some(url) = news.url {
        link(out, "alternate", "text/html", url);
    }
    for category in &news.categories {
        out.push_str("<category term=\"");
        text(out, category);
        out.push_str("\"/>\n");
    }
    out.push_str("<content type=\"text\">");
    text(out, &news.text);
    out.push_str("</content>\n</entry>\n");
}

fn link(out: &mut String, relation: &str, media_type: &str, url: &str) {
    for part in ["<link rel=\"", relation, "\" type=\"", media_type, "\" href=\""] {
        out.push_str(part);
    }
    text(out, &super::turtle::sound(url));
    out.push_str("\"/>\n");
}
