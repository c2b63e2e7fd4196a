//! The emulator as a program.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scalekit-emulator"));
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts the program and reads its first line.
fn start(args: &[&str]) -> (Child, Value) {
    let mut child = program(args).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

/// Sends a signal and waits. Returns the exit code and standard error.
fn stop(mut child: Child, signal: &str) -> (Option<i32>, String) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    for _ in 0..100 {
        if let Some(status) = child.try_wait().unwrap() {
            let mut log = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut log)
                .unwrap();
            return (status.code(), log);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    panic!("still running after {signal}");
}

fn run(args: &[&str]) -> Output {
    program(args).output().unwrap()
}

#[tokio::test]
async fn the_program_prints_its_address_logs_calls_and_stops_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let (child, line) = start(&["--listen", "127.0.0.1:0", "--token-lifetime", "5"]);
        let url = line["env_url"].as_str().unwrap().to_owned();
        let client = crate::support::start().await;
        let response = client
            .form(
                &format!("{url}/oauth/token"),
                &[
                    ("grant_type", "client_credentials"),
                    ("client_id", line["client_id"].as_str().unwrap()),
                    ("client_secret", line["client_secret"].as_str().unwrap()),
                ],
            )
            .await;
        assert_eq!(response.status, 200);
        assert_eq!(response.json()["expires_in"], 5);
        let (code, log) = stop(child, signal);
        assert_eq!(code, Some(0));
        assert!(log.contains("POST /oauth/token 200"), "{log}");
        assert!(
            !log.contains(line["client_secret"].as_str().unwrap()),
            "{log}"
        );
        assert!(!log.contains(response.json()["access_token"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn the_log_reports_tool_input_that_was_not_checked() {
    let seed = std::env::temp_dir().join(format!("emulator-seed-{}.toml", std::process::id()));
    let text = r#"
[[connections]]
name = "notes"
provider = "NOTES"
type = "API_KEY"

[[accounts]]
connection = "notes"
identifier = "alice@example.com"

[[tools]]
name = "notes_count"
provider = "NOTES"
result = { count = 3 }
"#;
    std::fs::write(&seed, text).unwrap();
    let (child, line) = start(&["--seed", seed.to_str().unwrap()]);
    let part = |name: &str| line[name].as_str().unwrap().to_owned();
    let client = scalekit::Client::builder()
        .env_url(part("env_url"))
        .client_id(part("client_id"))
        .client_secret(part("client_secret"))
        .build()
        .unwrap();
    client
        .actions()
        .execute_tool("notes_count", serde_json::json!({}))
        .account(("notes", "alice@example.com"))
        .await
        .unwrap();
    let (_, log) = stop(child, "-TERM");
    std::fs::remove_file(&seed).unwrap();
    assert!(log.contains("ExecuteTool"), "{log}");
    let unchecked = log.contains("notes_count: tool input not validated");
    assert_eq!(unchecked, !cfg!(feature = "validation"), "{log}");
}

#[test]
fn invalid_arguments_are_reported_in_one_line() {
    for (args, part) in [
        (vec!["--listen", "here"], "--listen here"),
        (vec!["--nope"], "--nope"),
        (vec!["--seed", "no/such/file.toml"], "no/such/file.toml"),
        (vec!["--tls", "cert.pem"], "--tls"),
        (vec!["--tls", "no/cert.pem", "no/key.pem"], "no/cert.pem"),
        (vec!["--link-lifetime", "soon"], "--link-lifetime soon"),
        (vec!["extra"], "extra"),
    ] {
        let output = run(&args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(error.contains(part), "{part} in {error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn help_names_every_option() {
    let output = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    for option in [
        "--listen",
        "--seed",
        "--tls",
        "--token-lifetime",
        "--link-lifetime",
    ] {
        assert!(help.contains(option), "{option}");
    }
}
