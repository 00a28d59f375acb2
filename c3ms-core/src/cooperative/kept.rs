//! Documents of the cooperative: read as what they are, written where they say something new.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    Error,
    store::{Change, RecordKind, Store, StoreError},
};

fn parse<T: DeserializeOwned>(kind: RecordKind, subject: &str, body: Value) -> Result<T, Error> {
    let broken = |error: serde_json::Error| StoreError::ProjectionBroken {
        reason: format!("the {} {subject}: {error}", kind.as_str()),
    };
    Ok(serde_json::from_value(body).map_err(broken)?)
}

/// The newest version of a document.
pub(super) fn read<T: DeserializeOwned>(
    store: &dyn Store,
    kind: RecordKind,
    subject: &str,
) -> Result<Option<T>, Error> {
    store.document(kind, subject)?.map(|body| parse(kind, subject, body)).transpose()
}

/// The newest version of every document of a kind, by subject.
pub(super) fn read_all<T: DeserializeOwned>(
    store: &dyn Store,
    kind: RecordKind,
) -> Result<Vec<(String, T)>, Error> {
    let parsed = |(subject, body): (String, Value)| {
        let read = parse(kind, &subject, body)?;
        Ok((subject, read))
    };
    store.documents(kind)?.into_iter().map(parsed).collect()
}

/// The change of the log that says a document.
pub(super) fn change(kind: RecordKind, subject: &str, body: &impl Serialize) -> Change {
    Change::Document { kind, subject: subject.to_owned(), body: json!(body) }
}

/// The change that says a document; none where that is what is kept.
pub(super) fn change_where_new(
    store: &dyn Store,
    kind: RecordKind,
    subject: &str,
    body: &impl Serialize,
) -> Result<Vec<Change>, Error> {
    let body = json!(body);
    let same = store.document(kind, subject)?.as_ref() == Some(&body);
    Ok(if same { Vec::new() } else { vec![change(kind, subject, &body)] })
}
