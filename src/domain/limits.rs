//! How much somebody may ask for. Each operation belongs to a class, each class
//! has a quota, and the quota is kept by GCRA: one number says all of the past,
//! there is no window whose edge could be waited for, and what is refused costs
//! nothing. A quota of 100 in 60 seconds is a burst of 100 that comes back one
//! by one, every 0.6 seconds.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident => $text:literal, $limit:literal / $seconds:literal;)*) => {
        /// What kind of operation it is. Declared beside the operation, as
        /// `x-rate-limit` of its description.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Class { $($(#[$doc])* $name),* }

        impl Class {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// Unless the configuration or the tenant says otherwise.
            pub fn quota(self) -> Quota {
                match self { $(Self::$name => Quota { limit: $limit, window_seconds: $seconds }),* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

classes! {
    /// What nobody has put into a class.
    Default => "default", 10 / 60;
    /// Before anybody is signed in: by address.
    Session => "session", 30 / 60;
    /// What browsers complain of, by address.
    Reports => "reports", 30 / 60;
    /// Each resource by itself.
    Reads => "reads", 100 / 60;
    Commands => "commands", 300 / 60;
    /// Many rows at once, imports too.
    Bulk => "bulk", 5 / 300;
    Export => "export", 10 / 60;
    AhspRead => "ahsp_read", 30 / 60;
    AhspWrite => "ahsp_write", 20 / 60;
}

impl Class {
    /// Whether each operation of the class has the quota for itself.
    pub fn is_per_resource(self) -> bool {
        self == Self::Reads
    }

    /// Whether nobody has to be known for it, so that addresses are counted.
    pub fn is_for_strangers(self) -> bool {
        matches!(self, Self::Session | Self::Reports)
    }

    /// Whether nothing of it is let through while the count that all processes
    /// share cannot be reached: guessing passwords and heavy work must not
    /// become possible by that.
    pub fn is_closed_without_store(self) -> bool {
        matches!(self, Self::Session | Self::Bulk)
    }
}

/// So many within so long. Written `100/60`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    pub limit: u32,
    pub window_seconds: u32,
}

/// What a tenant has instead of the usual quotas.
pub type Quotas = BTreeMap<Class, Quota>;

impl Quota {
    /// What one request costs, rounded so that never more than the limit passes.
    pub fn interval_us(self) -> i64 {
        self.window_us() / i64::from(self.limit.max(1))
            + i64::from(self.window_us() % i64::from(self.limit.max(1)) > 0)
    }

    /// How far ahead of now one may be: a burst of the whole limit.
    pub fn tolerance_us(self) -> i64 {
        self.interval_us() * i64::from(self.limit.max(1))
    }

    fn window_us(self) -> i64 {
        i64::from(self.window_seconds) * 1_000_000
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.limit, self.window_seconds)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0} is not like 100/60: from 1 to 1000000 requests in 1 to 3600 seconds")]
pub struct NoQuota(String);

impl FromStr for Quota {
    type Err = NoQuota;

    fn from_str(text: &str) -> Result<Self, NoQuota> {
        let parts = text.trim().split_once('/');
        let parsed = parts.and_then(|(limit, seconds)| {
            let quota = Self {
                limit: limit.trim().parse().ok()?,
                window_seconds: seconds.trim().parse().ok()?,
            };
            let sane = (1..=1_000_000).contains(&quota.limit)
                && (1..=3_600).contains(&quota.window_seconds);
            sane.then_some(quota)
        });
        parsed.ok_or_else(|| NoQuota(text.to_owned()))
    }
}

impl Serialize for Quota {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quota {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// What is answered to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    /// Until there is room for another one; 0 when there is.
    pub retry_after_us: i64,
    /// Until all of the quota is there again.
    pub reset_us: i64,
}

impl Verdict {
    /// How many more would pass now.
    pub fn remaining(self, quota: Quota) -> u32 {
        let room = (quota.tolerance_us() - self.reset_us).max(0) / quota.interval_us();
        u32::try_from(room).unwrap_or(u32::MAX)
    }
}

/// Decides one request at `now_us`, given when all of the past will be paid
/// for, and says when that is afterwards. The script in Redis does the same.
pub fn decide(paid_at_us: Option<i64>, now_us: i64, quota: Quota) -> (Verdict, i64) {
    let paid_at = paid_at_us.unwrap_or(now_us).max(now_us);
    let then = paid_at + quota.interval_us();
    let early = then - quota.tolerance_us() - now_us;
    if early > 0 {
        let refused = Verdict {
            allowed: false,
            retry_after_us: early,
            reset_us: paid_at - now_us,
        };
        return (refused, paid_at);
    }
    let next = (early + quota.interval_us()).max(0);
    let allowed = Verdict {
        allowed: true,
        retry_after_us: next,
        reset_us: then - now_us,
    };
    (allowed, then)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEN: Quota = Quota {
        limit: 10,
        window_seconds: 60,
    };

    #[test]
    fn ten_pass_at_once_and_the_eleventh_waits_its_turn() {
        let mut paid = None;
        for left in (0..10).rev() {
            let (verdict, then) = decide(paid, 1_000, TEN);
            assert!(verdict.allowed);
            assert_eq!(verdict.remaining(TEN), left);
            paid = Some(then);
        }
        let (verdict, then) = decide(paid, 1_000, TEN);
        assert_eq!((verdict.allowed, verdict.remaining(TEN)), (false, 0));
        assert_eq!(verdict.retry_after_us, 6_000_000);
        assert_eq!(verdict.reset_us, 60_000_000);
        // hitting on does not put the end off
        let (verdict, _) = decide(Some(then), 6_000_999, TEN);
        assert_eq!((verdict.allowed, verdict.retry_after_us), (false, 1));
        assert!(decide(Some(then), 6_001_000, TEN).0.allowed);
    }

    #[test]
    fn a_quota_is_read_as_it_is_written() {
        assert_eq!("10/60".parse::<Quota>().unwrap(), TEN);
        assert_eq!(TEN.to_string(), "10/60");
        for text in [
            "",
            "10",
            "0/60",
            "10/0",
            "10/4000",
            "-1/60",
            "a/b",
            "2000000/60",
        ] {
            assert!(text.parse::<Quota>().is_err(), "{text}");
        }
        for class in Class::ALL {
            assert_eq!(Class::parse(class.as_str()), Some(*class));
        }
    }

    proptest! {
        /// In no stretch of time passes more than a burst and what came back in it.
        #[test]
        fn never_more_than_the_limit_passes(
            limit in 1_u32..50,
            window_seconds in 1_u32..100,
            pauses in proptest::collection::vec(0_i64..3_000_000, 1..300),
        ) {
            let quota = Quota { limit, window_seconds };
            let (mut now, mut paid) = (0, None);
            let mut passed: Vec<i64> = Vec::new();
            for pause in pauses {
                now += pause;
                let (verdict, then) = decide(paid, now, quota);
                paid = Some(then);
                if verdict.allowed {
                    passed.push(now);
                }
                prop_assert!(verdict.reset_us <= quota.tolerance_us());
            }
            for (first, from) in passed.iter().enumerate() {
                for (last, to) in passed.iter().enumerate().skip(first) {
                    let count = i64::try_from(last - first + 1).unwrap();
                    let most = i64::from(limit) + (to - from) / quota.interval_us();
                    prop_assert!(count <= most, "{count} in {} us", to - from);
                }
            }
        }
    }
}
