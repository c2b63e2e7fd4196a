//! The result of a tool, as any JSON and as a type.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    scalekit::fuzzing::struct_decode(data);
});
