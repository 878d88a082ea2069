//! Unguessable values: tokens, keys, generated passwords, seeds. The one place
//! that asks for randomness that secrets depend on.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// Where secret randomness comes from. Clones share the source.
#[derive(Clone)]
pub enum Secrets {
    /// The operating system.
    System,
    /// Repeatable, for tests.
    Seeded(Arc<Mutex<ChaCha20Rng>>),
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            #[expect(
                clippy::expect_used,
                reason = "without randomness no secret can be made, and nothing may go on"
            )]
            Self::System => {
                getrandom::fill(&mut bytes).expect("the operating system has no randomness")
            }
            Self::Seeded(rng) => rng
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(&mut bytes),
        }
        bytes
    }

    /// 256 bits as hexadecimal digits.
    pub fn token(&self) -> String {
        hex::encode(self.bytes::<32>())
    }

    /// A password that can be read out: 20 letters and digits without those
    /// that look alike, about 98 bits.
    pub fn password(&self) -> String {
        const LETTERS: [u8; 32] = *b"abcdefghjkmnpqrstuvwxyz23456789x";
        let bytes = self.bytes::<20>();
        bytes
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
            .map(|letter| char::from(*letter))
            .collect()
    }

    /// For sources of randomness that need not be secret.
    pub fn seed(&self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }
}
