//! The one integration binary: each test starts the real server on a free port
//! with a database of its own. `support` has what tests are written with.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends there"
)]

mod support;

mod access;
mod access_commands;
mod access_race;
mod accounts;
mod alerts;
mod api_keys;
mod attacks;
mod attacks_wire;
mod audit;
mod audit_events;
mod auth;
mod bottleneck_alerts;
mod cache;
mod chaos;
mod chaos_commit;
mod chaos_redis;
mod crash;
mod deploy;
mod errors;
mod exports;
mod hardening;
mod health;
mod imports;
mod isolation;
mod jamaah;
mod limited_roles;
mod limits;
mod limits_shared;
mod login_throttle;
mod mail;
mod matrix;
mod metrics;
mod monitoring;
mod openapi;
mod outage;
mod pages;
mod pages_bootstrap;
mod pipeline_archive;
mod pipeline_bulk;
mod pipeline_comments;
mod pipeline_departures;
mod pipeline_health;
mod pipeline_permissions;
mod pipeline_queue;
mod pipeline_stages;
mod pipeline_tasks;
mod production;
mod race;
mod realtime;
mod realtime_docs;
mod realtime_hostile;
mod realtime_nodes;
mod reporting;
mod roles;
mod sdk;
mod season;
mod sessions;
mod tasks;
mod tls;
mod users;
