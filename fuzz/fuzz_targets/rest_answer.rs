//! The JSON answer to a call.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    scalekit::fuzzing::rest_answer(data);
});
