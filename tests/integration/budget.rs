//! The retry budget, which all calls of a client share.

use scalekit::Client;
use scalekit_emulator::{Emulator, Fault};

use crate::canary;

/// Makes calls that use up the budget of 1,000: 50 retries after a 503, at 20 each.
const CALLS: usize = 64;
const REPEATS: usize = 50;

async fn list(client: Client) -> Result<(), scalekit::Error> {
    client.tools().list_tools().await.map(drop)
}

#[tokio::test]
async fn successes_refill_the_retry_budget() {
    let emulator = canary::emulator(Emulator::builder()).await;
    let client = emulator.client();
    let attempts = CALLS + REPEATS;
    let failures = Fault::http(503).times(u32::try_from(attempts).expect("few"));
    emulator.fail_next("ListTools", failures);
    let calls: Vec<_> = (0..CALLS)
        .map(|_| tokio::spawn(list(client.clone())))
        .collect();
    for call in calls {
        call.await.expect("no panic").expect_err("unavailable");
    }
    assert_eq!(emulator.calls_to("ListTools").len(), attempts);

    // The budget is used up.
    emulator.fail_next("ListTools", Fault::http(503));
    let error = list(client.clone()).await.expect_err("not repeated");
    assert_eq!(error.attempts(), 1);

    // One retry costs as much as twenty successes give back.
    for _ in 0..19 {
        list(client.clone()).await.expect("a page");
    }
    emulator.fail_next("ListTools", Fault::http(503));
    list(client.clone()).await.expect_err("not yet repeated");
    list(client.clone()).await.expect("a page");
    emulator.fail_next("ListTools", Fault::http(503));
    list(client.clone()).await.expect("repeated");
}
