//! Where the built programs lie.

use std::path::{Path, PathBuf};

/// The sync server: `GATE_TESTS_SERVER`, else where cargo puts it.
pub fn server() -> PathBuf {
    find("GATE_TESTS_SERVER", "gatehouse-server", "target")
}

/// The kiosk's command line: `GATE_TESTS_GATECTL`, else where cargo puts it.
pub fn gatectl() -> PathBuf {
    find("GATE_TESTS_GATECTL", "gatectl", "kiosk/target")
}

/// The kiosk's window: `GATE_TESTS_DESKTOP`, else where cargo puts it.
pub fn desktop() -> PathBuf {
    find("GATE_TESTS_DESKTOP", "gatehouse-kiosk-desktop", "kiosk/target")
}

/// The library that makes a camera of a file, to preload.
pub fn camera_shim() -> &'static Path {
    Path::new(env!("V4L_SHIM"))
}

/// The repository's folder.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn find(variable: &str, name: &str, target: &str) -> PathBuf {
    if let Some(told) = std::env::var_os(variable) {
        return told.into();
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join(target), PathBuf::from);
    let built = target.join("debug").join(name);
    assert!(built.exists(), "{} is not built: `scripts/test programs` builds it first", built.display());
    built
}
