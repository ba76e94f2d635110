//! A gate that is open: folder, keys, stores and desk, with or without a window.

use std::sync::Arc;

use gatehouse::{
    feed::row::KioskOrder,
    journal::{Act, AlertCode, Cause},
    keys::SigningKey,
};

use crate::{
    cache::{Cache, CacheError},
    courier::{Identity, Parts},
    database::DatabaseError,
    desk::{Desk, DeskError},
    enrol::{MembershipError, Trusted},
    entropy::SystemEntropy,
    folder::{Folder, FolderError},
    journal::{Author, Journal, JournalError, salvage},
    keys::{Holder, Keeping, Keys, KeysError, Wish},
    net::{Client, NetTrouble},
    time::{Clocks, Timekeeper},
};

/// Why a gate did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What this kiosk is.
    #[error(transparent)]
    Membership(#[from] MembershipError),
    /// The journal.
    #[error("the journal does not open")]
    Journal(#[from] JournalError),
    /// The copy of the feed.
    #[error("the cache does not open")]
    Cache(#[from] CacheError),
    /// The desk.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The connection could not be made ready.
    #[error(transparent)]
    Net(#[from] NetTrouble),
    /// A thread or runtime was not to be had.
    #[error("the machine gives no more threads")]
    Threads(#[from] std::io::Error),
}

/// What a kiosk has before it is enrolled: a folder, keys, and a notion of time.
#[derive(Clone)]
pub struct Ground {
    /// The data folder, owned.
    pub folder: Arc<Folder>,
    /// The kiosk's secrets.
    pub keys: Arc<Keys>,
    /// Who holds them.
    pub keeping: Arc<Keeping>,
    /// Trusted time.
    pub time: Arc<Timekeeper>,
}

impl Ground {
    /// Takes the folder and its keys. Where nobody holds any yet they are made, and are to be held by somebody
    /// ([`Ground::hold`]) before anything is done with them that has to last.
    pub fn open(folder: Folder, clocks: Arc<dyn Clocks>) -> Result<Self, OpenError> {
        let folder = Arc::new(folder);
        let (keeping, held) = Keeping::open(Arc::clone(&folder))?;
        let keys = held.unwrap_or_else(|| Keys::new(&mut SystemEntropy));
        let time = Arc::new(Timekeeper::open(clocks, Arc::clone(&folder)));
        Ok(Self { folder, keys: Arc::new(keys), keeping: Arc::new(keeping), time })
    }

    /// The key that this kiosk signs with.
    pub fn device(&self) -> SigningKey {
        SigningKey::from_seed(&self.keys.device().to_bytes())
    }

    /// Has the keys held as wished, and says by whom. Who holds them already is asked again only where the wish
    /// names another.
    pub fn hold(&self, wish: Wish) -> Result<Holder, KeysError> {
        self.keeping.hold(&self.keys, wish)
    }

    /// Who holds the keys: the data folder's own file where it was never said.
    pub fn holder(&self) -> Holder {
        self.keeping.holder().unwrap_or(Holder::File)
    }
}

/// A gate at work.
pub struct Gate {
    /// What it stands on.
    pub ground: Ground,
    /// What this kiosk is.
    pub trusted: Trusted,
    /// Its desk.
    pub desk: Arc<Desk>,
    /// Whether the copy of the feed was found damaged and is loaded anew.
    pub cache_renewed: bool,
    /// Whether the journal was found damaged or gone and a new life began.
    pub journal_renewed: bool,
}

impl Gate {
    /// Opens the stores and the desk. A damaged cache is dropped, a damaged journal set aside and saved from
    /// as far as it can be read; the gate opens all the same. `cause` is what a journal that has no life yet
    /// begins with.
    pub fn open(ground: Ground, trusted: Trusted, cause: Cause) -> Result<Self, OpenError> {
        if ground.keeping.holder().is_none() {
            // A folder that is a member's and has no keys: its databases will be found damaged.
            ground.hold(Wish::By(Holder::File))?;
        }
        // Each reads all of its file: at the same time, the start takes no longer than the larger one.
        let (cache, journal) = std::thread::scope(|scope| {
            let cache = scope.spawn(|| cache(&ground));
            let journal = journal(&ground, &trusted);
            (cache.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), journal)
        });
        let ((cache, cache_renewed), (journal, damaged)) = (cache?, journal?);
        let (cache, journal) = (Arc::new(cache), Arc::new(journal));
        let desk = Desk::open(
            cache,
            Arc::clone(&journal),
            Arc::clone(&ground.time),
            trusted.clone(),
            ground.keys.pepper(),
        )?;
        let head = journal.head()?;
        let begins = damaged || head.is_none();
        let journal_renewed = begins && (damaged || cause != Cause::Enrolled);
        if begins {
            let stamp = desk.stamp();
            let cause = if damaged { Cause::Damaged } else { cause };
            journal.write(|writing| {
                writing.begin(&stamp, cause, head)?;
                if journal_renewed {
                    writing.append(&stamp, &Act::AlertRaised { alert: AlertCode::JournalDamaged }, None)?;
                }
                Ok::<_, JournalError>(())
            })?;
        }
        Ok(Self { ground, trusted, desk: Arc::new(desk), cache_renewed, journal_renewed })
    }

    /// What a courier needs to work for this gate.
    pub fn parts(&self) -> Result<Parts, OpenError> {
        let membership = &self.trusted.membership;
        let clock: Arc<dyn gatehouse::time::Clock> = Arc::clone(&self.ground.time) as _;
        let client = Client::new(membership.server()?, membership.trust(), clock)?;
        let desk = Arc::clone(&self.desk);
        Ok(Parts {
            identity: Identity {
                kiosk: membership.kiosk,
                community: membership.community,
                key: self.ground.device(),
                anchor_key: self.trusted.statement.anchor_key,
            },
            client,
            journal: Arc::clone(self.desk.journal()),
            cache: Arc::clone(self.desk.cache()),
            time: Arc::clone(&self.ground.time),
            stamp: Arc::new(move || desk.stamp()),
        })
    }

    /// Whether the community root itself ordered this very kiosk to end.
    pub fn is_ordered(&self, order: &KioskOrder) -> Result<bool, MembershipError> {
        let membership = &self.trusted.membership;
        let key = self.ground.device().public();
        Ok(order.verify(membership.kiosk, &key, &membership.root_key()?).is_ok())
    }
}

fn cache(ground: &Ground) -> Result<(Cache, bool), OpenError> {
    let path = ground.folder.cache();
    let open = || -> Result<Cache, CacheError> {
        let cache = Cache::open(&path, ground.keys.cache(), ground.keys.pepper())?;
        cache.check()?;
        Ok(cache)
    };
    match open() {
        Err(CacheError::Database(error)) if error.is_damage() => {
            tracing::warn!(%error, "the copy of the feed is damaged and is fetched anew");
            ground.folder.delete(&path)?;
            Ok((open()?, true))
        }
        opened => Ok((opened?, false)),
    }
}

fn journal(ground: &Ground, trusted: &Trusted) -> Result<(Journal, bool), OpenError> {
    let path = ground.folder.journal();
    let open = || -> Result<Journal, JournalError> {
        let author = Author {
            community: trusted.membership.community,
            kiosk: trusted.membership.kiosk,
            key: ground.keys.device(),
        };
        let journal = Journal::open(&path, ground.keys.journal(), author, Box::new(SystemEntropy))?;
        journal.check()?;
        Ok(journal)
    };
    let damage = match open() {
        Ok(journal) => return Ok((journal, false)),
        Err(JournalError::Database(error)) if error.is_damage() => error,
        Err(error) => return Err(error.into()),
    };
    let journal = renew(ground, &damage, open)?;
    Ok((journal, true))
}

/// Sets the damaged journal aside, and saves what is readable of it.
fn renew(
    ground: &Ground,
    damage: &DatabaseError,
    open: impl Fn() -> Result<Journal, JournalError>,
) -> Result<Journal, OpenError> {
    let label = ground.time.read().at().0.to_string();
    let aside = ground.folder.set_aside(&ground.folder.journal(), &label)?;
    let journal = open()?;
    let saved = salvage(&aside, ground.keys.journal(), &journal)?;
    tracing::error!(error = %damage, events = saved.events, "the journal was damaged: it is set aside, a new life begins");
    Ok(journal)
}
