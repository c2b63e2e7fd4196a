//! Ids and secrets: numbered where tests read them, random where they protect something.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

/// The first numbered id: as long as the service's, and recognizably not real.
const FIRST: u64 = 70_000_000_000_000_000;

/// Counts up the ids of one emulator.
#[derive(Debug, Default)]
pub(crate) struct Ids(u64);

impl Ids {
    /// `prefix_70000000000000001` and so on.
    pub(crate) fn next(&mut self, prefix: &str) -> String {
        self.0 += 1;
        format!("{prefix}_{}", FIRST + self.0)
    }
}

/// `bytes` random bytes as URL-safe text.
pub(crate) fn random(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    // The system's generator does not fail after it was seeded. If it did, all links and tokens
    // would be zeros and collide, which tests would notice at once.
    let _ = SystemRandom::new().fill(&mut buffer);
    URL_SAFE_NO_PAD.encode(buffer)
}
