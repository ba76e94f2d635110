//! The master key of data that is there already.

use super::{create, failure, program};

#[test]
fn over_data_whose_key_is_missing_no_new_one_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let key = folder.path().join("data.master-key");
    assert!(create(&data).status.success());
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let said = failure(&create(&data));
    assert!(said.contains(key.to_str().unwrap()) && said.contains("missing"), "{said}");
    assert!(!key.exists(), "a new key would open nothing");
    std::fs::write(&key, kept).unwrap();
    assert!(create(&data).status.success());
}

#[test]
fn a_key_of_other_data_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    assert!(create(&data).status.success() && create(&other).status.success());
    std::fs::copy(folder.path().join("other.master-key"), folder.path().join("data.master-key")).unwrap();
    let said = failure(&create(&data));
    assert!(said.contains("another master key"), "{said}");
}

#[test]
fn a_data_folder_that_is_where_one_stands_has_its_key_outside() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let made = program().args(["demo", "--data", "."]).current_dir(&data).output().unwrap();
    assert!(made.status.success());
    assert!(folder.path().join("data.master-key").exists());
    let inside = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name());
    let keys = inside.filter(|name| name.to_string_lossy().contains("master-key"));
    assert_eq!(keys.count(), 0);
}
