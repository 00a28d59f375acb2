//! Addresses of schemas: absolute from relative ones.

/// Splits an address at its fragment.
pub(super) fn split(address: &str) -> (&str, &str) {
    address.split_once('#').unwrap_or((address, ""))
}

/// Tells whether an address names its scheme: `https:…`, `urn:…`.
pub(super) fn is_absolute(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    })
}

/// The address meant by `reference` in a document at `base`, both without fragment.
///
/// # Source
/// RFC 3986, 5.2.
pub(super) fn resolve(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if is_absolute(reference) || base.is_empty() {
        return reference.to_owned();
    }
    let (scheme, rest) = match base.split_once(':') {
        Some((scheme, rest)) if is_absolute(base) => (format!("{scheme}:"), rest),
        _ => (String::new(), base),
    };
    if reference.starts_with("//") {
        return format!("{scheme}{reference}");
    }
    let (authority, path) = match rest.strip_prefix("//") {
        Some(after) => {
            let (host, path) = after.find('/').map_or((after, ""), |at| after.split_at(at));
            (format!("//{host}"), path)
        }
        None => (String::new(), rest),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if reference.starts_with('?') {
        return format!("{scheme}{authority}{path}{reference}");
    }
    let (asked, query) = reference.find('?').map_or((reference, ""), |at| reference.split_at(at));
    let whole = if asked.starts_with('/') {
        asked.to_owned()
    } else {
        let folder = path.rfind('/').map_or("", |at| path.split_at(at + 1).0);
        let slash = if folder.is_empty() && !authority.is_empty() { "/" } else { "" };
        format!("{slash}{folder}{asked}")
    };
    format!("{scheme}{authority}{}{query}", without_dots(&whole))
}

fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let last = path.split('/').count().saturating_sub(1);
    for (index, part) in path.split('/').enumerate() {
        match part {
            "." | ".." => {
                if part == ".." && kept.len() > 1 {
                    kept.pop();
                }
                if index == last {
                    kept.push("");
                }
            }
            part => kept.push(part),
        }
    }
    kept.join("/")
}

/// A fragment with its `%20` read.
pub(super) fn decoded(fragment: &str) -> Option<String> {
    if !fragment.contains('%') {
        return Some(fragment.to_owned());
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut letters = fragment.bytes();
    while let Some(letter) = letters.next() {
        if letter == b'%' {
            let mut digit =
                || char::from(letters.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            bytes.push(digit()? * 16 + digit()?);
        } else {
            bytes.push(letter);
        }
    }
    String::from_utf8(bytes).ok()
}
