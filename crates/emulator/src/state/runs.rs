//! How often tools were executed for each agent run.

use std::collections::{HashMap, VecDeque};

/// How many runs are remembered: a soak of millions of calls, each its own run, must not grow.
const LIMIT: usize = 100_000;

#[derive(Debug, Default)]
pub(crate) struct Runs {
    executions: HashMap<String, u64>,
    /// The runs that are counted, oldest first.
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
    fn the_oldest_run_makes_room() {
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
