//! Access tokens that come from the application, and tokens for the application.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use scalekit::{AccessToken, Client, Error, ErrorKind, Outcome, Secret, TokenFuture, TokenSource};

use super::harness::*;

/// Returns the tokens of a client with client credentials.
struct Shared {
    credentials: Client,
    /// The rejected token of each request.
    rejected: Arc<Mutex<Vec<Option<Secret>>>>,
}

impl TokenSource for Shared {
    fn token<'a>(&'a self, rejected: Option<&'a Secret>) -> TokenFuture<'a> {
        Box::pin(async move {
            self.rejected
                .lock()
                .expect("a lock")
                .push(rejected.cloned());
            if let Some(rejected) = rejected {
                self.credentials.invalidate_access_token(rejected);
            }
            self.credentials.access_token().await
        })
    }
}

/// Fails with these errors, one after the other, and then returns a token that nobody issued.
struct Failing {
    errors: Mutex<Vec<Error>>,
    requests: Arc<AtomicUsize>,
}

impl TokenSource for Failing {
    fn token<'a>(&'a self, _: Option<&'a Secret>) -> TokenFuture<'a> {
        Box::pin(async {
            self.requests.fetch_add(1, Ordering::SeqCst);
            match self.errors.lock().expect("a lock").pop() {
                Some(error) => Err(error),
                None => Ok(AccessToken::new("unknown", Duration::from_secs(3600))),
            }
        })
    }
}

fn with_source(emulator: &Served, source: impl TokenSource) -> Client {
    client_builder()
        .env_url(emulator.env_url())
        .token_source(source)
        .build()
        .expect("a client without credentials")
}

fn shared(emulator: &Served) -> (Client, Arc<Mutex<Vec<Option<Secret>>>>) {
    let rejected = Arc::default();
    let source = Shared {
        credentials: emulator.client(),
        rejected: Arc::clone(&rejected),
    };
    (with_source(emulator, source), rejected)
}

#[tokio::test]
async fn a_client_with_a_source_needs_no_credentials_and_asks_it_once() {
    let emulator = emulator().await;
    let (client, rejected) = shared(&emulator);
    let calls = (0..8).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.tools().list_tools().await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("joined").expect("a page");
    }
    assert_eq!(rejected.lock().expect("a lock").len(), 1);
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test]
async fn a_source_is_told_which_token_was_rejected() {
    let emulator = emulator().await;
    let (client, rejected) = shared(&emulator);
    client.tools().list_tools().await.expect("a page");
    let first = client.access_token().await.expect("a token").token;
    emulator.revoke_tokens();
    client
        .tools()
        .list_tools()
        .await
        .expect("a page with a new token");
    assert_eq!(*rejected.lock().expect("a lock"), [None, Some(first)]);
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn the_error_of_a_source_is_that_of_the_call() {
    let emulator = emulator().await;
    let error = || {
        Error::new(
            ErrorKind::Forbidden,
            Outcome::Unknown,
            "the store is locked",
        )
    };
    let requests = Arc::new(AtomicUsize::new(0));
    let client = with_source(
        &emulator,
        Failing {
            errors: Mutex::new(vec![error()]),
            requests: requests.clone(),
        },
    );
    let error = client.tools().list_tools().await.expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(
        error.outcome(),
        Outcome::NotSent,
        "no request without a token"
    );
    assert_eq!(error.call(), "list_tools");
    assert!(error.to_string().contains("the store is locked"), "{error}");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    assert!(emulator.calls().is_empty());
}

#[tokio::test]
async fn a_source_that_is_unavailable_is_asked_again_and_its_token_not_twice() {
    let emulator = emulator().await;
    let requests = Arc::new(AtomicUsize::new(0));
    let unavailable = Error::new(ErrorKind::Connection, Outcome::NotSent, "the store is down");
    let client = with_source(
        &emulator,
        Failing {
            errors: Mutex::new(vec![unavailable]),
            requests: requests.clone(),
        },
    );
    let error = client
        .tools()
        .list_tools()
        .await
        .expect_err("a rejected token");
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
    // It failed, returned a token, and returned the same token after its rejection.
    assert_eq!(requests.load(Ordering::SeqCst), 3);
    assert_eq!(emulator.calls_to("ListTools").len(), 1);
}

#[tokio::test]
async fn an_application_gets_the_token_that_calls_use() {
    let emulator = emulator().await;
    let client = emulator.client();
    let token = client.access_token().await.expect("a token");
    assert!(token.expires_in > Duration::from_secs(60), "{token:?}");
    assert!(!format!("{token:?}").contains(token.token.expose()));
    client.tools().list_tools().await.expect("a page");
    let again = client.access_token().await.expect("a token");
    assert_eq!(again.token, token.token);
    assert_eq!(emulator.token_requests(), 1);

    client.invalidate_access_token(&Secret::from("another"));
    let kept = client.access_token().await.expect("a token");
    assert_eq!(kept.token, token.token);
    client.invalidate_access_token(&token.token);
    let renewed = client.access_token().await.expect("a token");
    assert_ne!(renewed.token, token.token);
    assert_eq!(emulator.token_requests(), 2);
}

#[tokio::test]
async fn without_a_token_endpoint_the_error_names_the_call() {
    let client = client_builder()
        .env_url("http://127.0.0.1:1")
        .client_id("skc_1")
        .client_secret("sentinel-secret");
    let client = client.build().expect("a client");
    let error = client.access_token().await.expect_err("no endpoint");
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert_eq!(error.call(), "access_token");
    assert_eq!(error.attempts(), 3);
}
