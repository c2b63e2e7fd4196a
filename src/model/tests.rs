//! Results that are stored and read back, and secrets that are not stored.

use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json, to_value};

use crate::*;

/// The value, read and written again. It is also read without its fields, and with one more.
#[track_caller]
fn stored<T: Serialize + DeserializeOwned>(value: &Value) -> Value {
    let read: T = from_value(value.clone()).expect("what was written");
    if let Value::Object(fields) = value {
        from_value::<T>(json!({})).expect("what an older version wrote");
        let mut more = fields.clone();
        more.insert("new_in_a_later_version".to_owned(), json!([1]));
        from_value::<T>(Value::Object(more)).expect("what a newer version wrote");
    }
    to_value(read).expect("written")
}

fn account() -> Value {
    json!({
        "id": "ca_1",
        "identifier": "alice",
        "connection_name": "gmail",
        "connection_id": "conn_1",
        "provider": "GMAIL",
        "status": "ACTIVE",
        "authorization_type": "OAUTH",
        "token_expires_at": "2026-11-28T04:29:00.123456789Z",
        "updated_at": "1969-12-31T23:59:59Z",
        "last_used_at": null,
        "is_org_wide_credential": true,
    })
}

fn tool() -> Value {
    json!({
        "id": "tol_1",
        "provider": "GMAIL",
        "tags": ["mail"],
        "is_default": true,
        "updated_at": "2026-11-28T04:29:00Z",
        "definition": {"name": "send", "input_schema": {"type": "object", "maxProperties": 3}},
        "metadata": {"version": 1.5},
    })
}

#[test]
fn every_result_without_secrets_is_stored_and_read_back() {
    let connection = json!({
        "id": "conn_1",
        "connection_name": "gmail",
        "provider": "GMAIL",
        "connection_type": "OAUTH",
        "status": "COMPLETED",
        "enabled": true,
        "auth_mode": "ORG_WIDE",
        "mcp_server_url": "https://acme.example/mcp",
        "created_at": "2026-11-28T04:29:00Z",
    });
    let mut environment_connection = connection.clone();
    environment_connection["debug_enabled"] = json!(true);
    environment_connection["resolved_proxy_url"] = json!("https://gmail.example");
    environment_connection["updated_at"] = json!("2026-11-28T04:29:00Z");
    let mapping = json!({
        "connection_name": "gmail",
        "tools": ["send"],
        "connection_id": "conn_1",
        "provider": "GMAIL",
        "connected_account_id": "ca_1",
        "connected_account_status": "EXPIRED",
    });
    let readiness = json!({
        "connection_name": "gmail",
        "connected_account_id": "ca_1",
        "readiness": "TOOL_READINESS_STATE_READY",
    });
    let mut auth_state = mapping.clone();
    auth_state
        .as_object_mut()
        .expect("an object")
        .remove("tools");

    macro_rules! stored {
        ($($type:ty: $value:expr),+ $(,)?) => {
            $(assert_eq!(stored::<$type>(&$value), $value, stringify!($type));)+
        };
    }
    stored! {
        ConnectedAccount: account(),
        ConnectedAccountSummary: account(),
        GetOrCreated: json!({"account": account(), "created": true, "certain": true}),
        AppConnection: connection,
        EnvironmentConnection: environment_connection,
        ScopeSelection: json!({"scopes": ["a"], "optional_scopes": ["b"]}),
        Tool: tool(),
        ScopedTool: json!({"tool": tool(), "identifier": "alice", "connected_account_id": "ca_1"}),
        RefreshedTools: json!({"tools": [tool()], "total_size": 1}),
        ToolOutput: json!({"execution_id": "exec_1", "data": {"n": 5, "half": 0.5, "list": [null]}}),
        ConnectionReadiness: readiness,
        SearchedTool: json!({
            "name": "send",
            "provider": "GMAIL",
            "description": "Sends a mail.",
            "score": 0.75,
            "connections": [readiness],
        }),
        ToolAnnotations: json!({
            "title": "Send",
            "read_only_hint": false,
            "destructive_hint": null,
            "idempotent_hint": true,
            "open_world_hint": true,
        }),
        Page<ConnectedAccountSummary>: json!({
            "items": [account()],
            "total_size": 7,
            "next_page_token": "n",
            "prev_page_token": null,
        }),
        Page<String>: json!({
            "items": ["send"],
            "total_size": 1,
            "next_page_token": null,
            "prev_page_token": "p",
        }),
        McpConfig: json!({
            "id": "cfg_1",
            "name": "inbox",
            "description": "Reads mails",
            "connection_tool_mappings": [mapping],
            "mcp_server_url": "https://acme.example/mcp",
        }),
        ConnectionToolMapping: mapping,
        McpConnectionAuthState: auth_state,
        Provider: json!({
            "id": "prv_1",
            "identifier": "ACME",
            "display_name": "Acme",
            "description": "Orders",
            "categories": ["crm"],
            "auth_patterns": [AuthPattern::oauth("OAuth").mcp()],
            "icon_src": "https://acme.example/icon.png",
            "display_priority": 3,
            "coming_soon": true,
            "proxy_url": "https://acme.example",
            "proxy_enabled": true,
            "is_custom": true,
            "is_custom_mcp": true,
            "metadata": {"team": "sales"},
        }),
        AuthField: json!({"field_name": "api_key", "input_type": "password"}),
    }
}

#[test]
fn what_is_read_back_is_what_was_stored() {
    let read: ConnectedAccount = from_value(account()).expect("an account");
    assert_eq!(read.status, AccountStatus::Active);
    assert_eq!(
        read.token_expires_at,
        Some(SystemTime::UNIX_EPOCH + Duration::new(1_795_840_140, 123_456_789))
    );
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(read.updated_at, Some(before));

    let read: Tool = from_value(tool()).expect("a tool");
    assert_eq!(read.name(), "send");
    assert_eq!(
        read.input_schema(),
        Some(&tool()["definition"]["input_schema"])
    );
    let made = Tool::from_definition(&json!({"name": "send"})).expect("a definition");
    let read: Tool = from_value(to_value(made).expect("written")).expect("a tool");
    assert_eq!(read.definition(), &json!({"name": "send"}));

    let output = ToolOutput::new("exec_1", &json!({"id": 9_007_199_254_740_992_i64}));
    let output = to_value(output.expect("an output")).expect("written");
    let output: ToolOutput = from_value(output).expect("an output");
    assert_eq!(
        output.value().expect("its result")["id"],
        9_007_199_254_740_992_i64
    );
    for wrong in [
        json!({"data": []}),
        json!({"data": {"id": 9_007_199_254_740_993_i64}}),
    ] {
        from_value::<ToolOutput>(wrong).expect_err("not a result");
    }
}

#[test]
fn times_are_rfc_3339_text() {
    let read = |text: &str| {
        let summary = from_value::<ConnectedAccountSummary>(json!({ "updated_at": text }));
        summary.map(|summary| summary.updated_at)
    };
    let utc = read("2026-11-28T04:29:00Z").expect("a time");
    assert!(utc.is_some());
    assert_eq!(read("2026-11-28T05:29:00+01:00").expect("a time"), utc);
    for wrong in ["", "yesterday", "2026-13-01T00:00:00Z"] {
        read(wrong).expect_err(wrong);
    }
    for last in ["9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z"] {
        let summary = ConnectedAccountSummary {
            updated_at: read(last).expect("a time"),
            ..Default::default()
        };
        assert_eq!(to_value(summary).expect("written")["updated_at"], last);
    }
    let beyond = Duration::from_secs(253_402_300_800);
    let summary = ConnectedAccountSummary {
        updated_at: Some(SystemTime::UNIX_EPOCH + beyond),
        ..Default::default()
    };
    let error = to_value(summary).expect_err("beyond the year 9999");
    assert!(error.to_string().contains("9999"), "{error}");
}

const SENTINEL: &str = "sentinel-0xC0FFEE";

#[test]
fn no_secret_is_stored() {
    let secret = StaticAuth::new().field("api_key", SENTINEL);
    let account = ConnectedAccount {
        id: "ca_1".to_owned(),
        authorization_details: Some(secret.clone().into()),
        api_config: Some(json!({ "key": SENTINEL })),
        ..Default::default()
    };
    let state = McpConnectionAuthState {
        authentication_link: Some(SENTINEL.to_owned()),
        ..Default::default()
    };
    let connection = EnvironmentConnection {
        config: Some(secret.into()),
        ..Default::default()
    };
    let found = GetOrCreated {
        account: account.clone(),
        ..Default::default()
    };
    let written = json!([
        account,
        state,
        connection,
        found,
        Page::from(vec![account.clone()])
    ]);
    assert_eq!(written[0]["id"], "ca_1");
    let written = written.to_string();
    assert!(!written.contains(SENTINEL), "{written}");

    let read: ConnectedAccount = from_value(json!({
        "authorization_details": {"oauth_token": {"access_token": SENTINEL}},
        "api_config": {"key": SENTINEL},
    }))
    .expect("an account");
    assert!(read.authorization_details.is_none() && read.api_config.is_none());
}

/// Does not compile if one of the types implements `Serialize`: then the type of `_` is ambiguous.
macro_rules! never_stored {
    ($($type:ty),+ $(,)?) => {
        $(const _: fn() = || {
            trait Ambiguous<A> {
                fn is_not_ambiguous() {}
            }
            struct Stored;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + Serialize> Ambiguous<Stored> for T {}
            let _ = <$type as Ambiguous<_>>::is_not_ambiguous;
        };)+
    };
}
never_stored![
    Secret,
    AuthorizationDetails,
    OauthToken,
    StaticAuth,
    GoogleDwd,
    TrustedIdp,
    ConnectionConfig,
    OauthConfig,
    GoogleDwdConfig,
    AuthorizationLink,
    VerifiedUser,
    McpSessionToken,
];
