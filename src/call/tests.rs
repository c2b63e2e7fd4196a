//! The engine held against its promises: any failures, many callers, cancellations, paused time.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::ErrorKind;
use crate::credentials::{AccessToken, MIN_GAP, TokenCache};
use crate::error::{Code, Details};

/// Timers of tokio have this resolution.
const TICK: Duration = Duration::from_millis(2);

const OPERATION: Operation = Operation {
    name: "test",
    path: "/test",
    idempotent: false,
    class: Class::Tool,
};

/// How one attempt goes at the server.
#[derive(Clone, Copy, Debug)]
enum Reaction {
    Success,
    /// The connection was refused, or the stream.
    NotSent,
    /// The connection never comes up.
    Connecting,
    /// The connection broke, before the server acted or after.
    Broken {
        acted: bool,
    },
    /// 502, 503 or UNAVAILABLE, from the server or something in front of it.
    Unavailable {
        acted: bool,
        retry_after: Option<u64>,
    },
    /// A response that cannot be read.
    Garbage,
    /// The server acts or does not, and never responds.
    Silence {
        acted: bool,
    },
    /// From now on the server refuses the tokens that it has issued so far.
    Revoked,
    /// A 401 of which it is not certain whose it is, after the server acted or instead.
    Unauthenticated {
        acted: bool,
        bare: bool,
    },
    /// A tool's own failure, with a code that means something else when it is ours.
    ToolFailure(Code),
    /// The server said no.
    Refused(Code),
}

/// How one token request goes.
#[derive(Clone, Copy, Debug)]
enum Fetch {
    Token { lifetime: u64 },
    Failure(u16),
    Silence,
}

#[derive(Clone, Debug)]
struct Caller {
    start: u64,
    idempotent: bool,
    max_attempts: u32,
    timeout: u64,
    cancelled_after: Option<u64>,
    /// How long it waits on rate limits.
    waits: u64,
    attempts: Vec<(u64, Reaction)>,
}

fn attempt() -> impl Strategy<Value = Reaction> {
    let code = prop_oneof![
        Just(Code::NotFound),
        Just(Code::ResourceExhausted),
        Just(Code::InvalidArgument),
    ];
    let tool_code = prop_oneof![
        Just(Code::Unauthenticated),
        Just(Code::Unavailable),
        Just(Code::ResourceExhausted),
    ];
    prop_oneof![
        2 => Just(Reaction::Success),
        3 => Just(Reaction::NotSent),
        1 => Just(Reaction::Connecting),
        3 => any::<bool>().prop_map(|acted| Reaction::Broken { acted }),
        4 => (any::<bool>(), option::of(0..20_u64)).prop_map(|(acted, retry_after)| {
            Reaction::Unavailable { acted, retry_after }
        }),
        1 => Just(Reaction::Garbage),
        1 => any::<bool>().prop_map(|acted| Reaction::Silence { acted }),
        3 => Just(Reaction::Revoked),
        2 => any::<(bool, bool)>()
            .prop_map(|(acted, bare)| Reaction::Unauthenticated { acted, bare }),
        1 => tool_code.prop_map(Reaction::ToolFailure),
        1 => code.prop_map(Reaction::Refused),
    ]
}

fn fetch() -> impl Strategy<Value = (u64, Fetch)> {
    let fetch = prop_oneof![
        4 => (0..30_u64).prop_map(|lifetime| Fetch::Token { lifetime }),
        2 => prop_oneof![Just(503), Just(401), Just(500)].prop_map(Fetch::Failure),
        1 => Just(Fetch::Silence),
    ];
    (0..2_000_u64, fetch)
}

fn caller() -> impl Strategy<Value = Caller> {
    (
        0..5_000_u64,
        any::<bool>(),
        1..5_u32,
        1..20_000_u64,
        option::weighted(0.3, 0..10_000_u64),
        prop_oneof![Just(0), 1..20_000_u64],
        vec((0..3_000_u64, attempt()), 0..6),
    )
        .prop_map(
            |(start, idempotent, max_attempts, timeout, cancelled_after, waits, attempts)| Caller {
                start,
                idempotent,
                max_attempts,
                timeout,
                cancelled_after,
                waits,
                attempts,
            },
        )
}

/// What the callers share.
struct World {
    tokens: Arc<TokenCache>,
    endpoint: Arc<TokenEndpoint>,
    budget: RetryBudget,
    secret: Secret,
}

impl World {
    fn new(fetches: Vec<(u64, Fetch)>, budget: u32) -> Self {
        let endpoint = TokenEndpoint {
            fetches: Mutex::new(fetches.into()),
            ..Default::default()
        };
        Self {
            tokens: Arc::default(),
            endpoint: Arc::new(endpoint),
            budget: RetryBudget::with(budget),
            secret: Secret::from("sentinel-secret"),
        }
    }
}

/// Responds to token requests as a script says.
#[derive(Default)]
struct TokenEndpoint {
    fetches: Mutex<VecDeque<(u64, Fetch)>>,
    /// How many requests there are now, and were at once.
    under_way: AtomicU32,
    most_at_once: AtomicU32,
    starts: Mutex<Vec<Instant>>,
    /// The tokens that the server takes: issued and not revoked.
    valid: Mutex<HashSet<String>>,
    issued: AtomicU32,
    /// The tokens that the server has refused.
    refused: Mutex<HashSet<String>>,
}

impl TokenEndpoint {
    async fn fetch(self: Arc<Self>) -> Result<AccessToken, Error> {
        /// Counts out when the fetch ends, cancelled or not.
        struct Under<'a>(&'a AtomicU32);
        impl Drop for Under<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let at_once = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        let _under = Under(&self.under_way);
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        lock(&self.starts).push(Instant::now());
        let (after, fetch) = lock(&self.fetches)
            .pop_front()
            .unwrap_or((1, Fetch::Token { lifetime: 3600 }));
        sleep(Duration::from_millis(after)).await;
        match fetch {
            Fetch::Token { lifetime } => {
                let number = self.issued.fetch_add(1, Ordering::SeqCst);
                let token = format!("sentinel-token-{number}");
                lock(&self.valid).insert(token.clone());
                Ok(AccessToken::new(token, Duration::from_secs(lifetime)))
            }
            Fetch::Failure(status @ 401) => {
                let message = "the token endpoint refused";
                Err(Error::no_token(ErrorKind::Unauthorized, status, message))
            }
            Fetch::Failure(status) => {
                let message = "the token endpoint is not available";
                Err(Error::no_token(
                    ErrorKind::ServiceUnavailable,
                    status,
                    message,
                ))
            }
            Fetch::Silence => std::future::pending().await,
        }
    }
}

impl Environment for World {
    async fn token(&self) -> Result<Token, Error> {
        let refused = lock(&self.endpoint.refused).clone();
        let token = self.tokens.token(|| self.endpoint.clone().fetch()).await?;
        let sent = token.secret().expect("a token");
        assert!(!refused.contains(sent), "a token that was refused before");
        Ok(token)
    }

    fn invalidate(&self, generation: u64) {
        self.tokens.invalidate(generation);
    }

    fn budget(&self) -> &RetryBudget {
        &self.budget
    }

    fn client_secret(&self) -> Option<&Secret> {
        Some(&self.secret)
    }

    fn endpoint(&self) -> Endpoint<'_> {
        Endpoint {
            host: "test",
            port: 443,
            rpc_system: None,
        }
    }
}

/// What happened at the server because of one call.
#[derive(Default)]
struct Effects {
    sent: AtomicU32,
    /// Sends of which the client could not know that nothing came of them.
    perhaps: AtomicU32,
    acted: AtomicU32,
    refused_tokens: AtomicU32,
    /// Rejections by a rate limit.
    limited: AtomicU32,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("no panic while locked")
}

/// What the server does with one attempt. It looks at the token first, as the service does.
async fn serve(
    world: &World,
    effects: &Effects,
    token: &Token,
    attempt: &Attempt,
    after: u64,
    reaction: Reaction,
) -> Result<(), Error> {
    let count = |counter: &AtomicU32| counter.fetch_add(1, Ordering::SeqCst);
    count(&effects.sent);
    count(&effects.perhaps);
    let nothing_happened = || {
        effects.perhaps.fetch_sub(1, Ordering::SeqCst);
    };
    let sent = token.secret().expect("a token").to_owned();
    let status = |code, details| Error::status(code, format!("{sent} is no good"), details);
    if matches!(reaction, Reaction::Connecting) {
        nothing_happened();
        std::future::pending::<()>().await;
    }
    attempt.writes(!matches!(reaction, Reaction::NotSent));
    sleep(Duration::from_millis(after)).await;
    if matches!(reaction, Reaction::Revoked) {
        lock(&world.endpoint.valid).clear();
    }
    if !matches!(reaction, Reaction::NotSent) && !lock(&world.endpoint.valid).contains(&sent) {
        nothing_happened();
        count(&effects.refused_tokens);
        lock(&world.endpoint.refused).insert(sent.clone());
        return Err(status(Code::Unauthenticated, Details::default()).with_token_refused());
    }
    if let Reaction::ToolFailure(Code::ResourceExhausted)
    | Reaction::Refused(Code::ResourceExhausted) = reaction
    {
        count(&effects.limited);
    }
    match reaction {
        Reaction::Success => {
            count(&effects.acted);
            Ok(())
        }
        Reaction::NotSent => {
            nothing_happened();
            Err(Error::connection(Outcome::NotSent, "refused"))
        }
        Reaction::Broken { acted } => {
            effects.acted.fetch_add(acted.into(), Ordering::SeqCst);
            Err(Error::connection(Outcome::Unknown, "reset"))
        }
        Reaction::Unavailable { acted, retry_after } => {
            effects.acted.fetch_add(acted.into(), Ordering::SeqCst);
            let error = status(Code::Unavailable, Details::default())
                .with_retry_after(retry_after.map(Duration::from_secs));
            Err(error)
        }
        Reaction::Garbage => {
            count(&effects.acted);
            Err(Error::decode("not a message"))
        }
        Reaction::Silence { acted } => {
            effects.acted.fetch_add(acted.into(), Ordering::SeqCst);
            std::future::pending().await
        }
        Reaction::Connecting => unreachable!("nothing is sent"),
        Reaction::Revoked => unreachable!("no token is valid"),
        Reaction::Unauthenticated { acted, bare } => {
            effects.acted.fetch_add(acted.into(), Ordering::SeqCst);
            Err(match bare {
                true => Error::http(401),
                false => status(Code::Unauthenticated, Details::default()),
            })
        }
        Reaction::ToolFailure(code) => Err(status(
            code,
            Details {
                tool_error: Some(Default::default()),
                ..Default::default()
            },
        )),
        Reaction::Refused(code) => {
            nothing_happened();
            Err(status(code, Details::default()))
        }
    }
}

/// One call from its start to its end; checks what holds for it alone. Gives repeats and successes.
async fn call(world: &World, caller: &Caller) -> (u32, u32) {
    sleep(Duration::from_millis(caller.start)).await;
    let effects = Effects::default();
    let script = Mutex::new(VecDeque::from(caller.attempts.clone()));
    let policy = RetryPolicy {
        idempotent: caller.idempotent,
        max_attempts: caller.max_attempts,
        wait_on_rate_limit: Duration::from_millis(caller.waits),
    };
    let limit = Duration::from_millis(caller.timeout);
    let started = Instant::now();
    let effects = &effects;
    let attempt = &Attempt::until(Deadline::after(limit));
    let call = run(
        world,
        &OPERATION,
        policy,
        attempt,
        |_| {},
        |token| {
            let (after, reaction) = lock(&script).pop_front().unwrap_or((1, Reaction::Success));
            async move { serve(world, effects, &token, attempt, after, reaction).await }
        },
    );
    let result = match caller.cancelled_after {
        Some(after) => timeout(Duration::from_millis(after), call).await.ok(),
        None => Some(call.await),
    };
    let read = |counter: &AtomicU32| counter.load(Ordering::SeqCst);
    let (sent, acted) = (read(&effects.sent), read(&effects.acted));
    assert!(started.elapsed() <= limit + TICK, "past its deadline");
    if !caller.idempotent {
        assert!(read(&effects.perhaps) <= 1, "perhaps done twice");
        assert!(acted <= 1, "done twice");
    }
    let limited = match caller.waits {
        0 => 0,
        _ => read(&effects.limited),
    };
    assert!(sent <= caller.max_attempts + 1 + limited, "tried too often");
    assert!(
        read(&effects.refused_tokens) <= 2,
        "more than one new token"
    );
    let renewed = read(&effects.refused_tokens).min(1);
    match &result {
        Some(Ok(done)) => {
            assert!(acted >= 1, "a success that did not happen");
            assert!(done.attempts >= sent, "{} of {sent}", done.attempts);
        }
        Some(Err(error)) => {
            if error.outcome() != Outcome::Unknown {
                assert_eq!(acted, 0, "{error:?}");
            } else {
                assert!(read(&effects.perhaps) >= 1, "nothing was sent: {error:?}");
            }
            assert!(error.attempts() >= sent.max(1), "{error:?}");
            assert_eq!(error.call(), OPERATION.name);
            assert!(
                !format!("{error} {error:?}").contains("sentinel-"),
                "{error:?}"
            );
        }
        None => {}
    }
    let repeats = sent.saturating_sub(1 + renewed + limited);
    (repeats, matches!(result, Some(Ok(_))).into())
}

/// An environment whose token endpoint always issues the same token, after some time in which
/// nothing else runs.
struct SameToken {
    takes: Duration,
    budget: RetryBudget,
    secret: Secret,
}

impl SameToken {
    fn after(takes: Duration) -> Self {
        Self {
            takes,
            budget: RetryBudget::default(),
            secret: "sentinel-secret".into(),
        }
    }
}

impl Environment for SameToken {
    async fn token(&self) -> Result<Token, Error> {
        std::thread::sleep(self.takes);
        let issued = AccessToken::new("sentinel-token", Duration::from_secs(3600));
        Ok(crate::credentials::hold(issued, 1, 0.0)?.token)
    }

    fn invalidate(&self, _: u64) {}

    fn budget(&self) -> &RetryBudget {
        &self.budget
    }

    fn client_secret(&self) -> Option<&Secret> {
        Some(&self.secret)
    }

    fn endpoint(&self) -> Endpoint<'_> {
        Endpoint {
            host: "test",
            port: 443,
            rpc_system: None,
        }
    }
}

const THRICE: RetryPolicy = RetryPolicy {
    idempotent: true,
    max_attempts: 3,
    wait_on_rate_limit: Duration::ZERO,
};

#[tokio::test]
async fn a_token_that_was_refused_is_not_sent_again() {
    let world = SameToken::after(Duration::ZERO);
    let sent = AtomicU32::new(0);
    let attempt = Attempt::until(Deadline::after(Duration::from_secs(60)));
    let result = run(
        &world,
        &OPERATION,
        THRICE,
        &attempt,
        |_| {},
        |_| {
            sent.fetch_add(1, Ordering::SeqCst);
            async {
                let details = Details::default();
                let error = Error::status(Code::Unauthenticated, "refused", details);
                Err::<(), _>(error.with_token_refused())
            }
        },
    );
    let error = result.await.err().expect("refused");
    assert_eq!(sent.load(Ordering::SeqCst), 1);
    assert!(error.token_refused(), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Rejected);
}

#[tokio::test]
async fn a_token_that_comes_too_late_is_not_sent() {
    let world = SameToken::after(Duration::from_millis(20));
    let attempt = Attempt::until(Deadline::after(Duration::from_millis(10)));
    let result = run(
        &world,
        &OPERATION,
        THRICE,
        &attempt,
        |_| {},
        |_| async {
            panic!("sent without time");
            #[allow(unreachable_code)]
            Ok(())
        },
    );
    let error = result.await.err().expect("too late");
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
}

#[tokio::test]
async fn a_success_says_how_often_it_was_tried() {
    let world = SameToken::after(Duration::ZERO);
    for failures in 0..2 {
        let sent = AtomicU32::new(0);
        let attempt = Attempt::until(Deadline::after(Duration::from_secs(60)));
        let result = run(
            &world,
            &OPERATION,
            THRICE,
            &attempt,
            |_| {},
            |_| {
                let number = sent.fetch_add(1, Ordering::SeqCst);
                async move {
                    match number < failures {
                        true => Err(Error::connection(Outcome::NotSent, "refused")),
                        false => Ok(()),
                    }
                }
            },
        );
        let done = result.await.expect("a success");
        assert_eq!(done.attempts, failures + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_failure_makes_a_call_happen_twice_or_outlive_its_deadline(
        callers in vec(caller(), 1..8),
        fetches in vec(fetch(), 0..8),
        budget in 0..60_u32,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let world = Arc::new(World::new(fetches, budget));
            let tasks: Vec<_> = callers
                .into_iter()
                .map(|caller| {
                    let world = world.clone();
                    tokio::spawn(async move { call(&world, &caller).await })
                })
                .collect();
            let (mut repeats, mut successes) = (0, 0);
            for task in tasks {
                let (more_repeats, success) = task.await.expect("a promise is broken");
                repeats += more_repeats;
                successes += success;
            }
            assert!(repeats * 10 <= budget + successes, "more repeats than the budget has");
            let starts = lock(&world.endpoint.starts).clone();
            for pair in starts.windows(2) {
                assert!(pair[1] - pair[0] + TICK >= MIN_GAP, "token requests too close");
            }
            let at_once = world.endpoint.most_at_once.load(Ordering::SeqCst);
            assert!(at_once <= 1, "two token requests at once");
            // Whatever happened, and whoever went away in the middle, the client is usable.
            lock(&world.endpoint.fetches).clear();
            // A request that a caller left behind ends, and its result is nobody's.
            sleep(Duration::from_secs(60)).await;
            let policy = RetryPolicy { idempotent: false, max_attempts: 1, wait_on_rate_limit: Duration::ZERO };
            let minute = &Attempt::until(Deadline::after(Duration::from_secs(60)));
            // No token that the server refused is left, not even by a call of a single attempt.
            let effects = &Effects::default();
            let send = |token: Token| {
                let world = &*world;
                async move { serve(world, effects, &token, minute, 1, Reaction::Success).await }
            };
            let found_out = run(&*world, &OPERATION, policy, minute, |_| {}, send).await;
            let next = run(&*world, &OPERATION, policy, minute, |_| {}, send).await;
            assert!(found_out.is_ok() || found_out.is_err_and(|error| error.token_refused()));
            assert!(next.is_ok(), "{:?}", next.err());
        });
    }
}
