//! The agenda of a page.

use c3ms_core::publisher::{self, AgendaQuery, PublisherError};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Refused;

/// An agenda made ready for questions.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Agenda(publisher::Agenda);

#[wasm_bindgen]
impl Agenda {
    /// Reads a bundle, `agenda.json`, and prepares it.
    ///
    /// # Errors
    /// `publisher.bundle-unreadable`.
    #[wasm_bindgen(constructor)]
    pub fn new(json: &str) -> Result<Self, Refused> {
        Self::from_bytes(json.as_bytes())
    }

    /// Reads a bundle from the bytes of `agenda.json`, as they came over the network.
    ///
    /// # Errors
    /// `publisher.bundle-unreadable`.
    #[wasm_bindgen(js_name = fromBytes)]
    pub fn from_bytes(json: &[u8]) -> Result<Self, Refused> {
        publisher::Agenda::parse(json).map(Self).map_err(|error| refused(&error))
    }

    /// What a page must know before its first question, as JSON.
    ///
    /// # Errors
    /// None is known: every head can be written.
    pub fn head(&self) -> Result<String, Refused> {
        serde_json::to_string(&self.0.head()).map_err(|error| Refused::no_json(&error))
    }

    /// Answers a query (JSON) with one page (JSON), and with what each further choice would leave.
    ///
    /// # Errors
    /// `publisher.query-unreadable`.
    pub fn query(&self, query: &str) -> Result<String, Refused> {
        let query = AgendaQuery::parse(query).map_err(|error| refused(&error))?;
        serde_json::to_string(&self.0.query(&query)).map_err(|error| Refused::no_json(&error))
    }
}

fn refused(error: &PublisherError) -> Refused {
    Refused::bare(error.code().as_str(), error)
}
