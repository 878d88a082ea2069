//! The actors, and the handles by which the rest of the program talks to them.
//! Addresses stay in here; outside there are async methods.
//!
//! The way of a command: `handle` → `stage` (checks tasks) → `tenant` (decides
//! what follows, numbers it) → `journal` (writes it, with those of all tenants)
//! → back to the tenant, which publishes the new view and answers. What is
//! committed goes to the `feed`, from which sessions read, and over the `relay`
//! to other nodes.

pub mod audience;
mod deadlines;
pub mod feed;
pub mod handle;
mod heads;
pub mod journal;
mod keys;
pub mod node;
pub mod pulse;
pub mod registry;
pub mod relay;
pub mod session;
mod stage;
mod sweeper;
mod tenant;
#[cfg(test)]
mod tests;
