//! The token endpoint's answer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    scalekit::fuzzing::token_response(data);
});
