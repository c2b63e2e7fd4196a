//! Generates the bindings from `spec` with the feature `codegen`. Without it, fails in a checkout whose
//! `generated` is out of date, and does nothing elsewhere.

#[cfg(feature = "codegen")]
#[path = "build/codegen.rs"]
mod codegen;
#[cfg(not(feature = "codegen"))]
#[path = "build/spec_hash.rs"]
mod spec_hash;

use std::path::Path;

#[cfg(feature = "codegen")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=spec");
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let (spec, out) = (Path::new("spec"), Path::new(&out));
    let rest = || match std::env::var_os("CARGO_FEATURE_REST") {
        Some(_) => codegen::generate_rest(spec, out),
        None => Ok(()),
    };
    if let Err(error) = codegen::generate(spec, out).and_then(|()| rest()) {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
}

#[cfg(not(feature = "codegen"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let here = |name: &str| Path::new(name).exists();
    // The published package also has both directories, but only a checkout has one of these.
    let checkout = here(".git") || here("xtask");
    if !(checkout && here("spec") && here("generated")) {
        return;
    }
    println!("cargo::rerun-if-changed=build/spec_hash.rs");
    println!("cargo::rerun-if-changed=spec");
    println!("cargo::rerun-if-changed=generated/SPEC_HASH");
    let recorded = std::fs::read_to_string("generated/SPEC_HASH").unwrap_or_default();
    match spec_hash::spec_hash(Path::new("spec")) {
        Ok(hash) if hash == recorded.trim() => {}
        Ok(_) => println!(
            "cargo::error=generated/ was not made from this spec/: run `cargo xtask generate`"
        ),
        Err(error) => println!("cargo::error=spec: {error}"),
    }
}
