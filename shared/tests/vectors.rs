//! This implementation against the golden vectors under `tests/vectors`.

#[path = "vectors/cases.rs"]
mod cases;

use std::{fs, path::Path};

#[test]
fn the_files_hold_what_this_implementation_computes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    for (name, computed) in cases::files() {
        let text = fs::read_to_string(folder.join(name)).expect("a committed file of vectors");
        let committed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(committed, computed, "{name}");
    }
}
