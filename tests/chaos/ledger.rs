//! Compares what each recent call did with what its caller was told, in a table of fixed size.
//!
//! A list of all calls would grow in a long run and hide whether the client does.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use scalekit::Outcome;

/// The number of calls that are kept: at least ten seconds' worth, to include what a server still
/// executes for an abandoned call.
const SLOTS: usize = 1 << 18;

/// The number of violations that are kept as text.
const MAX_KEPT: usize = 20;

/// The bits of a slot: how often the call took effect, whether it may only once, what its caller
/// was told, and its number. An empty slot is zero.
const COUNT: u64 = 0xff;
const ONCE: u64 = 1 << 8;
const REPORTED: u32 = 9;
const ID: u32 = 16;

/// What the caller of a call was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    Succeeded = 1,
    NotSent = 2,
    Rejected = 3,
}

impl Reported {
    /// What an error with this outcome claims, if anything.
    pub fn by(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::NotSent => Some(Self::NotSent),
            Outcome::Rejected => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// The recent calls. Each is checked when another one takes its slot, and the rest at the end.
pub struct Ledger {
    /// Calls have consecutive numbers, starting with 0.
    calls: u64,
    slots: Box<[AtomicU64]>,
    effects: AtomicU64,
    violations: AtomicU64,
    kept: Mutex<Vec<String>>,
}

impl Ledger {
    pub fn new(calls: u64) -> Self {
        Self::with_slots(calls, SLOTS)
    }

    fn with_slots(calls: u64, slots: usize) -> Self {
        // Filled with ones, so that memory does not grow while the table is used.
        let slots: Box<[AtomicU64]> = (0..slots).map(|_| AtomicU64::new(u64::MAX)).collect();
        slots
            .iter()
            .for_each(|slot| slot.store(0, Ordering::Relaxed));
        Self {
            calls,
            slots,
            effects: AtomicU64::new(0),
            violations: AtomicU64::new(0),
            kept: Mutex::new(Vec::new()),
        }
    }

    /// Records the start of a call. `once`: it must not take effect twice.
    pub fn begin(&self, id: u64, once: bool) {
        let entry = (id + 1) << ID | if once { ONCE } else { 0 };
        self.check(self.slot(id).swap(entry, Ordering::Relaxed));
    }

    /// Records an effect of a call, at the place of the effect.
    pub fn count(&self, id: u64) {
        // Numbers beyond the calls belong to the checks of the clients afterwards.
        if id >= self.calls {
            return;
        }
        self.effects.fetch_add(1, Ordering::Relaxed);
        let counted = |entry: u64| (entry & COUNT < COUNT).then_some(entry + 1);
        if !self.update(id, counted) {
            self.violation(format!("call {id} took effect long after it ended"));
        }
    }

    pub fn reported(&self, id: u64, reported: Reported) {
        if !self.update(id, |entry| Some(entry | (reported as u64) << REPORTED)) {
            self.violation(format!("call {id} ended long after it began"));
        }
    }

    pub fn effects(&self) -> u64 {
        self.effects.load(Ordering::Relaxed)
    }

    /// Checks the calls that are still in the table. Returns the number of violations and the first
    /// of them.
    pub fn finish(&self) -> (u64, Vec<String>) {
        for slot in &self.slots {
            self.check(slot.swap(0, Ordering::Relaxed));
        }
        let kept = self.kept.lock().expect("a lock").clone();
        (self.violations.load(Ordering::Relaxed), kept)
    }

    fn slot(&self, id: u64) -> &AtomicU64 {
        &self.slots[id as usize % self.slots.len()]
    }

    /// Changes the entry of a call. Returns false if it is no longer in the table.
    fn update(&self, id: u64, change: impl Fn(u64) -> Option<u64>) -> bool {
        let own = |entry: u64| entry >> ID == id + 1;
        let slot = self.slot(id);
        let _ = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |entry| {
            change(entry).filter(|_| own(entry))
        });
        own(slot.load(Ordering::Relaxed))
    }

    /// Whether what the caller was told agrees with the effects.
    fn check(&self, entry: u64) {
        let Some(id) = (entry >> ID).checked_sub(1) else {
            return;
        };
        let count = entry & COUNT;
        if entry & ONCE != 0 && count > 1 {
            self.violation(format!("call {id} took effect {count} times"));
        }
        let reported = entry >> REPORTED & 3;
        if reported == Reported::Succeeded as u64 && count == 0 {
            self.violation(format!(
                "call {id} was reported as succeeded, but had no effect"
            ));
        }
        for denied in [Reported::NotSent, Reported::Rejected] {
            if reported == denied as u64 && count != 0 {
                self.violation(format!(
                    "call {id} was reported as {denied:?}, but took effect"
                ));
            }
        }
    }

    fn violation(&self, what: String) {
        self.violations.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.kept.lock().expect("a lock");
        if kept.len() < MAX_KEPT {
            kept.push(what);
        }
    }
}

/// Checks that every violation is detected, also for a call that lost its slot. The suite begins
/// with it, because a ledger that detects nothing would let everything pass.
pub fn check_detection() {
    type Steps = fn(&Ledger);
    let cases: [(&str, Steps); 7] = [
        ("call 0 took effect 2 times", |ledger| {
            ledger.begin(0, true);
            ledger.count(0);
            ledger.count(0);
        }),
        (
            "call 0 was reported as succeeded, but had no effect",
            |ledger| {
                ledger.begin(0, false);
                ledger.reported(0, Reported::Succeeded);
            },
        ),
        (
            "call 0 was reported as NotSent, but took effect",
            |ledger| {
                ledger.begin(0, true);
                ledger.reported(0, Reported::NotSent);
                ledger.count(0);
            },
        ),
        (
            "call 0 was reported as Rejected, but took effect",
            |ledger| {
                ledger.begin(0, false);
                ledger.count(0);
                ledger.reported(0, Reported::Rejected);
            },
        ),
        ("call 0 took effect long after it ended", |ledger| {
            ledger.begin(0, true);
            (1..=8).for_each(|id| ledger.begin(id, true));
            ledger.count(0);
        }),
        ("call 0 ended long after it began", |ledger| {
            ledger.begin(0, true);
            (1..=8).for_each(|id| ledger.begin(id, true));
            ledger.reported(0, Reported::NotSent);
        }),
        // Consistent entries are not violations.
        ("", |ledger| {
            for id in 0..50 {
                ledger.begin(id, true);
                ledger.count(id);
                ledger.reported(id, Reported::Succeeded);
            }
            ledger.begin(50, false);
            ledger.count(50);
            ledger.count(50);
            ledger.begin(51, true);
            ledger.reported(51, Reported::NotSent);
            ledger.begin(52, true);
            ledger.count(u64::from(u32::MAX));
        }),
    ];
    for (violation, steps) in cases {
        for crowd in [false, true] {
            let ledger = Ledger::with_slots(1_000, 8);
            steps(&ledger);
            if crowd {
                (100..116).for_each(|id| ledger.begin(id, true));
            }
            let (count, kept) = ledger.finish();
            assert_eq!(
                (count, kept.concat()),
                (u64::from(!violation.is_empty()), violation.to_owned())
            );
        }
    }
}
