//! What the system says about this process.

use std::time::Duration;

/// User and system time so far, of all threads.
pub fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, can hold anything.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| -> u64 {
        let field = after_name.split_whitespace().nth(field - 3);
        field
            .and_then(|ticks| ticks.parse().ok())
            .unwrap_or_default()
    };
    // Fields 14 and 15; a tick is 10 ms on every Linux that matters (USER_HZ).
    Duration::from_millis((ticks(14) + ticks(15)) * 10)
}

/// The memory that is resident, in MiB.
pub fn rss() -> f64 {
    status("VmRSS:")
}

/// The most memory that was resident, in MiB.
pub fn peak_rss() -> f64 {
    status("VmHWM:")
}

fn status(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kib: Option<f64> = number.and_then(|number| number.parse().ok());
    kib.unwrap_or_default() / 1024.0
}
