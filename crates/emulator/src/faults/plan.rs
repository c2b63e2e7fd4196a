//! Fault plans, and the choice of the fault that applies to a call.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Fault;
use crate::schema::Rpc;

/// Faults for many calls, with a seed for their probabilities.
///
/// If several faults could apply to a call, the first in the plan does. Faults with
/// [`nth`](Fault::nth) come before the others, and faults with [`probability`](Fault::probability)
/// come last. The others wait for the next call.
///
/// ```
/// use scalekit_emulator::{Fault, FaultPlan};
///
/// let plan = FaultPlan::new()
///     .seed(7)
///     .fault("ExecuteTool", Fault::close().after_executing().nth(3))
///     .fault("*", Fault::http(503).probability(0.05));
/// # let _ = plan;
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "pass it to Emulator::set_faults or Seed::faults"]
pub struct FaultPlan {
    seed: u64,
    faults: Vec<(String, Fault)>,
}

impl FaultPlan {
    /// A plan without faults.
    pub fn new() -> Self {
        FaultPlan::default()
    }

    /// Sets the seed of the probabilities. With the same seed and the same order of calls to a
    /// target, the same calls fail. 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Adds a fault for a target: an RPC by name (`ExecuteTool`) or full name
    /// (`scalekit.v1.tools.ToolService/ExecuteTool`), `/oauth/token`, `/proxy`, or `*` for any RPC
    /// or proxied request.
    pub fn fault(mut self, target: impl Into<String>, fault: impl Into<Fault>) -> Self {
        self.faults.push((target.into(), fault.into()));
        self
    }
}

/// Where a fault can apply.
#[derive(Clone, Copy)]
pub(crate) enum Site<'a> {
    Rpc(&'a Rpc),
    Proxy,
    Token,
}

impl Site<'_> {
    fn is(self, target: &str) -> bool {
        match self {
            Site::Rpc(rpc) => target == "*" || target == rpc.name || target == rpc.full_name,
            Site::Proxy => target == "*" || target == "/proxy",
            Site::Token => target == "/oauth/token",
        }
    }
}

/// The faults that can still apply, and how often each kind was applied.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Whether there are any faults. Without faults, a call pays for this check only.
    armed: AtomicBool,
    active: Mutex<Active>,
}

#[derive(Debug, Default)]
struct Active {
    /// In order of precedence.
    rules: Vec<Rule>,
    rng: Generator,
    hits: BTreeMap<&'static str, u64>,
}

/// The generator that seeds the generators of the rules.
#[derive(Debug)]
struct Generator(fastrand::Rng);

impl Default for Generator {
    fn default() -> Self {
        Generator(fastrand::Rng::with_seed(0))
    }
}

#[derive(Debug)]
struct Rule {
    target: String,
    fault: Fault,
    /// The number of calls to the target since the rule was added.
    seen: u64,
    /// How many more calls it may apply to.
    left: Option<u32>,
    /// A generator of its own, so that calls to other targets do not change its decisions.
    rng: fastrand::Rng,
}

impl Rule {
    fn hits(&mut self) -> bool {
        self.fault.nth.is_none_or(|nth| self.seen >= nth)
            && self
                .fault
                .probability
                .is_none_or(|probability| self.rng.f64() < probability)
    }

    /// The fault as a plan would state it now.
    fn remaining(&self) -> Fault {
        let mut fault = self.fault.clone();
        fault.times = self
            .left
            .filter(|left| *left > 1 || fault.probability.is_some());
        fault.nth = fault.nth.map(|nth| nth.saturating_sub(self.seen).max(1));
        fault
    }

    fn precedence(&self) -> u8 {
        match (self.fault.probability, self.fault.nth) {
            (None, Some(_)) => 0,
            (None, None) => 1,
            (Some(_), _) => 2,
        }
    }
}

impl Active {
    fn add(&mut self, target: String, fault: Fault) {
        let left = match fault.probability {
            Some(_) => fault.times,
            None => Some(fault.times.unwrap_or(1)),
        };
        let rng = self.rng.0.fork();
        if left == Some(0) {
            return;
        }
        let rule = Rule {
            target,
            fault,
            seen: 0,
            left,
            rng,
        };
        let precedence = rule.precedence();
        let at = self
            .rules
            .partition_point(|other| other.precedence() <= precedence);
        self.rules.insert(at, rule);
    }

    fn next(&mut self, site: Site<'_>) -> Option<Fault> {
        let mut hit = None;
        for (at, rule) in self.rules.iter_mut().enumerate() {
            if site.is(&rule.target) {
                rule.seen += 1;
                if hit.is_none() && rule.hits() {
                    hit = Some(at);
                }
            }
        }
        let at = hit?;
        let rule = &mut self.rules[at];
        rule.left = rule.left.map(|left| left - 1);
        if rule.left == Some(0) {
            return Some(self.rules.remove(at).fault);
        }
        Some(rule.fault.clone())
    }
}

impl Faults {
    fn active(&self) -> MutexGuard<'_, Active> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one fault.
    pub(crate) fn push(&self, target: &str, fault: Fault) {
        let mut active = self.active();
        active.add(target.to_owned(), fault);
        self.arm(&active);
    }

    /// Replaces all faults and keeps the counts.
    pub(crate) fn set(&self, plan: FaultPlan) {
        let mut active = self.active();
        active.rules.clear();
        active.rng = Generator(fastrand::Rng::with_seed(plan.seed));
        for (target, fault) in plan.faults {
            active.add(target, fault);
        }
        self.arm(&active);
    }

    /// Replaces all faults and clears the counts.
    pub(crate) fn reset(&self, plan: FaultPlan) {
        self.set(plan);
        self.active().hits.clear();
    }

    fn arm(&self, active: &Active) {
        self.armed
            .store(!active.rules.is_empty(), Ordering::Relaxed);
    }

    /// The fault that applies to this call.
    pub(crate) fn next(&self, site: Site<'_>) -> Option<Fault> {
        if !self.armed.load(Ordering::Relaxed) {
            return None;
        }
        let mut active = self.active();
        let fault = active.next(site);
        self.arm(&active);
        fault
    }

    /// Counts an applied fault.
    pub(crate) fn count(&self, kind: &'static str) {
        *self.active().hits.entry(kind).or_default() += 1;
    }

    /// The faults that can still apply, with their targets.
    pub(crate) fn remaining(&self) -> Vec<(String, Fault)> {
        let active = self.active();
        active
            .rules
            .iter()
            .map(|rule| (rule.target.clone(), rule.remaining()))
            .collect()
    }

    /// How often each kind of fault was applied.
    pub(crate) fn hits(&self) -> BTreeMap<String, u64> {
        let active = self.active();
        active
            .hits
            .iter()
            .map(|(kind, hits)| ((*kind).to_owned(), *hits))
            .collect()
    }
}
