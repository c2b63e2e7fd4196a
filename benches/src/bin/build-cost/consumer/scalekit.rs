//! The measured program: one tool call through the crate.

use std::collections::BTreeMap;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = scalekit::Client::from_env()?;
    let output = client
        .actions()
        .execute_tool("gmail_fetch_mails", BTreeMap::from([("max_results", 5)]))
        .account(("gmail", "alice@example.com"))
        .await?;
    println!("{}", output.value()?);
    Ok(())
}
