//! Runs the official packages, unmodified, and a real browser against the emulator: what they can
//! use, our users can trust.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde::Deserialize;

/// What the emulator prints when it is ready.
#[derive(Deserialize)]
struct Ready {
    env_url: String,
    client_id: String,
    client_secret: String,
}

/// A running emulator, stopped when dropped.
struct Emulator {
    process: Child,
    ready: Ready,
}

/// Installs both packages with their ordinary clients and drives the same flow with each.
pub fn run(root: &Path) -> Result<()> {
    let work = root.join("target/conformance");
    std::fs::create_dir_all(&work).with_context(|| work.display().to_string())?;
    let binary = build_emulator(root)?;

    println!("== @scalekit-sdk/node, plain HTTP");
    let node = install_node(root, &work)?;
    let emulator = Emulator::start(&binary, &[])?;
    emulator.drive(Command::new("node").arg("flow.mjs").current_dir(&node))?;
    drop(emulator);

    println!("== the consent page, Chromium");
    let emulator = Emulator::start(&binary, &[])?;
    let chromium = find_chromium()?;
    let mut script = Command::new("node");
    emulator.drive(
        script
            .arg("browser.mjs")
            .env("CHROMIUM", chromium)
            .current_dir(&node),
    )?;
    drop(emulator);

    println!("== scalekit-sdk-python, TLS");
    let python = install_python(root, &work)?;
    let tls = Tls::write(&work)?;
    let emulator = Emulator::start(&binary, &["--tls".as_ref(), &tls.certificate, &tls.key])?;
    emulator.drive(
        Command::new(python)
            .arg(root.join("tests/conformance/flow.py"))
            .env("REQUESTS_CA_BUNDLE", &tls.authority)
            .env("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", &tls.authority)
            .env("SSL_CERT_FILE", &tls.authority),
    )?;
    println!("== both official packages and the browser completed the flow");
    Ok(())
}

fn build_emulator(root: &Path) -> Result<PathBuf> {
    succeed(
        Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--bin", "scalekit-emulator"])
            .current_dir(root),
    )?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    Ok(target
        .join("debug")
        .join(format!("scalekit-emulator{}", std::env::consts::EXE_SUFFIX)))
}

fn install_node(root: &Path, work: &Path) -> Result<PathBuf> {
    let dir = work.join("node");
    std::fs::create_dir_all(&dir)?;
    for file in ["package.json", "flow.mjs", "browser.mjs"] {
        let source = root.join("tests/conformance").join(file);
        std::fs::copy(&source, dir.join(file)).with_context(|| source.display().to_string())?;
    }
    succeed(
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--silent"])
            .current_dir(&dir),
    )?;
    Ok(dir)
}

/// The browser that `CHROMIUM` names, or the first of the usual names on the path.
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

/// A virtual environment with the package; the path of its interpreter.
fn install_python(root: &Path, work: &Path) -> Result<PathBuf> {
    let venv = work.join("python");
    let interpreter = venv.join("bin/python");
    if !interpreter.exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    succeed(
        Command::new(&interpreter)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(root.join("tests/conformance/requirements.txt")),
    )?;
    Ok(interpreter)
}

impl Emulator {
    fn start(binary: &Path, arguments: &[&Path]) -> Result<Self> {
        let mut process = Command::new(binary)
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| binary.display().to_string())?;
        let stdout = process.stdout.take().context("no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let ready = serde_json::from_str(&line)
            .with_context(|| format!("the emulator's first line is not its address: {line:?}"))?;
        Ok(Self { process, ready })
    }

    fn drive(&self, command: &mut Command) -> Result<()> {
        let Ready {
            env_url,
            client_id,
            client_secret,
        } = &self.ready;
        succeed(
            command
                .env("SCALEKIT_ENV_URL", env_url)
                .env("SCALEKIT_CLIENT_ID", client_id)
                .env("SCALEKIT_CLIENT_SECRET", client_secret),
        )
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have stopped by itself; there is nothing else to be done about either failure.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} could not be started"))?;
    ensure!(status.success(), "{program} failed: {status}");
    Ok(())
}

/// A certificate for loopback and the authority that signed it, as files.
struct Tls {
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    fn write(dir: &Path) -> Result<Self> {
        let mut authority = CertificateParams::new(Vec::new())?;
        // OpenSSL takes a certificate whose issuer has its own name for a self-signed one.
        authority
            .distinguished_name
            .push(DnType::CommonName, "conformance test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
        let file = |name: &str, text: String| -> Result<PathBuf> {
            let path = dir.join(name);
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
            Ok(path)
        };
        Ok(Self {
            authority: file("authority.pem", issuer.pem())?,
            certificate: file("certificate.pem", certificate.pem())?,
            key: file("key.pem", key.serialize_pem())?,
        })
    }
}
