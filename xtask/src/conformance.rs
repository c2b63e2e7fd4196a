//! `cargo xtask conformance`: runs the unmodified official packages and a browser against the emulator.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::official::{self, Server, Tls, succeed};
use crate::target;

/// Installs both packages and runs the same flow with each.
pub fn run(root: &Path) -> Result<()> {
    let work = target::dir(root).join("conformance");
    std::fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
    let binary = build_emulator(root)?;

    println!("== @scalekit-sdk/node, plain HTTP");
    let node = official::install_node(root, &work)?;
    for file in ["flow.mjs", "browser.mjs"] {
        let source = root.join("tests/conformance").join(file);
        std::fs::copy(&source, node.join(file)).with_context(|| source.display().to_string())?;
    }
    let emulator = start(&binary, &[])?;
    let mut script = Command::new("node");
    succeed(emulator.name_to(script.arg("flow.mjs").current_dir(&node)))?;
    drop(emulator);

    println!("== the consent page, Chromium");
    let emulator = start(&binary, &[])?;
    let chromium = find_chromium()?;
    let mut script = Command::new("node");
    script.arg("browser.mjs").env("CHROMIUM", chromium);
    succeed(emulator.name_to(script.current_dir(&node)))?;
    drop(emulator);

    println!("== scalekit-sdk-python, TLS");
    let python = official::install_python(root, &work)?;
    let tls = Tls::write(&work)?;
    let emulator = start(&binary, &["--tls".as_ref(), &tls.certificate, &tls.key])?;
    let mut script = Command::new(python);
    script
        .arg(root.join("tests/conformance/flow.py"))
        .env("REQUESTS_CA_BUNDLE", &tls.authority)
        .env("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", &tls.authority)
        .env("SSL_CERT_FILE", &tls.authority);
    succeed(emulator.name_to(&mut script))?;
    println!("== both official packages and the browser completed the flow");
    Ok(())
}

fn start(emulator: &Path, arguments: &[&Path]) -> Result<Server> {
    let listen: [&Path; 2] = ["--listen".as_ref(), "127.0.0.1:0".as_ref()];
    Server::start(emulator, &[&listen[..], arguments].concat())
}

fn build_emulator(root: &Path) -> Result<PathBuf> {
    succeed(
        Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--bin", "scalekit-emulator"])
            .current_dir(root),
    )?;
    Ok(target::dir(root)
        .join("debug")
        .join(format!("scalekit-emulator{}", std::env::consts::EXE_SUFFIX)))
}

/// The browser that `CHROMIUM` names, or the first known name on the path.
fn find_chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .flat_map(|dir| {
            ["chromium", "chromium-browser", "google-chrome"].map(|name| dir.join(name))
        })
        .find(|candidate| candidate.is_file())
        .context(
            "no Chromium on the path: install it (Debian's package is chromium), or set CHROMIUM",
        )
}
