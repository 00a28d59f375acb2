//! Any bytes are read and imported, or refused: the account adds up, a second time nothing changes.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "each target runs one of the bodies")]
#[path = "../../c3ms-core/tests/hostile/bodies.rs"]
mod bodies;

fuzz_target!(|bytes: &[u8]| {
    let _ = bodies::import_holds(bytes);
});
