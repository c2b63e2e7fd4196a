//! The trailers of a gRPC response that is an error.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    scalekit::fuzzing::error_details(data);
});
