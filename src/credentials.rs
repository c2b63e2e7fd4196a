//! The token that every call carries: fetched once for all callers, refreshed ahead of its expiry.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tokio::runtime;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::{Error, Secret};

/// A refresh starts this long before the token expires, or earlier for one that lives long.
const REFRESH_AHEAD: Duration = Duration::from_secs(60);

/// After a failed refresh of a token that is still valid, the next try waits this long.
const REFRESH_PAUSE: Duration = Duration::from_secs(5);

/// Between the starts of two token requests; whatever fails and whoever refuses, one client asks no
/// more often than this. A token is used for at least this long, so that one that is expired at
/// birth is not fetched anew by every call.
pub(crate) const MIN_GAP: Duration = Duration::from_millis(250);

/// How long a token request may take. No caller's deadline bounds it, since all share it; a caller
/// that has time left then starts another.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A token that lives no longer than this is not used: it could expire on its way.
const MIN_LEFT: Duration = Duration::from_secs(5);

/// A longer life means the same, and would leave the range of a clock.
const MAX_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

const BEARER: &str = "Bearer ";

/// What the environment's token endpoint takes.
#[derive(Clone)]
pub(crate) struct ClientCredentials {
    pub client_id: String,
    pub client_secret: Secret,
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A token, ready to be sent.
#[derive(Clone)]
pub(crate) struct Token {
    /// The whole `authorization` header, marked sensitive.
    pub header: HeaderValue,
    /// Which fetch it came from: what is told apart when the server refuses it.
    pub generation: u64,
}

impl Token {
    /// The token itself.
    pub fn secret(&self) -> Option<&str> {
        self.header.to_str().ok()?.strip_prefix(BEARER)
    }
}

/// A token as the token endpoint issued it.
pub(crate) struct IssuedToken {
    pub access_token: Secret,
    pub lifetime: Duration,
}

/// The current token and how to replace it.
#[derive(Default)]
pub(crate) struct TokenSource {
    state: Mutex<State>,
    /// Tells requests that wait for their turn that a token is there.
    stored: Notify,
}

#[derive(Default)]
struct State {
    current: Option<Held>,
    /// How many requests have ended.
    requests: u64,
    refresh_not_before: Option<Instant>,
    last_start: Option<Instant>,
    /// The token requests under way, at most one per runtime.
    under_way: Vec<Request>,
}

/// A token request under way.
struct Request {
    runtime: runtime::Id,
    /// From then on nobody waits for it any more.
    gives_up_at: Instant,
    result: watch::Receiver<Option<Result<Token, Error>>>,
}

pub(crate) struct Held {
    pub token: Token,
    pub refresh_at: Instant,
    pub expires_at: Instant,
}

impl TokenSource {
    /// The token to use now, fetched with `fetch` when there is none that is valid.
    ///
    /// All callers of a runtime share one request and its result. The request runs in a task of its
    /// own, which ends with it: a caller that is dropped, or that is kept without being polled,
    /// holds up nobody. Callers on other runtimes do not wait for it, because its runtime may be
    /// idle or gone; they share the token once it is there.
    ///
    /// A token that is about to expire is used while it is renewed.
    pub async fn token<F>(self: &Arc<Self>, fetch: impl Fn() -> F) -> Result<Token, Error>
    where
        F: Future<Output = Result<IssuedToken, Error>> + Send + 'static,
    {
        loop {
            let mut request = {
                let mut state = self.lock();
                let now = Instant::now();
                match state.valid(now) {
                    Some((token, renew)) => {
                        if renew {
                            self.start(&mut state, fetch());
                        }
                        return Ok(token);
                    }
                    None => match state.request_here() {
                        Some(result) => result,
                        None => self.start(&mut state, fetch()),
                    },
                }
            };
            // The channel closes without a result when the request took too long.
            if let Ok(result) = request.wait_for(Option::is_some).await
                && let Some(result) = &*result
            {
                return result.clone();
            }
        }
    }

    /// Forgets the token of `generation`, which the server refused; a newer one stays.
    pub fn invalidate(&self, generation: u64) {
        let mut state = self.lock();
        if state
            .current
            .as_ref()
            .is_some_and(|held| held.token.generation == generation)
        {
            state.current = None;
        }
    }

    /// Starts a token request on this runtime.
    fn start<F>(
        self: &Arc<Self>,
        state: &mut State,
        fetch: F,
    ) -> watch::Receiver<Option<Result<Token, Error>>>
    where
        F: Future<Output = Result<IssuedToken, Error>> + Send + 'static,
    {
        let (sender, result) = watch::channel(None);
        let runtime = runtime::Handle::current().id();
        state.under_way.push(Request {
            runtime,
            gives_up_at: Instant::now() + MIN_GAP + REQUEST_TIMEOUT,
            result: result.clone(),
        });
        let listed = Listed {
            source: self.clone(),
            result: result.clone(),
        };
        let known = state.requests;
        tokio::spawn(async move {
            let source = listed.source.clone();
            let result = match source.turn(known).await {
                Some(token) => Some(Ok(token)),
                None => tokio::time::timeout(REQUEST_TIMEOUT, fetch)
                    .await
                    .ok()
                    .map(|issued| source.store(issued)),
            };
            // Whoever is told of the result must not find the request still under way.
            drop(listed);
            if result.is_some() {
                sender.send_replace(result);
            }
        });
        result
    }

    /// Waits until a request may start. Gives the token if another runtime has got one that is newer
    /// than that of request `known`.
    async fn turn(&self, known: u64) -> Option<Token> {
        loop {
            let mut stored = std::pin::pin!(self.stored.notified());
            stored.as_mut().enable();
            let next_start = {
                let mut state = self.lock();
                let now = Instant::now();
                if let Some((token, _)) = state.valid(now)
                    && token.generation > known
                {
                    return Some(token);
                }
                match state.last_start.map(|last| last + MIN_GAP) {
                    Some(next_start) if now < next_start => next_start,
                    _ => {
                        state.last_start = Some(now);
                        return None;
                    }
                }
            };
            // Either is a reason to look again.
            let _ = tokio::time::timeout_at(next_start, stored).await;
        }
    }

    fn store(&self, issued: Result<IssuedToken, Error>) -> Result<Token, Error> {
        let mut state = self.lock();
        state.requests += 1;
        let generation = state.requests;
        match issued.and_then(|issued| hold(issued, generation, fastrand::f64())) {
            Ok(held) => {
                let token = held.token.clone();
                state.current = Some(held);
                state.refresh_not_before = None;
                self.stored.notify_waiters();
                Ok(token)
            }
            Err(error) => {
                state.refresh_not_before = Some(Instant::now() + REFRESH_PAUSE);
                Err(error)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole at every point where a panic could happen.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The token if it is valid, and whether it is time to renew it.
    fn valid(&self, now: Instant) -> Option<(Token, bool)> {
        let held = self.current.as_ref().filter(|held| now < held.expires_at)?;
        let paused = self.refresh_not_before.is_some_and(|until| now < until);
        // One request is enough, on whichever runtime.
        let renewing = || self.under_way.iter().any(|other| now < other.gives_up_at);
        let renew = now >= held.refresh_at && !paused && !renewing();
        Some((held.token.clone(), renew))
    }

    /// The result of the request under way on this runtime.
    fn request_here(&self) -> Option<watch::Receiver<Option<Result<Token, Error>>>> {
        let here = runtime::Handle::current().id();
        let mut requests = self.under_way.iter();
        let request = requests.find(|request| request.runtime == here);
        request.map(|request| request.result.clone())
    }
}

/// A request in the list of those under way. Dropping it takes it out: at its end, and when its
/// runtime is shut down.
struct Listed {
    source: Arc<TokenSource>,
    result: watch::Receiver<Option<Result<Token, Error>>>,
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut state = self.source.lock();
        state
            .under_way
            .retain(|request| !request.result.same_channel(&self.result));
    }
}

/// `jitter`, from 0 to 1, keeps clients that started together from refreshing together.
pub(crate) fn hold(issued: IssuedToken, generation: u64, jitter: f64) -> Result<Held, Error> {
    // A header could hold more than ASCII; but then it could not be found again to be hidden.
    let mut header = HeaderValue::try_from(format!("{BEARER}{}", issued.access_token.expose()))
        .ok()
        .filter(|header| header.to_str().is_ok())
        .ok_or_else(|| Error::decode("the token endpoint's access_token cannot be a header"))?;
    header.set_sensitive(true);
    let lifetime = issued.lifetime.clamp(MIN_GAP, MAX_LIFETIME);
    let usable = (lifetime - MIN_LEFT.min(lifetime / 4)).max(MIN_GAP);
    // At most half of a short life, so that a short-lived token is not refreshed on every call.
    let ahead = REFRESH_AHEAD.max(lifetime / 10).min(lifetime / 2);
    let ahead = ahead.mul_f64(1.0 - jitter / 2.0);
    let now = Instant::now();
    Ok(Held {
        token: Token { header, generation },
        refresh_at: now + lifetime - ahead,
        expires_at: now + usable,
    })
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn issued(seconds: u64) -> Result<IssuedToken, Error> {
        Ok(IssuedToken {
            access_token: "t".into(),
            lifetime: Duration::from_secs(seconds),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_first_callers_share_one_fetch() {
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
    async fn about_to_expire() -> Arc<TokenSource> {
        let source = Arc::new(TokenSource::default());
        let first = source.token(|| async { issued(600) }).await;
        first.expect("a token");
        tokio::time::advance(Duration::from_secs(575)).await;
        source
    }

    async fn generation<F>(source: &Arc<TokenSource>, fetch: impl Fn() -> F) -> u64
    where
        F: Future<Output = Result<IssuedToken, Error>> + Send + 'static,
    {
        source.token(fetch).await.expect("a token").generation
    }

    async fn must_not_fetch() -> Result<IssuedToken, Error> {
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
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
        let source = Arc::new(TokenSource::default());
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
            let issued = IssuedToken {
                access_token: token.into(),
                lifetime: Duration::from_secs(60),
            };
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
                (after(held.refresh_at), after(held.expires_at)),
                (refresh_at, expires_at),
                "{lifetime}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifetime_beyond_all_clocks_is_no_panic() {
        let source = Arc::new(TokenSource::default());
        let token = source.token(|| async { issued(u64::MAX) }).await;
        assert!(token.is_ok());
    }
}
