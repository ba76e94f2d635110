//! Pictures of those who come. One that was just taken is held in memory until it belongs to a visit; then it is kept
//! in the journal beside its event, outside the chain.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use gatehouse::{
    feed::row::PassPhotoRow,
    hash::Hash,
    id::{PassId, VisitorId},
    journal::{Act, Recorded},
    time::MINUTE,
};

use super::{Comer, Desk, DeskError, State};
use crate::{
    cache::Holding,
    journal::{Journal, JournalError, Ledger, Photo, Stamp, Writing},
    screen::TouchError,
};

/// How many pictures are held that belong to nobody yet.
const HELD: usize = 12;
/// How long one is held, in milliseconds: as long as a walk-in that was left half-way is worth something.
const HELD_MS: i64 = 15 * MINUTE;

/// Pictures that belong to nobody yet, and whose visit has which.
#[derive(Default)]
pub(super) struct Photos {
    held: VecDeque<Held>,
    of_visits: HashMap<VisitorId, Hash>,
    /// Whose photos of passes are on the screen or were just now, the newest last.
    of_passes: VecDeque<(Hash, PassId)>,
}

struct Held {
    digest: Hash,
    jpeg: Arc<[u8]>,
    /// By the boot clock.
    until: i64,
}

impl Photos {
    pub(super) fn load(journal: &Journal) -> Result<Self, JournalError> {
        Ok(Self { of_visits: journal.photos_of_visits()?.into_iter().collect(), ..Self::default() })
    }

    /// Reads again whose visit has which.
    pub(super) fn reload(&mut self, journal: &Journal) -> Result<(), JournalError> {
        self.of_visits = journal.photos_of_visits()?.into_iter().collect();
        Ok(())
    }

    /// The newest picture of a visit.
    pub(super) fn of(&self, visit: VisitorId) -> Option<Hash> {
        self.of_visits.get(&visit).copied()
    }

    fn hold(&mut self, jpeg: Vec<u8>, boot: i64) -> Hash {
        let digest = Hash::of(&[&jpeg]);
        self.held.retain(|held| held.until > boot && held.digest != digest);
        self.held.push_back(Held { digest, jpeg: jpeg.into(), until: boot + HELD_MS });
        while self.held.len() > HELD {
            self.held.pop_front();
        }
        digest
    }

    /// A picture that is held, by its digest.
    pub(super) fn held(&self, digest: &Hash) -> Option<Arc<[u8]>> {
        self.held.iter().find(|held| held.digest == *digest).map(|held| Arc::clone(&held.jpeg))
    }

    /// Somebody is shown: the window will ask for the photo of their pass.
    pub(super) fn shown(&mut self, comer: &Comer) {
        if let (Some(photo), Some(pass)) = (comer.photo, comer.pass) {
            self.of_passes.retain(|(_, known)| *known != pass);
            self.of_passes.push_back((photo, pass));
            while self.of_passes.len() > HELD {
                self.of_passes.pop_front();
            }
        }
    }

    fn pass(&self, photo: &Hash) -> Option<PassId> {
        self.of_passes.iter().find(|(name, _)| name == photo).map(|(_, pass)| *pass)
    }

    /// The picture belongs to a visit now.
    pub(super) fn belongs(&mut self, visit: VisitorId, digest: Hash) {
        self.held.retain(|held| held.digest != digest);
        self.of_visits.insert(visit, digest);
    }
}

/// Records that a picture was taken, and keeps it.
pub(super) fn keep(
    writing: &mut Writing<'_>,
    stamp: &Stamp,
    visit: VisitorId,
    jpeg: &[u8],
) -> Result<Option<Recorded>, JournalError> {
    let digest = Hash::of(&[jpeg]);
    let event = writing.append(stamp, &Act::PhotoTaken { visit, digest }, None)?.id;
    writing.keep_photo(&Photo { event, visit, digest, at: stamp.at, jpeg: jpeg.to_vec() })?;
    Ok(writing.event(event)?.map(|kept| kept.recorded))
}

impl Desk {
    /// Holds a picture that was just taken until a touch says whose it is. Answers its name.
    pub fn hold_photo(&self, jpeg: Vec<u8>) -> Hash {
        let boot = self.time.boot().ms;
        self.lock().photos.hold(jpeg, boot)
    }

    /// The picture of that name: a guard's, one that is held, that of a pass just shown, or one of a visit.
    ///
    /// # Errors
    /// When a store fails.
    pub fn photo(&self, name: &Hash) -> Result<Option<Arc<[u8]>>, DeskError> {
        let state = self.lock();
        let of_guard = state.known.guards.iter().filter_map(|guard| guard.photo.as_ref());
        let at_hand = of_guard
            .clone()
            .find(|photo| photo.name == *name)
            .map(|photo| Arc::clone(&photo.jpeg))
            .or_else(|| state.photos.held(name));
        let pass = state.photos.pass(name);
        drop(state);
        if let Some(photo) = at_hand {
            return Ok(Some(photo));
        }
        let of_pass = pass.map(|pass| self.cache.look_up::<PassPhotoRow>(pass.0)).transpose()?;
        // The resident may have set another one since.
        let of_pass = of_pass
            .and_then(Holding::into_row)
            .map(|row| row.body.jpeg)
            .filter(|jpeg| Hash::of(&[jpeg]) == *name);
        match of_pass {
            Some(photo) => Ok(Some(photo.into())),
            None => Ok(self.journal.photo(name)?.map(Arc::from)),
        }
    }

    /// Adds a picture to a visit that is not over.
    ///
    /// # Errors
    /// [`TouchError::Gone`] for no such visit; else when the journal fails.
    pub fn add_photo(&self, visit: VisitorId, jpeg: &[u8]) -> Result<Hash, DeskError> {
        let mut state = self.state()?;
        if state.book.get(visit).is_none() {
            return Err(TouchError::Gone.into());
        }
        let stamp = self.stamp_of(&state);
        let written = self.journal.write(|writing| {
            Ok::<_, DeskError>(keep(writing, &stamp, visit, jpeg)?.into_iter().collect::<Vec<_>>())
        })?;
        self.enter(&mut state, written);
        let digest = Hash::of(&[jpeg]);
        state.photos.belongs(visit, digest);
        Ok(digest)
    }

    /// The picture that a touch names.
    pub(super) fn named_photo(state: &State, name: Option<&Hash>) -> Result<Option<Arc<[u8]>>, TouchError> {
        name.map(|name| state.photos.held(name).ok_or(TouchError::NoPicture)).transpose()
    }

    /// Erases the pictures of a visit that never came to anything.
    pub(super) fn forget_photos(&self, state: &mut State, visit: VisitorId) -> Result<(), DeskError> {
        if self.journal.forget_photos_of(visit)? {
            state.photos.reload(&self.journal)?;
        }
        Ok(())
    }
}
