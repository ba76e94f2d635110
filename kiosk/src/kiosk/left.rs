//! What a stolen kiosk leaves behind: all that it had not sent, sealed to its server, and where that server is.
//! Whoever holds the disk can hand it in and cannot read it.

use std::sync::Arc;

use gatehouse::{
    cbor::{self, CborError},
    enrol::{AddressError, ServerAddress},
    hash::Hash,
    id::IncarnationId,
    journal::outbox::Outbox,
    keys::SealError,
    sync::{SealedUpload, UploadAnswer, UploadOutcome},
    time::Clock,
};
use minicbor::{Decode, Encode};

use crate::{
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
    /// How many events are sealed in it.
    #[n(2)]
    pub events: u64,
    #[n(3)]
    uploads: Vec<SealedUpload>,
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
    /// Seals what waits to be sent.
    pub(super) fn of(gate: &Gate) -> Result<Self, LeftError> {
        let (journal, membership) = (gate.desk.journal(), &gate.trusted.membership);
        journal.release();
        let (server, pin) = (membership.server_text().to_owned(), membership.pin);
        let mut left = Self { server, pin, events: 0, uploads: Vec::new() };
        for life in journal.outbox()?.lives {
            if life.waiting() > 0 {
                left.seal(gate, life.incarnation(), life.acknowledged)?;
            }
        }
        Ok(left)
    }

    fn seal(&mut self, gate: &Gate, life: IncarnationId, mut after: u64) -> Result<(), LeftError> {
        loop {
            let batch = gate.desk.journal().batch(life, after, Outbox::BATCH)?;
            let sealed = batch.events.len() as u64;
            if sealed == 0 {
                return Ok(());
            }
            let upload = batch.upload(gate.trusted.membership.kiosk, 0);
            let to = &gate.trusted.statement.seal_key;
            self.uploads.push(SealedUpload::seal(&upload, to, &mut SystemEntropy)?);
            self.events += sealed;
            after += sealed;
        }
    }

    /// Keeps it in the folder; nothing where nothing waited.
    pub(super) fn keep(&self, folder: &Folder) -> Result<(), LeftError> {
        if self.uploads.is_empty() {
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
        for upload in &self.uploads {
            let answer: UploadAnswer = client.open_cbor(ROUTE, cbor::to_vec(upload)).await?;
            match answer.outcome {
                UploadOutcome::Appended | UploadOutcome::Fork(_) => {}
                refused => return Err(LeftError::NotTaken(refused)),
            }
        }
        Ok(folder.remove(FILE)?)
    }
}
