//! A season lived through: everything that happened at an agency until now,
//! decided by the real rules at the time it happened.
//!
//! An agenda holds what comes next for everybody; its first entry becomes a
//! command for [`decide`], and what follows from the command (a stage opens, a
//! deadline moves) puts new entries on the agenda. So commands, and with them
//! the numbers of their events, are in the order of time for the whole tenant,
//! and statuses, late marks and reasons are those that a node would have
//! written that was awake all season. Two things differ from such a node:
//! stage histories are renewed on Mondays only, and nobody leaves memory.

mod agenda;
mod ahead;
mod booking;
mod commands;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use self::agenda::{Agenda, What};
use self::booking::Booking;
use super::chance::Chance;
use super::office::clock;
use super::staff::Staff;
use crate::domain::ids::{CommandId, IdSource, JamaahId};
use crate::domain::pipeline::change::Change;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::decide::{Context, decide};
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::status::next_deadline;
use crate::domain::pipeline::tenant::Tenant;
use crate::domain::principal::{Actor, Principal};
use crate::domain::time::{Timestamp, Zone, plus_days};

/// Jamaah that are reviewed by one command, as the tenant's actor does it.
const REVIEWED_TOGETHER: usize = 100;

/// A command that was carried out, and what it changed.
#[derive(Clone, Debug)]
pub struct Deed {
    pub at: Timestamp,
    pub command_id: CommandId,
    pub actor: Actor,
    pub changes: Vec<Change>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The season asked for something that the rules do not allow.
    #[error("at {at} the rules refused {command}: {refusal}")]
    Refused {
        at: Timestamp,
        command: String,
        refusal: Refusal,
    },
    #[error("the pipeline's template cannot be read: {0}")]
    Template(#[from] serde_json::Error),
}

#[derive(Clone, Copy, Debug)]
struct Person {
    group: usize,
    /// Once they are registered.
    id: Option<JamaahId>,
    /// The review on the agenda that counts; others are stale.
    review_at: Option<Timestamp>,
}

/// What is left to do when the agenda has been worked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Baselines,
    /// From the person of this number on.
    Reviews(usize),
    Over,
}

pub struct Season {
    state: State,
    ids: IdSource,
    chance: Chance,
    staff: Arc<Staff>,
    /// The season ends now.
    until: Timestamp,
    agenda: Agenda,
    bookings: Vec<Booking>,
    people: Vec<Person>,
    numbers: HashMap<JamaahId, u32, ahash::RandomState>,
    ending: Ending,
}

impl Season {
    /// The season up to `now` of a tenant that has no log yet.
    pub fn new(
        tenant: Arc<Tenant>,
        staff: Arc<Staff>,
        jamaah: u32,
        chance: Chance,
        now: Timestamp,
    ) -> Self {
        let zone = tenant.zone;
        let bookings = booking::book(jamaah, &chance, zone, now);
        let mut agenda = Agenda::new(now);
        let mut people = Vec::new();
        let first = bookings
            .iter()
            .map(|booking| booking.opened_at)
            .min()
            .unwrap_or(now);
        let founded = clock(plus_days(zone.date_of(first), -2), 9, zone);
        agenda.add(founded, What::InstallPipeline);
        agenda.add(
            next_monday(zone.date_of(founded), zone),
            What::RenewBaselines,
        );
        for (group, booking) in bookings.iter().enumerate() {
            agenda.add(booking.opened_at, What::OpenDeparture(group));
            for (number, registered_at) in (booking.first..).zip(&booking.registered_at) {
                agenda.add(*registered_at, What::Register(number));
                people.push(Person {
                    group,
                    id: None,
                    review_at: None,
                });
            }
            agenda.add(booking.departs_at, What::Depart(group));
        }
        Self {
            ids: IdSource::seeded(chance.seed()),
            state: State::empty(tenant),
            chance,
            staff,
            until: now,
            agenda,
            bookings,
            people,
            numbers: HashMap::default(),
            ending: Ending::Baselines,
        }
    }

    /// As it stands after the last deed.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Registered, of all: for showing how far it has come.
    pub fn registered(&self) -> (usize, usize) {
        (self.numbers.len(), self.people.len())
    }

    /// When the tenant must be woken, as its actor would say it at the end.
    pub fn next_deadline(&self) -> Timestamp {
        let zone = self.state.tenant.zone;
        let midnight = zone.end_of(zone.date_of(self.until));
        let deadlines = self
            .state
            .pilgrims()
            .filter_map(|p| next_deadline(&self.state, p, self.until));
        deadlines.fold(midnight, Timestamp::min)
    }

    fn advance(&mut self) -> Result<Option<Deed>, Error> {
        while let Some((at, what)) = self.agenda.next() {
            let Some(undertaking) = self.undertaking(at, what)? else {
                continue;
            };
            let deed = self.carry_out(at, &undertaking.command, &undertaking.by)?;
            let changes = deed.as_ref().map_or(&[][..], |deed| &deed.changes);
            self.look_ahead(at, undertaking.about, changes);
            if deed.is_some() {
                return Ok(deed);
            }
        }
        self.end()
    }

    /// Leaves nothing to do for a node that loads the tenant now.
    fn end(&mut self) -> Result<Option<Deed>, Error> {
        let system = Arc::clone(self.staff.system());
        loop {
            let command = match self.ending {
                Ending::Baselines => {
                    self.ending = Ending::Reviews(0);
                    Command::RenewBaselines
                }
                Ending::Reviews(from) if from < self.people.len() => {
                    self.ending = Ending::Reviews(from + REVIEWED_TOGETHER);
                    let those = self.people.iter().skip(from).take(REVIEWED_TOGETHER);
                    Command::Review {
                        jamaah_ids: those.filter_map(|person| person.id).collect(),
                    }
                }
                Ending::Reviews(_) | Ending::Over => {
                    self.ending = Ending::Over;
                    return Ok(None);
                }
            };
            if let Some(deed) = self.carry_out(self.until, &command, &system)? {
                return Ok(Some(deed));
            }
        }
    }

    fn carry_out(
        &mut self,
        at: Timestamp,
        command: &Command,
        by: &Principal,
    ) -> Result<Option<Deed>, Error> {
        let context = Context {
            principal: by,
            now: at,
            ids: &mut self.ids,
        };
        let changes =
            decide(&mut self.state, command, context).map_err(|refusal| Error::Refused {
                at,
                command: format!("{command:?}"),
                refusal,
            })?;
        if changes.is_empty() {
            return Ok(None);
        }
        Ok(Some(Deed {
            at,
            command_id: self.ids.next(at),
            actor: by.actor,
            changes,
        }))
    }
}

impl Iterator for Season {
    type Item = Result<Deed, Error>;

    /// The next deed, until there is none or the rules refuse one.
    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance().transpose();
        if let Some(Err(_)) = next {
            self.agenda = Agenda::new(Timestamp::MIN_UTC);
            self.ending = Ending::Over;
        }
        next
    }
}

/// The first instant of the Monday after a date.
fn next_monday(date: NaiveDate, zone: Zone) -> Timestamp {
    let days = 7 - i32::try_from(date.weekday().num_days_from_monday()).unwrap_or(0);
    zone.start_of(plus_days(date, days))
}
