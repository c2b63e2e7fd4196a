//! In a checkout: builds the bindings from `spec/` with the feature `_codegen`; without it, fails when
//! `generated/` was not made from this `spec/`. In the published package, which has no `spec/`: nothing.

#[cfg(feature = "_codegen")]
#[path = "build/codegen.rs"]
mod codegen;
#[cfg(not(feature = "_codegen"))]
#[path = "build/spec_hash.rs"]
mod spec_hash;

use std::path::Path;

const SPEC: &str = "spec";

#[cfg(feature = "_codegen")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={SPEC}");
    let spec = Path::new(SPEC);
    if !spec.exists() {
        println!(
            "cargo::error=the feature `_codegen` is for maintainers and needs a checkout of the \
             repository: the published package does not contain `spec/`"
        );
        return;
    }
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let out = Path::new(&out);
    let rest = || match std::env::var_os("CARGO_FEATURE_RAW_REST") {
        Some(_) => codegen::generate_rest(spec, out),
        None => Ok(()),
    };
    if let Err(error) = codegen::generate(spec, out).and_then(|()| rest()) {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
}

#[cfg(not(feature = "_codegen"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let spec = Path::new(SPEC);
    if !spec.exists() {
        return;
    }
    println!("cargo::rerun-if-changed=build/spec_hash.rs");
    println!("cargo::rerun-if-changed={SPEC}");
    println!("cargo::rerun-if-changed=generated/SPEC_HASH");
    let recorded = std::fs::read_to_string("generated/SPEC_HASH").unwrap_or_default();
    match spec_hash::spec_hash(spec) {
        Ok(hash) if hash == recorded.trim() => {}
        Ok(_) => println!(
            "cargo::error=generated/ was not made from this spec/: run `cargo xtask generate`"
        ),
        Err(error) => println!("cargo::error=spec: {error}"),
    }
}
