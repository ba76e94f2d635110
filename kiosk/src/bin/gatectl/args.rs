//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use gatehouse::{code::SixDigits, id::VisitorId};
use gatehouse_kiosk::keys::{Holder, Wish};

const EXIT_CODES: &str = "Exit codes:
  0   done; of a verdict: ADMIT or EXIT
  1   something failed
  2   the command line cannot be read
  3   this kiosk is not enrolled, or is already, or was just ended by its community
  4   another process owns the data folder and does not answer for two seconds; for keys and journal hand-in, owns it
  5   the server was not reached, or not in time
  6   the journal does not verify
  7   there is no code in the picture
  8   what was named is not there
  9   the one-time code is not taken: mistyped, wrong, used or too old
  10  ASK_RESIDENT
  11  STEP_UP, IN_OR_OUT or ALREADY_IN
  12  codes rest for a moment, after too many wrong ones
  20  REFUSE";

/// A gate's kiosk without its window: enrol it, check passes and codes, let in and out, look after its
/// journal.
#[derive(Debug, Parser)]
#[command(name = "gatectl", version, after_help = EXIT_CODES)]
pub struct Gatectl {
    /// The kiosk's data folder, made if it is not there. A window that is open on it is asked instead.
    #[arg(
        long,
        global = true,
        env = "GATEHOUSE_KIOSK_DATA",
        default_value = "kiosk-data",
        value_name = "DIR"
    )]
    pub data: PathBuf,
    /// Answer with JSON, one object a line.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Make this kiosk one of a community's, and load what it needs.
    Enrol(EnrolArgs),
    /// Say how the kiosk stands.
    Status,
    /// Say what a pass is worth now for coming in, by what the last sync brought; an open window, or watch, keeps that
    /// fresh. Nothing is recorded. Leaving is never refused.
    Check(Shown),
    /// Verify a six-digit code for a unit. A wrong one is charged to the unit, as at the keypad.
    Code {
        /// The unit: its label, such as A-1203, or its id.
        unit: String,
        /// Six digits.
        digits: SixDigits,
        /// Let the holder in and record it.
        #[arg(long)]
        admit: bool,
    },
    /// List the asks that are open at this kiosk: its own, and those asked over the API for its gate.
    Asks,
    /// Let somebody in, if they may come in: a pass's holder, or the visitor of an ask that the household approved.
    Admit {
        /// A picture of a pass, or its text.
        #[arg(value_name = "IMAGE|TOKEN", required_unless_present = "visit")]
        shown: Option<String>,
        /// The visit of an open ask.
        #[arg(long, conflicts_with = "shown")]
        visit: Option<VisitorId>,
    },
    /// Let somebody out: a pass's holder, or a visit from the list.
    Exit {
        /// A picture of a pass, or its text.
        #[arg(value_name = "IMAGE|TOKEN", required_unless_present = "visit")]
        shown: Option<String>,
        /// A visit that is inside.
        #[arg(long, conflicts_with = "shown")]
        visit: Option<VisitorId>,
    },
    /// Treat the pictures of a folder as what the camera sees, those there now and those to come.
    Watch {
        /// The folder.
        #[arg(value_name = "DIR")]
        pictures: PathBuf,
        /// End when the pictures that are there now have been seen.
        #[arg(long)]
        once: bool,
    },
    /// Add a picture to a visit that is not over.
    Photo {
        /// The visit.
        #[arg(value_name = "VISIT")]
        visit: VisitorId,
        /// PNG or JPEG.
        #[arg(value_name = "IMAGE")]
        picture: PathBuf,
    },
    /// Send what waits and fetch what is new.
    Sync,
    /// Move the kiosk's keys to another holder. Its window has to be closed.
    Keys {
        /// tpm, secret-service, host (the machine's own secret, through systemd-creds) or file.
        #[arg(long, value_name = "HOLDER")]
        to: Holder,
    },
    /// Look after the journal.
    #[command(subcommand)]
    Journal(JournalTask),
    /// Read the codes in pictures. Needs no data folder.
    Decode {
        /// Treat the files as one camera's successive frames.
        #[arg(long)]
        sequence: bool,
        /// Pictures.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

/// What to do with the journal.
#[derive(Debug, Subcommand)]
pub enum JournalTask {
    /// Check places, hashes and signatures of every event.
    Verify,
    /// Hand in what a stolen kiosk had not sent and left sealed in its folder. Only its server can read it.
    HandIn,
    /// Give every event out as JSON lines, for others to check.
    Export {
        /// Where to; standard output without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Something held before the camera.
#[derive(Debug, Args)]
pub struct Shown {
    /// A picture of a pass, or its text.
    #[arg(value_name = "IMAGE|TOKEN")]
    pub shown: String,
}

/// By what a kiosk is enrolled.
#[derive(Debug, Args)]
pub struct EnrolArgs {
    /// The server's address.
    #[arg(long, value_name = "URL", required_unless_present = "invitation")]
    pub server: Option<String>,
    /// The one-time code.
    #[arg(long, required_unless_present = "invitation")]
    pub code: Option<String>,
    /// SHA-256 of the server's public key, 64 hex digits, where its certificate is its own.
    #[arg(long, value_name = "HEX")]
    pub pin: Option<gatehouse::hash::Hash>,
    /// SHA-256 of the community root's public key, 64 hex digits. Without it the root the server names is
    /// taken.
    #[arg(long, value_name = "HEX")]
    pub root: Option<gatehouse::hash::Hash>,
    /// The admin's QR in place of all these: a picture of it, or its text.
    #[arg(long, value_name = "IMAGE|TEXT", conflicts_with_all = ["server", "code", "pin", "root"])]
    pub invitation: Option<String>,
    /// Who is to hold the kiosk's keys: tpm, secret-service, host (the machine's own secret, through
    /// systemd-creds), file, or best: the TPM where there is one, else an open Secret Service, else a file.
    #[arg(long, env = "GATEHOUSE_KIOSK_KEYS", default_value = "best", value_name = "HOLDER")]
    pub keys: Wish,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Gatectl::command().debug_assert();
    }

    #[test]
    fn a_code_has_six_digits() {
        for digits in ["123", "abcdef", "1234567"] {
            let refused = Gatectl::try_parse_from(["gatectl", "code", "A-1203", digits]).unwrap_err();
            assert_eq!(refused.exit_code(), 2);
            assert!(refused.to_string().contains("six digits"), "{refused}");
        }
        assert!(Gatectl::try_parse_from(["gatectl", "code", "A-1203", "123 456"]).is_ok());
    }

    #[test]
    fn global_options_stand_on_either_side() {
        let before = Gatectl::try_parse_from(["gatectl", "--data", "d", "--json", "check", "GH1:X"]).unwrap();
        let after = Gatectl::try_parse_from(["gatectl", "check", "GH1:X", "--json", "--data", "d"]).unwrap();
        assert!(before.json && after.json);
        assert_eq!((before.data, after.data), ("d".into(), "d".into()));
    }
}
