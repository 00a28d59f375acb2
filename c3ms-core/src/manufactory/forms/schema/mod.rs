//! Two plain JSON Schemas compared: whose data does the other one accept?
//!
//! Both documents become rules (`document`, `compile`, `rule`, `class`). That all values of one pass the other is
//! shown by supposing a value that passes the one and not the other, and finding a contradiction in every case
//! (`state`, `prove`, and by types `scalars`, `arrays`, `objects`).

mod arrays;
mod class;
mod compile;
mod decimal;
mod document;
mod evaluate;
mod language;
mod objects;
mod pattern;
mod prove;
mod reasons;
mod rule;
mod scalars;
mod state;
mod uri;

use serde_json::Value;

use super::{Comparison, Compatibility, Direction, FormsError, Reason};
use crate::Code;
use compile::Schemas;
use document::Document;
use prove::Prover;
use rule::NodeId;
use state::Fact;

/// What is done for one direction before it is called too intricate; a step takes about a microsecond.
const STEPS: usize = 150_000;
/// What is done to find the keywords at fault.
const STEPS_OF_REASONS: usize = 50_000;

/// Compares two JSON Schemas: drafts 4 to 7, 2019-09 and 2020-12, as each says by its `$schema`.
///
/// The verdict is on the safe side. A direction is confirmed only where it is shown that no value passes the one
/// schema and not the other; where that cannot be shown, the keywords at fault are the reasons. Beyond what logic
/// asks, four things are not concluded, because those who write them seldom mean what they say:
/// - from a pattern that names letters and yet accepts every text (`[a-z]*` for `^[a-z]*$`);
/// - from branches of which some name their type and others do not (`anyOf: [{type: string}, {maxLength: 5}]`);
/// - between two different conditions of `if`;
/// - between two different schemas that accept nothing at all.
///
/// `format` and `content…` are taken for tests that are known only by name. A reference to a document elsewhere is
/// known by its address.
///
/// # Errors
/// [`FormsError::SchemaUnsound`] for what is no schema, [`FormsError::SchemaReferenceMissing`] for a reference to
/// nothing, [`FormsError::SchemaCircular`] for a schema that is defined by itself alone.
///
/// # Source
/// JSON Schema draft 7 and 2020-12, core and validation. Held against the labelled cases of Apicurio Registry and
/// the `jsonschema` crate in `conformance/`.
///
/// # Examples
/// ```
/// use c3ms_core::forms::{Compatibility, compare_schemas};
/// use serde_json::json;
/// let old = json!({ "type": "object", "properties": { "seats": { "type": "integer" } }, "required": ["seats"] });
/// let new = json!({ "type": "object", "properties": { "seats": { "type": "number" } } });
/// let found = compare_schemas(&old, &new)?;
/// assert_eq!(found.compatibility, Compatibility::Backward);
/// let at_fault: Vec<&str> = found.reasons.iter().map(|reason| reason.keyword.as_str()).collect();
/// assert_eq!(at_fault, ["type", "required"]);
/// # Ok::<(), c3ms_core::Error>(())
/// ```
pub fn compare_schemas(old: &Value, new: &Value) -> Result<Comparison, FormsError> {
    let mut documents = [Document::new(super::Side::Old, old)?, Document::new(super::Side::New, new)?];
    let (schemas, roots) = Schemas::compile(&mut documents)?;
    let [old, new] = roots.as_slice() else { return Ok(full()) };
    if schemas.node(*old).class == schemas.node(*new).class {
        return Ok(full());
    }
    let (mut backward, mut reasons) = direction(&schemas, Direction::Backward, *old, *new);
    let (mut forward, against) = direction(&schemas, Direction::Forward, *new, *old);
    reasons.extend(against);
    if backward && forward {
        let mut prover = Prover::new(&schemas, STEPS);
        if prover.is_empty(&[Fact::Is(*old, true)]) {
            (backward, forward) = (false, false);
            reasons.extend([(Direction::Backward, *new), (Direction::Forward, *old)].map(
                |(direction, root)| {
                    let side = schemas.node(root).side;
                    let path = schemas.node(root).path.clone();
                    Reason { code: Code::SchemaAcceptsNothing, direction, side, path, keyword: String::new() }
                },
            ));
        }
    }
    Ok(Comparison { compatibility: Compatibility::of(backward, forward), reasons })
}

const fn full() -> Comparison {
    Comparison { compatibility: Compatibility::Full, reasons: Vec::new() }
}

/// Shows that all values of `from` pass `to`, or tells what stands against it.
fn direction(schemas: &Schemas, direction: Direction, from: NodeId, to: NodeId) -> (bool, Vec<Reason>) {
    let mut prover = Prover::new(schemas, STEPS);
    if prover.is_empty(&[Fact::Is(from, true), Fact::Is(to, false)]) {
        return (true, Vec::new());
    }
    let spent = prover.is_spent();
    prover.refill(STEPS_OF_REASONS);
    let mut reasons = reasons::explain(&mut prover, direction, &[Fact::Is(from, true)], to);
    if spent || reasons.is_empty() {
        let node = schemas.node(to);
        let code = if spent { Code::SchemaTooIntricate } else { Code::SchemaMayRefuse };
        let (side, path) = (node.side, node.path.clone());
        reasons.insert(0, Reason { code, direction, side, path, keyword: String::new() });
    }
    (false, reasons)
}
