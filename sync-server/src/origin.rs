//! How the server is reached from outside.

use gatehouse::hash::Hash;

/// The server's address as kiosks are to use it, and the key they are to expect there.
#[derive(Clone, Debug)]
pub struct Origin {
    /// `https://host:port` without a slash at the end.
    pub url: String,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`; absent where the server speaks plain HTTP.
    pub pin: Option<Hash>,
}
