//! Schemas of third parties, checked by the `jsonschema` crate: no network, no files.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde::Serialize;
use serde_json::Value;

use super::FormsError;
use crate::base::Pointer;

/// A pattern that would go back more often is given up: it counts as not matching.
const MOST_BACKTRACKS: usize = 100_000;

/// A JSON Schema of someone else, compiled: any draft from 4 to 2020-12.
///
/// # Source
/// The `jsonschema` crate; all required, optional and format tests of the JSON-Schema-Test-Suite, draft 2020-12,
/// are run in `conformance/tests`.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{ForeignOptions, ForeignSchema};
/// use serde_json::json;
/// let schema = json!({ "type": "object", "required": ["name"], "properties": { "seats": { "minimum": 1 } } });
/// let schema = ForeignSchema::compile(&schema, ForeignOptions::default())?;
/// let found = schema.validate(&json!({ "seats": 0 }));
/// let told: Vec<_> = found.iter().map(|one| (one.keyword.as_str(), one.path.as_str())).collect();
/// assert_eq!(told, [("required", ""), ("minimum", "/seats")]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
#[derive(Debug)]
pub struct ForeignSchema(Validator);

/// How a schema of someone else is read.
#[derive(Debug, Clone, Default)]
pub struct ForeignOptions {
    /// The documents it refers to, by their addresses; nothing else is looked for.
    pub resources: BTreeMap<String, Value>,
    /// `format` refuses values; else it only says what was meant, as draft 2020-12 has it.
    pub asserts_formats: bool,
}

/// What a schema of someone else refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForeignViolation {
    /// The keyword that refuses.
    pub keyword: String,
    /// Where in the document.
    pub path: Pointer,
    /// Where in the schema.
    pub schema_path: Pointer,
    /// In the words of the crate, English.
    pub message: String,
}

/// Gives the documents that were named, and remembers which other was asked for.
struct Named {
    resources: BTreeMap<String, Value>,
    missing: Arc<Mutex<Option<String>>>,
}

impl Retrieve for Named {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let address = uri.as_str();
        if let Some(found) = self.resources.get(address) {
            return Ok(found.clone());
        }
        *self.missing.lock().unwrap_or_else(PoisonError::into_inner) = Some(address.to_owned());
        Err("it was not given".into())
    }
}

impl ForeignSchema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// [`FormsError::SchemaReferenceMissing`] for what is not among the resources, [`FormsError::SchemaUnsound`]
    /// for what is no schema.
    pub fn compile(schema: &Value, options: ForeignOptions) -> Result<Self, FormsError> {
        let missing = Arc::new(Mutex::new(None));
        let named = Named { resources: options.resources, missing: Arc::clone(&missing) };
        let mut builder = jsonschema::options()
            .with_retriever(named)
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(MOST_BACKTRACKS));
        if options.asserts_formats {
            builder = builder.should_validate_formats(true);
        }
        builder.build(schema).map(Self).map_err(|error| {
            let missing = missing.lock().unwrap_or_else(PoisonError::into_inner).take();
            let schema = "the schema".to_owned();
            let path = error.instance_path().as_str().to_owned();
            match missing {
                Some(reference) => FormsError::SchemaReferenceMissing { schema, path, reference },
                None => FormsError::SchemaUnsound { schema, path, reason: error.to_string() },
            }
        })
    }

    /// Finds what is wrong in a document, in the order of the schema's keywords.
    #[must_use]
    pub fn validate(&self, document: &Value) -> Vec<ForeignViolation> {
        self.0
            .iter_errors(document)
            .map(|error| ForeignViolation {
                keyword: error.kind().keyword().to_owned(),
                path: Pointer::new(error.instance_path().as_str()),
                schema_path: Pointer::new(error.schema_path().as_str()),
                message: error.to_string(),
            })
            .collect()
    }

    /// Tells whether nothing is wrong.
    #[must_use]
    pub fn is_valid(&self, document: &Value) -> bool {
        self.0.is_valid(document)
    }
}
