//! The whole way of an agent's tool call, printed step by step: connect a user's account, let the
//! user consent, verify the user, list tools, execute one, call the provider's API directly.
//!
//! ```text
//! cargo run --example quickstart                # on the emulator, consenting by itself
//! cargo run --example quickstart -- --browser   # on the emulator, consenting in your browser
//! ```
//!
//! With `SCALEKIT_ENV_URL`, `SCALEKIT_CLIENT_ID` and `SCALEKIT_CLIENT_SECRET` set, it runs against
//! Scalekit. `CONNECTION`, `IDENTIFIER`, `TOOL`, `TOOL_INPUT` and `PROXY_PATH` choose what to call.

use std::error::Error;
use std::time::Duration;

use scalekit::Client;
use scalekit_emulator::{Consent, Emulator};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The page of "our" application that the browser comes back to.
const VERIFY_PATH: &str = "/connected";

/// How long a person may take to consent.
const PATIENCE: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> Result<()> {
    let in_browser = std::env::args().any(|argument| argument == "--browser");
    let emulator = match std::env::var_os("SCALEKIT_ENV_URL") {
        Some(_) => None,
        None => Some(Emulator::start().await?),
    };
    let client = match &emulator {
        Some(emulator) => {
            println!(
                "0. No SCALEKIT_ENV_URL: running on the emulator at {}",
                emulator.env_url()
            );
            emulator.client()
        }
        None => Client::from_env()?,
    };
    let connection = setting("CONNECTION", "gmail");
    let user = setting("IDENTIFIER", "alice@example.com");
    let tool = setting("TOOL", "gmail_fetch_mails");
    let input: serde_json::Value =
        serde_json::from_str(&setting("TOOL_INPUT", r#"{"max_results": 2}"#))?;
    let path = setting("PROXY_PATH", "/gmail/v1/users/me/profile");

    let actions = client.actions();
    let found = actions
        .get_or_create_connected_account(&connection, &user)
        .await?;
    let made = if found.created { "created" } else { "found" };
    println!(
        "1. {made} {} of {user}: {}",
        found.account.id, found.account.status
    );

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let state = format!("{:032x}", fastrand::u128(..));
    let link = actions
        .get_authorization_link((connection.as_str(), user.as_str()))
        .user_verify_url(format!("http://{}{VERIFY_PATH}", listener.local_addr()?))
        .state(&state)
        .await?;
    println!("2. The user opens {}", link.link);

    let callback = match &emulator {
        Some(emulator) if !in_browser => emulator
            .consent(&link.link, Consent::Allow)
            .await?
            .ok_or("the consent page led nowhere")?,
        _ => tokio::time::timeout(PATIENCE, browser_callback(listener)).await??,
    };
    let auth_request_id = parameter(&callback, "auth_request_id")?;
    if parameter(&callback, "state")? != state {
        return Err("the state that came back is not the one sent: do not verify".into());
    }
    println!("3. The user consented; the browser came back with {auth_request_id}");

    // The identifier is what this application knows of its user, never something from the URL.
    actions
        .verify_connected_account_user(auth_request_id, &user)
        .await?;
    let account = actions
        .get_connected_account_details((connection.as_str(), user.as_str()))
        .await?;
    println!("4. Verified; the account is {}", account.status);

    let tools = client
        .tools()
        .list_scoped_tools(&user)
        .items()
        .collect()
        .await?;
    println!("5. {user} can call {} tools:", tools.len());
    for scoped in tools.iter().take(5) {
        println!("   {}: {}", scoped.tool.name(), scoped.tool.description());
    }

    let output = actions
        .execute_tool(&tool, &input)
        .account(account.reference())
        .await?;
    if emulator.is_some() {
        /// What this program wants of the result of `gmail_fetch_mails`.
        #[derive(serde::Deserialize, Debug)]
        struct Mails {
            messages: Vec<Mail>,
        }
        #[derive(serde::Deserialize, Debug)]
        struct Mail {
            subject: String,
            from: String,
        }
        let mails: Mails = output.json()?;
        println!("6. {tool} ran as execution {}", output.execution_id);
        for mail in mails.messages {
            println!("   {} — {}", mail.from, mail.subject);
        }
    } else {
        println!(
            "6. {tool} ran as execution {}: {}",
            output.execution_id,
            output.value()?
        );
    }

    let response = actions.request(&connection, &user, &path).await?;
    println!("7. GET {path} through the proxy: {}", response.status());
    println!("   {}", response.text()?.trim());
    Ok(())
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// Waits until the browser opens our page, and answers it.
async fn browser_callback(listener: TcpListener) -> Result<String> {
    loop {
        let (stream, _) = listener.accept().await?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let is_callback = target.starts_with(VERIFY_PATH);
        let (status, text) = match is_callback {
            true => ("200 OK", "Connected. You can close this window."),
            false => ("404 Not Found", "Nothing here."),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        if is_callback {
            return Ok(target);
        }
    }
}

/// A query parameter of the URL that the browser came back to.
fn parameter(url: &str, name: &str) -> Result<String> {
    let query = url
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .ok_or_else(|| format!("the browser came back without {name}: {url}").into())
}
