//! The emulator as a program: prints its address and credentials, logs calls, stops on a signal.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::{Arg, ValueExt as _};
use scalekit_emulator::{Builder, Emulator, Seed};

const HELP: &str = r#"scalekit-emulator: a local Scalekit to develop and test against

usage: scalekit-emulator [options]

  --listen ADDRESS:PORT     where to listen (default 127.0.0.1:0, a free port)
  --seed FILE               connections, accounts, tools and faults, as TOML or JSON (default:
                            built-in)
  --tls CERT KEY            serve TLS with this certificate chain and key, PEM files
  --host NAME               host name in env_url (default: the address, or localhost with TLS)
  --token-lifetime SECONDS  how long access tokens are valid (default 86400)
  --link-lifetime SECONDS   how long authorization links can be opened (default 60)
  --quiet                   do not log calls
  --help                    this text

The first line on standard output is JSON with env_url, client_id and client_secret. Calls are
logged to standard error, one line each. The endpoints /_emulator/calls, /_emulator/faults,
/_emulator/reset, /_emulator/revoke_tokens and /_emulator/clock are for tests and are not
authenticated, so listen on a loopback address only. POST /_emulator/faults makes calls fail:
{"seed": 7, "faults": [{"target": "ExecuteTool", "close": true, "after_executing": true,
"probability": 0.05}]}. A seed file takes the same list as [[faults]], with fault_seed.
"#;

enum Command {
    Help,
    Run(Box<Builder>),
}

fn parse() -> Result<Command, String> {
    let mut builder = Emulator::builder().log(true);
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("listen") => {
                let address: String = value(&mut parser)?;
                let address: SocketAddr = address
                    .parse()
                    .map_err(|_| format!("--listen {address}: not an ADDRESS:PORT"))?;
                builder = builder.listen(address);
            }
            Arg::Long("seed") => {
                let path: String = value(&mut parser)?;
                builder = builder.seed(Seed::from_file(path).map_err(|error| error.to_string())?);
            }
            Arg::Long("tls") => {
                let cert: String = value(&mut parser)?;
                let key: String = value(&mut parser)?;
                builder = builder.tls(read(cert.into())?, read(key.into())?);
            }
            Arg::Long("host") => builder = builder.host(value(&mut parser)?),
            Arg::Long("token-lifetime") => {
                builder = builder.token_lifetime(seconds(&mut parser, "--token-lifetime")?);
            }
            Arg::Long("link-lifetime") => {
                builder = builder.link_lifetime(seconds(&mut parser, "--link-lifetime")?);
            }
            Arg::Long("quiet") => builder = builder.log(false),
            other => return Err(other.unexpected().to_string()),
        }
    }
    Ok(Command::Run(Box::new(builder)))
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    parser
        .value()
        .and_then(|value| value.string())
        .map_err(|error| error.to_string())
}

fn seconds(parser: &mut lexopt::Parser, option: &str) -> Result<Duration, String> {
    let text = value(parser)?;
    text.parse()
        .map(Duration::from_secs)
        .map_err(|_| format!("{option} {text}: not a number of seconds"))
}

fn read(path: PathBuf) -> Result<Vec<u8>, String> {
    std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Listens for the signals that ask the program to stop.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

async fn run(builder: Builder) -> Result<(), String> {
    // Listen for signals before the first line is printed: its reader may send one at once.
    let stop = stop_signal().map_err(|error| error.to_string())?;
    let emulator = builder.start().await.map_err(|error| error.to_string())?;
    let line = serde_json::json!({
        "env_url": emulator.env_url(),
        "client_id": emulator.client_id(),
        "client_secret": emulator.client_secret(),
    });
    // A closed standard output does not stop the emulator.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
    let _ = std::io::stdout().flush();
    stop.await;
    emulator.shutdown().await;
    Ok(())
}

fn main() -> ExitCode {
    let builder = match parse() {
        Ok(Command::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Run(builder)) => builder,
        Err(message) => return fail(&message, 2),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string(), 1),
    };
    match runtime.block_on(run(*builder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message, 1),
    }
}

fn fail(message: &str, code: u8) -> ExitCode {
    // Always one line, whatever the message contains.
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    eprintln!("scalekit-emulator: {message}");
    ExitCode::from(code)
}
