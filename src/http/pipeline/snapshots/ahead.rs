//! Makes the next answer before somebody asks for it, for as long as people do.
//!
//! `asked, and not there → kept from then on: as soon as it is no longer right
//! made anew → until some in a row were made for nobody`

use std::time::{Duration, Instant};

use actix_web::web;

use super::{GOOD_FOR_SECONDS, current};
use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::cache::Kind;
use crate::cache::rendered::{Moment, Rendered};
use crate::domain::ids::TenantId;

/// So many in a row that nobody asked for are the last.
const FOR_NOBODY: usize = 5;
/// Rests so many times as long as it has worked: a flood of commits makes it
/// take 2 % of a thread for a kind.
const RESTS: u32 = 50;
/// But not longer: others may have had the processor meanwhile.
const LONGEST: Duration = Duration::from_millis(100);

/// Keeps what somebody has just been answered; returns at once when it is kept already.
pub async fn keep(app: web::Data<App>, id: TenantId, kind: Kind, answered: Rendered) {
    let bodies = &app.cache.rendered;
    if bodies.begin_keeping(id, kind) {
        go_on(&app, id, kind, answered).await;
        bodies.end_keeping(id, kind);
    }
}

async fn go_on(app: &web::Data<App>, id: TenantId, kind: Kind, mut last: Rendered) {
    let mut for_nobody = 0;
    // a tenant that has left, or whose log cannot be read, is not looked after
    while let Some(tenant) = app.tenants.peek(id).filter(|it| it.freshness().live) {
        until_past(&tenant, last.moment).await;
        for_nobody = if last.take_readers() {
            0
        } else {
            for_nobody + 1
        };
        if for_nobody == FOR_NOBODY {
            return;
        }
        let began = Instant::now();
        match current(app, &tenant, kind) {
            Ok(made) => last = made,
            Err(error) => {
                tracing::warn!(error.cause = ?error, "cannot make an answer ahead");
                return;
            }
        }
        tokio::time::sleep((began.elapsed() * RESTS).min(LONGEST)).await;
    }
}

/// Waits until what was made then is no longer right.
async fn until_past(tenant: &TenantHandle, moment: Moment) {
    let now_ms = tenant.freshness().as_of.timestamp_millis();
    let left_ms = (moment.second + GOOD_FOR_SECONDS) * 1_000 - now_ms;
    let left = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0));
    let _ = tokio::time::timeout(left, tenant.leaves(moment.seq)).await;
}
