//! Integration tests: one binary, one file a slice, everything by the front door.

mod access;
mod doors;
mod feed;
mod geodata;
mod issue;
mod matrix;
mod terrain;
