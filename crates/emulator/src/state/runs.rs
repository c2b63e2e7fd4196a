//! Counts tool executions for each agent run.

use std::collections::{HashMap, VecDeque};

/// The number of runs that are remembered: in a soak test of millions of calls, each with a run of
/// its own, memory must not grow.
const LIMIT: usize = 100_000;

#[derive(Debug, Default)]
pub(crate) struct Runs {
    executions: HashMap<String, u64>,
    /// The counted runs, oldest first.
    order: VecDeque<String>,
}

impl Runs {
    pub(crate) fn count(&mut self, run: &str) {
        if let Some(executions) = self.executions.get_mut(run) {
            *executions += 1;
            return;
        }
        if self.order.len() >= LIMIT
            && let Some(oldest) = self.order.pop_front()
        {
            self.executions.remove(&oldest);
        }
        self.order.push_back(run.to_owned());
        self.executions.insert(run.to_owned(), 1);
    }

    pub(crate) fn executions(&self, run: &str) -> u64 {
        self.executions.get(run).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Runs};

    #[test]
    fn the_oldest_run_is_dropped() {
        let mut runs = Runs::default();
        for run in 0..=LIMIT {
            runs.count(&run.to_string());
        }
        runs.count("1");
        assert_eq!(runs.executions("0"), 0);
        assert_eq!(runs.executions("1"), 2);
        assert_eq!(runs.executions(&LIMIT.to_string()), 1);
        assert_eq!(runs.order.len(), LIMIT);
    }
}
