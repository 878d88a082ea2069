//! Who asks, and what they may: API keys as bearer tokens, browser sessions in
//! a cookie with a CSRF token beside it.
//!
//! A handler that takes [`authorized::Authorized`] cannot run without the
//! permission in its type, and has no other way to a tenant.

pub mod accounts;
pub mod authorized;
pub mod caller;
pub mod credential;
pub mod forgotten;
pub mod joining;
pub mod login;
pub mod me;
pub mod needs;
pub mod opening;
pub mod password;
pub mod resolver;
pub mod tokens;
