//! What keeps the desk from deciding or recording.

use crate::{cache::CacheError, journal::JournalError, screen::TouchError};

/// Why the desk could not do something. Nothing was recorded then.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The copy failed.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The act does not fit what is there.
    #[error(transparent)]
    Touch(#[from] TouchError),
}

impl DeskError {
    /// Whether a database may be bad, which reading all of it tells. A full disk is known for what it is.
    pub fn may_be_damage(&self) -> bool {
        match self {
            Self::Journal(error) => error.may_be_damage(),
            Self::Cache(error) => error.may_be_damage(),
            Self::Touch(_) => false,
        }
    }

    /// What the window is told. A failure of a store is logged here, where it is known.
    pub fn into_touch(self) -> TouchError {
        match self {
            Self::Touch(error) => error,
            failed => {
                tracing::error!(error = %failed, "nothing could be recorded");
                TouchError::NotRecorded
            }
        }
    }
}
