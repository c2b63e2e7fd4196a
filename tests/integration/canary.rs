//! Listens to all logs at TRACE and to all panics while the tests run. A credential in any of them
//! ends the run.
//!
//! Tests put texts with `sentinel-` wherever a credential can be. The emulator's client secret is
//! one of them. Access tokens are recognized by their prefix.

use std::io::Write;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use scalekit_emulator::{Builder, Emulator};
use tracing_subscriber::fmt::MakeWriter;

const SENTINEL: &str = "sentinel-";
/// The prefix of every JSON Web Token of the emulator.
const ACCESS_TOKEN: &str = "eyJhbGciOi";
/// The path of an authorization link, up to its secret part, which may be hidden.
const LINK: &str = "/connect/";
const HIDDEN_LINK: &str = "/connect/[redacted]";

const CLIENT_SECRET: &str = "sentinel-client-secret";

/// Crates that log, and whether they did.
static HEARD: [(&str, AtomicBool); 3] = [
    (" scalekit::", AtomicBool::new(false)),
    (" h2::", AtomicBool::new(false)),
    (" hyper_util::", AtomicBool::new(false)),
];

/// Starts an emulator whose client secret is a sentinel.
pub async fn emulator(builder: Builder) -> Emulator {
    listen();
    let builder = builder.client_credentials("skc_emulator", CLIENT_SECRET);
    builder.start().await.expect("the emulator starts")
}

/// Starts to listen, once for the whole run.
fn listen() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(Ear)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            check("a panic", &panic.to_string());
            print(panic);
        }));
    });
}

/// Ends the process if `text` contains a credential. A panic could be lost in one of hyper's tasks.
pub fn check(what: &str, text: &str) {
    if let Some(found) = find(text) {
        let _ = writeln!(
            std::io::stderr(),
            "a credential ({found}…) is in {what}:\n{text}"
        );
        std::process::exit(101);
    }
}

fn find(text: &str) -> Option<&'static str> {
    let text = text.replace(HIDDEN_LINK, "");
    [SENTINEL, ACCESS_TOKEN, LINK]
        .into_iter()
        .find(|secret| text.contains(secret))
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        check("a log line", &text);
        for (name, heard) in HEARD.iter() {
            if !heard.load(Ordering::Relaxed) && text.contains(name) {
                heard.store(true, Ordering::Relaxed);
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Ear {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Ear
    }
}

#[test]
fn the_canary_finds_sentinels() {
    for leak in [
        "secret=sentinel-client-secret",
        "Bearer eyJhbGciOiJSUzI1NiJ9",
        "/connect/abc",
    ] {
        assert!(find(leak).is_some(), "{leak}");
    }
    assert_eq!(find("token=[redacted] to /connect/[redacted]"), None);
}

#[tokio::test]
async fn the_canary_receives_logs_of_this_crate_and_its_dependencies() {
    let (emulator, client) = crate::grpc::harness::connected().await;
    emulator.fail_next("ListTools", scalekit_emulator::Fault::http(503));
    client
        .tools()
        .list_tools()
        .await
        .expect("the second attempt");
    for (crate_, heard) in HEARD.iter() {
        assert!(heard.load(Ordering::Relaxed), "nothing of {crate_}");
    }
}
