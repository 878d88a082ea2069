//! What `lajur seed` says at its end.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Displayed, one line per tenant.
#[derive(Debug, Default)]
pub struct Summary {
    /// By slug, in the order they were asked for.
    pub outcomes: Vec<(String, Outcome)>,
    pub demo_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Seeded(Seeded),
    /// There are jamaah, and nothing was done.
    AlreadySeeded,
    /// There are none but something has happened, and nothing was done.
    HasLog,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeded {
    pub jamaah: u32,
    pub events: i64,
    pub elapsed: Duration,
}

impl Summary {
    pub fn has_seeded(&self) -> bool {
        self.outcomes
            .iter()
            .any(|(_, outcome)| matches!(outcome, Outcome::Seeded(_)))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (slug, outcome) in &self.outcomes {
            match outcome {
                Outcome::Seeded(Seeded {
                    jamaah,
                    events,
                    elapsed,
                }) => {
                    let seconds = elapsed.as_secs_f64();
                    writeln!(
                        f,
                        "{slug}: seeded {jamaah} jamaah, {events} events in {seconds:.1} s"
                    )?;
                }
                Outcome::AlreadySeeded => writeln!(f, "{slug}: already seeded")?,
                Outcome::HasLog => writeln!(f, "{slug}: left alone, because it has a log already")?,
            }
        }
        if let (Some(file), Some((slug, _))) = (&self.demo_file, self.outcomes.first()) {
            let password = super::demo::PASSWORD;
            writeln!(
                f,
                "sign in: organisation {slug}, e-mail admin@{slug}.example, password {password}; \
                 everybody else is in {}",
                file.display()
            )?;
        }
        Ok(())
    }
}
