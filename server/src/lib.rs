//! Terrein: the map, memory and meeting point of collaboration on Dutch business parks. One binary: the graph, tiles, sign-in, the app
//! and background work over PostGIS. Slices (one folder a subject) own their tables, reads, rules and graph types; transports hold no
//! rules; what a caller may see lives in the database.

pub mod access;
pub mod app;
pub mod audit;
pub mod backdrop;
pub mod building;
pub mod commands;
pub mod company;
pub mod config;
pub mod conversation;
pub mod demo;
pub mod error;
pub mod feed;
pub mod files;
pub mod http;
pub mod infrastructure;
pub mod issue;
pub mod jobs;
pub mod listing;
pub mod loader;
pub mod mail;
pub mod observation;
pub mod packs;
pub mod photo;
pub mod plot;
pub mod provenance;
pub mod schema;
pub mod terrain;
pub mod texts;
pub mod tiles;
pub mod vocabulary;
pub mod voice_note;
