//! Manifests on their way in: read, checked, tried out on a copy of the state
//! or carried out command by command, and reported row by row.
//!
//! People go in by the chunk, each chunk a command that is all in or not at
//! all. Whoever the rules refuse is found by halving the chunk, and reported;
//! everybody else is in. A file sent twice finds everybody unchanged.
//!
//! `Upload::read` → [`known::Known::look_up`] → [`rehearse`], or
//! [`job::Job::begin`] and `run`. HTTP and the command line go the same way.

mod courier;
pub mod job;
pub mod known;
pub mod report;
pub mod running;

use std::sync::Arc;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::domain::ids::IdSource;
use crate::domain::manifest::{self, Manifest};
use crate::domain::pipeline::command::{Command, ImportedPerson};
use crate::domain::pipeline::decide::{Context, Standing, decide, standing};
use crate::domain::pipeline::state::State;
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;
use crate::spreadsheet;
use known::Known;
use report::Report;

/// A file as it was sent, read and checked.
#[derive(Clone, Debug)]
pub struct Upload {
    pub file_name: Arc<str>,
    pub sha256: Arc<str>,
    pub manifest: Manifest,
}

impl Upload {
    /// Reads and checks a file. Takes a while for a large one: not for a
    /// thread that others wait for.
    pub fn read(file_name: &str, bytes: &[u8], today: NaiveDate) -> Self {
        let limits = spreadsheet::Limits::default();
        let manifest = match spreadsheet::read_preferring(bytes, &limits, manifest::is_manifest) {
            Ok(sheet) => manifest::check(&sheet, today),
            Err(error) => Manifest::unreadable(error),
        };
        Self {
            file_name: plain_name(file_name),
            sha256: hex::encode(Sha256::digest(bytes)).into(),
            manifest,
        }
    }
}

/// What a browser or shell calls a file, without its folder and without
/// anything that a screen or a column would stumble over.
fn plain_name(given: &str) -> Arc<str> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = name.trim();
    Arc::from(if name.is_empty() { "manifest" } else { name })
}

/// What importing would do, tried out on a copy of the state that nobody sees.
/// Takes a while too.
pub fn rehearse(mut upload: Upload, known: &Known, mut state: State, now: Timestamp) -> Report {
    let mut report = Report::of(&mut upload, true);
    let principal = Principal::system();
    // the ids are thrown away with the copy
    let mut ids = IdSource::seeded(0);
    for person in upload.manifest.people {
        let row = person.row;
        let imported = ImportedPerson::from(person);
        if known.contains(&imported) {
            report.unchanged += 1;
            continue;
        }
        let standing = standing(&state, &imported);
        let people = Arc::new(vec![imported]);
        let command = Command::ImportPeople {
            people: people.clone(),
        };
        let context = Context {
            principal: &principal,
            now,
            ids: &mut ids,
        };
        match (decide(&mut state, &command, context), standing) {
            (Ok(_), Standing::New) => report.created += 1,
            (Ok(_), Standing::Changed(_)) => report.updated += 1,
            (Ok(_), Standing::Unchanged(_)) => report.unchanged += 1,
            (Err(refusal), _) => {
                people
                    .iter()
                    .for_each(|person| report.reject(row, person, &refusal));
            }
        }
    }
    report.finish();
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_only_a_name() {
        for (given, plain) in [
            ("manifest.csv", "manifest.csv"),
            (
                "C:\\Users\\Siti\\Manifest 12 Des.xlsx",
                "Manifest 12 Des.xlsx",
            ),
            ("../../etc/passwd", "passwd"),
            ("a\r\nb\0.csv", "ab.csv"),
            ("", "manifest"),
            ("folder/", "manifest"),
        ] {
            assert_eq!(&*plain_name(given), plain);
        }
        assert_eq!(plain_name(&"ü".repeat(500)).chars().count(), 200);
    }
}
