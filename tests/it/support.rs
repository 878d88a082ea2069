//! What tests are written with: the program, its database, and clients.

pub mod app;
pub mod check;
pub mod check_access;
pub mod check_requests;
pub mod check_tables;
pub mod client;
pub mod event_stream;
pub mod fixture;
pub mod load;
pub mod load_calls;
pub mod load_readers;
pub mod load_season;
pub mod manifest;
pub mod neighbours;
pub mod pages;
pub mod prometheus;
pub mod proxy;
pub mod receiver;
pub mod sdk;
pub mod season;
pub mod server;
pub mod socket;

pub use app::TestApp;
