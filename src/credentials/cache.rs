//! The current access token: requested once for all callers, renewed before it expires.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tokio::runtime;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::{AccessToken, BEARER, Token};
use crate::{Error, Secret};

/// A token is renewed this long before it expires, or earlier if it has a long life.
const REFRESH_AHEAD: Duration = Duration::from_secs(60);

/// The wait after a failed renewal of a token that is still valid.
const REFRESH_PAUSE: Duration = Duration::from_secs(5);

/// The minimum time between the starts of two token requests of a client, whatever fails. A token is
/// used for at least this long, so that a token without a lifetime is not requested by every call.
pub(crate) const MIN_GAP: Duration = Duration::from_millis(250);

/// The timeout of a token request. The deadlines of the callers do not limit it, since they share it.
/// A caller that has time left starts another one.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A token is not used in this last part of its life: it could expire on its way to the server.
const MIN_LEFT: Duration = Duration::from_secs(5);

/// The maximum lifetime that counts. A longer one would leave the range of a clock.
const MAX_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// The current token and the requests for the next one.
#[derive(Default)]
pub(crate) struct TokenCache {
    state: Mutex<State>,
    /// Wakes requests that wait for their turn when a token has been stored.
    stored: Notify,
}

#[derive(Default)]
struct State {
    current: Option<Held>,
    /// The last token that the server rejected, until there is another.
    rejected: Option<Token>,
    /// The number of requests that have ended.
    requests: u64,
    refresh_not_before: Option<Instant>,
    last_start: Option<Instant>,
    /// The token requests in progress, at most one per runtime.
    under_way: Vec<Request>,
}

/// A token request in progress.
struct Request {
    runtime: runtime::Id,
    /// From then on no caller waits for it.
    gives_up_at: Instant,
    result: watch::Receiver<Option<Result<Token, Error>>>,
}

pub(crate) struct Held {
    pub token: Token,
    pub refresh_at: Instant,
}

impl TokenCache {
    /// The token to use now. Requested with `fetch` if there is no valid one.
    ///
    /// All callers of a runtime share one request and its result. The request has its own task,
    /// which ends with it, so that a caller that is dropped or not polled does not delay others.
    /// Callers on other runtimes do not wait for it, because its runtime may be idle or gone. They
    /// share the token when it has been stored.
    ///
    /// A token that is about to expire is used while it is renewed.
    pub async fn token<F>(self: &Arc<Self>, fetch: impl Fn() -> F) -> Result<Token, Error>
    where
        F: Future<Output = Result<AccessToken, Error>> + Send + 'static,
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

    /// Drops the token of `generation`, which the server rejected. A newer one stays.
    pub fn invalidate(&self, generation: u64) {
        self.reject(|token| token.generation == generation);
    }

    /// Drops a token that the server rejected. Another one stays.
    pub fn invalidate_token(&self, rejected: &Secret) {
        self.reject(|token| token.secret() == Some(rejected.expose()));
    }

    fn reject(&self, is_rejected: impl Fn(&Token) -> bool) {
        let mut state = self.lock();
        if let Some(held) = state.current.take_if(|held| is_rejected(&held.token)) {
            state.rejected = Some(held.token);
        }
    }

    /// The last token that the server rejected, if there has been no other since.
    pub fn rejected(&self) -> Option<Secret> {
        let state = self.lock();
        state.rejected.as_ref()?.secret().map(Secret::from)
    }

    /// Starts a token request on this runtime.
    fn start<F>(
        self: &Arc<Self>,
        state: &mut State,
        fetch: F,
    ) -> watch::Receiver<Option<Result<Token, Error>>>
    where
        F: Future<Output = Result<AccessToken, Error>> + Send + 'static,
    {
        let (sender, result) = watch::channel(None);
        let runtime = runtime::Handle::current().id();
        state.under_way.push(Request {
            runtime,
            gives_up_at: Instant::now() + MIN_GAP + REQUEST_TIMEOUT,
            result: result.clone(),
        });
        let listed = Listed {
            cache: self.clone(),
            result: result.clone(),
        };
        let known = state.requests;
        tokio::spawn(async move {
            let cache = listed.cache.clone();
            let result = match cache.turn(known).await {
                Some(token) => Some(Ok(token)),
                None => tokio::time::timeout(REQUEST_TIMEOUT, fetch)
                    .await
                    .ok()
                    .map(|issued| cache.store(issued)),
            };
            // Unlisted first, so that no caller with the result finds the request in the list.
            drop(listed);
            if result.is_some() {
                sender.send_replace(result);
            }
        });
        result
    }

    /// Waits until a request may start. Returns the token if another runtime has stored one that is
    /// newer than that of request `known`.
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
            // Checks again after either.
            let _ = tokio::time::timeout_at(next_start, stored).await;
        }
    }

    fn store(&self, issued: Result<AccessToken, Error>) -> Result<Token, Error> {
        let mut state = self.lock();
        state.requests += 1;
        let generation = state.requests;
        match issued.and_then(|issued| hold(issued, generation, fastrand::f64())) {
            Ok(held) => {
                let token = held.token.clone();
                state
                    .rejected
                    .take_if(|rejected| rejected.header != token.header);
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
        // No panic leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The token if it is valid, and whether to renew it now.
    fn valid(&self, now: Instant) -> Option<(Token, bool)> {
        let held = self
            .current
            .as_ref()
            .filter(|held| now < held.token.expires_at)?;
        let paused = self.refresh_not_before.is_some_and(|until| now < until);
        // One request is enough, on any runtime.
        let renewing = || self.under_way.iter().any(|other| now < other.gives_up_at);
        let renew = now >= held.refresh_at && !paused && !renewing();
        Some((held.token.clone(), renew))
    }

    /// The result of the request in progress on this runtime.
    fn request_here(&self) -> Option<watch::Receiver<Option<Result<Token, Error>>>> {
        let here = runtime::Handle::current().id();
        let mut requests = self.under_way.iter();
        let request = requests.find(|request| request.runtime == here);
        request.map(|request| request.result.clone())
    }
}

/// A request in the list of those in progress. Removed when dropped: at its end, and when its runtime
/// is shut down.
struct Listed {
    cache: Arc<TokenCache>,
    result: watch::Receiver<Option<Result<Token, Error>>>,
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut state = self.cache.lock();
        state
            .under_way
            .retain(|request| !request.result.same_channel(&self.result));
    }
}

/// `jitter`, from 0 to 1, spreads the renewals of clients that started together.
pub(crate) fn hold(issued: AccessToken, generation: u64, jitter: f64) -> Result<Held, Error> {
    // ASCII only, although a header may contain more: otherwise it could not be redacted.
    let mut header = HeaderValue::try_from(format!("{BEARER}{}", issued.token.expose()))
        .ok()
        .filter(|header| header.to_str().is_ok())
        .ok_or_else(|| Error::decode("the access token cannot be sent as a header"))?;
    header.set_sensitive(true);
    let lifetime = issued.expires_in.clamp(MIN_GAP, MAX_LIFETIME);
    let usable = (lifetime - MIN_LEFT.min(lifetime / 4)).max(MIN_GAP);
    // At most half of a short life, so that a short-lived token is not renewed by every call.
    let ahead = REFRESH_AHEAD.max(lifetime / 10).min(lifetime / 2);
    let ahead = ahead.mul_f64(1.0 - jitter / 2.0);
    let now = Instant::now();
    Ok(Held {
        token: Token {
            header,
            generation,
            expires_at: now + usable,
        },
        refresh_at: now + lifetime - ahead,
    })
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCache")
    }
}

#[cfg(test)]
mod tests;
