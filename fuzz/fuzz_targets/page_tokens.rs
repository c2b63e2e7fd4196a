//! Page tokens, out of a response and back into a request.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    scalekit::fuzzing::page_tokens(data);
});
