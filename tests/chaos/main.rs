//! Many calls on both transports under constant faults: none is executed twice, hangs, leaks, or
//! reports a false outcome.
//!
//! `CHAOS_CALLS` sets the number of calls (20,000 by default; CI makes 200,000, the nightly run
//! 10,000,000) and `CHAOS_SEED` the seed (1 by default). The figures go to standard output, and the
//! exit status says whether all guarantees held.

mod faults;
mod ledger;
mod outbound_proxy;
mod process;
mod provider;
mod report;
mod workload;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use scalekit::{Client, ClientBuilder, Transport};
use scalekit_emulator::{Account, Connection, Emulator, Seed, Tool};
use serde_json::json;
use tokio::runtime::Handle;

use ledger::Ledger;
use process::{Lag, Samples};
use report::Report;
use workload::{CLIENTS, CONCURRENCY, MAX_RESPONSE_BYTES, Tally};

/// Callers whose runtime is suspended between their calls.
const SUSPENDED_CALLERS: u64 = 4;

fn main() -> ExitCode {
    // The arguments of the test runner: a filter for other tests skips this one.
    let mut names = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .peekable();
    if names.peek().is_some() && !names.any(|name| "chaos".contains(&name)) {
        return ExitCode::SUCCESS;
    }
    if std::env::args().any(|arg| arg == "--list") {
        println!("chaos: test");
        return ExitCode::SUCCESS;
    }
    let calls = number("CHAOS_CALLS", 20_000);
    let seed = number("CHAOS_SEED", 1);
    println!("chaos: {calls} calls, seed {seed} (CHAOS_CALLS, CHAOS_SEED)");

    ledger::check_detection();

    // The server has its own runtime, so that whatever is alive in the other two belongs to the
    // clients. Both are used at once.
    let server = runtime();
    let callers = [runtime(), runtime()];
    let setup = server.block_on(async { Setup::start(calls, seed).await });
    let report = callers[0].block_on(run(setup, callers[1].handle().clone()));
    drop(callers);
    server.shutdown_timeout(Duration::from_secs(1));
    report.print();
    match report.broken().is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Err(_) => default,
        Ok(text) => match text.replace('_', "").parse() {
            Ok(number) => number,
            Err(_) => {
                eprintln!("{variable}={text} is not a number");
                std::process::exit(2);
            }
        },
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The running service and the provider behind its proxy.
struct Setup {
    calls: u64,
    seed: u64,
    effects: Arc<Ledger>,
    emulator: Emulator,
    /// An outbound proxy.
    outbound_proxy: String,
}

impl Setup {
    async fn start(calls: u64, seed: u64) -> Self {
        let effects = Arc::new(Ledger::new(calls));
        let provider = provider::start(effects.clone()).await;
        let executed = effects.clone();
        let tool = Tool::new("chaos", "CHAOS").handler(move |call| {
            let id = call.input["id"].as_u64().expect("an id");
            executed.count(id);
            Ok(json!({ "id": id, "identifier": call.identifier }))
        });
        let connection = Connection::no_auth("chaos", "CHAOS").proxy_url(provider);
        let users = (0..CONCURRENCY).map(|user| Account::new("chaos", workload::identifier(user)));
        let seeded = users.fold(
            Seed::empty().connection(connection).tool(tool),
            Seed::account,
        );
        let emulator = Emulator::builder()
            .seed(seeded)
            .journal_limit(1_000)
            .start()
            .await
            .expect("an emulator");
        emulator.set_faults(faults::plan(seed));
        Self {
            calls,
            seed,
            effects,
            emulator,
            outbound_proxy: outbound_proxy::start(seed).await,
        }
    }

    /// Directly and through the proxy, on each transport.
    fn clients(&self) -> [Client; CLIENTS as usize] {
        let through = || self.builder().proxy(self.outbound_proxy.clone());
        [
            self.builder().transport(Transport::Grpc),
            self.builder().transport(Transport::Rest),
            through().transport(Transport::Grpc),
            through().transport(Transport::Rest),
        ]
        .map(|builder| builder.build().expect("a client"))
    }

    fn builder(&self) -> ClientBuilder {
        self.emulator
            .client_builder()
            .timeout(workload::DEADLINE)
            .tool_timeout(workload::DEADLINE)
            .proxy_timeout(workload::DEADLINE)
            .keep_alive_interval(Duration::from_millis(500))
            .keep_alive_timeout(Duration::from_millis(500))
            .max_response_bytes(MAX_RESPONSE_BYTES)
    }
}

async fn run(setup: Setup, other: Handle) -> Report {
    let started = Instant::now();
    let lag = Lag::start();
    let samples = Samples::start();
    let clients = setup.clients();
    let tally = Arc::new(Tally::new(setup.effects.clone()));
    let next = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let caller = |user: u64, client: &Client, pause: Option<Duration>| {
        let (client, tally) = (client.clone(), tally.clone());
        let (next, lag) = (next.clone(), lag.clone());
        let (calls, seed) = (setup.calls, setup.seed);
        async move {
            loop {
                let id = next.fetch_add(1, Ordering::Relaxed);
                if id >= calls {
                    break;
                }
                workload::call(&client, user, id, seed, &tally, &lag).await;
                // Like a suspended process: connections end while nothing on this runtime runs.
                if let Some(pause) = pause {
                    std::thread::sleep(pause);
                }
            }
        }
    };
    let runtimes = [Handle::current(), other.clone()];
    let tasks: Vec<_> = (0..CONCURRENCY)
        .map(|user| {
            // The numbers are such that each client is used from each runtime.
            let client = &clients[user as usize % clients.len()];
            let runtime = &runtimes[user as usize / clients.len() % runtimes.len()];
            runtime.spawn(caller(user, client, None))
        })
        .collect();
    let suspended: Vec<_> = (0..SUSPENDED_CALLERS)
        .map(|user| {
            let client = &clients[2 + user as usize % 2];
            let caller = caller(user, client, Some(Duration::from_millis(30)));
            std::thread::spawn(move || {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_all().build().expect("a runtime");
                runtime.block_on(caller);
            })
        })
        .collect();
    let mut panics = 0;
    for task in tasks {
        panics += u64::from(task.await.is_err());
    }
    for thread in suspended {
        // They end with the calls, and this task has nothing else to do.
        panics += u64::from(thread.join().is_err());
    }
    let elapsed = started.elapsed();
    let token_requests = setup.emulator.token_requests();
    let hits = setup.emulator.fault_hits();

    // Executions that the server completes for abandoned calls must be counted too.
    setup
        .emulator
        .set_faults(scalekit_emulator::FaultPlan::new());
    tokio::time::sleep(workload::DEADLINE).await;
    // The proxy may still cut connections.
    let usable = workload::still_usable(&clients[..2]).await;
    let samples = samples.stop().await;
    let lag = lag.stop().await;
    drop(clients);
    let leaked = process::tasks_left(&Handle::current()).await + process::tasks_left(&other).await;
    Report {
        calls: setup.calls,
        elapsed,
        panics,
        usable,
        leaked,
        token_requests,
        hits,
        samples,
        lag,
        violations: tally.ledger.finish(),
        tally,
    }
}
