//! The client: token, headers, TLS, deadlines, connections.

use std::time::Duration;

use scalekit::{Client, ErrorKind, Outcome, Transport};
use scalekit_emulator::{Code, Emulator, Fault, Protocol, Status};

use super::TRANSPORT;
use super::harness::{GMAIL, client_builder, connected, emulator, serve};

#[tokio::test]
async fn a_call_is_retried_once_with_a_new_token_and_then_fails() {
    let emulator = emulator().await;
    let client = emulator.client();
    let refused = || Fault::status(Status::new(Code::Unauthenticated, "expired"));
    emulator.fail_next("ListTools", refused());
    client.tools().list_tools().await.expect("a page");
    assert_eq!(
        (
            emulator.token_requests(),
            emulator.calls_to("ListTools").len()
        ),
        (2, 2)
    );
    emulator.fail_next("ListTools", refused().times(5));
    let error = client
        .tools()
        .list_tools()
        .await
        .expect_err("rejected twice");
    assert!(error.is_unauthorized());
    assert_eq!((error.attempts(), error.outcome()), (2, Outcome::Rejected));
}

#[tokio::test]
async fn each_call_carries_one_token_and_the_sdk_headers() {
    let (emulator, _) = connected().await;
    let client = emulator
        .client_builder()
        .user_agent_suffix("agent/1")
        .build()
        .expect("a client");
    client.tools().list_tools().await.expect("a page");
    client
        .actions()
        .request(GMAIL.0, GMAIL.1, "/echo")
        .await
        .expect("a response");
    let calls = emulator.calls();
    for call in calls.iter().rev().take(3) {
        assert_eq!(
            call.header("x-sdk-version"),
            Some(concat!("Scalekit-Rust/", env!("CARGO_PKG_VERSION")))
        );
        let version = call.header("x-api-version").expect("a version");
        assert!(
            version.len() == 8 && version.bytes().all(|b| b.is_ascii_digit()),
            "{version}"
        );
        let agent = call.headers("user-agent");
        assert_eq!(agent.len(), 1, "{agent:?}");
        assert!(
            agent[0].starts_with("scalekit-rust/") && agent[0].contains(" agent/1"),
            "{agent:?}"
        );
        let authorization = call.headers("authorization").len();
        assert_eq!(
            authorization,
            usize::from(!call.method.contains("/oauth/token"))
        );
    }
}

#[tokio::test]
async fn no_duration_that_a_caller_sets_panics() {
    let (emulator, _) = connected().await;
    let long = Duration::MAX;
    let client = emulator
        .client_builder()
        .connect_timeout(long)
        .keep_alive_interval(long)
        .keep_alive_timeout(long)
        .timeout(long)
        .tool_timeout(long)
        .proxy_timeout(long);
    let client = client.build().expect("a client");
    client.tools().list_tools().await.expect("a page");
    let echo = client.actions().request(GMAIL.0, GMAIL.1, "/echo");
    echo.await.expect("a response");
    let account = client.actions().get_connected_account_details(GMAIL);
    account.timeout(long).await.expect("it");
    let found = client
        .actions()
        .get_or_create_connected_account(GMAIL.0, GMAIL.1);
    found.timeout(long).await.expect("it");
    for short in [Duration::ZERO, Duration::from_nanos(1)] {
        let hurried = emulator.client_builder().tool_timeout(short).build();
        let hurried = hurried.expect("a client");
        let errors = [
            client.tools().list_tools().timeout(short).await.err(),
            hurried.tools().list_tools().await.err(),
        ];
        assert!(errors.into_iter().flatten().all(|error| error.is_timeout()));
    }
}

#[tokio::test]
async fn calls_use_the_selected_transport() {
    let (emulator, client) = connected().await;
    client.tools().list_tools().await.expect("a page");
    let expected = match TRANSPORT {
        Transport::Grpc => Protocol::Grpc,
        _ => Protocol::Rest,
    };
    for call in ["ListTools", "CreateConnectedAccount"] {
        assert_eq!(emulator.calls_to(call)[0].protocol, expected, "{call}");
    }
}

#[tokio::test]
async fn a_token_is_refreshed_ahead_of_its_expiry() {
    let lifetime = Duration::from_secs(4);
    let emulator = serve(Emulator::builder().token_lifetime(lifetime)).await;
    let client = emulator.client();
    client.tools().list_tools().await.expect("a page");
    // In real time, because the client does not use the emulator's clock.
    tokio::time::sleep(Duration::from_millis(3300)).await;
    client.tools().list_tools().await.expect("a page");
    assert_eq!(emulator.token_requests(), 2);
    assert!(
        emulator
            .calls_to("ListTools")
            .iter()
            .all(|call| call.status.is_ok()),
        "no call met an expired token"
    );
}

#[tokio::test]
async fn a_server_whose_clock_jumps_gets_a_new_token() {
    let emulator = emulator().await;
    let client = emulator.client();
    client.tools().list_tools().await.expect("a page");
    emulator.clock().advance(Duration::from_secs(2 * 86_400));
    client.tools().list_tools().await.expect("a page");
    assert_eq!(emulator.token_requests(), 2);
    emulator.clock().reset();
    client.tools().list_tools().await.expect("a page");
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn a_wrong_secret_says_what_to_check() {
    let emulator = emulator().await;
    let client = emulator
        .client_builder()
        .client_secret("sentinel-wrong")
        .build()
        .expect("built");
    let error = client.tools().list_tools().await.expect_err("refused");
    assert!(error.is_unauthorized());
    assert_eq!(
        (error.http_status(), error.outcome()),
        (Some(401), Outcome::NotSent)
    );
    assert!(error.to_string().contains("client secret"), "{error}");
    assert!(!format!("{error} {error:?}").contains("sentinel-wrong"));
    assert_eq!(
        emulator.token_requests(),
        1,
        "a wrong secret is not tried again"
    );
}

#[tokio::test]
async fn a_token_request_is_retried_after_a_transient_failure() {
    let (emulator, _) = connected().await;
    emulator.fail_next("/oauth/token", Fault::http(503).times(2));
    let client = emulator.client();
    let sent = client
        .actions()
        .execute_tool("gmail_fetch_mails", serde_json::json!({}));
    sent.account(GMAIL)
        .await
        .expect("nothing was sent before the token came");
    emulator.fail_next("/oauth/token", Fault::http(503).times(3));
    let error = emulator
        .client()
        .tools()
        .list_tools()
        .await
        .expect_err("three times");
    assert_eq!(
        (error.http_status(), error.outcome()),
        (Some(503), Outcome::NotSent)
    );
}

#[tokio::test]
async fn a_refused_connection_has_outcome_not_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let client = client_builder()
        .env_url(format!("http://{address}"))
        .client_id("skc_1")
        .client_secret("s")
        .build()
        .expect("a client");
    let error = client
        .actions()
        .execute_tool("t", serde_json::json!({}))
        .await
        .expect_err("nobody");
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Connection, Outcome::NotSent)
    );
    assert_eq!(error.attempts(), 3, "what was not sent may be tried again");
}

#[tokio::test]
async fn a_call_to_a_server_that_never_responds_ends_at_its_deadline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let _silent = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            kept.push(stream);
        }
    });
    let client = client_builder()
        .env_url(format!("http://{address}"))
        .client_id("skc_1")
        .client_secret("s")
        .timeout(Duration::from_millis(300))
        .build()
        .expect("a client");
    let error = client
        .actions()
        .list_connections()
        .await
        .expect_err("silence");
    assert!(error.is_timeout());
    assert_eq!(error.outcome(), Outcome::NotSent, "the token never came");
}

#[tokio::test]
async fn a_client_reconnects_to_a_restarted_server() {
    let emulator = emulator().await;
    let address: std::net::SocketAddr = emulator
        .env_url()
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    let client = emulator.client();
    client.tools().list_tools().await.expect("a page");
    emulator.shutdown().await;
    assert!(
        client
            .tools()
            .list_tools()
            .timeout(Duration::from_secs(2))
            .await
            .is_err()
    );
    let restarted = serve(Emulator::builder().listen(address)).await;
    client.tools().list_tools().await.expect("a page");
    assert!(
        restarted
            .calls_to("ListTools")
            .last()
            .expect("a call")
            .status
            .is_ok()
    );
}

#[tokio::test]
async fn a_read_is_retried_after_a_transient_failure() {
    let emulator = emulator().await;
    let client = emulator.client();
    for fault in [
        Fault::http(502),
        Fault::http(503),
        Fault::status(Status::new(Code::Unavailable, "restarting")),
    ] {
        let before = emulator.calls_to("ListTools").len();
        emulator.fail_next("ListTools", fault.times(2));
        client
            .tools()
            .list_tools()
            .await
            .expect("a page of the third attempt");
        assert_eq!(emulator.calls_to("ListTools").len(), before + 3);
    }
    emulator.fail_next("ListTools", Fault::http(503).times(3));
    let error = client.tools().list_tools().await.expect_err("three times");
    assert_eq!((error.attempts(), error.http_status()), (3, Some(503)));
}

#[test]
fn a_client_is_made_outside_a_runtime_and_used_in_several() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
    };
    let server = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let emulator = server.block_on(emulator());
    let client = client_builder()
        .env_url(emulator.env_url())
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .build()
        .expect("built without a runtime");
    for _ in 0..3 {
        let runtime = runtime().expect("a runtime");
        runtime
            .block_on(async { client.tools().list_tools().await })
            .expect("a page");
    }
}

/// In a process of its own, since the environment is the whole process's.
#[test]
fn variables_are_trimmed() {
    const CHILD: &str = "SCALEKIT_TEST_VARIABLES";
    if std::env::var_os(CHILD).is_none() {
        let name = std::thread::current().name().expect("named").to_owned();
        let child = std::process::Command::new(std::env::current_exe().expect("this program"))
            .args([&name, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .env_remove("SCALEKIT_ENV_URL")
            .env("SCALEKIT_ENVIRONMENT_URL", " https://acme.scalekit.dev\r\n")
            .env("SCALEKIT_CLIENT_ID", "\tskc_1\n")
            .env("SCALEKIT_CLIENT_SECRET", "sentinel-secret\n")
            .output()
            .expect("it starts");
        let output = String::from_utf8_lossy(&child.stdout);
        assert!(
            child.status.success() && output.contains("1 passed"),
            "{output}"
        );
        return;
    }
    let client = format!("{:?}", Client::from_env().expect("a client"));
    for part in ["https://acme.scalekit.dev/", "\"skc_1\""] {
        assert!(client.contains(part), "{client}");
    }
}
