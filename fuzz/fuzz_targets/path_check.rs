//! The path of a proxied request.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    scalekit::fuzzing::path_check(data);
});
