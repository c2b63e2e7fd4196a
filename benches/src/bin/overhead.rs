//! Counts the heap allocations of a small `execute_tool` call, with this crate and with bare tonic, and
//! prints them as a line of JSON. Reads the same environment variables as `worker`.

use std::alloc::System;

use scalekit_benches::{CONNECTION, IDENTIFIER, SMALL_TOOL, Work, bare};
use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: usize = 1_000;

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = scalekit::Client::from_env()?;
    let facade = per_call(async || {
        let call = client
            .actions()
            .execute_tool(SMALL_TOOL, json!({ "max_results": 5 }));
        let output = call.account((CONNECTION, IDENTIFIER)).await?;
        assert!(output.value()?["ok"] == true);
        Ok(())
    })
    .await?;
    let client = bare::Client::new(&std::env::var("SCALEKIT_ENV_URL")?, "bench-token", None)?;
    let tonic = per_call(async || client.call(Work::Small).await).await?;
    println!("{}", json!({ "facade": facade, "tonic": tonic }));
    Ok(())
}

/// Allocations and reallocations of one call, and the requested bytes.
async fn per_call(call: impl AsyncFn() -> Result<(), Error>) -> Result<serde_json::Value, Error> {
    for _ in 0..100 {
        call().await?;
    }
    let region = Region::new(ALLOCATOR);
    for _ in 0..CALLS {
        call().await?;
    }
    let change = region.change();
    let each = |number: usize| number as f64 / CALLS as f64;
    Ok(json!({
        "allocations": each(change.allocations + change.reallocations),
        "bytes": each(change.bytes_allocated),
    }))
}
