//! The figures of a run, and the guarantees that they violate.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::faults;
use crate::process::Sample;
use crate::workload::{CLIENTS, CONCURRENCY, Tally};

/// With this many calls or more, every kind of fault must have occurred, and memory has settled.
const ENOUGH: u64 = 50_000;

pub struct Report {
    pub calls: u64,
    pub elapsed: Duration,
    pub panics: u64,
    pub usable: bool,
    pub leaked: usize,
    pub token_requests: usize,
    pub hits: BTreeMap<String, u64>,
    pub samples: Vec<Sample>,
    pub lag: Duration,
    /// How often the reported outcome of a call disagrees with its effects, and the first cases.
    pub violations: (u64, Vec<String>),
    pub tally: Arc<Tally>,
}

impl Report {
    /// The violated guarantees.
    pub fn broken(&self) -> Vec<String> {
        let mut broken = self.tally.broken.lock().expect("a lock").clone();
        let (violations, first) = &self.violations;
        broken.extend(first.iter().cloned());
        if *violations > first.len() as u64 {
            broken.push(format!("{violations} violations in total"));
        }
        let mut require = |holds: bool, what: String| {
            if !holds {
                broken.push(what);
            }
        };
        require(
            self.panics == 0,
            format!("{} callers panicked", self.panics),
        );
        require(
            self.usable,
            "a client does not work after the run".to_owned(),
        );
        require(
            self.leaked == 0,
            format!("{} tasks are still alive", self.leaked),
        );
        let most = self.most_token_requests();
        require(
            self.token_requests as u64 <= most,
            format!("{} token requests, more than {most}", self.token_requests),
        );
        let most = Self::most_sockets();
        if let Some(sockets) = self.sockets() {
            require(
                sockets <= most,
                format!("{sockets} sockets, more than {most}"),
            );
        }
        if self.calls >= ENOUGH {
            for kind in faults::KINDS {
                let hits = self.hits.get(kind).copied().unwrap_or_default();
                require(hits > 0, format!("the fault {kind} was never applied"));
            }
            if let Some((first, last)) = self.memory() {
                let most = first + first / 5;
                require(
                    last <= most,
                    format!("memory grew from {first} to {last} KiB"),
                );
            }
        }
        broken
    }

    /// Each client may request at most four a second, and one at the start.
    fn most_token_requests(&self) -> u64 {
        CLIENTS * (self.elapsed.as_millis() as u64 / 250 + 1)
    }

    /// This process has both ends of each connection. A call has at most one connection at the
    /// client, and one from proxy to provider. A connection that was just cut may not be closed
    /// yet.
    fn most_sockets() -> usize {
        4 * 2 * CONCURRENCY as usize
    }

    fn sockets(&self) -> Option<usize> {
        self.samples
            .iter()
            .filter_map(|sample| sample.sockets)
            .max()
    }

    /// Mean resident memory in KiB, in the second tenth of the time and in the last. In the first
    /// tenth, connections and tables grow to their final size.
    fn memory(&self) -> Option<(u64, u64)> {
        let rss: Vec<u64> = self
            .samples
            .iter()
            .filter_map(|sample| sample.rss)
            .collect();
        let tenth = rss.len() / 10;
        let mean = |part: &[u64]| part.iter().sum::<u64>() / part.len().max(1) as u64;
        let early = rss.get(tenth..2 * tenth).filter(|part| !part.is_empty())?;
        Some((mean(early), mean(&rss[rss.len() - tenth..])))
    }

    pub fn print(&self) {
        let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let tally = &self.tally;
        let seconds = self.elapsed.as_secs_f64();
        let faults: u64 = self.hits.values().sum();
        println!(
            "  {} calls in {seconds:.1} s ({:.0} per second), concurrency {CONCURRENCY}, both transports",
            self.calls,
            self.calls as f64 / seconds
        );
        println!("  {faults} faults: {}", list(&self.hits));
        println!(
            "  {} succeeded, {} were cancelled; {} took effect",
            read(&tally.successes),
            read(&tally.cancelled),
            tally.ledger.effects()
        );
        println!("  errors: {}", list(&tally.errors.lock().expect("a lock")));
        println!(
            "  worst overrun of a deadline {:?} (timers were up to {:?} late)",
            Duration::from_micros(read(&tally.overrun)),
            self.lag
        );
        println!(
            "  {} token requests (at most {}), {} tasks alive",
            self.token_requests,
            self.most_token_requests(),
            self.leaked
        );
        if let Some(sockets) = self.sockets() {
            println!(
                "  at most {sockets} sockets, both ends counted (bound {})",
                Self::most_sockets()
            );
        }
        if let Some((first, last)) = self.memory() {
            println!("  resident memory {first} KiB early, {last} KiB late");
        }
        let broken = self.broken();
        for what in &broken {
            println!("  VIOLATED: {what}");
        }
        if broken.is_empty() {
            println!(
                "  no call was executed twice, every call ended in time, and every reported outcome was true"
            );
        }
    }
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    let counts: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    counts.join("; ")
}
