//! Figures of the process and its runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// How late timers fire, which is what a busy machine adds to every deadline.
#[derive(Clone)]
pub struct Lag(Arc<LagState>);

struct LagState {
    /// The maximum so far, in microseconds.
    worst: AtomicU64,
    stop: AtomicBool,
}

impl Lag {
    pub fn start() -> Self {
        let lag = Self(Arc::new(LagState {
            worst: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        }));
        let state = lag.0.clone();
        tokio::spawn(async move {
            const BEAT: Duration = Duration::from_millis(5);
            while !state.stop.load(Ordering::Relaxed) {
                let due = Instant::now() + BEAT;
                tokio::time::sleep(BEAT).await;
                let late = Instant::now().saturating_duration_since(due);
                state
                    .worst
                    .fetch_max(late.as_micros() as u64, Ordering::Relaxed);
            }
        });
        lag
    }

    pub fn worst(&self) -> Duration {
        Duration::from_micros(self.0.worst.load(Ordering::Relaxed))
    }

    /// Stops the measurement and its task.
    pub async fn stop(self) -> Duration {
        self.0.stop.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.worst()
    }
}

/// One sample of the process.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Resident memory in KiB. `None` on systems that do not report it.
    pub rss: Option<u64>,
    pub sockets: Option<usize>,
}

/// The maximum number of samples, however long the calls run.
const MOST_SAMPLES: usize = 1_000;

/// Samples taken while the calls run.
pub struct Samples {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Vec<Sample>>,
}

impl Samples {
    pub fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let mut samples = Vec::with_capacity(MOST_SAMPLES);
            let mut pause = Duration::from_millis(100);
            while !stopped.load(Ordering::Relaxed) {
                tokio::time::sleep(pause).await;
                if samples.len() == MOST_SAMPLES {
                    // Keeps every other sample and halves the rate.
                    let mut number = 0;
                    samples.retain(|_| {
                        number += 1;
                        number % 2 == 0
                    });
                    pause *= 2;
                }
                samples.push(Sample {
                    rss: rss(),
                    sockets: sockets(),
                });
            }
            samples
        });
        Self { stop, task }
    }

    pub async fn stop(self) -> Vec<Sample> {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("samples")
    }
}

fn rss() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn sockets() -> Option<usize> {
    let open = std::fs::read_dir("/proc/self/fd").ok()?;
    let is_socket = |entry: &std::fs::DirEntry| {
        std::fs::read_link(entry.path())
            .is_ok_and(|target| target.to_string_lossy().starts_with("socket:"))
    };
    Some(open.flatten().filter(is_socket).count())
}

/// The number of tasks of a runtime that do not end although nothing needs them.
pub async fn tasks_left(runtime: &Handle) -> usize {
    let metrics = runtime.metrics();
    for _ in 0..100 {
        if metrics.num_alive_tasks() == 0 {
            return 0;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    metrics.num_alive_tasks()
}
