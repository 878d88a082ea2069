//! `POST /browser-errors`: what went wrong in somebody's browser. It is logged,
//! and told to the tracker, without anything about the person: whoever reports
//! is not asked who they are, and what looks like data is taken out.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use tracing::Level;

use super::observe::RequestId;
use super::submission::Submission;
use crate::app::App;
use crate::error::{ApiError, Limited};
use crate::reporting::BROWSER;

const LONGEST_BODY: usize = 16 * 1024;
const LONGEST_TEXT: usize = 400;
const LONGEST_STACK: usize = 4_000;
/// Reports of everybody together within [`WINDOW`]: enough to see what is
/// wrong, too few to hide what else is.
const MOST: u32 = 60;
const WINDOW: Duration = Duration::from_secs(60);

/// How many reports have been taken lately.
#[derive(Debug, Default)]
pub struct Allowance(Mutex<Option<(Instant, u32)>>);

impl Allowance {
    /// Says how long to wait when there have been enough.
    fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *taken {
            Some((since, count)) if now.saturating_duration_since(*since) < WINDOW => {
                if *count >= MOST {
                    return Err(WINDOW - now.saturating_duration_since(*since));
                }
                *count += 1;
            }
            _ => *taken = Some((now, 1)),
        }
        Ok(())
    }
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct BrowserError {
    /// Kind and text of the error; what is longer than 400 characters is cut.
    #[schema(example = "TypeError: x is undefined")]
    pub message: String,
    /// Where in the application it happened; cut at 4,000 characters.
    #[serde(default)]
    pub stack: Option<String>,
    /// The path of the page.
    #[serde(default)]
    #[schema(example = "/dashboard/pipeline")]
    pub page: Option<String>,
    /// The build of the application.
    #[serde(default)]
    #[schema(example = "index-Cq3xY1.js")]
    pub release: Option<String>,
}

/// Report an error of the browser.
///
/// For the web application. Nobody has to be signed in, and nothing is kept
/// about who reports; addresses of mail, numbers and ids are taken out.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("reports"))),
    request_body = BrowserError,
    responses(
        (status = 204, description = "Taken"),
        (status = 413, description = "The report is longer than 16 KiB"),
        (status = 429, description = "There have been enough reports for now"),
    ),
)]
#[post("/browser-errors")]
pub async fn report_browser_error(
    app: web::Data<App>,
    request: HttpRequest,
    submission: Submission<BrowserError>,
) -> Result<HttpResponse, ApiError> {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_none_or(|length| length > LONGEST_BODY) {
        return Err(ApiError::PayloadTooLarge {
            limit_bytes: LONGEST_BODY,
        });
    }
    app.browser_errors
        .take(Instant::now())
        .map_err(|retry_after| ApiError::RateLimited {
            retry_after,
            limited: Limited::Reports,
        })?;
    app.metrics.browser_errors_total.inc();
    let BrowserError {
        message,
        stack,
        page,
        release,
    } = submission.body;
    let clean = |text: Option<String>, longest| text.map(|text| scrubbed(&cut(&text, longest)));
    let id = RequestId::of(&request);
    let message = scrubbed(&cut(&message, LONGEST_TEXT));
    let (stack, page) = (clean(stack, LONGEST_STACK), clean(page, LONGEST_TEXT));
    let release = clean(release, LONGEST_TEXT);
    tracing::event!(
        target: BROWSER,
        Level::WARN,
        request.id = &*id,
        browser.message = message,
        browser.stack = stack,
        browser.page = page,
        browser.release = release,
        "a browser has reported an error"
    );
    Ok(HttpResponse::NoContent().finish())
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

/// Without what may be about a person: queries of addresses, addresses of mail,
/// ids, and numbers of five digits or more with the letters before them.
fn scrubbed(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut word = String::new();
    let apart =
        |character: char| character.is_whitespace() || "/()\"'`,;<>[]{}".contains(character);
    for character in text.chars().chain(['\n']) {
        if !apart(character) {
            word.push(character);
            continue;
        }
        clean.push_str(scrubbed_word(&word));
        word.clear();
        clean.push(character);
    }
    clean.pop();
    clean
}

fn scrubbed_word(word: &str) -> &str {
    let word = word.split(['?', '#']).next().unwrap_or_default();
    let digits = word.split(|character: char| !character.is_ascii_digit());
    let longest = digits.map(str::len).max().unwrap_or(0);
    let id = word.len() == 36 && word.matches('-').count() == 4;
    // places in a file, such as index-Cq3xY1.js:12:34567, are what a report is for
    let place = word.contains(".js:");
    if word.contains('@') && word.contains('.') && !place {
        "[mail]"
    } else if (longest >= 5 || id) && !place {
        "[number]"
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_about_a_person_is_taken_out() {
        for (given, clean) in [
            ("TypeError: x is undefined", "TypeError: x is undefined"),
            (
                "no row for siti@example.test here",
                "no row for [mail] here",
            ),
            ("passport X1234567, born", "passport [number], born"),
            ("called +62-812-00012345", "called [number]"),
            (
                "/dashboard/jamaah/01930000-0000-7000-8000-000000000001?q=siti",
                "/dashboard/jamaah/[number]",
            ),
            (
                "at f (https://lajur.example/assets/index-Cq3xY1.js:1:234567)",
                "at f (https://lajur.example/assets/index-Cq3xY1.js:1:234567)",
            ),
        ] {
            assert_eq!(scrubbed(given), clean);
        }
    }

    #[test]
    fn a_flood_of_reports_is_dammed_for_a_while() {
        let (allowance, start) = (Allowance::default(), Instant::now());
        for _ in 0..MOST {
            assert_eq!(allowance.take(start), Ok(()));
        }
        assert_eq!(allowance.take(start + WINDOW / 2), Err(WINDOW / 2));
        assert_eq!(allowance.take(start + WINDOW), Ok(()));
    }
}
