//! Passwords: Argon2id, off the threads that answer requests.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::web;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::config::secret::Secret;
use crate::error::ApiError;
use crate::secrets::Secrets;

/// Shorter passwords are not accepted when they are set.
pub const MIN_LENGTH: usize = 10;
/// Longer ones neither: hashing them costs.
pub const MAX_LENGTH: usize = 256;

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
