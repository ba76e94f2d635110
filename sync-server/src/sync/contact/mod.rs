//! When each kiosk last asked for something and what waits there: gathered in memory, written down every few seconds.
//!
//! What is sent to a kiosk tells nothing of it: a network that drops everything still takes beats for a quarter of an
//! hour. A kiosk on a quiet stream asks once a minute.

mod store;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use gatehouse::{
    id::{CommunityId, KioskId},
    time::UnixMs,
};

use crate::store::{Store, StoreError};

/// That a kiosk was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// When.
    pub at: UnixMs,
    /// What it said of itself, if it did.
    pub said: Option<Said>,
}

/// What a kiosk said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// How many events wait there to be sent.
    pub waiting: u64,
    /// When the oldest of them was recorded, where it said so.
    pub oldest: Option<UnixMs>,
    /// Its program's version, where it said so.
    pub version: Option<String>,
}

/// The contacts that are not yet written down.
#[derive(Debug, Default)]
pub struct Contacts(Mutex<HashMap<(CommunityId, KioskId), Contact>>);

impl Contacts {
    /// Notes that `kiosk` was heard of.
    pub fn note(&self, community: CommunityId, kiosk: KioskId, contact: Contact) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = noted.remove(&(community, kiosk)).and_then(|before| before.said);
        let said = match (contact.said, before) {
            (Some(said), Some(before)) => Some(Said {
                oldest: said.oldest.or(before.oldest),
                version: said.version.or(before.version),
                ..said
            }),
            (said, before) => said.or(before),
        };
        noted.insert((community, kiosk), Contact { at: contact.at, said });
    }

    /// Writes down what was noted since the last time, in one transaction.
    pub async fn write_down(&self, store: &Store) -> Result<(), StoreError> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if noted.is_empty() {
            return Ok(());
        }
        // In one order everywhere, so that two servers at it do not wait for each other.
        let mut noted: Vec<_> = noted.into_iter().collect();
        noted.sort_unstable_by_key(|(key, _)| *key);
        let mut tx = store.write().await?;
        for ((community, kiosk), contact) in &noted {
            store::write(&mut tx, *community, *kiosk, contact).await?;
        }
        tx.commit().await
    }
}
