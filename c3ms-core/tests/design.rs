//! tmp
use c3ms_core::forms::*;
#[test]
fn show() {
    let format = Format::parse(r#"{"cube":"a","label":{"en":"A"},"fields":[{"id":"a","name":"a","kind":{"type":"integer"},"constraint":". > 0"},{"id":"b","name":"b","kind":{"type":"integer"},"required":true,"relevant":"${a} > 3"}]}"#).unwrap();
    let v = Validator::new(&format).unwrap();
    println!("{:?}", v.validate(&serde_json::json!({"a": -1, "b": 1})));
    println!("{:?} {}", v.validate(&serde_json::json!({"a": -1})), v.is_valid(&serde_json::json!({"a": 2})));
}
