//! The single place where a code crosses the border.

use c3ms_core::{Code, Error};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// What the core refused, on its way to JavaScript.
#[derive(Debug)]
pub struct Refused {
    code: &'static str,
    message: String,
    path: String,
    advice: &'static str,
}

impl Refused {
    /// A refusal without advice: what a page of readers is sent need not hold the advice on everything.
    pub(crate) fn bare(code: &'static str, error: &dyn std::fmt::Display) -> Self {
        Self { code, message: error.to_string(), path: String::new(), advice: "" }
    }

    /// As [`Refused::bare`], with the place.
    pub(crate) fn at(path: String, code: &'static str, error: &dyn std::fmt::Display) -> Self {
        Self { path, ..Self::bare(code, error) }
    }

    /// A text from JavaScript that is no JSON.
    pub(crate) fn no_json(error: &serde_json::Error) -> Self {
        Self::at(format!("line {}", error.line()), Code::JsonBroken.as_str(), error)
    }
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        let report = error.into().report("en");
        Self { code: report.code.as_str(), message: report.message, path: report.path, advice: report.advice }
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Error)]
    type Thrown;
    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> Thrown;
    #[wasm_bindgen(method, setter)]
    fn set_code(this: &Thrown, code: &str);
    #[wasm_bindgen(method, setter)]
    fn set_path(this: &Thrown, path: &str);
    #[wasm_bindgen(method, setter)]
    fn set_advice(this: &Thrown, advice: &str);
}

impl From<Refused> for JsValue {
    fn from(refused: Refused) -> Self {
        let thrown = Thrown::new(&refused.message);
        thrown.set_code(refused.code);
        thrown.set_path(&refused.path);
        thrown.set_advice(refused.advice);
        thrown.into()
    }
}
