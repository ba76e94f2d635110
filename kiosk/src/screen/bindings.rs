//! The window's TypeScript types, generated from this module's, must be the committed ones.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ts_rs::{Config, TS};

use super::{Look, Screen, Seen, Touch, TouchError};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../kiosk-ui/src/lib/backend/bindings")
}

fn write_to(dir: &Path) {
    let config = Config::new().with_out_dir(dir).with_large_int("number");
    Screen::export_all(&config).unwrap();
    Touch::export_all(&config).unwrap();
    TouchError::export_all(&config).unwrap();
    Look::export_all(&config).unwrap();
    Seen::export_all(&config).unwrap();
}

fn files(dir: &Path) -> BTreeMap<String, String> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn bindings_are_the_committed_ones() {
    if std::env::var_os("GATEHOUSE_WRITE_BINDINGS").is_some() {
        if committed().exists() {
            fs::remove_dir_all(committed()).unwrap();
        }
        write_to(&committed());
    }
    let fresh = tempfile::tempdir().unwrap();
    write_to(fresh.path());
    assert_eq!(
        files(&committed()),
        files(fresh.path()),
        "the window's types differ: GATEHOUSE_WRITE_BINDINGS=1 cargo test -p gatehouse-kiosk bindings"
    );
}
