//! What can be asked.

use gatehouse::id::VisitorId;
use serde::{Deserialize, Serialize};

/// An order to a gate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// How the kiosk stands.
    Status,
    /// What a text is worth now; nothing is recorded.
    Check {
        /// The scanned text.
        text: String,
    },
    /// Somebody holds it before the camera: the gate's kind and the known stay say which way.
    Scan {
        /// The scanned text.
        text: String,
    },
    /// Which of several that are held up at once is to be scanned first.
    Gravest {
        /// The scanned texts.
        texts: Vec<String>,
    },
    /// Let its holder in if they may come in and are not known to be inside.
    Admit {
        /// The scanned text.
        text: String,
    },
    /// The asks that are open here: the tray's cards.
    Asks,
    /// Let somebody in whose household approved.
    LetIn {
        /// The ask: the visit that begins.
        visit: VisitorId,
    },
    /// Let its holder out.
    Exit {
        /// The scanned text.
        text: String,
    },
    /// Let somebody out who is on the list.
    Leave {
        /// The visit.
        visit: VisitorId,
    },
    /// What six digits for a unit are worth now; a wrong code is charged.
    Code {
        /// The unit's label or id.
        unit: String,
        /// Six digits.
        digits: String,
        /// Whether to let in and record.
        admit: bool,
    },
    /// Add a picture to a visit that is not over.
    Photo {
        /// The visit.
        visit: VisitorId,
        /// A small JPEG, in base64.
        jpeg: String,
    },
    /// Send what waits and fetch what is new.
    Sync,
    /// Check the journal's chain.
    JournalVerify,
    /// Give the journal out.
    JournalExport,
}

impl std::fmt::Debug for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Status => "Status",
            Self::Check { .. } => "Check",
            Self::Scan { .. } => "Scan",
            Self::Gravest { .. } => "Gravest",
            Self::Admit { .. } => "Admit",
            Self::Asks => "Asks",
            Self::LetIn { .. } => "LetIn",
            Self::Exit { .. } => "Exit",
            Self::Leave { .. } => "Leave",
            Self::Code { .. } => "Code",
            Self::Photo { .. } => "Photo",
            Self::Sync => "Sync",
            Self::JournalVerify => "JournalVerify",
            Self::JournalExport => "JournalExport",
        })
    }
}
