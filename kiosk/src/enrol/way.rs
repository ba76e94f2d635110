//! What trouble on the way to a server means for whoever installs the kiosk.

use std::{fs, path::Path};

use gatehouse::api::problem::Code;

use crate::{
    net::NetTrouble,
    screen::{Check, Trouble},
};

/// The rung that fails, and why. `here` says that the server is on this machine, which needs no network.
pub fn trouble_of(trouble: &NetTrouble, here: bool) -> (Check, Trouble) {
    match trouble {
        NetTrouble::Unreachable | NetTrouble::Timeout | NetTrouble::NameUnknown
            if !here && !has_network() =>
        {
            (Check::Network, Trouble::NoNetwork)
        }
        NetTrouble::CaptivePortal => (Check::Network, Trouble::CaptivePortal),
        NetTrouble::Proxy => (Check::Network, Trouble::ProxyNeeded),
        NetTrouble::NameUnknown => (Check::Name, Trouble::NameUnknown),
        NetTrouble::Unreachable | NetTrouble::Timeout => (Check::Name, Trouble::NoAnswer),
        NetTrouble::Intercepted => (Check::Secure, Trouble::Intercepted),
        NetTrouble::Clock { by_seconds } => (Check::Clock, Trouble::ClockWrong { by_seconds: *by_seconds }),
        NetTrouble::Server(_) => (Check::Code, Trouble::ServerFailed),
        NetTrouble::Answer(_) => (Check::Code, Trouble::VersionMismatch),
        NetTrouble::Refused { code, .. } => (
            Check::Code,
            match code {
                Code::EnrolmentWrong => Trouble::CodeWrong,
                Code::EnrolmentUsed => Trouble::CodeUsed,
                Code::EnrolmentExpired => Trouble::CodeExpired,
                Code::RateLimited => Trouble::TooManyTries,
                Code::Internal | Code::Unavailable | Code::Busy => Trouble::ServerFailed,
                _ => Trouble::VersionMismatch,
            },
        ),
    }
}

/// Whether any way out of this machine is up, as the kernel says. Where that cannot be read, one is assumed.
fn has_network() -> bool {
    let Ok(interfaces) = fs::read_dir("/sys/class/net") else { return true };
    interfaces
        .flatten()
        .filter(|interface| interface.file_name() != "lo")
        .any(|interface| is_up(&interface.path()))
}

/// Drivers without a notion of a cable say `unknown` when they work.
fn is_up(interface: &Path) -> bool {
    fs::read_to_string(interface.join("operstate"))
        .is_ok_and(|state| matches!(state.trim(), "up" | "unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trouble_fails_its_own_rung() {
        let refused = |code| NetTrouble::Refused { status: 410, code, retry_after: None };
        for (trouble, expected) in [
            (NetTrouble::CaptivePortal, (Check::Network, Trouble::CaptivePortal)),
            (NetTrouble::Proxy, (Check::Network, Trouble::ProxyNeeded)),
            (NetTrouble::Unreachable, (Check::Name, Trouble::NoAnswer)),
            (NetTrouble::NameUnknown, (Check::Name, Trouble::NameUnknown)),
            (NetTrouble::Intercepted, (Check::Secure, Trouble::Intercepted)),
            (NetTrouble::Clock { by_seconds: 90 }, (Check::Clock, Trouble::ClockWrong { by_seconds: 90 })),
            (refused(Code::EnrolmentUsed), (Check::Code, Trouble::CodeUsed)),
            (refused(Code::EnrolmentExpired), (Check::Code, Trouble::CodeExpired)),
            (refused(Code::EnrolmentWrong), (Check::Code, Trouble::CodeWrong)),
        ] {
            assert_eq!(trouble_of(&trouble, true), expected);
        }
    }
}
