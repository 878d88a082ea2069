//! The rules, pure: state + command + now → changes or a refusal. No I/O, no
//! actors, no clock; everything here is property-tested beside the code.

pub mod access;
pub mod audit;
pub mod ids;
pub mod limits;
pub mod manifest;
pub mod pipeline;
pub mod principal;
pub mod reach;
pub mod roles;
pub mod time;
