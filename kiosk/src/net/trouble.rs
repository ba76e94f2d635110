//! What can go wrong on the way to a server, told apart as far as a person can do something about it.

use std::{error::Error as StdError, io, time::Duration};

use gatehouse::api::problem::Code;
use rustls::{CertificateError, pki_types::UnixTime};

/// Why a request brought no answer of the server's.
#[derive(Debug, thiserror::Error)]
pub enum NetTrouble {
    /// No way there: cable out, server off, port closed, name without an address.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The name has no address.
    #[error("the server's name is not known to the network")]
    NameUnknown,
    /// No answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// Something between here and the server shows another key than the server's.
    #[error("something stands between this kiosk and its server")]
    Intercepted,
    /// The certificate's dates do not fit this kiosk's clock.
    #[error("the server's certificate does not fit this kiosk's clock")]
    Clock {
        /// By how much at the least, in seconds; positive when the clock is ahead.
        by_seconds: i32,
    },
    /// A page of somebody else's: a hotspot that wants a log-in.
    #[error("this network wants a log-in first")]
    CaptivePortal,
    /// A proxy that wants a log-in.
    #[error("the network's proxy wants a log-in")]
    Proxy,
    /// The server's own refusal (RFC 9457), by its stable code.
    #[error("the server refused: {code} ({status})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What the server says is wrong.
        code: Code,
        /// How long to wait, where the server said so.
        retry_after: Option<Duration>,
    },
    /// The server broke: worth another try.
    #[error("the server has trouble of its own ({0})")]
    Server(u16),
    /// An answer that is not what this version understands.
    #[error("the server's answer is not understood: {0}")]
    Answer(String),
}

impl NetTrouble {
    /// What a failed request means.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let causes =
            || std::iter::successors(Some(error as &(dyn StdError + 'static)), |cause| (*cause).source());
        for cause in causes() {
            if let Some(tls) = of_io(cause) {
                return match clock_error(tls) {
                    Some(by_seconds) => Self::Clock { by_seconds },
                    // A portal or proxy that answers TLS in plain text cannot be told from one that forges it.
                    None => Self::Intercepted,
                };
            }
        }
        if error.is_timeout() {
            return Self::Timeout;
        }
        let unknown_name = causes().any(|cause| cause.to_string().contains("failed to lookup address"));
        if unknown_name { Self::NameUnknown } else { Self::Unreachable }
    }
}

/// The TLS error that a cause is, or that it holds within as many I/O errors as connectors wrap it in.
fn of_io<'e>(cause: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    let mut within = cause;
    loop {
        if let Some(tls) = within.downcast_ref() {
            return Some(tls);
        }
        within = within.downcast_ref::<io::Error>()?.get_ref()?;
    }
}

/// By how many seconds the clock is outside a certificate's dates, where that is all that is wrong.
fn clock_error(error: &rustls::Error) -> Option<i32> {
    let seconds = |clock: UnixTime, date: UnixTime| {
        let away = i128::from(clock.as_secs()) - i128::from(date.as_secs());
        i32::try_from(away).unwrap_or(if away < 0 { i32::MIN } else { i32::MAX })
    };
    match error {
        rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { time, not_after }) => {
            Some(seconds(*time, *not_after))
        }
        rustls::Error::InvalidCertificate(CertificateError::NotValidYetContext { time, not_before }) => {
            Some(seconds(*time, *not_before))
        }
        _ => None,
    }
}
