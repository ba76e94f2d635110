//! The connection to the server, and the page that tells all about it.

use gatehouse::time::UnixMs;
use serde::Serialize;
use ts_rs::TS;

use super::Camera;
use crate::keys::Holder;

/// The connection, and what waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Link {
    /// Whether the server is heard.
    pub contact: Contact,
    /// Events not yet acknowledged by the server.
    pub waiting: u32,
    /// As of when this kiosk's copy of the community is known to be whole.
    pub list_as_of: Option<UnixMs>,
    /// How that age counts.
    pub freshness: Freshness,
}

/// Whether the server is heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Contact {
    /// Heard within the last 12 seconds.
    Online {
        /// Since when without a break.
        since: UnixMs,
    },
    /// Not heard.
    Offline {
        /// Since when; `None`: never heard since the start.
        since: Option<UnixMs>,
    },
}

/// How old what the kiosk knows is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Under 15 minutes.
    Fresh,
    /// Under 24 hours.
    Aged,
    /// Under 14 days.
    Stale,
    /// Older.
    Expired,
}

/// How sure the time is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum TimeTrust {
    /// Set by the server.
    Trusted {
        /// The most it can be wrong by, in milliseconds.
        within_ms: u32,
    },
    /// Not known well enough to refuse anybody by.
    Unsure,
}

/// Who keeps the keys of the kiosk's databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyKeeping {
    /// The machine's TPM.
    Tpm,
    /// The desktop's Secret Service.
    SecretService,
    /// The machine's own secret, on the same disk: whoever takes the whole disk has them.
    Host,
    /// A file only its owner can read: whoever takes the disk has them.
    File,
}

impl From<Holder> for KeyKeeping {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::Tpm => Self::Tpm,
            Holder::SecretService => Self::SecretService,
            Holder::Host => Self::Host,
            Holder::File => Self::File,
        }
    }
}

/// All about the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SyncPage {
    /// The connection in short.
    pub link: Link,
    /// Events acknowledged by the server in this journal's life.
    pub sent: u32,
    /// When the oldest event that waits was recorded.
    pub oldest_waiting: Option<UnixMs>,
    /// When the server was last heard.
    pub last_contact: Option<UnixMs>,
    /// How sure the time is.
    pub time: TimeTrust,
    /// The camera.
    pub camera: Camera,
    /// Room left on the disk, in mebibytes.
    pub disk_free_mib: u32,
    /// Who keeps the keys.
    pub keys: KeyKeeping,
    /// The server's address.
    pub server: String,
    /// This kiosk's short number, as it is spoken in spoken approvals.
    pub kiosk_number: String,
    /// This program's version.
    pub version: String,
}
