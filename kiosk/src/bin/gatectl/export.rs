//! The journal, written into a file: its lines and nothing else.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use gatehouse_kiosk::control::{Ending, Order};
use serde_json::{Value, json};

use crate::owner::{NoOwner, Owner};

/// Writes the journal of the kiosk at `data` into `out`.
pub fn run(data: &Path, out: &Path, say: &mut dyn FnMut(Value)) -> Result<Ending, NoOwner> {
    let mut owner = Owner::of(data)?;
    write(out, |line| owner.carry_out(&Order::JournalExport, line), say)
}

/// Writes what `export` gives line by line. Where it does not end well its last object is about that, and is said
/// instead; without a line before it there is no file.
fn write(
    out: &Path,
    export: impl FnOnce(&mut dyn FnMut(Value)) -> Result<Ending, NoOwner>,
    say: &mut dyn FnMut(Value),
) -> Result<Ending, NoOwner> {
    let at = |error: io::Error| NoOwner::at(out, &error);
    let mut lines = Lines { out, file: None, written: 0 };
    let (mut last, mut failed) = (None, Ok(()));
    let ending = export(&mut |line| {
        if let Some(before) = last.replace(line)
            && failed.is_ok()
        {
            failed = lines.add(&before);
        }
    })?;
    failed.map_err(at)?;
    if ending != Ending::Done {
        last.into_iter().for_each(say);
        lines.end().map_err(at)?;
        return Ok(ending);
    }
    last.iter().try_for_each(|line| lines.add(line)).map_err(at)?;
    lines.file().map_err(at)?;
    let written = lines.written;
    lines.end().map_err(at)?;
    say(json!({ "lines": written, "file": out.display().to_string() }));
    Ok(ending)
}

/// A file that is made for its first line.
struct Lines<'a> {
    out: &'a Path,
    file: Option<BufWriter<File>>,
    written: u64,
}

impl Lines<'_> {
    fn file(&mut self) -> io::Result<&mut BufWriter<File>> {
        if self.file.is_none() {
            self.file = Some(BufWriter::new(File::create(self.out)?));
        }
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn add(&mut self, line: &Value) -> io::Result<()> {
        writeln!(self.file()?, "{line}")?;
        self.written += 1;
        Ok(())
    }

    /// Has what was written last.
    fn end(self) -> io::Result<()> {
        let Some(file) = self.file else { return Ok(()) };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said and how it ends, where `lines` are exported and it ends so.
    fn written(out: &Path, lines: &[Value], ending: Ending) -> Vec<Value> {
        let mut said = Vec::new();
        let export = |line: &mut dyn FnMut(Value)| {
            lines.iter().cloned().for_each(line);
            Ok(ending)
        };
        let ended = write(out, export, &mut |one| said.push(one)).map_err(|error| error.words).unwrap();
        assert_eq!(ended, ending);
        said
    }

    #[test]
    fn a_kiosk_that_has_no_journal_to_give_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("journal.jsonl");
        let status = json!({ "window": true, "enrolled": false });
        assert_eq!(written(&out, std::slice::from_ref(&status), Ending::NotNow), [status]);
        assert!(!out.exists());
    }

    #[test]
    fn the_file_has_the_journals_lines_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("journal.jsonl");
        let (life, event, error) = (json!({ "life": 1 }), json!({ "event": 1 }), json!({ "error": "disk" }));
        assert_eq!(written(&out, &[life.clone(), event.clone()], Ending::Done)[0]["lines"], 2);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), format!("{life}\n{event}\n"));
        assert_eq!(written(&out, &[life.clone(), error.clone()], Ending::Failed), [error]);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), format!("{life}\n"));
        assert_eq!(written(&out, &[], Ending::Done)[0]["lines"], 0);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "");
    }
}
