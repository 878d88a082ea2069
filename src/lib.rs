//! Lajur: a realtime server for organisations that move many people or
//! batches through stages under deadlines. `docs/ARCHITECTURE.md` is the map.
//!
//! Imports run one way: `http → actors → db`; all may use `domain`, which uses
//! nothing of ours and does no I/O.

pub mod actors;
pub mod clock;
pub mod domain;
pub mod importing;
pub mod spreadsheet;
