//! What the program prints, and where that goes.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use super::{create, program};

/// Runs it with a reader that went away before anything was printed; answers standard error.
fn unheard(arguments: &[&str]) -> String {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program().args(arguments).stdout(writer).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn a_reader_who_went_away_ends_it_quietly() {
    assert_eq!(unheard(&["openapi"]), "");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(create(&data).status.success());
    assert_eq!(unheard(&["restore", "--data", data.to_str().unwrap()]), "");
}

#[test]
fn the_log_has_no_colour_where_no_terminal_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    let mut serving = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(serving.stderr.take().unwrap());
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    serving.kill().unwrap();
    serving.wait().unwrap();
    log.read_to_string(&mut line).unwrap();
    assert!(line.contains("serving") && !line.contains('\u{1b}'), "{line:?}");
}
