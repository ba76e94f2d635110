//! A gate that is open: folder, keys, stores and desk, with or without a window.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use gatehouse::{
    feed::row::KioskOrder,
    journal::{Act, AlertCode, Cause},
    keys::SigningKey,
};

use rusqlite::{Connection, InterruptHandle};

use crate::{
    cache::{Cache, CacheError},
    courier::{Identity, Parts},
    database::{self, DatabaseError},
    desk::{Desk, DeskError},
    enrol::{MembershipError, Trusted},
    entropy::SystemEntropy,
    folder::{Folder, FolderError},
    journal::{Author, Journal, JournalError, salvage},
    keys::{Holder, Keeping, Keys, KeysError, Wish},
    kiosk::ending,
    net::{Client, NetTrouble},
    screen::Trouble,
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
        let time = Arc::new(Timekeeper::open(clocks, Arc::clone(&folder)));
        Ok(Self::over(folder, time)?)
    }

    /// The same over a folder and a time that are there already. A wipe that was cut off is finished first.
    pub fn over(folder: Arc<Folder>, time: Arc<Timekeeper>) -> Result<Self, KeysError> {
        ending::finish(&folder);
        let (keeping, held) = Keeping::open(Arc::clone(&folder))?;
        let keys = held.unwrap_or_else(|| Keys::new(&mut SystemEntropy));
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

impl OpenError {
    /// Whether a database may be bad, which reading all of it tells.
    pub(super) fn may_be_damage(&self) -> bool {
        match self {
            Self::Journal(error) => error.may_be_damage(),
            Self::Cache(error) => error.may_be_damage(),
            Self::Desk(error) => error.may_be_damage(),
            _ => false,
        }
    }

    /// What it is on the screen.
    pub(super) fn trouble(&self) -> Trouble {
        match self {
            Self::Journal(JournalError::Database(DatabaseError::Newer { .. })) => Trouble::RecordsNewer,
            Self::Keys(_) => Trouble::NoKeys,
            Self::Membership(
                MembershipError::Damaged(_) | MembershipError::Trust(_) | MembershipError::Address(_),
            ) => Trouble::GateForgotten,
            _ => Trouble::Disk,
        }
    }
}

/// How much of the databases is read before a gate opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All of a small one; of a large one what a damage would do most harm to ([`Gate::is_read_whole`]).
    Quick,
    /// All of both.
    Whole,
    /// What was read already found this.
    Found(Damage),
}

/// Which databases are bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// The cache.
    pub cache: bool,
    /// The journal.
    pub journal: bool,
}

/// A database of up to so many bytes is read whole before the gate opens: some tenths of a second.
const SMALL: u64 = 8 << 20;

/// A gate at work.
pub struct Gate {
    /// What it stands on.
    pub ground: Ground,
    /// Its desk.
    pub desk: Arc<Desk>,
    /// Whether the copy of the feed was found damaged and is loaded anew.
    pub cache_renewed: bool,
    /// Whether the journal was found damaged or gone and a new life began.
    pub journal_renewed: bool,
    /// Whether every page of both was read. Where not, that is left to [`Gate::look`].
    pub is_read_whole: bool,
}

impl Gate {
    /// Opens the stores and the desk. A damaged cache is dropped, a damaged journal set aside and saved from
    /// as far as it can be read; the gate opens all the same. `cause` is what a journal that has no life yet
    /// begins with.
    pub fn open(ground: Ground, trusted: Trusted, cause: Cause) -> Result<Self, OpenError> {
        match Self::open_read(ground.clone(), trusted.clone(), cause, Reading::Quick) {
            Err(error) if error.may_be_damage() => {
                // What is read to open the desk met it: whether it is damage, and where, reading everything says.
                tracing::error!(%error, "a database may be damaged: all of both is read");
                Self::open_read(ground, trusted, cause, Reading::Whole)
            }
            opened => opened,
        }
    }

    /// Reads every page of both databases while the gate is at work, and says which are bad. `reading` is told of
    /// the connections, so that they can be interrupted.
    pub fn look(ground: &Ground, reading: impl Fn(InterruptHandle)) -> Damage {
        let (cache, journal) = (ground.folder.cache(), ground.folder.journal());
        let bad = |opened: Result<Connection, DatabaseError>| {
            let checked = opened.and_then(|connection| {
                reading(connection.get_interrupt_handle());
                database::check(&connection)
            });
            checked.is_err_and(|error| error.is_damage())
        };
        Damage {
            cache: bad(Cache::aside(&cache, ground.keys.cache())),
            journal: bad(Journal::aside(&journal, ground.keys.journal())),
        }
    }

    /// As [`Gate::open`], with so much read before.
    pub fn open_read(
        ground: Ground,
        trusted: Trusted,
        cause: Cause,
        reading: Reading,
    ) -> Result<Self, OpenError> {
        if ground.keeping.holder().is_none() {
            // A folder that is a member's and has no keys: its databases will be found damaged.
            ground.hold(Wish::By(Holder::File))?;
        }
        let found = match reading {
            Reading::Found(damage) => damage,
            Reading::Quick | Reading::Whole => Damage::default(),
        };
        let quick = |file: &Path| {
            matches!(reading, Reading::Found(_)) || reading == Reading::Quick && size(file) > SMALL
        };
        let (quick_cache, quick_journal) = (quick(&ground.folder.cache()), quick(&ground.folder.journal()));
        // At the same time, the start takes no longer than the slower one.
        let (cache, journal) = std::thread::scope(|scope| {
            let cache = scope.spawn(|| cache(&ground, found.cache, quick_cache));
            let journal = journal(&ground, &trusted, found.journal, quick_journal);
            (cache.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), journal)
        });
        let ((cache, cache_renewed), (journal, damaged)) = (cache?, journal?);
        let (cache, journal) = (Arc::new(cache), Arc::new(journal));
        let desk =
            Desk::open(cache, Arc::clone(&journal), Arc::clone(&ground.time), trusted, ground.keys.pepper())?;
        let head = journal.head()?;
        let fresh = damaged || head.is_none();
        // One that was saved from and then found no room to begin, as on a full disk, begins now.
        let begins = fresh || !journal.is_begun()?;
        let cause = if damaged || head.is_some() { Cause::Damaged } else { cause };
        let journal_renewed = begins && cause != Cause::Enrolled;
        if begins {
            let stamp = desk.stamp();
            journal.write(|writing| {
                writing.begin(&stamp, cause, head)?;
                if journal_renewed {
                    writing.append(&stamp, &Act::alert(AlertCode::JournalDamaged), None)?;
                }
                Ok::<_, JournalError>(())
            })?;
        }
        let is_read_whole = (cache_renewed || !quick_cache) && (fresh || !quick_journal);
        Ok(Self { ground, desk: Arc::new(desk), cache_renewed, journal_renewed, is_read_whole })
    }

    /// What `gatectl status` says of the machine that the gate stands on, and of what was found damaged; whether a
    /// `window` is open over it.
    pub fn about(&self, window: bool) -> serde_json::Value {
        let folder = &self.ground.folder;
        let aside = folder.set_aside_of(&folder.journal()).unwrap_or_else(|error| {
            tracing::warn!(%error, "what was set aside cannot be listed");
            BTreeMap::new()
        });
        let aside: Vec<PathBuf> = aside.into_values().collect();
        serde_json::json!({
            "server": self.trusted().membership.server_text(),
            "window": window,
            "keys": self.ground.holder().as_str(),
            "keys_warning": self.ground.holder().warning(),
            "cache_renewed": self.cache_renewed,
            "journal_renewed": self.journal_renewed,
            "journals_set_aside": aside,
        })
    }

    /// What this kiosk is.
    pub fn trusted(&self) -> Trusted {
        self.desk.trusted()
    }

    /// What a courier needs to work for this gate.
    pub fn parts(&self) -> Result<Parts, OpenError> {
        let Trusted { membership, statement } = self.trusted();
        let clock: Arc<dyn gatehouse::time::Clock> = Arc::clone(&self.ground.time) as _;
        let client = Client::new(membership.server()?, membership.trust(), clock)?;
        let desk = Arc::clone(&self.desk);
        Ok(Parts {
            identity: Identity {
                kiosk: membership.kiosk,
                community: membership.community,
                key: self.ground.device(),
                anchor_key: statement.anchor_key,
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
        let membership = self.trusted().membership;
        let key = self.ground.device().public();
        Ok(order.verify(membership.kiosk, &key, &membership.root_key()?).is_ok())
    }
}

/// Bytes of a database and of what is still beside it; none of one that is not there.
fn size(file: &Path) -> u64 {
    let mut beside = file.as_os_str().to_owned();
    beside.push("-wal");
    [file, Path::new(&beside)]
        .iter()
        .filter_map(|path| std::fs::metadata(path).ok())
        .map(|about| about.len())
        .sum()
}

fn cache(ground: &Ground, damaged: bool, quick: bool) -> Result<(Cache, bool), OpenError> {
    let path = ground.folder.cache();
    let open = || -> Result<Cache, CacheError> {
        let cache = Cache::open(&path, ground.keys.cache(), ground.keys.pepper())?;
        if quick {
            cache.check_end()?;
        } else {
            cache.check()?;
        }
        Ok(cache)
    };
    let opened = if damaged { Err(CacheError::Database(DatabaseError::found())) } else { open() };
    match opened {
        // One that a later version made is of no use either, and all of it can be fetched.
        Err(CacheError::Database(error))
            if error.is_damage() || matches!(error, DatabaseError::Newer { .. }) =>
        {
            tracing::warn!(%error, "the copy of the feed is of no use and is fetched anew");
            ground.folder.delete(&path)?;
            Ok((open()?, true))
        }
        opened => Ok((opened?, false)),
    }
}

fn journal(
    ground: &Ground,
    trusted: &Trusted,
    damaged: bool,
    quick: bool,
) -> Result<(Journal, bool), OpenError> {
    let path = ground.folder.journal();
    let open = || -> Result<Journal, JournalError> {
        let author = Author {
            community: trusted.membership.community,
            kiosk: trusted.membership.kiosk,
            key: ground.keys.device(),
        };
        let journal = Journal::open(&path, ground.keys.journal(), author, Box::new(SystemEntropy))?;
        if quick {
            journal.check_end()?;
        } else {
            journal.check()?;
        }
        Ok(journal)
    };
    let opened = if damaged { Err(JournalError::Database(DatabaseError::found())) } else { open() };
    let damage = match opened {
        Ok(journal) => return Ok((journal, false)),
        Err(JournalError::Database(error)) if error.is_damage() => error,
        Err(error) => return Err(error.into()),
    };
    let journal = renew(ground, &damage, open)?;
    Ok((journal, true))
}

/// Sets the damaged journal aside, and saves what is readable of it. Where that fails the damaged one is put back:
/// the next try has all of it before it again.
fn renew(
    ground: &Ground,
    damage: &DatabaseError,
    open: impl Fn() -> Result<Journal, JournalError>,
) -> Result<Journal, OpenError> {
    let label = ground.time.read().at().0.to_string();
    let path = ground.folder.journal();
    let aside = ground.folder.set_aside(&path, &label)?;
    let renewed = open().and_then(|journal| {
        let saved = salvage(&aside, ground.keys.journal(), &journal)?;
        Ok((journal, saved))
    });
    let (journal, saved) = match renewed {
        Ok(renewed) => renewed,
        Err(error) => {
            ground.folder.put_back(&aside, &path)?;
            return Err(error.into());
        }
    };
    tracing::error!(error = %damage, events = saved.events, "the journal was damaged: it is set aside, a new life begins");
    Ok(journal)
}
