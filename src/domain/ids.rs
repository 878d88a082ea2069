//! Identifiers: one type per kind of thing, all UUIDv7, and the source they
//! come from. Ids made by one source rise, which keeps indexes dense.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use super::time::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
                 serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// One organisation; nothing crosses between tenants.
    TenantId,
    UserId,
    ApiKeyId,
    SessionId,
    RoleId,
    StageId,
    TemplateId,
    DepartureId,
    JamaahId,
    /// One jamaah's passage through one stage.
    InstanceId,
    TaskId,
    CommentId,
    ImportId,
    BottleneckAlertId,
    /// What one command changed: its events share this id and are neighbours in the log.
    CommandId,
    /// One write of the journal for one tenant.
    BatchId,
}

/// Makes ids. Seeded from the operating system in the program, by hand in
/// tests and in the generated season, which are therefore repeatable.
#[derive(Clone, Debug)]
pub struct IdSource {
    rng: ChaCha8Rng,
    last_ms: u64,
    counter: u16,
}

impl IdSource {
    pub fn seeded(seed: u64) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            last_ms: 0,
            counter: 0,
        }
    }

    /// The next UUIDv7 for an instant: milliseconds, a counter that keeps ids
    /// of one millisecond in order, and 62 random bits.
    pub fn next<T: From<Uuid>>(&mut self, now: Timestamp) -> T {
        let ms = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        if ms == self.last_ms {
            self.counter = self.counter.wrapping_add(1) & 0x0fff;
        } else {
            self.last_ms = ms;
            self.counter = 0;
        }
        let mut random = [0u8; 10];
        self.rng.fill_bytes(&mut random);
        let [high, low] = self.counter.to_be_bytes();
        random[0] = high;
        random[1] = low;
        T::from(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
    }
}
