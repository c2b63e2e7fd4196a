//! What happened to each of the latest calls and what was said about it, in a table of fixed size.
//!
//! A list of all calls would be what grows in a long run, and hide whether the client does.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use scalekit::Outcome;

/// How many calls are remembered: those of at least ten seconds, so that whatever a server still does
/// for a call that was given up is seen.
const SLOTS: usize = 1 << 18;

/// How many lies are kept as text.
const KEPT: usize = 20;

/// The bits of a slot: how often the call took effect, whether it may only once, what its caller was
/// told, and which call it is. An empty slot is zero.
const COUNT: u64 = 0xff;
const ONCE: u64 = 1 << 8;
const SAID: u32 = 9;
const ID: u32 = 16;

/// What the caller of a call was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Succeeded = 1,
    NotSent = 2,
    Rejected = 3,
}

impl Said {
    /// What an error with this outcome says, if it says anything.
    pub fn by(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::NotSent => Some(Self::NotSent),
            Outcome::Rejected => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// The latest calls, each checked when another one takes its place, and the rest at the end.
pub struct Ledger {
    /// Calls have consecutive numbers, the first of which is 0.
    calls: u64,
    slots: Box<[AtomicU64]>,
    effects: AtomicU64,
    lies: AtomicU64,
    kept: Mutex<Vec<String>>,
}

impl Ledger {
    pub fn new(calls: u64) -> Self {
        Self::with_slots(calls, SLOTS)
    }

    fn with_slots(calls: u64, slots: usize) -> Self {
        // Ones are written, so that memory does not seem to grow while the table is used.
        let slots: Box<[AtomicU64]> = (0..slots).map(|_| AtomicU64::new(u64::MAX)).collect();
        slots
            .iter()
            .for_each(|slot| slot.store(0, Ordering::Relaxed));
        Self {
            calls,
            slots,
            effects: AtomicU64::new(0),
            lies: AtomicU64::new(0),
            kept: Mutex::new(Vec::new()),
        }
    }

    /// A call begins. `once`: it must not take effect twice.
    pub fn begin(&self, id: u64, once: bool) {
        let entry = (id + 1) << ID | if once { ONCE } else { 0 };
        self.check(self.slot(id).swap(entry, Ordering::Relaxed));
    }

    /// A call took effect, which is counted where the effect is.
    pub fn count(&self, id: u64) {
        // Beyond the calls are those that ask afterwards whether clients are usable.
        if id >= self.calls {
            return;
        }
        self.effects.fetch_add(1, Ordering::Relaxed);
        let counted = |entry: u64| (entry & COUNT < COUNT).then_some(entry + 1);
        if !self.update(id, counted) {
            self.lie(format!("call {id} took effect long after it ended"));
        }
    }

    pub fn said(&self, id: u64, said: Said) {
        if !self.update(id, |entry| Some(entry | (said as u64) << SAID)) {
            self.lie(format!("call {id} ended long after it began"));
        }
    }

    pub fn effects(&self) -> u64 {
        self.effects.load(Ordering::Relaxed)
    }

    /// Checks the calls that are still remembered: how many lies there were, and the first of them.
    pub fn finish(&self) -> (u64, Vec<String>) {
        for slot in &self.slots {
            self.check(slot.swap(0, Ordering::Relaxed));
        }
        let kept = self.kept.lock().expect("a lock").clone();
        (self.lies.load(Ordering::Relaxed), kept)
    }

    fn slot(&self, id: u64) -> &AtomicU64 {
        &self.slots[id as usize % self.slots.len()]
    }

    /// Changes the entry of the call; false if it is no longer there.
    fn update(&self, id: u64, change: impl Fn(u64) -> Option<u64>) -> bool {
        let own = |entry: u64| entry >> ID == id + 1;
        let slot = self.slot(id);
        let _ = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |entry| {
            change(entry).filter(|_| own(entry))
        });
        own(slot.load(Ordering::Relaxed))
    }

    /// Whether what was said of a call agrees with its effects.
    fn check(&self, entry: u64) {
        let Some(id) = (entry >> ID).checked_sub(1) else {
            return;
        };
        let count = entry & COUNT;
        if entry & ONCE != 0 && count > 1 {
            self.lie(format!("call {id} happened {count} times"));
        }
        let said = entry >> SAID & 3;
        if said == Said::Succeeded as u64 && count == 0 {
            self.lie(format!("call {id} was said to succeed, and did not happen"));
        }
        for denied in [Said::NotSent, Said::Rejected] {
            if said == denied as u64 && count != 0 {
                self.lie(format!("call {id} was said to be {denied:?}, and happened"));
            }
        }
    }

    fn lie(&self, what: String) {
        self.lies.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.kept.lock().expect("a lock");
        if kept.len() < KEPT {
            kept.push(what);
        }
    }
}

/// That every lie is noticed, also of a call whose place was taken. The suite begins with it, because
/// a ledger that notices nothing would make it pass.
pub fn notices_lies() {
    type Steps = fn(&Ledger);
    let cases: [(&str, Steps); 7] = [
        ("call 0 happened 2 times", |ledger| {
            ledger.begin(0, true);
            ledger.count(0);
            ledger.count(0);
        }),
        ("call 0 was said to succeed, and did not happen", |ledger| {
            ledger.begin(0, false);
            ledger.said(0, Said::Succeeded);
        }),
        ("call 0 was said to be NotSent, and happened", |ledger| {
            ledger.begin(0, true);
            ledger.said(0, Said::NotSent);
            ledger.count(0);
        }),
        ("call 0 was said to be Rejected, and happened", |ledger| {
            ledger.begin(0, false);
            ledger.count(0);
            ledger.said(0, Said::Rejected);
        }),
        ("call 0 took effect long after it ended", |ledger| {
            ledger.begin(0, true);
            (1..=8).for_each(|id| ledger.begin(id, true));
            ledger.count(0);
        }),
        ("call 0 ended long after it began", |ledger| {
            ledger.begin(0, true);
            (1..=8).for_each(|id| ledger.begin(id, true));
            ledger.said(0, Said::NotSent);
        }),
        // What is as it should be is no lie.
        ("", |ledger| {
            for id in 0..50 {
                ledger.begin(id, true);
                ledger.count(id);
                ledger.said(id, Said::Succeeded);
            }
            ledger.begin(50, false);
            ledger.count(50);
            ledger.count(50);
            ledger.begin(51, true);
            ledger.said(51, Said::NotSent);
            ledger.begin(52, true);
            ledger.count(u64::from(u32::MAX));
        }),
    ];
    for (lie, steps) in cases {
        for crowd in [false, true] {
            let ledger = Ledger::with_slots(1_000, 8);
            steps(&ledger);
            if crowd {
                (100..116).for_each(|id| ledger.begin(id, true));
            }
            let (count, kept) = ledger.finish();
            assert_eq!(
                (count, kept.concat()),
                (u64::from(!lie.is_empty()), lie.to_owned())
            );
        }
    }
}
