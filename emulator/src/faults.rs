//! Faults that tests ask for: the next calls of an RPC fail in a given way.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::status::Status;

/// One fault, for one or more calls.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) action: Action,
    pub(crate) after: bool,
    pub(crate) delay: Duration,
    times: u32,
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Nothing but the delay.
    Nothing,
    /// The call answers this status.
    Status(Status),
    /// A plain HTTP answer, as a load balancer in front of the service gives it.
    Http(u16),
}

impl Fault {
    /// The call answers `status`, without being executed.
    pub fn status(status: Status) -> Self {
        Fault::new(Action::Status(status))
    }

    /// The call answers an HTTP status without any gRPC, as a load balancer does.
    pub fn http(status: u16) -> Self {
        Fault::new(Action::Http(status))
    }

    /// The call is answered correctly, but only after real time has passed.
    pub fn delay(delay: Duration) -> Self {
        let mut fault = Fault::new(Action::Nothing);
        fault.delay = delay;
        fault
    }

    fn new(action: Action) -> Self {
        Fault {
            action,
            after: false,
            delay: Duration::ZERO,
            times: 1,
        }
    }

    /// Executes the call first and withholds its result.
    #[must_use]
    pub fn after_executing(mut self) -> Self {
        self.after = true;
        self
    }

    /// Lets real time pass before the fault.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// How many calls it hits; one by default.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        Fault::status(status)
    }
}

/// The faults that are still to happen, by RPC name or path.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queues: Mutex<HashMap<String, VecDeque<Fault>>>,
}

impl Faults {
    pub(crate) fn push(&self, target: &str, fault: Fault) {
        if fault.times == 0 {
            return;
        }
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(target.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// The fault that hits this call. Each name a call goes by may have one; the first wins.
    pub(crate) fn next(&self, names: &[&str]) -> Option<Fault> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if queues.is_empty() {
            return None;
        }
        for name in names {
            let Some(queue) = queues.get_mut(*name) else {
                continue;
            };
            let Some(first) = queue.front_mut() else {
                continue;
            };
            first.times -= 1;
            let fault = first.clone();
            if first.times == 0 {
                queue.pop_front();
            }
            if queue.is_empty() {
                queues.remove(*name);
            }
            return Some(fault);
        }
        None
    }

    pub(crate) fn clear(&self) {
        self.queues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
