//! What tests are written with: the program, its database, and clients.

pub mod app;
pub mod client;
pub mod fixture;
pub mod season;

pub use app::TestApp;
