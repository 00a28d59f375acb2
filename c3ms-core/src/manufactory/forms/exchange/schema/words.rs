//! The words of C3MS in the schemas of others: what a part says, under `c3ms:`.

use serde::Serialize;
use serde_json::Value;

use super::super::super::{Field, Format};

/// What a field says, each member under `c3ms:`, but what `said` names and the fields of its group.
pub(in crate::manufactory::forms) fn words_of_field(field: &Field, said: &[&str]) -> Vec<(String, Value)> {
    let mut words = words(field, said);
    for (name, value) in &mut words {
        if name == "c3ms:kind"
            && let Some(kind) = value.as_object_mut()
        {
            kind.remove("fields");
        }
    }
    words
}

/// What a format says besides its fields, each member under `c3ms:`; not by which way it came to say so.
pub(in crate::manufactory::forms) fn words_of_format(format: &Format) -> Vec<(String, Value)> {
    let header = Format { fields: Vec::new(), ..format.clone() };
    words(&header, &["fields", "previous", "operations"])
}

fn words(part: &impl Serialize, said: &[&str]) -> Vec<(String, Value)> {
    // What has text keys and finite numbers only always has a value.
    let Ok(Value::Object(members)) = serde_json::to_value(part) else { return Vec::new() };
    members
        .into_iter()
        .filter(|(name, _)| !said.contains(&name.as_str()))
        .map(|(name, value)| (format!("c3ms:{name}"), value))
        .collect()
}
