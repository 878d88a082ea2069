//! The actors, and the handles by which the rest of the program talks to them.
//! Addresses stay in here; outside there are async methods.
//!
//! The way of a command: `handle` → `stage` (checks tasks) → `tenant` (decides
//! what follows, numbers it) → `journal` (writes it, with those of all tenants)
//! → back to the tenant, which publishes the new view and answers.

mod deadlines;
pub mod handle;
pub mod journal;
mod keys;
pub mod node;
pub mod registry;
mod stage;
mod sweeper;
mod tenant;
#[cfg(test)]
mod tests;
