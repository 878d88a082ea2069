//! How much somebody may ask for. Each operation belongs to a class, each class
//! has a quota, and the quota is kept by a sliding window: of the requests that
//! passed the times are known, so in no stretch of time as long as the window
//! passes more than the limit, there is no edge that could be waited for, and
//! what is refused costs nothing.

use std::collections::{BTreeMap, VecDeque};
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
    pub fn window_us(self) -> i64 {
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
    /// How many more would pass now.
    pub remaining: u32,
    /// Until there is room for another one, when this one was refused.
    pub retry_after_us: i64,
    /// Until all of the quota is there again.
    pub reset_us: i64,
}

/// When the requests of the window passed, the oldest first.
#[derive(Debug, Default)]
pub struct Passed(VecDeque<i64>);

impl Passed {
    /// Decides one request, and counts it if it passes. The script in Redis
    /// does the same.
    pub fn decide(&mut self, now_us: i64, quota: Quota) -> Verdict {
        if let Some(refused) = self.refusal(now_us, quota) {
            return refused;
        }
        // clocks are set back, time is not
        let latest = self.0.back().copied().unwrap_or(now_us).max(now_us);
        self.0.push_back(latest);
        Verdict {
            allowed: true,
            remaining: quota.limit.saturating_sub(self.count()),
            retry_after_us: 0,
            reset_us: latest - (now_us - quota.window_us()),
        }
    }

    /// What one request would be answered for which there is no room.
    pub fn refusal(&mut self, now_us: i64, quota: Quota) -> Option<Verdict> {
        let start = now_us - quota.window_us();
        while self.0.front().is_some_and(|at| *at <= start) {
            self.0.pop_front();
        }
        // more than none where the limit was higher when they passed
        let over = self.count().checked_sub(quota.limit)?;
        let leaves = self.0.get(usize::try_from(over).ok()?)?;
        let newest = self.0.back()?;
        Some(Verdict {
            allowed: false,
            remaining: 0,
            retry_after_us: leaves - start,
            reset_us: newest - start,
        })
    }

    fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
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
    fn ten_pass_and_the_eleventh_waits_until_the_first_is_a_window_ago() {
        let mut passed = Passed::default();
        for number in 0..10 {
            let verdict = passed.decide(number, TEN);
            let left = 9 - u32::try_from(number).unwrap();
            assert_eq!((verdict.allowed, verdict.remaining), (true, left));
            assert_eq!(verdict.reset_us, 60_000_000);
        }
        let verdict = passed.decide(1_009, TEN);
        assert_eq!((verdict.allowed, verdict.remaining), (false, 0));
        assert_eq!(verdict.retry_after_us, 60_000_000 - 1_009);
        assert_eq!(verdict.reset_us, 60_000_000 - 1_000);
        // hitting on does not put the end off
        let verdict = passed.decide(59_999_999, TEN);
        assert_eq!((verdict.allowed, verdict.retry_after_us), (false, 1));
        assert!(passed.decide(60_000_000, TEN).allowed);
        assert!(!passed.decide(60_000_000, TEN).allowed);
        assert!(passed.decide(60_000_001, TEN).allowed);
    }

    #[test]
    fn who_had_a_higher_limit_waits_until_the_lower_one_is_met() {
        let mut passed = Passed::default();
        for at in 0..10 {
            assert!(passed.decide(at, TEN).allowed);
        }
        let three = Quota { limit: 3, ..TEN };
        let verdict = passed.decide(10, three);
        // seven of ten have to leave, and one more
        assert_eq!(
            (verdict.allowed, verdict.retry_after_us),
            (false, 60_000_000 - 3)
        );
        assert!(passed.decide(60_000_007, three).allowed);
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
        /// In no window passes more than the limit, wherever it begins, and who
        /// waits as long as was said gets through.
        #[test]
        fn never_more_than_the_limit_passes(
            limit in 1_u32..50,
            window_seconds in 1_u32..100,
            pauses in proptest::collection::vec(0_i64..3_000_000, 1..300),
        ) {
            let quota = Quota { limit, window_seconds };
            let (mut now, mut passed) = (0, Passed::default());
            let mut times: Vec<i64> = Vec::new();
            for pause in pauses {
                now += pause;
                let verdict = passed.decide(now, quota);
                if verdict.allowed {
                    times.push(now);
                } else {
                    prop_assert!(verdict.retry_after_us > 0);
                    prop_assert!(verdict.retry_after_us <= verdict.reset_us);
                    if pause % 2 == 0 {
                        now += verdict.retry_after_us;
                        prop_assert!(passed.decide(now, quota).allowed);
                        times.push(now);
                    }
                }
            }
            for from in &times {
                let inside = from..&(from + quota.window_us());
                let count = times.iter().filter(|at| inside.contains(at)).count();
                prop_assert!(count <= usize::try_from(limit).unwrap(), "{count} from {from}");
            }
        }
    }
}
