//! Seeds from files and from code.

use scalekit::raw::connected_accounts::ConnectorStatus;
use scalekit_emulator::{Account, Connection, Emulator, ErrorKind, Seed};
use serde_json::json;
use tonic::Code;

use crate::support::{from_struct, info, seeded};

const TOML: &str = r#"
builtin = true

[[connections]]
name = "notes"
provider = "NOTES"
type = "API_KEY"
api_key_header = "x-notes"
proxy_enabled = true

[[connections]]
name = "crm"
provider = "CRM"
type = "OAUTH"
scopes = ["read", "write"]
user_verification = "SCALEKIT_USERS"
organization_id = "org_1"

[[accounts]]
connection = "notes"
identifier = "alice@example.com"
id = "ca_notes"
organization_id = "org_1"
details = { type = "static_auth", details = { api_key = "k" } }
api_config = { region = "eu" }

[[accounts]]
connection = "crm"
identifier = "alice@example.com"
status = "EXPIRED"
details = { type = "oauth_token", access_token = "t", scopes = ["read"] }

[[tools]]
name = "notes_count"
provider = "NOTES"
description = "Counts notes"
input_schema = '{"type": "object", "required": ["folder"]}'
annotations = { title = "Count", read_only_hint = true }
tags = ["notes"]
result = { count = 3 }

[[tools]]
name = "notes_fail"
provider = "NOTES"
delay_ms = 1
failure = { code = "PERMISSION_DENIED", tool_error_code = "scope", message = "scope is missing" }

[[tools]]
name = "inner"
provider = "NOTES"
connection = "notes"
http = "http://127.0.0.1:1/"
"#;

#[tokio::test]
async fn a_toml_seed_has_everything_that_code_can_express() {
    let harness = seeded(Seed::from_toml(TOML).unwrap()).await;
    let account = harness.account("notes", "alice@example.com").await;
    assert_eq!(account.id, "ca_notes");
    assert_eq!(
        from_struct(&account.api_config.unwrap()),
        json!({ "region": "eu" })
    );
    let account = harness.account("crm", "alice@example.com").await;
    assert_eq!(account.status(), ConnectorStatus::Expired);
    let response = harness
        .execute(
            "notes_count",
            "notes",
            "alice@example.com",
            json!({ "folder": "x" }),
        )
        .await
        .unwrap();
    assert_eq!(from_struct(&response.data.unwrap()), json!({ "count": 3 }));
    let executed = harness
        .execute("notes_count", "notes", "alice@example.com", json!({}))
        .await;
    let refused = executed.map_err(|status| status.code()) == Err(Code::InvalidArgument);
    assert_eq!(refused, cfg!(feature = "validation"));
    let status = harness
        .execute("notes_fail", "notes", "alice@example.com", json!({}))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(
        info(&status).tool_error_info.unwrap().tool_error_code,
        "scope"
    );
    let status = harness
        .execute("c-notes_inner", "notes", "alice@example.com", json!({}))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let echo = harness
        .proxy("GET", "/echo", "notes", "alice@example.com", "")
        .await
        .json();
    assert_eq!(echo["headers"]["x-notes"], "k");
    let response = harness
        .rest("GET", "/api/v1/connections/app", None)
        .await
        .json();
    assert_eq!(response["total_size"], 5);
}

#[test]
fn a_json_seed_equals_a_toml_seed() {
    let seed = Seed::from_json(
        r#"{"connections": [{"name": "n", "provider": "N", "type": "NO_AUTH"}],
            "accounts": [{"connection": "n", "identifier": "a"}],
            "tools": [{"name": "t", "provider": "N", "input_schema": {"type": "object"}}]}"#,
    )
    .unwrap();
    assert!(format!("{seed:?}").contains("NoAuth"));
}

#[test]
fn an_invalid_seed_names_the_problem() {
    for (text, parts) in [
        ("connection = []", vec!["connection", "connections"]),
        (
            "[[connections]]\nname = \"n\"\nprovider = \"N\"\ntype = \"OAUTH2\"",
            vec!["OAUTH2", "line 4"],
        ),
        (
            "[[connections]]\nname = \"n\"\nprovider = \"N\"",
            vec!["type"],
        ),
        (
            "[[accounts]]\nconnection = \"x\"\nidentifier = \"a\"",
            vec!["\"a\"", "unknown connection \"x\""],
        ),
        (
            "[[tools]]\nname = \"t\"\nprovider = \"N\"\ninput_schema = \"{\"",
            vec!["tools[0] (t)", "input_schema"],
        ),
        #[cfg(feature = "validation")]
        (
            "[[tools]]\nname = \"t\"\nprovider = \"N\"\ninput_schema = { type = 5 }",
            vec!["tools.t.input_schema"],
        ),
        (
            "[[tools]]\nname = \"t\"\nprovider = \"N\"\nresult = {}\nhttp = \"x\"",
            vec!["only one of"],
        ),
        (
            "[[tools]]\nname = \"t\"\nprovider = \"N\"\n[[tools]]\nname = \"t\"\nprovider = \"N\"",
            vec!["\"t\" appears twice"],
        ),
    ] {
        let error = Seed::from_toml(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Seed);
        for part in parts {
            assert!(error.to_string().contains(part), "{part} in {error}");
        }
    }
}

#[test]
fn the_error_names_an_invalid_file() {
    let missing = Seed::from_file("no/such/seed.toml").unwrap_err();
    assert!(
        missing.to_string().contains("no/such/seed.toml"),
        "{missing}"
    );
    let directory = std::env::temp_dir().join(format!("emulator-seed-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("seed.json");
    std::fs::write(&file, "{\"tools\": [{\"nam\": 1}]}").unwrap();
    let error = Seed::from_file(&file).unwrap_err().to_string();
    assert!(
        error.contains("seed.json") && error.contains("nam"),
        "{error}"
    );
    std::fs::write(directory.join("seed.toml"), TOML).unwrap();
    Seed::from_file(directory.join("seed.toml")).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn an_inconsistent_seed_from_code_does_not_start() {
    for (seed, part) in [
        (
            Seed::empty().account(Account::new("nope", "a")),
            "unknown connection",
        ),
        (
            Seed::empty()
                .connection(Connection::oauth("a", "A"))
                .connection(Connection::oauth("a", "B")),
            "appears twice",
        ),
        #[cfg(feature = "validation")]
        (
            Seed::empty()
                .tool(scalekit_emulator::Tool::new("t", "T").input_schema(json!({ "type": 1 }))),
            "tools.t.input_schema",
        ),
    ] {
        let error = Emulator::builder().seed(seed).start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Seed);
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn an_address_in_use_is_an_error() {
    let harness = seeded(Seed::empty()).await;
    let address = harness.emulator.address();
    let error = Emulator::builder()
        .listen(address)
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Listen);
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}
