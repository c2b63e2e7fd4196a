//! Generates the bindings of the bare client with tonic's own generator.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=../spec/proto");
    let proto = PathBuf::from("../spec/proto");
    let files = [
        "tools/tools.proto",
        "connected_accounts/connected_accounts.proto",
    ]
    .map(|file| PathBuf::from("scalekit/v1").join(file));
    let descriptors = protox::compile(files, [proto])?;
    tonic_prost_build::configure()
        .build_server(false)
        .compile_fds(descriptors)?;
    Ok(())
}
