//! `c3ms validate --json-schema`: documents against schemas of third parties.

use std::{fs, path::Path};

use c3ms_core::{
    Code,
    forms::{ForeignOptions, ForeignSchema},
};
use serde_json::{Deserializer, Value, json};

use crate::{failure::Failure, output::Output};

pub(crate) fn validate(
    schema: &Path,
    resources: &[String],
    asserts_formats: bool,
    data: &Path,
    output: &Output,
) -> Result<(), Failure> {
    let mut options = ForeignOptions { asserts_formats, ..ForeignOptions::default() };
    for resource in resources {
        let Some((address, file)) = resource.split_once('=') else {
            return Err(Failure::new(Code::FileMissing, schema, format!("{resource:?} is no ADDRESS=FILE")));
        };
        options.resources.insert(address.to_owned(), only(Path::new(file))?);
    }
    let compiled = ForeignSchema::compile(&only(schema)?, options).map_err(Failure::about(schema))?;
    let (mut documents, mut invalid) = (0_usize, 0_usize);
    for document in read(data)? {
        documents += 1;
        let found = compiled.validate(&document);
        invalid += usize::from(!found.is_empty());
        for violation in &found {
            output.json(&json!({ "document": documents, "violation": violation }));
            output.plain(&format!(
                "{documents} {} {}: {}",
                violation.path, violation.keyword, violation.message
            ));
        }
    }
    output.json(&json!({ "documents": documents, "valid": documents - invalid, "invalid": invalid }));
    output.say(
        &format!("{documents} documents, {invalid} non valables"),
        &format!("{documents} documents, {invalid} invalid"),
    );
    if invalid == 0 {
        return Ok(());
    }
    Err(Failure::new(Code::SchemaMayRefuse, data, format!("{invalid} of {documents} documents are invalid")))
}

/// The documents of a file.
fn read(path: &Path) -> Result<Vec<Value>, Failure> {
    let bytes = fs::read(path).map_err(Failure::io(path, false))?;
    let documents: Result<Vec<Value>, _> = Deserializer::from_slice(&bytes).into_iter().collect();
    documents.map_err(|error| Failure::new(Code::JsonBroken, path, error.to_string()))
}

fn only(path: &Path) -> Result<Value, Failure> {
    let bytes = fs::read(path).map_err(Failure::io(path, false))?;
    serde_json::from_slice(&bytes).map_err(|error| Failure::new(Code::JsonBroken, path, error.to_string()))
}
