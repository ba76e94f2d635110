//! Verifying a whole chain, one event after the other, in constant memory.

use ed25519_dalek::VerifyingKey;

use crate::{
    id::{CommunityId, IncarnationId, KioskId},
    journal::{ChainError, Event, Head, SignedEvent, genesis},
};

/// A chain as far as it was verified.
#[derive(Clone, Debug)]
pub struct Chain {
    head: Head,
    kiosk: KioskId,
    key: VerifyingKey,
    events: u64,
}

impl Chain {
    /// Begins at an incarnation's genesis.
    pub fn begin(
        community: CommunityId,
        kiosk: KioskId,
        incarnation: IncarnationId,
        key: VerifyingKey,
    ) -> Self {
        let head = Head { incarnation, seq: 0, hash: genesis(community, kiosk, incarnation) };
        Self::resume(head, kiosk, key)
    }

    /// Begins behind a head that is trusted for another reason: events before it are no longer kept.
    pub fn resume(head: Head, kiosk: KioskId, key: VerifyingKey) -> Self {
        Self { head, kiosk, key, events: 0 }
    }

    /// Checks that `signed` comes next, and gives its content. On an error the chain stays where it was.
    pub fn push(&mut self, signed: &SignedEvent) -> Result<Event, ChainError> {
        let (event, head) = signed.verify(&self.head, self.kiosk, &self.key)?;
        self.head = head;
        self.events += 1;
        Ok(event)
    }

    /// Checks a run of events that may itself fail to be read.
    pub fn extend<E: From<ChainError>>(
        &mut self,
        events: impl IntoIterator<Item = Result<SignedEvent, E>>,
    ) -> Result<(), E> {
        for signed in events {
            self.push(&signed?)?;
        }
        Ok(())
    }

    /// The last event that held.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// How many events held.
    pub const fn events(&self) -> u64 {
        self.events
    }
}
