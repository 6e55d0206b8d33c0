//! The app's own questions, known beforehand, go into the binary; without a built app there are none.

use std::path::Path;

fn main() {
    let list = Path::new("../pwa/src/api/generated/persisted.json");
    println!("cargo::rerun-if-changed={}", list.display());
    println!("cargo::rerun-if-changed=../pwa/dist");
    println!("cargo::rerun-if-changed=messages");
    let text = std::fs::read_to_string(list).unwrap_or_else(|_| "{}".to_owned());
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("persisted.json"), text).expect("OUT_DIR is writable");
}
