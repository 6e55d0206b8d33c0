//! What tests stand on: a database each, cloned from a migrated template on real PostGIS; the real server on a port of its own; people
//! as clients who come in by the front door.

pub mod app;
pub mod client;
pub mod database;
pub mod demo;

pub use app::TestApp;
pub use client::Client;
pub use database::TestDatabase;
