//! Configuration, one struct per section: the defaults below, then
//! `lajur.toml` (or the file named by `LAJUR_CONFIG`), then the environment.
//!
//! Every key has the variable `LAJUR_SECTION__KEY`; a few have a plain name
//! too (see [`PLAIN_NAMES`]), which wins. A new key is a field with a default
//! and a doc comment, a line in `lajur.example.toml` (a test compares), and a
//! check in its section's `validate` where not every value makes sense.

pub mod actors;
pub mod auth;
pub mod database;
pub mod http;
pub mod limits;
pub mod log;
pub mod mail;
pub mod metrics;
pub mod realtime;
pub mod redis;
pub mod reporting;
pub mod secret;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

/// Variables without a section in their name, and the keys they set.
pub const PLAIN_NAMES: [(&str, &str); 6] = [
    ("DATABASE_URL", "database.url"),
    ("REDIS_URL", "redis.url"),
    ("LAJUR_HTTP_ADDR", "http.addr"),
    ("LAJUR_METRICS_ADDR", "metrics.addr"),
    ("LAJUR_MODE", "mode"),
    ("LAJUR_RATE_LIMITS", "limits.rate_limits"),
];

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `LAJUR_MODE`, default `development`: `production` refuses settings that
    /// are only safe on a developer's machine.
    pub mode: Mode,
    pub http: http::Http,
    pub metrics: metrics::Metrics,
    pub database: database::Database,
    pub redis: redis::Redis,
    pub actors: actors::Actors,
    pub auth: auth::Auth,
    pub mail: mail::Mail,
    pub realtime: realtime::Realtime,
    pub limits: limits::Limits,
    pub log: log::Log,
    pub reporting: reporting::Reporting,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    Development,
    Production,
}

/// What is wrong with the configuration: one line per key, each starting with
/// the key's path.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not valid:\n  {}", .0.join("\n  "))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads the file (which may be absent unless it was asked for by name)
    /// and the environment, and checks the result.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        figment = match file {
            Some(path) => figment.merge(Toml::file_exact(path)),
            None => figment.merge(Toml::file(PathBuf::from("lajur.toml"))),
        };
        figment = figment.merge(
            Env::prefixed("LAJUR_")
                .filter(|key| key.as_str().contains("__"))
                .split("__"),
        );
        for (variable, key) in PLAIN_NAMES {
            figment = figment.merge(
                Env::raw()
                    .filter(move |name| name == variable)
                    .map(move |_| key.into())
                    .split("."),
            );
        }
        Self::from_figment(&figment)
    }

    /// From TOML text alone, on top of the defaults.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::from_figment(
            &Figment::from(Serialized::defaults(Self::default())).merge(Toml::string(text)),
        )
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        let config: Self = figment.extract().map_err(|error| {
            ConfigError(
                error
                    .into_iter()
                    .map(|error| format!("{}: {error}", error.path.join(".")))
                    .collect(),
            )
        })?;
        config.validate()?;
        Ok(config)
    }

    /// Everything that the types alone do not say.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let mut wrong = Vec::new();
        self.http.validate(self.mode, &mut wrong);
        self.database.validate(&mut wrong);
        self.redis.validate(&mut wrong);
        self.actors.validate(&mut wrong);
        self.auth.validate(&mut wrong);
        self.mail.validate(self.mode, &mut wrong);
        self.realtime.validate(&mut wrong);
        self.log.validate(&mut wrong);
        self.reporting.validate(&mut wrong);
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(ConfigError(wrong))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `# key = value` becomes `key = value`; prose stays a comment.
    fn uncommented(example: &str) -> String {
        example
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(setting)
                    if setting
                        .split_once(" = ")
                        .is_some_and(|(key, _)| !key.contains(' ')) =>
                {
                    setting
                }
                _ => line,
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn keys(config: &Config) -> Vec<String> {
        let tree = serde_json::to_value(config).unwrap();
        let mut keys = Vec::new();
        for (name, value) in tree.as_object().unwrap() {
            match value.as_object() {
                Some(section) => keys.extend(section.keys().cloned()),
                None => keys.push(name.clone()),
            }
        }
        keys
    }

    #[test]
    fn the_example_shows_every_key_with_its_default() {
        let example = include_str!("../lajur.example.toml");
        assert_eq!(
            Config::from_toml(example).unwrap(),
            Config::default(),
            "the example as it is changes nothing"
        );
        for key in keys(&Config::default()) {
            assert!(
                example.contains(&format!("\n# {key} = ")),
                "{key} is not in the example"
            );
        }
        let mut shown = Config::from_toml(&uncommented(example)).unwrap();
        // these have no default and are shown with an example
        shown.mail.smtp_url = None;
        shown.mail.public_url = None;
        shown.database.url = None;
        shown.redis.url = None;
        shown.reporting.sentry_dsn = None;
        shown.reporting.otlp_url = None;
        shown.http.public_url = None;
        shown.http.tls_cert = None;
        shown.http.tls_key = None;
        assert_eq!(shown, Config::default());
    }

    #[test]
    fn a_wrong_key_is_named_with_its_path() {
        let error = Config::from_toml("[http]\nworkers = 0\nbody_limit_bytes = 1").unwrap_err();
        assert_eq!(error.0.len(), 2);
        assert!(error.0[0].starts_with("http.workers: "), "{error}");
        assert!(error.0[1].starts_with("http.body_limit_bytes: "), "{error}");
        let error = Config::from_toml("[http]\nworkers = \"many\"").unwrap_err();
        assert!(error.0[0].starts_with("http.workers: "), "{error}");
        let error = Config::from_toml("[htp]\nworkers = 2").unwrap_err();
        assert!(error.to_string().contains("htp"), "{error}");
    }

    #[test]
    fn production_insists_on_secure_cookies() {
        let error = Config::from_toml("mode = \"production\"").unwrap_err();
        assert!(
            error
                .0
                .iter()
                .any(|line| line.starts_with("http.secure_cookies: ")),
            "{error}"
        );
    }

    #[test]
    fn a_secret_is_not_shown() {
        let config =
            Config::from_toml("[database]\nurl = \"postgres://lajur:hush@localhost/lajur\"")
                .unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }
}
