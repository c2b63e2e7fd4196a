//! Which failures are retried, after which wait, and at which cost.

use super::*;
use crate::error::{Code, Details};

fn history(idempotent: bool) -> History {
    History::new(RetryPolicy {
        idempotent,
        max_attempts: 3,
        wait_on_rate_limit: Duration::ZERO,
    })
}

fn next(history: &mut History, error: &Error) -> Verdict {
    history.judge(Failure {
        error,
        time_left: Duration::from_secs(20),
        jitter: 0.5,
        budget: &RetryBudget::default(),
    })
}

fn judge(idempotent: bool, error: &Error) -> Verdict {
    next(&mut history(idempotent), error)
}

fn status(code: Code) -> Error {
    Error::status(code, "", Details::default())
}

fn refused_token() -> Error {
    status(Code::Unauthenticated).with_token_refused()
}

fn tool_error(code: Code) -> Error {
    let details = Details {
        tool_error: Some(Default::default()),
        ..Default::default()
    };
    Error::status(code, "", details)
}

#[test]
fn what_may_have_happened_is_repeated_only_when_idempotent() {
    for error in [
        status(Code::Unavailable),
        Error::http(408),
        Error::http(502),
        Error::http(503),
        Error::http(504),
        Error::http(524),
        Error::connection(Outcome::Unknown, "reset"),
    ] {
        assert_eq!(judge(false, &error), Verdict::GiveUp, "{error}");
        assert!(matches!(judge(true, &error), Verdict::Wait(_)), "{error}");
    }
}

#[test]
fn what_was_not_sent_is_always_repeated() {
    let error = Error::connection(Outcome::NotSent, "refused");
    assert!(matches!(judge(false, &error), Verdict::Wait(_)));
}

#[test]
fn a_no_is_a_no() {
    for code in [
        Code::InvalidArgument,
        Code::NotFound,
        Code::AlreadyExists,
        Code::PermissionDenied,
        Code::ResourceExhausted,
        Code::DeadlineExceeded,
        Code::Internal,
    ] {
        assert_eq!(judge(true, &status(code)), Verdict::GiveUp, "{code}");
    }
    for error in [
        Error::http(404),
        Error::http(429),
        Error::http(500),
        Error::invalid_input("x", "is wrong"),
        Error::timeout(Outcome::Unknown, Duration::from_secs(1)),
    ] {
        assert_eq!(judge(true, &error), Verdict::GiveUp, "{error}");
    }
}

#[test]
fn a_401_of_which_it_is_not_certain_whose_it_is_is_not_repeated() {
    for error in [
        status(Code::Unauthenticated),
        Error::http(401),
        Error::provider(401),
        Error::http(403),
    ] {
        assert_eq!(judge(false, &error), Verdict::GiveUp, "{error}");
        assert_eq!(judge(true, &error), Verdict::GiveUp, "{error}");
    }
    assert_eq!(status(Code::Unauthenticated).outcome(), Outcome::Unknown);
    assert_eq!(Error::http(401).outcome(), Outcome::Unknown);
}

#[test]
fn a_refused_token_is_renewed_once() {
    let mut history = history(false);
    let error = refused_token();
    assert_eq!(next(&mut history, &error), Verdict::RenewToken);
    assert_eq!(next(&mut history, &error), Verdict::GiveUp);
    assert_eq!(history.outcome, Outcome::Rejected);
}

#[test]
fn a_token_request_is_repeated_when_the_endpoint_fails_and_not_when_it_refuses() {
    let no_token = |kind, status| Error::no_token(kind, status, "");
    for status in [408, 429, 500, 503, 520] {
        let error = no_token(ErrorKind::ServiceUnavailable, status);
        assert!(matches!(judge(false, &error), Verdict::Wait(_)), "{error}");
    }
    for error in [
        no_token(ErrorKind::Unauthorized, 401),
        no_token(ErrorKind::Config, 404),
    ] {
        assert_eq!(judge(true, &error), Verdict::GiveUp, "{error}");
    }
}

#[test]
fn a_call_is_tried_as_often_as_allowed() {
    let error = Error::connection(Outcome::NotSent, "refused");
    let mut calls = history(true);
    let waits = (0..5).map(|_| next(&mut calls, &error));
    assert_eq!(waits.filter(|v| *v != Verdict::GiveUp).count(), 2);
    let mut once = History::new(RetryPolicy {
        idempotent: true,
        max_attempts: 1,
        wait_on_rate_limit: Duration::ZERO,
    });
    assert_eq!(next(&mut once, &error), Verdict::GiveUp);
    let mut once = History::new(RetryPolicy {
        idempotent: true,
        max_attempts: 1,
        wait_on_rate_limit: Duration::ZERO,
    });
    assert_eq!(next(&mut once, &refused_token()), Verdict::GiveUp);
}

#[test]
fn a_new_token_costs_no_attempt() {
    let mut history = history(true);
    assert_eq!(next(&mut history, &refused_token()), Verdict::RenewToken);
    let error = Error::connection(Outcome::NotSent, "refused");
    assert!(matches!(next(&mut history, &error), Verdict::Wait(_)));
    assert!(matches!(next(&mut history, &error), Verdict::Wait(_)));
    assert_eq!(next(&mut history, &error), Verdict::GiveUp);
}

#[test]
fn the_pause_is_jittered_doubled_and_lengthened_at_the_server_s_wish() {
    let pause = |history: &mut History, jitter, wanted: Option<u64>| {
        let wanted = wanted.map(Duration::from_secs);
        let verdict = history.judge(Failure {
            error: &Error::http(503).with_retry_after(wanted),
            time_left: Duration::from_secs(20),
            jitter,
            budget: &RetryBudget::default(),
        });
        match verdict {
            Verdict::Wait(pause) => pause,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pause(&mut history(true), 0.0, None), Duration::ZERO);
    let mut calls = history(true);
    assert_eq!(pause(&mut calls, 1.0, None), BASE_PAUSE);
    assert_eq!(pause(&mut calls, 1.0, None), BASE_PAUSE * 2);
    let wanted = pause(&mut history(true), 0.5, Some(2));
    assert_eq!(wanted, Duration::from_secs(2));
    let too_long = pause(&mut history(true), 1.0, Some(3600));
    assert_eq!(too_long, BASE_PAUSE + MAX_EXTRA_PAUSE);
}

#[test]
fn a_pause_that_does_not_fit_is_not_begun() {
    let verdict = history(true).judge(Failure {
        error: &Error::http(503).with_retry_after(Some(Duration::from_secs(3))),
        time_left: Duration::from_secs(3),
        jitter: 0.5,
        budget: &RetryBudget::default(),
    });
    assert_eq!(verdict, Verdict::GiveUp);
}

#[test]
fn a_tools_own_refusal_never_touches_our_token() {
    for code in [
        Code::Unauthenticated,
        Code::PermissionDenied,
        Code::Unavailable,
    ] {
        assert_eq!(judge(false, &tool_error(code)), Verdict::GiveUp, "{code}");
        assert_eq!(judge(true, &tool_error(code)), Verdict::GiveUp, "{code}");
    }
}

#[test]
fn a_rejection_by_a_rate_limit_waits_within_its_maximum() {
    let limit = |wanted: Option<u64>| {
        status(Code::ResourceExhausted).with_retry_after(wanted.map(Duration::from_secs))
    };
    let next = |history: &mut History, error: &Error, jitter| {
        history.judge(Failure {
            error,
            time_left: Duration::from_secs(60),
            jitter,
            budget: &RetryBudget::with(0),
        })
    };
    let seconds = |seconds| Verdict::Wait(Duration::from_secs_f64(seconds));
    let waiting_if = |idempotent, max| {
        History::new(RetryPolicy {
            idempotent,
            max_attempts: 1,
            wait_on_rate_limit: Duration::from_secs(max),
        })
    };
    let waiting = |max| waiting_if(false, max);
    // As long as the server says, and up to a tenth more. Costs neither attempts nor budget.
    let mut calls = waiting(20);
    assert_eq!(next(&mut calls, &limit(Some(8)), 0.0), seconds(8.0));
    assert_eq!(next(&mut calls, &limit(Some(8)), 1.0), seconds(8.8));
    assert_eq!(next(&mut calls, &limit(Some(8)), 0.0), Verdict::GiveUp);
    assert_eq!(next(&mut calls, &limit(Some(1)), 0.0), seconds(1.0));
    // Without a hint, the wait doubles.
    let mut calls = waiting(20);
    for expected in [1.0, 2.0, 4.0, 8.0] {
        assert_eq!(next(&mut calls, &limit(None), 0.0), seconds(expected));
    }
    assert_eq!(next(&mut calls, &limit(None), 0.0), Verdict::GiveUp);
    // Never without a pause, and never for what may have happened.
    assert_eq!(next(&mut waiting(20), &limit(Some(0)), 0.0), seconds(0.1));
    let unknown = limit(Some(1)).with_outcome(Outcome::Unknown);
    assert_eq!(next(&mut waiting(20), &unknown, 0.0), Verdict::GiveUp);
    let tool = tool_error(Code::ResourceExhausted).with_retry_after(Duration::from_secs(1));
    assert_eq!(next(&mut waiting(20), &tool, 0.0), Verdict::GiveUp);
    for error in [&unknown, &tool] {
        let mut idempotent = waiting_if(true, 20);
        assert_eq!(next(&mut idempotent, error, 0.0), seconds(1.0));
    }
    let other = status(Code::InvalidArgument).with_retry_after(Duration::from_secs(1));
    assert_eq!(next(&mut waiting(20), &other, 0.0), Verdict::GiveUp);
}

#[test]
fn once_an_attempt_may_have_happened_the_call_may_have() {
    let mut history = history(true);
    next(&mut history, &status(Code::Unavailable));
    let refused = Error::connection(Outcome::NotSent, "refused");
    next(&mut history, &refused);
    assert_eq!(history.outcome, Outcome::Unknown);
}

#[test]
fn the_budget_ends_and_successes_refill_it() {
    let budget = RetryBudget::default();
    let unavailable = cost(ErrorKind::ServiceUnavailable);
    assert!(unavailable > cost(ErrorKind::Connection));
    let spent = (0..1000).take_while(|_| budget.spend(unavailable)).count();
    assert_eq!(spent as u32, BUDGET / unavailable);
    for _ in 0..unavailable {
        assert!(!budget.spend(unavailable));
        budget.refund();
    }
    assert!(budget.spend(unavailable));
}
