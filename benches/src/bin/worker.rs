//! Does one kind of work many times and prints its cost as a line of JSON.
//!
//! usage: worker facade|tonic small|large|list|account CALLS CONCURRENCY [CONNECTIONS [THREADS]]
//!
//! Reads `SCALEKIT_ENV_URL` and the credentials from the environment; `BENCH_CA` is the file of the
//! certificate authority.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use scalekit::Client;
use scalekit_benches::result::Mails;
use scalekit_benches::{
    CONNECTION, IDENTIFIER, LARGE_TOOL, SMALL_TOOL, TOOLS, Work, bare, process,
};
use serde_json::json;

type Error = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone)]
enum Sdk {
    Facade(Client),
    Tonic(Box<bare::Client>),
}

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = "usage: worker facade|tonic small|large|list|account CALLS CONCURRENCY \
                 [CONNECTIONS [THREADS]]";
    let [sdk, work, calls, concurrency, rest @ ..] = &*arguments else {
        return Err(usage.into());
    };
    let work = Work::of(work).ok_or(usage)?;
    let (calls, concurrency): (usize, usize) = (calls.parse()?, concurrency.parse()?);
    let connections = rest.first().map_or(Ok(1), |number| number.parse())?;
    let threads: usize = rest.get(1).map_or(Ok(1), |number| number.parse())?;
    let runtime = match threads {
        1 => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?,
        threads => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()?,
    };
    let ca = std::env::var_os("BENCH_CA")
        .map(std::fs::read)
        .transpose()?;
    let sdk = match &**sdk {
        "facade" => {
            let mut builder = scalekit::ClientBuilder::from_env()?.connections(connections);
            if let Some(ca) = ca {
                builder = builder.root_certificates_pem(ca);
            }
            Sdk::Facade(builder.build()?)
        }
        "tonic" => {
            let url = std::env::var("SCALEKIT_ENV_URL")?;
            let _inside = runtime.enter();
            Sdk::Tonic(Box::new(bare::Client::new(&url, "bench-token", ca)?))
        }
        _ => return Err(usage.into()),
    };
    runtime.block_on(run(sdk, work, calls, concurrency))
}

async fn run(sdk: Sdk, work: Work, calls: usize, concurrency: usize) -> Result<(), Error> {
    call(&sdk, work).await?;
    // The measurement of the cold start waits for this line.
    println!("{}", json!({ "first": true, "rss_mib": process::rss() }));
    if calls == 0 {
        return Ok(());
    }
    for _ in 0..(calls / 10).min(1_000) {
        call(&sdk, work).await?;
    }
    let (started, cpu) = (Instant::now(), process::cpu());
    let times = match concurrency {
        1 => {
            let mut times = Vec::with_capacity(calls);
            for _ in 0..calls {
                let started = Instant::now();
                call(&sdk, work).await?;
                times.push(started.elapsed());
            }
            times
        }
        _ => at_once(sdk, work, calls, concurrency).await?,
    };
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), process::cpu() - cpu);
    let mut times = times;
    times.sort_unstable();
    let quantile = |part: f64| -> f64 {
        let time = times.get((times.len() as f64 * part) as usize);
        time.map_or(0.0, Duration::as_secs_f64) * 1e3
    };
    println!(
        "{}",
        json!({
            "calls_per_second": calls as f64 / seconds,
            "cpu_ms": cpu.as_secs_f64() * 1e3 / calls as f64,
            "p50_ms": quantile(0.5),
            "p99_ms": quantile(0.99),
            "peak_rss_mib": process::peak_rss(),
            "rss_mib": process::rss(),
        })
    );
    Ok(())
}

async fn at_once(
    sdk: Sdk,
    work: Work,
    calls: usize,
    concurrency: usize,
) -> Result<Vec<Duration>, Error> {
    let left = Arc::new(AtomicUsize::new(calls));
    let tasks: Vec<_> = (0..concurrency)
        .map(|_| {
            let (sdk, left) = (sdk.clone(), left.clone());
            tokio::spawn(async move {
                let one_less = |left: usize| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
                    .is_ok()
                {
                    call(&sdk, work).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(Vec::new())
}

async fn call(sdk: &Sdk, work: Work) -> Result<(), Error> {
    let client = match sdk {
        Sdk::Tonic(client) => return client.call(work).await,
        Sdk::Facade(client) => client,
    };
    let execute = |tool: &str| {
        client
            .actions()
            .execute_tool(tool, json!({ "max_results": 5 }))
            .account((CONNECTION, IDENTIFIER))
    };
    match work {
        Work::Small => assert!(execute(SMALL_TOOL).await?.value()?["ok"] == true),
        Work::Large => {
            let mails: Mails = execute(LARGE_TOOL).await?.json()?;
            assert_eq!(mails.messages.len(), 200);
        }
        Work::List => {
            let page = client.tools().list_tools().page_size(TOOLS as u32).await?;
            assert_eq!(page.items.len(), TOOLS);
        }
        Work::Account => {
            let account = client
                .actions()
                .get_connected_account((CONNECTION, IDENTIFIER))
                .await?;
            assert_eq!(account.identifier, IDENTIFIER);
        }
    }
    Ok(())
}
