//! A complete tool call, step by step: connects a user's account, lets the user consent, verifies the
//! user, lists tools, executes one, and calls the provider's API directly.
//!
//! ```text
//! cargo run -p quickstart                # on the emulator; the program consents
//! cargo run -p quickstart -- --browser   # on the emulator; you consent in your browser
//! ```
//!
//! With `SCALEKIT_ENV_URL`, `SCALEKIT_CLIENT_ID` and `SCALEKIT_CLIENT_SECRET` set, it runs against
//! Scalekit. `CONNECTION`, `IDENTIFIER`, `TOOL`, `TOOL_INPUT` and `PROXY_PATH` select what it calls.
//! The emulator is built without its feature `validation`: it does not check tool input.

mod callback;

use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use callback::{Callback, Consent};
use scalekit::Client;
use scalekit_emulator::Emulator;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How long the program waits for the user's consent.
const PATIENCE: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
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

    let callback = Callback::listen(format!("{:032x}", fastrand::u128(..))).await?;
    let consent = match &emulator {
        Some(emulator) if !in_browser => {
            let link = new_link(&client, (&connection, &user), &callback).await?;
            println!("2. The user opens {}", link.link);
            let redirect = emulator
                .consent(&link.link, scalekit_emulator::Consent::Allow)
                .await?
                .ok_or("the consent page did not redirect")?;
            callback.read(&redirect)?
        }
        _ => consent_in_browser(&client, (&connection, &user), &callback).await?,
    };
    let auth_request_id = match consent {
        Consent::Granted { auth_request_id } => auth_request_id,
        Consent::Denied { error } => {
            return Err(format!(
                "the user denied access ({error}); the account is not connected. Run the program \
                 again to get a new link"
            )
            .into());
        }
    };
    println!("3. The user consented; the browser returned with {auth_request_id}");

    // The identifier comes from this application, never from the URL.
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

/// Prints a link for the user and waits for the consent. Prints a new link when one has expired.
async fn consent_in_browser(
    client: &Client,
    account: (&str, &str),
    callback: &Callback,
) -> Result<Consent> {
    // One future for all links: a redirect from an earlier one counts as well.
    let mut consent = pin!(tokio::time::timeout(PATIENCE, callback.wait()));
    let mut number = 0;
    loop {
        let link = new_link(client, account, callback).await?;
        let lifetime = link
            .expiry
            .and_then(|expiry| expiry.duration_since(SystemTime::now()).ok());
        number += 1;
        match number {
            1 => println!("2. The user opens {}", link.link),
            _ => println!(
                "   The link has expired. If it is not open yet, open {}",
                link.link
            ),
        }
        if let Some(lifetime) = lifetime {
            let seconds = lifetime.as_secs_f64().ceil();
            println!("   The link must be opened within {seconds} s.");
        }
        let finished = match lifetime {
            Some(lifetime) => tokio::time::timeout(lifetime, &mut consent).await,
            None => Ok((&mut consent).await),
        };
        if let Ok(consent) = finished {
            return consent.map_err(|_| {
                format!(
                    "no consent within {} s: run the program again",
                    PATIENCE.as_secs()
                )
            })?;
        }
    }
}

async fn new_link(
    client: &Client,
    account: (&str, &str),
    callback: &Callback,
) -> Result<scalekit::AuthorizationLink> {
    let link = client
        .actions()
        .get_authorization_link(account)
        .user_verify_url(callback.url()?)
        .state(callback.state())
        .await?;
    Ok(link)
}
