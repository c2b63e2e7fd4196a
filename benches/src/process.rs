//! Processor time and memory, as `/proc` reports them.

use std::time::Duration;

/// User and system time of this process so far, of all threads.
pub fn cpu() -> Duration {
    ticks("self", [14, 15])
}

/// User and system time of another process so far.
pub fn cpu_of(process: u32) -> Duration {
    ticks(&process.to_string(), [14, 15])
}

/// User and system time of all children that have exited, including their own children.
pub fn cpu_of_children() -> Duration {
    ticks("self", [16, 17])
}

/// The sum of two fields of `/proc/PROCESS/stat`, numbered as in proc(5).
fn ticks(process: &str, fields: [usize; 2]) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The program name is in parentheses and can contain any character.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| -> u64 {
        let field = after_name.split_whitespace().nth(field - 3);
        field
            .and_then(|ticks| ticks.parse().ok())
            .unwrap_or_default()
    };
    // A tick is 10 ms on every supported Linux (USER_HZ).
    Duration::from_millis(fields.map(ticks).iter().sum::<u64>() * 10)
}

/// Resident memory, in MiB.
pub fn rss() -> f64 {
    status("VmRSS:")
}

/// Peak resident memory, in MiB.
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
