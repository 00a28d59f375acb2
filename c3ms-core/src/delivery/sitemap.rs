//! The map of a site for search engines.

use super::{Context, Datasets, Distribution, encoding::xml};

/// Writes `sitemap.xml`: the front page and every file of data, with the day each changed last; `None` where nobody
/// knows the address of the site, as a map holds whole addresses only.
///
/// # Source
/// sitemaps.org, protocol 0.9.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Language, Timestamp}, delivery::{Context, Datasets, sitemap}};
/// let context = Context {
///     name: "Alpes".into(), zone: None, language: Language::french(), address: Some("https://example.org/?a&b".into()),
///     license: "https://creativecommons.org/licenses/by/4.0/".into(), now: Timestamp::from_millis(0),
/// };
/// let map = sitemap(&Datasets::default(), &context, &[]).unwrap();
/// assert!(map.contains("<loc>https://example.org/?a&amp;b/</loc>"));
/// assert_eq!(sitemap(&Datasets::default(), &Context { address: None, ..context }, &[]), None);
/// ```
#[must_use]
pub fn sitemap(datasets: &Datasets, context: &Context, distributions: &[Distribution]) -> Option<String> {
    context.address.as_ref()?;
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let newest = datasets.iter().filter_map(super::Dataset::updated).max();
    let files = distributions.iter().map(|distribution| {
        let dataset = datasets.dataset(&distribution.cube);
        (distribution.path.as_str(), dataset.and_then(super::Dataset::updated))
    });
    for (path, updated) in [("", newest), ("catalog.ttl", newest)].into_iter().chain(files) {
        out.push_str("<url>\n");
        xml::element(&mut out, "loc", &context.url(path));
        if let Some(updated) = updated {
            xml::element(&mut out, "lastmod", &updated.to_string());
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    Some(out)
}
