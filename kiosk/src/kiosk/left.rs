//! What a stolen kiosk leaves behind: its journal, sealed to its server, and where that server is. Whoever holds the
//! disk can hand it in and cannot read it.
//!
//! What waited to be sent is handed in first. What was sent before is sealed as well, as far as it is still held: a
//! server that was put back to an older copy lacks it, and takes nothing that does not follow on what it has.

use std::sync::Arc;

use gatehouse::{
    cbor::{self, CborError},
    enrol::{AddressError, ServerAddress},
    hash::Hash,
    journal::outbox::{Life, Outbox},
    keys::SealError,
    sync::{SealedUpload, UploadAnswer, UploadOutcome},
    time::Clock,
};
use minicbor::{Decode, Encode};

use crate::{
    enrol::Trusted,
    entropy::SystemEntropy,
    folder::{Folder, FolderError},
    journal::JournalError,
    kiosk::Gate,
    net::{Client, NetTrouble, Trust},
};

const FILE: &str = "journal.sealed";
const ROUTE: &str = "/sync/journal/sealed";

/// A sealed journal and its way home.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Left {
    #[n(0)]
    server: String,
    #[n(1)]
    pin: Option<Hash>,
    /// How many events in it were not sent yet.
    #[n(2)]
    pub events: u64,
    #[n(3)]
    waiting: Vec<SealedUpload>,
    #[n(4)]
    sent: Vec<SealedUpload>,
}

/// Why a journal was not sealed, or what is sealed was not handed in.
#[derive(Debug, thiserror::Error)]
pub enum LeftError {
    /// The journal cannot be read.
    #[error("the journal cannot be read")]
    Journal(#[from] JournalError),
    /// The key to seal to is none.
    #[error("the server's key to seal to is none")]
    Seal(#[from] SealError),
    /// The folder failed.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The file is damaged.
    #[error("the sealed journal is damaged")]
    Damaged(#[from] CborError),
    /// The server's address is none.
    #[error("the server's address does not hold")]
    Address(#[from] AddressError),
    /// The server was not reached, or refused.
    #[error(transparent)]
    Net(#[from] NetTrouble),
    /// The server lacks what came before, or does not believe it.
    #[error("the server did not take it: {0:?}")]
    NotTaken(UploadOutcome),
}

impl Left {
    /// Seals the journal.
    pub(super) fn of(gate: &Gate) -> Result<Self, LeftError> {
        let (journal, trusted) = (gate.desk.journal(), gate.trusted());
        let membership = &trusted.membership;
        journal.release();
        let (server, pin) = (membership.server_text().to_owned(), membership.pin);
        let mut left = Self { server, pin, events: 0, waiting: Vec::new(), sent: Vec::new() };
        for life in journal.outbox()?.lives.iter().filter(|life| life.is_sent()) {
            let after = life.send_after();
            left.sent.extend(seal(gate, &trusted, life, life.oldest - 1, after)?);
            left.waiting.extend(seal(gate, &trusted, life, after, life.head.seq)?);
            left.events += life.waiting();
        }
        Ok(left)
    }

    /// Keeps it in the folder; nothing where nothing waited.
    pub(super) fn keep(&self, folder: &Folder) -> Result<(), LeftError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        Ok(folder.replace(FILE, &cbor::to_vec(self))?)
    }

    /// What lies in the folder, if anything was left there.
    pub fn load(folder: &Folder) -> Result<Option<Self>, LeftError> {
        folder.read(FILE)?.map(|bytes| Ok(cbor::from_slice(&bytes)?)).transpose()
    }

    /// Hands all of it in, and then lets go of it. Handing the same in again changes nothing.
    pub async fn hand_in(&self, folder: &Folder, clock: Arc<dyn Clock>) -> Result<(), LeftError> {
        let address: ServerAddress = self.server.parse()?;
        let trust = self.pin.map_or(Trust::Authorities, Trust::Pinned);
        let client = Client::new(address, trust, clock)?;
        match hand_in(&client, &self.waiting).await {
            Err(LeftError::NotTaken(UploadOutcome::Gap)) => {
                hand_in(&client, &self.sent).await?;
                hand_in(&client, &self.waiting).await?;
            }
            handed_in => handed_in?,
        }
        Ok(folder.remove(FILE)?)
    }
}

async fn hand_in(client: &Client, uploads: &[SealedUpload]) -> Result<(), LeftError> {
    for upload in uploads {
        let answer: UploadAnswer = client.open_cbor(ROUTE, cbor::to_vec(upload)).await?;
        match answer.outcome {
            UploadOutcome::Appended | UploadOutcome::Fork(_) => {}
            refused => return Err(LeftError::NotTaken(refused)),
        }
    }
    Ok(())
}

/// A life's events behind `from`, up to `to`.
fn seal(
    gate: &Gate,
    trusted: &Trusted,
    life: &Life,
    mut from: u64,
    to: u64,
) -> Result<Vec<SealedUpload>, LeftError> {
    let mut uploads = Vec::new();
    while from < to {
        let limit = Outbox::BATCH.min(usize::try_from(to - from).unwrap_or(Outbox::BATCH));
        let batch = gate.desk.journal().batch(life.incarnation(), from, limit)?;
        if batch.events.is_empty() {
            break;
        }
        from += batch.events.len() as u64;
        let upload = batch.upload(trusted.membership.kiosk, 0);
        uploads.push(SealedUpload::seal(&upload, &trusted.statement.seal_key, &mut SystemEntropy)?);
    }
    Ok(uploads)
}
