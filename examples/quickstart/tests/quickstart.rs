//! The program that the README starts with, run as a user runs it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use scalekit_emulator::{Consent, Emulator};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[test]
fn the_quickstart_completes_on_the_emulator() {
    let output = Command::new(env!("CARGO_BIN_EXE_quickstart"))
        .env_remove("SCALEKIT_ENV_URL")
        .output()
        .expect("it runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");
    for step in [
        "1. created",
        "2. The user opens",
        "3. The user consented",
        "4. Verified",
        "5. ",
        "6. gmail_fetch_mails ran as execution",
        "7. GET /gmail/v1/users/me/profile through the proxy: 200",
    ] {
        assert!(printed.contains(step), "{step:?} is missing in:\n{printed}");
    }
}

/// The quickstart against an emulator of this process, waiting for a browser.
struct Waiting {
    program: Child,
    stdout: BufReader<ChildStdout>,
}

impl Waiting {
    fn on(emulator: &Emulator) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_quickstart"))
            .env("SCALEKIT_ENV_URL", emulator.env_url())
            .env("SCALEKIT_CLIENT_ID", emulator.client_id())
            .env("SCALEKIT_CLIENT_SECRET", emulator.client_secret())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let stdout = BufReader::new(program.stdout.take().expect("piped"));
        Self { program, stdout }
    }

    /// Reads up to the next line that contains `text`.
    fn line(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.stdout.read_line(&mut line).expect("text");
            assert_ne!(read, 0, "the program ended before {text:?}");
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The link in the next line that contains `text`.
    fn link(&mut self, text: &str) -> String {
        let line = self.line(text);
        let at = line.find("http").expect("a link");
        line[at..].trim().to_owned()
    }

    /// The exit code and standard error.
    fn end(mut self) -> (Option<i32>, String) {
        let mut errors = String::new();
        let mut stderr = self.program.stderr.take().expect("piped");
        stderr.read_to_string(&mut errors).expect("text");
        (self.program.wait().expect("it ends").code(), errors)
    }
}

/// What a browser shows that is sent to `url`.
async fn open(url: &str) -> String {
    let rest = url.strip_prefix("http://").expect("a URL");
    let (host, path) = rest.split_once('/').expect("a path");
    // A browser opens connections that it does not use.
    let _unused = TcpStream::connect(host).await.expect("connected");
    let mut stream = TcpStream::connect(host).await.expect("connected");
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut page = String::new();
    stream.read_to_string(&mut page).await.expect("a page");
    page
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denied_consent_is_reported_and_the_program_fails() {
    let emulator = Emulator::start().await.expect("started");
    let mut program = Waiting::on(&emulator);
    let link = program.link("2. The user opens");
    let redirect = emulator
        .consent(&link, Consent::Deny)
        .await
        .expect("a page");
    let page = open(&redirect.expect("a redirect")).await;
    assert!(page.contains("You denied access"), "{page}");
    let (code, errors) = program.end();
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("denied access (access_denied)"), "{errors}");
    assert_eq!(emulator.calls_to("VerifyConnectedAccountUser").len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unopened_link_is_replaced_when_it_expires() {
    let lifetime = Duration::from_secs(2);
    let emulator = Emulator::builder().link_lifetime(lifetime).start().await;
    let emulator = emulator.expect("started");
    let mut program = Waiting::on(&emulator);
    let first = program.link("2. The user opens");
    program.line("must be opened within 2 s");
    let second = program.link("The link has expired");
    assert_ne!(first, second);
    let redirect = emulator.consent(&second, Consent::Allow).await;
    let redirect = redirect.expect("a page").expect("a redirect");
    let page = open(&redirect).await;
    assert!(page.contains("You granted access"), "{page}");
    program.line("7. GET");
    let (code, errors) = program.end();
    assert_eq!(code, Some(0), "{errors}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_state_ends_the_program_without_verifying() {
    let emulator = Emulator::start().await.expect("started");
    let mut program = Waiting::on(&emulator);
    let link = program.link("2. The user opens");
    let redirect = emulator.consent(&link, Consent::Allow).await;
    let redirect = redirect.expect("a page").expect("a redirect");
    let page = open(&redirect.replace("state=", "state=x")).await;
    assert!(page.contains("400 Bad Request"), "{page}");
    let (code, errors) = program.end();
    assert_eq!(code, Some(1));
    assert!(errors.contains("`state`"), "{errors}");
    assert_eq!(emulator.calls_to("VerifyConnectedAccountUser").len(), 0);
}
