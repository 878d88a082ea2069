//! Data on its way out: jamaah as the rows of a file, read page by page from
//! one view, so that a file is of one moment and costs little memory.

use std::sync::Arc;

use crate::domain::ids::JamaahId;
use crate::domain::pipeline::jamaah::Status;
use crate::domain::pipeline::listing::JamaahQuery;
use crate::domain::pipeline::state::{Pilgrim, State};
use crate::domain::pipeline::view::View;
use crate::spreadsheet::write::ExportRow;

/// Jamaah between two looks at the view.
const PAGE: u32 = 500;

/// The rows of those whom a query finds. Cancelled jamaah are left out unless
/// the query names a status: imported again, they would be booked again.
pub struct People {
    view: Arc<View>,
    query: JamaahQuery,
    page: std::vec::IntoIter<JamaahId>,
}

impl People {
    /// Page and limit of the query do not matter.
    pub fn new(view: Arc<View>, mut query: JamaahQuery) -> Self {
        if query.statuses.is_empty() {
            query.statuses = Status::ALL.to_vec();
            query.statuses.retain(|status| *status != Status::Cancelled);
        }
        query.page = 0;
        query.limit = PAGE;
        Self {
            view,
            query,
            page: Vec::new().into_iter(),
        }
    }
}

impl Iterator for People {
    type Item = ExportRow;

    fn next(&mut self) -> Option<ExportRow> {
        loop {
            if let Some(id) = self.page.next() {
                if let Some(pilgrim) = self.view.state.pilgrim(id) {
                    return Some(row(&self.view.state, pilgrim));
                }
                continue;
            }
            self.query.page += 1;
            let found = self.view.jamaah(&self.query);
            if found.items.is_empty() {
                // and stays there
                self.query.page = u32::MAX - 1;
                return None;
            }
            let ids: Vec<JamaahId> = found.items.iter().map(|card| card.id).collect();
            self.page = ids.into_iter();
        }
    }
}

/// One jamaah. Status and stage are words for people, in the tenant's language.
fn row(state: &State, pilgrim: &Pilgrim) -> ExportRow {
    let (jamaah, status) = (&pilgrim.jamaah, &pilgrim.status);
    let text = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
    let english = &*state.tenant.locale == "en";
    let departure = state.departure(jamaah.departure_id);
    let stage = status.current_stage_id.and_then(|id| state.stage(id));
    let stage = stage.map(|stage| if english { &stage.name_en } else { &stage.name });
    let done = pilgrim
        .path
        .iter()
        .filter(|instance| instance.state.is_done());
    ExportRow {
        name: jamaah.name.to_string(),
        passport_number: Some(jamaah.passport_number.to_string()),
        birth_date: Some(jamaah.birth_date),
        sex: jamaah.sex,
        nationality: text(&jamaah.nationality),
        passport_expiry: jamaah.passport_expiry,
        package: text(&jamaah.package),
        departure_code: departure.map(|departure| departure.code.to_string()),
        departure_date: departure.map(|departure| departure.departure_date),
        phone: text(&jamaah.phone),
        agent: text(&jamaah.agent),
        status: word(status.status, english).to_owned(),
        stage: stage.map(|name| name.to_string()).unwrap_or_default(),
        progress: format!("{}/{}", done.count(), pilgrim.path.len()),
    }
}

fn word(status: Status, english: bool) -> &'static str {
    match (status, english) {
        (Status::OnTrack, false) => "Sesuai jadwal",
        (Status::AtRisk, false) => "Berisiko",
        (Status::Overdue, false) => "Terlambat",
        (Status::Completed, false) => "Selesai",
        (Status::Cancelled, false) => "Batal",
        (Status::OnTrack, true) => "On track",
        (Status::AtRisk, true) => "At risk",
        (Status::Overdue, true) => "Overdue",
        (Status::Completed, true) => "Completed",
        (Status::Cancelled, true) => "Cancelled",
    }
}
