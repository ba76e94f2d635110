//! Running a program that takes secrets on its standard input and gives them on its standard output.

use std::{
    ffi::OsStr,
    io::{self, Read, Write},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

use crate::time::micros;

/// How much of what a program says on standard error is repeated.
const SAID: usize = 300;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Why a program did not do what it was run for.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It is not installed.
    #[error("the program is not installed")]
    Missing,
    /// It could not be run, or not be talked to.
    #[error("the program cannot be run")]
    Run(#[source] io::Error),
    /// It did not end in time and was ended.
    #[error("the program did not end within {0:?}")]
    TimedOut(Duration),
    /// It said no.
    #[error("the program said no: {0}")]
    Failed(String),
}

/// Runs `program` with `input` and gives its output. Neither is ever an argument, nor told to anybody else.
pub(super) fn run(
    program: &OsStr,
    words: &[&str],
    input: &[u8],
    bound: Duration,
) -> Result<Zeroizing<Vec<u8>>, ProgramError> {
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ProgramError::Missing,
            _ => ProgramError::Run(error),
        })?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(mut stdout), Some(mut stderr)) = pipes else {
        return Err(ProgramError::Run(io::ErrorKind::BrokenPipe.into()));
    };
    thread::scope(|scope| {
        scope.spawn(move || {
            // One that does not read says why on its standard error.
            drop(stdin.write_all(input));
        });
        let output = scope.spawn(move || {
            let mut output = Zeroizing::new(Vec::with_capacity(16_384));
            stdout.read_to_end(&mut output).map(|_| output)
        });
        let said = scope.spawn(move || {
            let mut said = Vec::new();
            drop(stderr.read_to_end(&mut said));
            String::from_utf8_lossy(&said).into_owned()
        });
        let give_up = micros() + u64::try_from(bound.as_micros()).unwrap_or(u64::MAX);
        let status = loop {
            match child.try_wait().map_err(ProgramError::Run)? {
                Some(status) => break Some(status),
                None if micros() > give_up => {
                    drop(child.kill());
                    child.wait().map_err(ProgramError::Run)?;
                    break None;
                }
                None => thread::sleep(BETWEEN_LOOKS),
            }
        };
        let output = output.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let said = said.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match status {
            None => Err(ProgramError::TimedOut(bound)),
            Some(status) if status.success() => output.map_err(ProgramError::Run),
            Some(_) => Err(ProgramError::Failed(last(&said))),
        }
    })
}

/// The end of what was said: there the reason stands.
fn last(said: &str) -> String {
    let said: Vec<char> = said.trim().chars().collect();
    said[said.len().saturating_sub(SAID)..].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: Duration = Duration::from_secs(30);

    fn sh(script: &str, bound: Duration) -> Result<Zeroizing<Vec<u8>>, ProgramError> {
        run(OsStr::new("sh"), &["-c", script], b"secret", bound)
    }

    #[test]
    fn input_goes_in_and_output_comes_out_by_pipes() {
        assert_eq!(*sh("cat", BOUND).unwrap(), b"secret");
    }

    #[test]
    fn each_way_to_fail_is_its_own_error() {
        let missing = run(OsStr::new("no-such-program-here"), &[], b"", BOUND);
        assert!(matches!(missing, Err(ProgramError::Missing)));
        match sh("echo why >&2; exit 3", BOUND) {
            Err(ProgramError::Failed(said)) => assert_eq!(said, "why"),
            other => panic!("{other:?}"),
        }
        let hung = sh("exec tail -f /dev/null", Duration::from_millis(50));
        assert!(matches!(hung, Err(ProgramError::TimedOut(_))));
    }
}
