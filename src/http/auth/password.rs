//! Passwords: Argon2id, off the threads that answer requests.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::web;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::config::secret::Secret;
use crate::error::ApiError;
use crate::secrets::Secrets;

/// Shorter passwords are not accepted when they are set.
pub const MIN_LENGTH: usize = 12;
/// Longer ones neither: hashing them costs.
pub const MAX_LENGTH: usize = 128;

/// Argon2 takes 19 MiB and about 20 ms of a core, so few run at once.
const AT_ONCE: usize = 2;
/// Waiting longer for one's turn is answered with 503.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes and checks the stored form of passwords.
#[derive(Debug)]
pub struct Passwords {
    secrets: Secrets,
    turns: Semaphore,
    /// Of a password that nobody has: unknown accounts are compared with it,
    /// so that they take as long as known ones.
    nobody: OnceLock<Arc<str>>,
}

impl Passwords {
    pub fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            turns: Semaphore::new(AT_ONCE),
            nobody: OnceLock::new(),
        }
    }

    /// The PHC string to store.
    pub fn hash(&self, password: &Secret) -> anyhow::Result<String> {
        let salt = self.secrets.bytes::<16>();
        let hash = Argon2::default()
            .hash_password_with_salt(password.expose().as_bytes(), &salt)
            .map_err(|error| anyhow::anyhow!("cannot hash a password: {error}"))?;
        Ok(hash.to_string())
    }

    /// Whether the password is the one that was hashed; without a hash the
    /// same work for nothing.
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<bool, ApiError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire()).await;
        let _turn = turn
            .map_err(|_| ApiError::unavailable())?
            .map_err(ApiError::internal)?;
        let known = stored.is_some();
        let stored = match stored {
            Some(stored) => Arc::from(stored),
            None => self.nobody()?,
        };
        let matches = web::block(move || matches(&password, &stored))
            .await
            .map_err(ApiError::internal)?;
        Ok(known && matches)
    }

    /// The same off this thread, when it is one's turn.
    pub async fn store(&self, password: Secret) -> Result<String, ApiError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire()).await;
        let _turn = turn
            .map_err(|_| ApiError::unavailable())?
            .map_err(ApiError::internal)?;
        let hasher = Self::new(self.secrets.clone());
        web::block(move || hasher.hash(&password))
            .await
            .map_err(ApiError::internal)?
            .map_err(ApiError::Internal)
    }

    fn nobody(&self) -> Result<Arc<str>, ApiError> {
        if let Some(nobody) = self.nobody.get() {
            return Ok(nobody.clone());
        }
        let hash = self
            .hash(&Secret::new("nobody"))
            .map_err(ApiError::internal)?;
        Ok(self.nobody.get_or_init(|| Arc::from(hash)).clone())
    }
}

/// What is wrong with a password for somebody who is known by these words: it
/// is too short or long, or among the first that anybody would try.
pub fn complaint(password: &Secret, known: &[&str]) -> Option<String> {
    let text = password.expose();
    let length = text.chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        return Some(format!("must have {MIN_LENGTH} to {MAX_LENGTH} characters"));
    }
    let parts = known
        .iter()
        .flat_map(|words| words.split(['@', ' ']).chain([*words]));
    let known: Vec<String> = parts.map(str::to_lowercase).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let easy = zxcvbn::zxcvbn(text, &known).score() < zxcvbn::Score::Three;
    easy.then(|| "is too easy to guess".to_owned())
}

/// What is stored of a password that somebody has chosen, unless it is a bad one.
pub async fn check_strength(
    app: &App,
    password: Secret,
    known: &[&str],
) -> Result<String, ApiError> {
    match complaint(&password, known) {
        Some(complaint) => Err(ApiError::field("password", complaint)),
        None => app.passwords.store(password).await,
    }
}

fn matches(password: &Secret, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|stored| {
        Argon2::default()
            .verify_password(password.expose().as_bytes(), &stored)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_would_try_is_no_password() {
        let known = ["siti@al-barokah.example", "Siti Aminah", "Al-Barokah"];
        let complaint = |text: &str| complaint(&Secret::new(text), &known);
        for bad in [
            "short",
            "password1234",
            "123456789012",
            "qwertyuiopas",
            "aaaaaaaaaaaaaaa",
            "siti@al-barokah.example",
            &"a".repeat(129),
        ] {
            assert!(complaint(bad).is_some(), "{bad}");
        }
        assert_eq!(complaint("kuda-laut-menari-pelan"), None);
        assert_eq!(complaint(&Secrets::seeded(1).password()), None);
    }

    #[test]
    fn a_password_matches_its_hash_only() {
        let stored = Passwords::new(Secrets::seeded(1))
            .hash(&Secret::new("a long password"))
            .unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(matches(&Secret::new("a long password"), &stored));
        assert!(!matches(&Secret::new("a long passwore"), &stored));
        assert!(!matches(&Secret::new("a long password"), "not a hash"));
    }
}
