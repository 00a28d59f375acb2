//! Any question with any document and any table, parted by NUL bytes, is answered or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the seeds are of the tests")]
#[path = "../../c3ms-core/tests/hostile/surveys.rs"]
mod surveys;

fuzz_target!(|bytes: &[u8]| {
    surveys::survey_holds(bytes);
});
