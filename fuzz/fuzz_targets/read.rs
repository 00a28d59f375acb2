//! Any bytes are taken apart into values, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "each target runs one of the bodies")]
#[path = "../../c3ms-core/tests/hostile/bodies.rs"]
mod bodies;

fuzz_target!(|bytes: &[u8]| {
    let _ = bodies::read_holds(bytes);
});
