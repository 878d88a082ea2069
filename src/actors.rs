//! The actors, and the handles by which the rest of the program talks to them.

pub mod handle;
