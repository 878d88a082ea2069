//! Mail to people: invitations, and links for another password.
//!
//! `request → texts (in the tenant's language) → Mailer → SMTP, or a file in development`

pub mod texts;

use std::path::PathBuf;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::config::mail::Mail as Settings;
use crate::config::secret::Secret;
use crate::config::{Config, Mode};
use crate::domain::time::Timestamp;
use crate::secrets::Secrets;

/// A server that has not taken a mail by then does not take it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What somebody is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
}

/// To whom.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    pub email: &'a str,
    pub name: &'a str,
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("mail is not set up")]
    NotSetUp,
    #[error("{0:?} cannot be written to")]
    Address(String),
    #[error("cannot compose a mail: {0}")]
    Composing(#[from] lettre::error::Error),
    #[error("the server does not take the mail: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error("the server does not answer in time")]
    Silent,
    #[error("cannot write the mail: {0}")]
    File(#[from] std::io::Error),
}

/// Takes mail on its way.
pub struct Mailer {
    sender: Mailbox,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A file each, named in the log.
    Folder {
        folder: PathBuf,
        secrets: Secrets,
    },
    None,
}

impl Mailer {
    /// Connects to nothing yet.
    pub fn new(config: &Config, secrets: &Secrets) -> anyhow::Result<Self> {
        let Settings {
            smtp_url,
            sender,
            folder,
            ..
        } = &config.mail;
        let way = match (smtp_url, config.mode) {
            (Some(url), _) => Way::Smtp(transport(url)?),
            (None, Mode::Development) => Way::Folder {
                folder: folder.into(),
                secrets: secrets.clone(),
            },
            (None, Mode::Production) => {
                tracing::warn!(
                    "mail.smtp_url is not set: nobody can be invited or reset a password by mail"
                );
                Way::None
            }
        };
        Ok(Self {
            sender: sender.parse()?,
            way,
        })
    }

    /// Whether mail can be sent at all.
    pub fn is_set_up(&self) -> bool {
        !matches!(self.way, Way::None)
    }

    pub async fn send(
        &self,
        to: Recipient<'_>,
        letter: Letter,
        now: Timestamp,
    ) -> Result<(), MailError> {
        let address: Address = to
            .email
            .parse()
            .map_err(|_| MailError::Address(to.email.to_owned()))?;
        let message = Message::builder()
            .from(self.sender.clone())
            .to(Mailbox::new(Some(one_line(to.name)), address))
            .date(now.into())
            .subject(one_line(&letter.subject))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text)?;
        match &self.way {
            Way::Smtp(transport) => {
                let sending = tokio::time::timeout(PATIENCE, transport.send(message));
                sending.await.map_err(|_| MailError::Silent)??;
                Ok(())
            }
            Way::Folder { folder, secrets } => {
                let time = now.format("%Y%m%dT%H%M%S");
                let name = format!("{time}-{}.eml", hex::encode(secrets.bytes::<4>()));
                let path = folder.join(name);
                tokio::fs::create_dir_all(folder).await?;
                tokio::fs::write(&path, message.formatted()).await?;
                tracing::info!(mail.path = %path.display(), "a mail was written");
                Ok(())
            }
            Way::None => Err(MailError::NotSetUp),
        }
    }
}

/// What stands in a header has no line of its own.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_control() || c.is_whitespace());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn transport(url: &Secret) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    // the cause may repeat the URL, and a password with it
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
        .map_err(|_| anyhow::anyhow!("mail.smtp_url: cannot be understood"))?;
    Ok(builder.timeout(Some(PATIENCE)).build())
}

/// Whether somebody with this address can be written to. In lower case, and
/// ASCII: other letters have more than one lower case.
pub fn is_address(email: &str) -> bool {
    email.len() <= 254
        && email.is_ascii()
        && email == email.to_ascii_lowercase()
        && email.parse::<Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_lower_case_and_whole() {
        assert!(is_address("siti@al-barokah.example"));
        for wrong in [
            "Siti@al-barokah.example",
            "siti",
            "siti@",
            "a b@example.com",
            "siti@example.com\r\nBcc: x@example.com",
            "sïti@example.com",
        ] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_name_cannot_add_a_header() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.mail.folder = folder.path().display().to_string();
        let mailer = Mailer::new(&config, &Secrets::seeded(1)).unwrap();
        let to = Recipient {
            email: "siti@example.com",
            name: "Siti\r\nBcc: spy@example.com",
        };
        let letter = Letter {
            subject: "Hello\r\nBcc: spy@example.com".to_owned(),
            text: "text".to_owned(),
        };
        let sent = mailer.send(to, letter, chrono::DateTime::UNIX_EPOCH).await;
        sent.unwrap();
        let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            !head
                .lines()
                .any(|line| line.to_lowercase().starts_with("bcc")),
            "{head}"
        );
    }

    #[tokio::test]
    async fn without_a_server_nothing_is_sent_in_production() {
        let config = Config {
            mode: Mode::Production,
            ..Config::default()
        };
        let mailer = Mailer::new(&config, &Secrets::seeded(1)).unwrap();
        assert!(!mailer.is_set_up());
    }
}
