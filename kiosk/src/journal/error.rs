//! What can go wrong with the journal.

use gatehouse::{
    cbor::CborError,
    journal::{ActError, ChainError, DetailsError},
};

use crate::database::DatabaseError;

/// Why the journal could not be read or written. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// An event in it is not readable.
    #[error("an event is not readable")]
    Cbor(#[from] CborError),
    /// An event's act is not readable.
    #[error("an act is not readable")]
    Act(#[from] ActError),
    /// An event's details do not belong to it.
    #[error("an event's details are not its own")]
    Details(#[from] DetailsError),
    /// The chain does not hold.
    #[error("the chain does not hold")]
    Chain(#[from] ChainError),
    /// Nothing can be recorded before the journal's first life has begun.
    #[error("the journal has not begun")]
    NoLife,
    /// It was found damaged and another takes its place.
    #[error("the journal is closed")]
    Closed,
    /// The server acknowledges what this journal does not hold.
    #[error("the acknowledged event is not this journal's")]
    NotOurs,
}

impl JournalError {
    /// Whether the database may be bad, which reading all of it tells. Behind a bad page a connection reads zeros, which
    /// are no events.
    pub fn may_be_damage(&self) -> bool {
        match self {
            Self::Database(error) => error.may_be_damage(),
            Self::Cbor(_) | Self::Act(_) | Self::Details(_) | Self::Chain(_) => true,
            Self::NoLife | Self::Closed | Self::NotOurs => false,
        }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}
