use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn issued(seconds: u64) -> Result<AccessToken, Error> {
    Ok(AccessToken::new("t", Duration::from_secs(seconds)))
}

#[tokio::test(start_paused = true)]
async fn concurrent_first_callers_share_one_fetch() {
    let source = Arc::new(TokenCache::default());
    let fetches = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (source, fetches) = (source.clone(), fetches.clone());
            tokio::spawn(async move {
                let fetch = || {
                    fetches.fetch_add(1, Ordering::SeqCst);
                    async {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        issued(3600)
                    }
                };
                source.token(fetch).await.map(|token| token.generation)
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("joined").expect("a token"), 1);
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn concurrent_callers_share_a_failure_and_the_next_call_tries_again() {
    let source = Arc::new(TokenCache::default());
    let fetches = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (source, fetches) = (source.clone(), fetches.clone());
            tokio::spawn(async move {
                let fetch = || {
                    fetches.fetch_add(1, Ordering::SeqCst);
                    async {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        Err(Error::config("refused"))
                    }
                };
                source.token(fetch).await.is_err()
            })
        })
        .collect();
    for task in tasks {
        assert!(task.await.expect("joined"));
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
    assert!(source.token(|| async { issued(60) }).await.is_ok());
}

/// A source with a token that is used for 20 s more, and due for renewal.
async fn about_to_expire() -> Arc<TokenCache> {
    let source = Arc::new(TokenCache::default());
    let first = source.token(|| async { issued(600) }).await;
    first.expect("a token");
    tokio::time::advance(Duration::from_secs(575)).await;
    source
}

async fn generation<F>(source: &Arc<TokenCache>, fetch: impl Fn() -> F) -> u64
where
    F: Future<Output = Result<AccessToken, Error>> + Send + 'static,
{
    source.token(fetch).await.expect("a token").generation
}

async fn must_not_fetch() -> Result<AccessToken, Error> {
    panic!("must not fetch")
}

#[tokio::test(start_paused = true)]
async fn the_valid_token_is_served_while_it_is_renewed() {
    let source = about_to_expire().await;
    let slow = || async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        issued(600)
    };
    assert_eq!(generation(&source, slow).await, 1);
    assert_eq!(generation(&source, must_not_fetch).await, 1);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(generation(&source, must_not_fetch).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_keeps_the_token_and_is_not_tried_again_at_once() {
    let source = about_to_expire().await;
    let failing = || async { Err(Error::config("down")) };
    assert_eq!(generation(&source, failing).await, 1);
    // Longer than the gap between any two requests.
    tokio::time::sleep(REFRESH_PAUSE - Duration::from_millis(100)).await;
    assert_eq!(generation(&source, must_not_fetch).await, 1);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(generation(&source, || async { issued(600) }).await, 1);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(generation(&source, must_not_fetch).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_leaves_its_request_to_the_next() {
    let source = Arc::new(TokenCache::default());
    let slow = || async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        issued(60)
    };
    let first = tokio::time::timeout(Duration::from_secs(1), source.token(slow)).await;
    assert!(first.is_err());
    assert_eq!(generation(&source, must_not_fetch).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_kept_and_not_polled_holds_up_nobody() {
    let source = Arc::new(TokenCache::default());
    let fetch = || async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        issued(60)
    };
    let mut kept = Box::pin(source.token(fetch));
    let polled = std::future::poll_fn(|context| {
        std::task::Poll::Ready(kept.as_mut().poll(context).is_pending())
    });
    assert!(polled.await);
    let started = Instant::now();
    assert_eq!(generation(&source, must_not_fetch).await, 1);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(kept.await.expect("a token").generation, 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_hangs_is_given_up_for_another() {
    let source = Arc::new(TokenCache::default());
    let requests = AtomicUsize::new(0);
    let fetch = || {
        let hangs = requests.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            match hangs {
                true => std::future::pending().await,
                false => issued(60),
            }
        }
    };
    assert_eq!(generation(&source, fetch).await, 1);
    assert_eq!(requests.load(Ordering::SeqCst), 2);
    assert!(source.lock().under_way.is_empty());
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime")
}

#[test]
fn a_request_on_a_runtime_that_is_idle_or_gone_holds_up_no_other_runtime() {
    let source = Arc::new(TokenCache::default());
    let idle = runtime();
    idle.block_on(async {
        let request = source.token(std::future::pending);
        let given_up = tokio::time::timeout(Duration::from_millis(10), request);
        assert!(given_up.await.is_err());
    });
    let fetched = runtime().block_on(generation(&source, || async { issued(60) }));
    assert_eq!(fetched, 1);
    // And the idle one shares that token.
    assert_eq!(idle.block_on(generation(&source, must_not_fetch)), 1);
    assert_eq!(source.lock().under_way.len(), 1);
    drop(idle);
    assert!(source.lock().under_way.is_empty());
}

#[test]
fn runtimes_that_start_together_ask_once() {
    let source = Arc::new(TokenCache::default());
    let requests = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (source, requests) = (source.clone(), requests.clone());
            std::thread::spawn(move || {
                let fetch = || {
                    requests.fetch_add(1, Ordering::SeqCst);
                    async {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        issued(600)
                    }
                };
                runtime().block_on(generation(&source, fetch))
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("joined"), 1);
    }
    assert!(source.lock().requests == 1, "one of them was sent");
}

#[tokio::test(start_paused = true)]
async fn only_the_refused_generation_is_forgotten() {
    let source = Arc::new(TokenCache::default());
    let first = source
        .token(|| async { issued(600) })
        .await
        .expect("a token");
    source.invalidate(first.generation);
    let second = source
        .token(|| async { issued(600) })
        .await
        .expect("a token");
    source.invalidate(first.generation);
    let third = source.token(must_not_fetch).await;
    assert_eq!(
        third.expect("the second token").generation,
        second.generation
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_expired_at_birth_is_not_fetched_by_every_call() {
    let source = Arc::new(TokenCache::default());
    let fetches = AtomicUsize::new(0);
    for _ in 0..100 {
        let fetch = || {
            fetches.fetch_add(1, Ordering::SeqCst);
            async { issued(0) }
        };
        source.token(fetch).await.expect("a token");
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    let fetched = fetches.load(Ordering::SeqCst);
    assert!((2..=5).contains(&fetched), "{fetched} in a second");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_every_token_is_not_asked_in_a_loop() {
    let source = Arc::new(TokenCache::default());
    let started = Instant::now();
    for _ in 0..20 {
        let token = source.token(|| async { issued(600) }).await;
        source.invalidate(token.expect("a token").generation);
    }
    assert!(started.elapsed() >= MIN_GAP * 19);
}

#[test]
fn a_token_that_errors_could_not_be_searched_for_is_none() {
    for token in ["tökén", "a\nb", "a\u{7f}"] {
        let issued = AccessToken::new(token, Duration::from_secs(60));
        let error = hold(issued, 1, 0.0).err().expect("an error");
        assert_eq!(error.kind(), crate::ErrorKind::Decode);
        assert!(!error.to_string().contains(token), "{error}");
    }
}

#[test]
fn clients_that_started_together_do_not_refresh_together() {
    let refresh_at = |jitter| {
        let now = Instant::now();
        let held = hold(issued(3600).expect("a token"), 1, jitter).expect("held");
        (held.refresh_at - now).as_secs_f64().round()
    };
    assert_eq!((refresh_at(0.0), refresh_at(1.0)), (3240.0, 3420.0));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_and_given_up_ahead_of_its_expiry() {
    for (lifetime, refresh_at, expires_at) in [
        (3600, 3240.0, 3595.0),
        (100, 50.0, 95.0),
        (20, 10.0, 15.0),
        (8, 4.0, 6.0),
        (1, 0.5, 0.75),
        (0, 0.125, 0.25),
    ] {
        let now = Instant::now();
        let held = hold(issued(lifetime).expect("a token"), 1, 0.0).expect("held");
        let after = |instant: Instant| (instant - now).as_secs_f64();
        assert_eq!(
            (after(held.refresh_at), after(held.token.expires_at)),
            (refresh_at, expires_at),
            "{lifetime}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_beyond_all_clocks_is_no_panic() {
    let source = Arc::new(TokenCache::default());
    let token = source.token(|| async { issued(u64::MAX) }).await;
    assert!(token.is_ok());
}
