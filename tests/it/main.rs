//! Integration tests: one binary, one file a slice, everything by the front door.

mod terrain;
