//! Ids and chance that are the same on every machine: both come from a hash of a stable name.

use uuid::{Builder, Uuid};

/// The instant in every demo id, 2026-01-05 08:00 UTC in milliseconds: the ids have the layout of version 7, so that they sort among
/// real ones, and never move.
const MADE_AT_MS: u64 = 1_767_600_000_000;

/// The id of a demo row by its kind and name, e.g. `id("plot", "HGW00-C-1204")`.
pub fn id(kind: &str, name: &str) -> Uuid {
    let hash = digest(kind, name);
    let mut random = [0_u8; 10];
    random.copy_from_slice(&hash[..10]);
    Builder::from_unix_timestamp_millis(MADE_AT_MS, &random).into_uuid()
}

/// A number in 0.0..1.0 that belongs to this name: what makes two halls differ without a random generator.
pub fn chance(kind: &str, name: &str) -> f64 {
    let hash = digest(kind, name);
    f64::from(u16::from_be_bytes([hash[30], hash[31]])) / 65_536.0
}

fn digest(kind: &str, name: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"terrein demo\0");
    hasher.update(kind.as_bytes());
    hasher.update(b"\0");
    hasher.update(name.as_bytes());
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_every_time_and_says_version_seven() {
        let first = id("plot", "HGW00-C-1204");
        assert_eq!(first, id("plot", "HGW00-C-1204"));
        assert_ne!(first, id("building", "HGW00-C-1204"));
        assert_eq!(first.get_version_num(), 7);
    }
}
