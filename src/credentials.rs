//! The token that every call carries: fetched once for all callers, refreshed ahead of its expiry.

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
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

/// What the token endpoint answered.
pub(crate) struct IssuedToken {
    pub access_token: Secret,
    pub lifetime: Duration,
}

/// The current token and how to replace it.
#[derive(Default)]
pub(crate) struct TokenSource {
    state: Mutex<State>,
    /// Held by the one caller that fetches.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    current: Option<Held>,
    /// How many fetches have ended, and how the last one failed if it did.
    fetches: u64,
    failure: Option<Error>,
    refresh_not_before: Option<Instant>,
    last_start: Option<Instant>,
}

pub(crate) struct Held {
    pub token: Token,
    pub refresh_at: Instant,
    pub expires_at: Instant,
}

impl TokenSource {
    /// The token to use now, fetched with `fetch` when there is none that is valid.
    ///
    /// However many callers wait, one of them fetches, and all share its success or failure. When
    /// the token is about to expire, one caller refreshes it while the others go on with the valid
    /// one; so does that caller itself when the refresh fails. A caller that is cancelled while it
    /// fetches hands over to the next.
    pub async fn token<F>(&self, fetch: impl FnOnce() -> F) -> Result<Token, Error>
    where
        F: Future<Output = Result<IssuedToken, Error>>,
    {
        let now = Instant::now();
        let (valid, seen) = {
            let state = self.lock();
            let valid = state.current.as_ref().filter(|held| now < held.expires_at);
            if let Some(held) = valid {
                let wait = state
                    .refresh_not_before
                    .is_some_and(|instant| now < instant);
                if now < held.refresh_at || wait {
                    return Ok(held.token.clone());
                }
            }
            (valid.map(|held| held.token.clone()), state.fetches)
        };
        let _fetching = match &valid {
            Some(token) => match self.fetching.try_lock() {
                Ok(guard) => guard,
                Err(_) => return Ok(token.clone()),
            },
            None => self.fetching.lock().await,
        };
        if let Some(settled) = self.settled_since(seen) {
            return settled;
        }
        match (self.next_start(), &valid) {
            (Some(instant), Some(token)) if Instant::now() < instant => return Ok(token.clone()),
            (Some(instant), _) => tokio::time::sleep_until(instant).await,
            (None, _) => {}
        }
        self.lock().last_start = Some(Instant::now());
        match (self.store(fetch().await), valid) {
            (Err(_), Some(token)) => Ok(token),
            (result, _) => result,
        }
    }

    /// When the next fetch may start.
    fn next_start(&self) -> Option<Instant> {
        self.lock().last_start.map(|instant| instant + MIN_GAP)
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

    /// The result of a fetch that ended while this caller waited for its turn.
    fn settled_since(&self, seen: u64) -> Option<Result<Token, Error>> {
        let state = self.lock();
        if state.fetches == seen {
            return None;
        }
        match (&state.current, &state.failure) {
            (Some(held), _) if Instant::now() < held.expires_at => Some(Ok(held.token.clone())),
            (_, Some(error)) => Some(Err(error.clone())),
            _ => None,
        }
    }

    fn store(&self, issued: Result<IssuedToken, Error>) -> Result<Token, Error> {
        let mut state = self.lock();
        state.fetches += 1;
        let generation = state.fetches;
        match issued.and_then(|issued| hold(issued, generation, fastrand::f64())) {
            Ok(held) => {
                let token = held.token.clone();
                state.current = Some(held);
                state.failure = None;
                state.refresh_not_before = None;
                Ok(token)
            }
            Err(error) => {
                state.failure = Some(error.clone());
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

/// `jitter`, from 0 to 1, keeps clients that started together from refreshing together.
pub(crate) fn hold(issued: IssuedToken, generation: u64, jitter: f64) -> Result<Held, Error> {
    // A header could hold more than ASCII; but then it could not be found again to be hidden.
    let mut header = HeaderValue::try_from(format!("{BEARER}{}", issued.access_token.expose()))
        .ok()
        .filter(|header| header.to_str().is_ok())
        .ok_or_else(|| Error::decode("the token endpoint's access_token cannot be a header"))?;
    header.set_sensitive(true);
    let lifetime = issued.lifetime.clamp(MIN_GAP, MAX_LIFETIME);
    // At most half of a short life, so that a short-lived token is not refreshed on every call.
    let ahead = REFRESH_AHEAD.max(lifetime / 10).min(lifetime / 2);
    let ahead = ahead.mul_f64(1.0 - jitter / 2.0);
    let now = Instant::now();
    Ok(Held {
        token: Token { header, generation },
        refresh_at: now + lifetime - ahead,
        expires_at: now + lifetime,
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
                    let fetch = || async {
                        fetches.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        issued(3600)
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
                    let fetch = || async {
                        fetches.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        Err(Error::config("refused"))
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

    #[tokio::test(start_paused = true)]
    async fn the_valid_token_is_served_while_one_caller_refreshes() {
        let source = Arc::new(TokenSource::default());
        source
            .token(|| async { issued(600) })
            .await
            .expect("a token");
        tokio::time::advance(Duration::from_secs(575)).await;
        let refresher = tokio::spawn({
            let source = source.clone();
            async move {
                let slow = || async {
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    issued(600)
                };
                source.token(slow).await.map(|token| token.generation)
            }
        });
        tokio::task::yield_now().await;
        let other = source.token(|| async { panic!("must not fetch") }).await;
        assert_eq!(other.expect("the valid token").generation, 1);
        assert_eq!(refresher.await.expect("joined").expect("a token"), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_refresh_does_not_displace_a_valid_token() {
        let source = TokenSource::default();
        source
            .token(|| async { issued(600) })
            .await
            .expect("a token");
        tokio::time::advance(Duration::from_secs(575)).await;
        let token = source.token(|| async { Err(Error::config("down")) }).await;
        assert_eq!(token.expect("the valid token").generation, 1);
        let paused = source
            .token(|| async { panic!("must not fetch so soon") })
            .await;
        assert_eq!(paused.expect("the valid token").generation, 1);
        tokio::time::advance(REFRESH_PAUSE).await;
        let token = source.token(|| async { issued(600) }).await;
        assert_eq!(token.expect("a token").generation, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_fetch_hands_over() {
        let source = TokenSource::default();
        let hanging = source.token(std::future::pending);
        assert!(
            tokio::time::timeout(Duration::from_secs(1), hanging)
                .await
                .is_err()
        );
        assert!(source.token(|| async { issued(60) }).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_refused_generation_is_forgotten() {
        let source = TokenSource::default();
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
        let third = source.token(|| async { panic!("must not fetch") }).await;
        assert_eq!(
            third.expect("the second token").generation,
            second.generation
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_is_expired_at_birth_is_not_fetched_by_every_call() {
        let source = TokenSource::default();
        let fetches = AtomicUsize::new(0);
        for _ in 0..100 {
            let fetch = || async {
                fetches.fetch_add(1, Ordering::SeqCst);
                issued(0)
            };
            source.token(fetch).await.expect("a token");
            tokio::time::advance(Duration::from_millis(10)).await;
        }
        let fetched = fetches.load(Ordering::SeqCst);
        assert!((2..=5).contains(&fetched), "{fetched} in a second");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_refuses_every_token_is_not_asked_in_a_loop() {
        let source = TokenSource::default();
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
    async fn a_lifetime_beyond_all_clocks_is_no_panic() {
        let source = TokenSource::default();
        let token = source.token(|| async { issued(u64::MAX) }).await;
        assert!(token.is_ok());
    }
}
