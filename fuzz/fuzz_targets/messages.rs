//! Any queue of a device is taken or refused line by line, and once.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "each target runs one of the bodies")]
#[path = "../../c3ms-core/tests/hostile/bodies.rs"]
mod bodies;
#[expect(dead_code, reason = "the seeds are of the tests")]
#[path = "../../c3ms-core/tests/hostile/messages.rs"]
mod messages;

fuzz_target!(|bytes: &[u8]| {
    messages::messages_hold(bytes);
});
