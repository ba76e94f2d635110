//! How often a wrong password may be tried: counted in the database, so that a restart forgives nothing.

use std::net::IpAddr;

use gatehouse::{
    api::problem::Code,
    hash::Hash,
    time::{MINUTE, SECOND, UnixMs},
};

use super::store;
use crate::{
    http::{Answer, Fault},
    store::Tx,
};

/// Within how long wrong tries add up, in milliseconds.
const WINDOW: i64 = 15 * MINUTE;

/// Who tries, or what is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    digest: [u8; 32],
    most: u32,
}

impl Subject {
    /// An account, by the e-mail or phone given, whether it exists or not.
    pub(super) fn account(contact: &str) -> Self {
        Self { digest: Hash::of(&[b"account\0", contact.as_bytes()]).0, most: 10 }
    }

    /// An address. Loopback is none: behind a proxy it is everybody.
    pub(super) fn address(ip: IpAddr) -> Option<Self> {
        let ip = ip.to_canonical();
        let digest = Hash::of(&[b"address\0", ip.to_string().as_bytes()]).0;
        (!ip.is_loopback()).then_some(Self { digest, most: 100 })
    }

    /// Where enrolment codes are tried from, loopback included: kiosks are enrolled one at a time.
    pub(crate) fn enrolment(ip: IpAddr) -> Self {
        let ip = ip.to_canonical().to_string();
        Self { digest: Hash::of(&[b"enrolment\0", ip.as_bytes()]).0, most: 10 }
    }

    /// Where sealed journals are handed in from, counted when they do not open.
    pub(crate) fn sealed(ip: IpAddr) -> Self {
        let ip = ip.to_canonical().to_string();
        Self { digest: Hash::of(&[b"sealed\0", ip.as_bytes()]).0, most: 10 }
    }
}

/// Refuses when any of the subjects has failed too often.
pub(crate) async fn check(tx: &mut Tx, subjects: &[Subject], now: UnixMs) -> Answer<()> {
    for subject in subjects {
        let Some(found) = store::attempts(tx, subject.digest).await? else { continue };
        let until = found.window_start.plus(WINDOW);
        if found.failures >= subject.most && now < until {
            let seconds = u32::try_from(until.since(now) / SECOND + 1).unwrap_or(u32::MAX);
            return Err(Fault::new(Code::RateLimited).retry_after(seconds));
        }
    }
    Ok(())
}

/// Counts a wrong try.
pub(crate) async fn failed(tx: &mut Tx, subjects: &[Subject], now: UnixMs) -> Answer<()> {
    for subject in subjects {
        store::count_failure(tx, subject.digest, now, now.plus(-WINDOW)).await?;
    }
    Ok(())
}

/// A right password forgives the account's wrong ones.
pub(super) async fn succeeded(tx: &mut Tx, account: Subject) -> Answer<()> {
    store::forget_attempts(tx, account.digest).await?;
    Ok(())
}
