//! How often a wrong password may be tried: counted in the database, so that a restart forgives nothing.

use std::net::IpAddr;

use gatehouse::{
    api::problem::Code,
    hash::Hash,
    id::{KioskId, UserId},
    time::{DAY, MINUTE, SECOND, UnixMs},
};

use super::store;
use crate::{
    accounts::Newcomer,
    app::App,
    http::{Answer, Fault, Network},
    store::Tx,
};

/// Within how long wrong tries add up, in milliseconds, where nothing else is said.
const WINDOW: i64 = 15 * MINUTE;

/// How much of a stolen kiosk's journal is taken within [`DAY`], in [`PIECE`]s: 256 MiB, where a month of a busy gate is
/// less than 100.
const STOLEN: u32 = 4_096;
/// What counts once of it, in bytes.
const PIECE: usize = 64 << 10;

/// Who tries, or what is tried, and how often it may go wrong within the window.
///
/// An address counts with its neighbours: one line has 2^64 of IPv6. None is exempt, loopback least of all; where a
/// reverse proxy stands before the server, it has to be named in the settings so that its clients are told apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    digest: [u8; 32],
    most: u32,
    window: i64,
    /// How often a try counts.
    weight: u32,
}

impl Subject {
    /// An account tried from one place, and from anywhere: more often, so that nobody far away can lock its owner out
    /// by a handful of tries.
    pub(crate) fn of_account(account: &Tried<'_>, ip: IpAddr) -> [Self; 2] {
        let all = account.digests();
        let here = Self::new("account from", &[network(ip).as_bytes()], 10);
        let anywhere = Self::new("account", &[], 100);
        [here, anywhere].map(|one| Self { digest: within(all, one.digest), ..one })
    }

    /// Where passwords and links are tried and accounts asked for.
    pub(crate) fn address(ip: IpAddr) -> Self {
        Self::new("address", &[network(ip).as_bytes()], 100)
    }

    /// Where refresh tokens are tried.
    pub(crate) fn refresh(ip: IpAddr) -> Self {
        Self::new("refresh", &[network(ip).as_bytes()], 100)
    }

    /// Where enrolment codes are tried: kiosks are enrolled one at a time.
    pub(crate) fn enrolment(ip: IpAddr) -> Self {
        Self::new("enrolment", &[network(ip).as_bytes()], 10)
    }

    /// Where sealed journals are handed in from, counted when they do not open.
    pub(crate) fn sealed(ip: IpAddr) -> Self {
        Self::new("sealed", &[network(ip).as_bytes()], 10)
    }

    /// A stolen kiosk of whose journal so many bytes are handed in: whoever has its key can make more without end.
    pub(crate) fn stolen(kiosk: KioskId, bytes: usize) -> Self {
        let of_kiosk = Self::new("stolen", &[kiosk.0.as_bytes()], STOLEN);
        let weight = u32::try_from(bytes / PIECE + 1).unwrap_or(u32::MAX);
        Self { window: DAY, weight, ..of_kiosk }
    }

    fn new(what: &str, parts: &[&[u8]], most: u32) -> Self {
        let mut all: Vec<&[u8]> = vec![what.as_bytes()];
        for part in parts {
            all.extend([b"\0".as_slice(), part]);
        }
        Self { digest: Hash::of(&all).0, most, window: WINDOW, weight: 1 }
    }
}

/// What an account is tried by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried<'a> {
    /// It exists, whichever of its contacts was given.
    Known(UserId),
    /// There is none of this e-mail or phone.
    Unknown(&'a str),
}

impl Tried<'_> {
    fn name(&self) -> String {
        match self {
            Self::Known(user) => user.0.to_string(),
            Self::Unknown(contact) => format!("?{contact}"),
        }
    }

    /// What the digests of all subjects of it begin with, so that they are forgiven together, from wherever it was tried.
    fn digests(&self) -> [u8; 16] {
        let digest = Hash::of(&[b"tried\0", self.name().as_bytes()]).0;
        std::array::from_fn(|at| digest[at])
    }
}

/// The digest of one subject among those that begin alike.
fn within(all: [u8; 16], one: [u8; 32]) -> [u8; 32] {
    std::array::from_fn(|at| if at < all.len() { all[at] } else { one[at] })
}

fn network(ip: IpAddr) -> String {
    Network::of(ip, 64).to_string()
}

/// Refuses when any of the subjects has failed too often.
pub(crate) async fn check(tx: &mut Tx, subjects: &[Subject], now: UnixMs) -> Answer<()> {
    refuse(tx, subjects, now, |_| 0).await
}

/// Refuses when any of the subjects has failed too often, without what this very call `counted`.
async fn refuse(
    tx: &mut Tx,
    subjects: &[Subject],
    now: UnixMs,
    counted: impl Fn(&Subject) -> u32,
) -> Answer<()> {
    for subject in subjects {
        let Some(found) = store::attempts(tx, subject.digest).await? else { continue };
        let until = found.window_start.plus(subject.window);
        if found.failures >= subject.most + counted(subject) && now < until {
            let seconds = u32::try_from(until.since(now) / SECOND + 1).unwrap_or(u32::MAX);
            return Err(Fault::new(Code::RateLimited).retry_after(seconds));
        }
    }
    Ok(())
}

/// Counts a wrong try.
pub(crate) async fn failed(tx: &mut Tx, subjects: &[Subject], now: UnixMs) -> Answer<()> {
    for subject in subjects {
        store::count_failure(tx, subject.digest, subject.weight, now, now.plus(-subject.window)).await?;
    }
    Ok(())
}

/// Counts a try as a wrong one before it is looked at, and refuses when that is one too many: of tries made at the same
/// time none goes uncounted.
pub(crate) async fn charge(tx: &mut Tx, subjects: &[Subject], now: UnixMs) -> Answer<()> {
    // Counted first: whoever counts the same at the same time waits, and then reads all of it.
    failed(tx, subjects, now).await?;
    refuse(tx, subjects, now, |subject| subject.weight).await
}

/// [`charge`]s in a transaction of its own. Who failed too often already is refused by what is read alone: whoever floods
/// the server takes no writer's turn.
pub(crate) async fn charge_first(app: &App, subjects: &[Subject]) -> Answer<()> {
    let mut tx = app.store.look().await?;
    check(&mut tx, subjects, app.now()).await?;
    drop(tx);
    let mut tx = app.store.write().await?;
    charge(&mut tx, subjects, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// What was charged was no wrong try.
pub(crate) async fn give_back(app: &App, subjects: &[Subject]) -> Answer<()> {
    let mut tx = app.store.write().await?;
    succeeded(&mut tx, &[], subjects).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgives whatever was tried of an account, from anywhere: it has another password now.
pub(crate) async fn forgive_account(tx: &mut Tx, user: UserId) -> Answer<()> {
    let all = Tried::Known(user).digests();
    store::forget_attempts_between(tx, within(all, [0; 32]), within(all, [u8::MAX; 32])).await?;
    Ok(())
}

/// Counts a try of the passwords of the accounts that have a newcomer's contacts, as signing in does: neither registering
/// nor accepting an invitation is a way to try more of them.
pub(crate) async fn charge_newcomer(app: &App, newcomer: &Newcomer, from: IpAddr) -> Answer<()> {
    let mut tx = app.store.write().await?;
    let holders = newcomer.holders(&mut tx).await?;
    let mut tried: Vec<Tried<'_>> = holders
        .iter()
        .zip(newcomer.contacts())
        .map(|(holder, contact)| holder.as_ref().map_or(Tried::Unknown(contact), |one| Tried::Known(one.id)))
        .collect();
    tried.dedup();
    let subjects: Vec<Subject> = tried.iter().flat_map(|tried| Subject::of_account(tried, from)).collect();
    charge(&mut tx, &subjects, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// The try was right: what is tried is forgiven, and who tried is given it back.
pub(crate) async fn succeeded(tx: &mut Tx, forgiven: &[Subject], given_back: &[Subject]) -> Answer<()> {
    for subject in forgiven {
        store::forget_attempts(tx, subject.digest).await?;
    }
    for subject in given_back {
        store::give_attempt_back(tx, subject.digest).await?;
    }
    Ok(())
}
