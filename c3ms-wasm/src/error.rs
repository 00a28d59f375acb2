//! The single place where a code crosses the border.

use c3ms_core::{Code, Error, Report};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// What the core refused, on its way to JavaScript.
#[derive(Debug)]
pub struct Refused(Report);

impl Refused {
    /// A text from JavaScript that is no JSON.
    pub(crate) fn no_json(error: &serde_json::Error) -> Self {
        let code = Code::JsonBroken;
        let path = format!("line {}", error.line());
        Self(Report { code, message: error.to_string(), path, advice: code.advice("en") })
    }
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into().report("en"))
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
    fn from(Refused(report): Refused) -> Self {
        let thrown = Thrown::new(&report.message);
        thrown.set_code(report.code.as_str());
        thrown.set_path(&report.path);
        thrown.set_advice(report.advice);
        thrown.into()
    }
}
