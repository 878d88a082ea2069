//! Lajur: a realtime server for organisations that move many people or
//! batches through stages under deadlines. `docs/ARCHITECTURE.md` is the map.
//!
//! Imports run one way: `http → actors → db`; all may use `domain`, which uses
//! nothing of ours and does no I/O.

pub mod actors;
pub mod app;
pub mod cache;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod domain;
pub mod error;
pub mod exporting;
pub mod http;
pub mod importing;
pub mod logging;
pub mod mail;
pub mod metrics;
pub mod realtime;
pub mod reporting;
pub mod secrets;
pub mod seed;
pub mod spreadsheet;
pub mod trace;
