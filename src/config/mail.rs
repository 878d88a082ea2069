//! `[mail]`: how people are written to.

use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

use super::secret::Secret;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `LAJUR_MAIL__SMTP_URL`, no default: the server that takes mail,
    /// `smtps://user:password@host:465` or `smtp://host:587?tls=required`.
    /// Without it mail is written into `folder` in development, and none is
    /// sent in production.
    pub smtp_url: Option<Secret>,
    /// `LAJUR_MAIL__SENDER`, default `Lajur <lajur@localhost>`.
    pub sender: String,
    /// `LAJUR_MAIL__FOLDER`, default `.local/mail`: where mail is written in
    /// development, a file each.
    pub folder: String,
    /// `LAJUR_MAIL__PUBLIC_URL`, no default: where people reach the web
    /// application, such as `https://lajur.example`; links in mails begin with
    /// it. In development the address of `http.addr` unless given.
    pub public_url: Option<String>,
    /// `LAJUR_MAIL__INVITATION_HOURS`, default 168: how long an invitation is good.
    pub invitation_hours: u32,
    /// `LAJUR_MAIL__RESET_MINUTES`, default 60: how long the link for another password is good.
    pub reset_minutes: u32,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            smtp_url: None,
            sender: "Lajur <lajur@localhost>".to_owned(),
            folder: ".local/mail".to_owned(),
            public_url: None,
            invitation_hours: 168,
            reset_minutes: 60,
        }
    }
}

impl Mail {
    pub(super) fn validate(&self, mode: super::Mode, wrong: &mut Vec<String>) {
        if self.sender.parse::<Mailbox>().is_err() {
            wrong.push(format!(
                "mail.sender: {:?} is not an address such as Lajur <lajur@example.com>",
                self.sender
            ));
        }
        let smtp = self.smtp_url.as_ref().map(Secret::expose);
        if smtp.is_some_and(|url| !url.starts_with("smtp://") && !url.starts_with("smtps://")) {
            wrong.push("mail.smtp_url: must begin with smtp:// or smtps://".to_owned());
        }
        let production = mode == super::Mode::Production;
        match &self.public_url {
            Some(url) if production && !url.starts_with("https://") => {
                wrong.push("mail.public_url: must begin with https:// in production".to_owned());
            }
            Some(url) if !url.starts_with("https://") && !url.starts_with("http://") => {
                wrong.push("mail.public_url: must begin with https:// or http://".to_owned());
            }
            None if production && smtp.is_some() => {
                wrong.push("mail.public_url: is needed where mail is sent".to_owned());
            }
            _ => {}
        }
        if !(1..=24 * 90).contains(&self.invitation_hours) {
            wrong.push(format!(
                "mail.invitation_hours: {} is not between 1 and 2160",
                self.invitation_hours
            ));
        }
        if !(5..=24 * 60).contains(&self.reset_minutes) {
            wrong.push(format!(
                "mail.reset_minutes: {} is not between 5 and 1440",
                self.reset_minutes
            ));
        }
    }
}
