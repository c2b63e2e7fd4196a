//! The state and the settings that all handlers of one emulator share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::page::Paging;
use crate::schema::Schema;
use crate::seed::Seed;
use crate::settings::Settings;
use crate::state::State;
use crate::tokens::Tokens;
use crate::upstream::Upstream;

/// The shared parts of one emulator.
pub(crate) struct Shared {
    pub(crate) schema: &'static Schema,
    pub(crate) settings: Settings,
    pub(crate) seed: Seed,
    pub(crate) clock: Clock,
    pub(crate) journal: Arc<Journal>,
    pub(crate) faults: Faults,
    pub(crate) tokens: Tokens,
    pub(crate) upstream: Upstream,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(
        schema: &'static Schema,
        settings: Settings,
        seed: Seed,
        journal: Journal,
        tokens: Tokens,
    ) -> Self {
        let clock = Clock::default();
        let state = State::from_seed(&seed, clock.now());
        let faults = Faults::default();
        faults.set(seed.faults.clone());
        Shared {
            schema,
            settings,
            seed,
            clock,
            journal: Arc::new(journal),
            faults,
            tokens,
            upstream: Upstream::default(),
            state: Mutex::new(state),
        }
    }

    /// Locks the state and applies expiries that are due.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.expire(self.clock.now());
        state
    }

    pub(crate) fn paging(&self) -> Paging {
        self.settings.paging
    }

    /// Restores the seed. Tokens stay valid, so that clients can continue.
    pub(crate) fn reset(&self) {
        self.clock.reset();
        self.journal.clear();
        self.faults.reset(self.seed.faults.clone());
        *self.state() = State::from_seed(&self.seed, self.clock.now());
    }
}
