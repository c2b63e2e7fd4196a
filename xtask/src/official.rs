//! Installs the official packages with `npm` and `pip`, and starts servers to run them against.
//!
//! `benches/` compiles this file too, so it uses no other module.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde::Deserialize;

/// Pins the Node package.
pub const NODE_PACKAGES: &str = "tests/conformance/package.json";
/// Pins the Python package.
pub const PYTHON_PACKAGES: &str = "tests/conformance/requirements.txt";

/// The line that a server prints when it is ready.
#[derive(Deserialize)]
struct Ready {
    env_url: String,
    client_id: String,
    client_secret: String,
}

/// A running server, stopped when dropped.
pub struct Server {
    pub process: Child,
    ready: Ready,
}

/// Installs the Node package and its companions into `work/node`.
pub fn install_node(root: &Path, work: &Path) -> Result<PathBuf> {
    let dir = work.join("node");
    std::fs::create_dir_all(&dir)?;
    let source = root.join(NODE_PACKAGES);
    std::fs::copy(&source, dir.join("package.json"))
        .with_context(|| source.display().to_string())?;
    succeed(
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--silent"])
            .current_dir(&dir),
    )?;
    Ok(dir)
}

/// Installs the Python package into a virtual environment and returns the path of its interpreter.
pub fn install_python(root: &Path, work: &Path) -> Result<PathBuf> {
    let requirements = root.join(PYTHON_PACKAGES);
    python_environment(
        &work.join("python"),
        &["--requirement".as_ref(), requirements.as_ref()],
    )
}

/// Installs `requirements`, which are arguments of `pip install`, into a virtual environment in `dir`
/// and returns the path of its interpreter.
pub fn python_environment(dir: &Path, requirements: &[&OsStr]) -> Result<PathBuf> {
    let interpreter = dir.join("bin/python");
    if !interpreter.exists() {
        succeed(Command::new("python3").args(["-m", "venv"]).arg(dir))?;
    }
    succeed(
        Command::new(&interpreter)
            .args(["-m", "pip", "install", "--quiet"])
            .arg("--disable-pip-version-check")
            .args(requirements),
    )?;
    Ok(interpreter)
}

impl Server {
    pub fn start(binary: &Path, arguments: &[&Path]) -> Result<Self> {
        let mut process = Command::new(binary)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| binary.display().to_string())?;
        let stdout = process.stdout.take().context("no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let ready = serde_json::from_str(&line)
            .with_context(|| format!("the server's first line is not its address: {line:?}"))?;
        Ok(Self { process, ready })
    }

    /// Sets the environment variables in which every SDK looks for its server and credentials.
    pub fn name_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let Ready {
            env_url,
            client_id,
            client_secret,
        } = &self.ready;
        command
            .env("SCALEKIT_ENV_URL", env_url)
            .env("SCALEKIT_CLIENT_ID", client_id)
            .env("SCALEKIT_CLIENT_SECRET", client_secret)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have exited already, and a failure to stop it cannot be handled here.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} could not be started"))?;
    ensure!(status.success(), "{program} failed: {status}");
    Ok(())
}

/// A certificate for loopback and the authority that signed it, as files.
pub struct Tls {
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Tls {
    pub fn write(dir: &Path) -> Result<Self> {
        let mut authority = CertificateParams::new(Vec::new())?;
        // OpenSSL treats a certificate as self-signed if its issuer has the same name.
        authority
            .distinguished_name
            .push(DnType::CommonName, "test authority");
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
