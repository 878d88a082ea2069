//! The pipeline: jamaah move through stages towards a departure.
//!
//! The rows (`stage`, `departure`, `jamaah`, `instance`, `task`, `comment`,
//! `import`) are at once the state in memory, the bodies of REST and the
//! `after` of events. `state` holds them; `decide` turns commands into changes.

pub mod board;
pub mod bottleneck;
pub mod change;
pub mod command;
pub mod comment;
pub mod decide;
pub mod departure;
pub mod health;
pub mod import;
pub mod instance;
pub mod jamaah;
pub mod listing;
pub mod past;
pub mod readiness;
pub mod refusal;
pub mod stage;
pub mod standing;
pub mod state;
pub mod statistics;
pub mod status;
pub mod tallies;
pub mod task;
pub mod tenant;
pub mod transition;
pub mod view;
