//! Who can hold a kiosk's keys, and who is to.

use std::{fmt, str::FromStr};

/// Who holds the kiosk's keys, by how well that guards them against somebody who holds the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// systemd-creds under the machine's TPM: the disk alone gives nothing.
    Tpm,
    /// The Secret Service of the session: as safe as the password that opens it.
    SecretService,
    /// systemd-creds under the machine's own secret, which root alone can read and which lies on the same disk.
    Host,
    /// A file only its owner can read: whoever reads the disk has the keys.
    File,
}

impl Holder {
    /// Every holder.
    pub const ALL: [Self; 4] = [Self::Tpm, Self::SecretService, Self::Host, Self::File];

    /// The word on the command line and in `gatectl`'s answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tpm => "tpm",
            Self::SecretService => "secret-service",
            Self::Host => "host",
            Self::File => "file",
        }
    }

    /// What a person is to know of a holder that guards nothing against somebody who has the disk.
    pub const fn warning(self) -> Option<&'static str> {
        match self {
            Self::File => Some("the kiosk's keys lie in a plain file: whoever reads its disk has them"),
            Self::Tpm | Self::SecretService | Self::Host => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No holder of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("keys are held by tpm, secret-service, host or file")]
pub struct UnknownHolder;

impl FromStr for Holder {
    type Err = UnknownHolder;

    fn from_str(text: &str) -> Result<Self, UnknownHolder> {
        Self::ALL.into_iter().find(|holder| holder.as_str() == text).ok_or(UnknownHolder)
    }
}

/// Nobody to hold keys is meant by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("keys are held by tpm, secret-service, host or file, or by the best of these that there is: best")]
pub struct UnknownWish;

/// Who is to hold the keys of a kiosk that is being enrolled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// The TPM where there is one, else the Secret Service where one is open, else a file. The machine's own
    /// secret is never taken unasked: it guards little, and a machine that is set up anew loses it.
    #[default]
    Best,
    /// This one and no other.
    By(Holder),
}

impl FromStr for Wish {
    type Err = UnknownWish;

    fn from_str(text: &str) -> Result<Self, UnknownWish> {
        if text == "best" { Ok(Self::Best) } else { text.parse().map(Self::By).map_err(|_| UnknownWish) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_holder_is_read_as_it_is_written() {
        for holder in Holder::ALL {
            assert_eq!(holder.to_string().parse(), Ok(Wish::By(holder)));
        }
        assert_eq!("best".parse(), Ok(Wish::Best));
        assert_eq!("vault".parse::<Wish>(), Err(UnknownWish));
    }
}
