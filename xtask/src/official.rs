//! The official packages, installed by their ordinary clients, and servers to try them with.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde::Deserialize;
use serde_json::Value;

use crate::pip;

const NODE: &str = "tests/conformance/package.json";
const PYTHON: &str = "tests/conformance/requirements.txt";

/// What a server prints when it is ready.
#[derive(Deserialize)]
struct Ready {
    env_url: String,
    client_id: String,
    client_secret: String,
}

/// A running server, stopped when dropped.
pub struct Server {
    process: Child,
    ready: Ready,
}

/// The Node package and what else `tests/conformance/package.json` names, in `work/node`.
pub fn install_node(root: &Path, work: &Path) -> Result<PathBuf> {
    let dir = work.join("node");
    std::fs::create_dir_all(&dir)?;
    let source = root.join(NODE);
    std::fs::copy(&source, dir.join("package.json"))
        .with_context(|| source.display().to_string())?;
    succeed(
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--silent"])
            .current_dir(&dir),
    )?;
    Ok(dir)
}

/// A virtual environment with the package; the path of its interpreter.
pub fn install_python(root: &Path, work: &Path) -> Result<PathBuf> {
    let requirements = root.join(PYTHON);
    pip::environment(
        &work.join("python"),
        &["--requirement".as_ref(), requirements.as_ref()],
    )
}

/// The Node and the Python package, each as its name and the version that is installed.
pub fn packages(root: &Path) -> Result<[String; 2]> {
    let read = |file| std::fs::read_to_string(root.join(file)).context(file);
    let name = "@scalekit-sdk/node";
    let manifest: Value = serde_json::from_str(&read(NODE)?).context(NODE)?;
    let version = manifest["dependencies"][name].as_str();
    let node = format!("{name} {}", version.context(NODE)?);
    let requirements = read(PYTHON)?;
    let mut pins = requirements
        .lines()
        .filter_map(|line| line.split_once("=="));
    let (name, version) = pins
        .find(|(name, _)| *name == "scalekit-sdk-python")
        .context(PYTHON)?;
    Ok([node, format!("{name} {version}")])
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

    /// Lets a command find the server, as every SDK looks for it.
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

    pub fn drive(&self, command: &mut Command) -> Result<()> {
        succeed(self.name_to(command))
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have stopped by itself; there is nothing else to be done about either failure.
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
        // OpenSSL takes a certificate whose issuer has its own name for a self-signed one.
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
