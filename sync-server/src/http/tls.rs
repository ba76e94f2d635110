//! The server's own certificate. Kiosks pin its key, so nobody needs to have signed it. The key is kept in the database,
//! sealed; the certificate, which is no secret, in the data folder.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use gatehouse::{entropy::Entropy, hash::Hash};
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use zeroize::Zeroizing;

use crate::{
    secrets::Sealer,
    server_keys::{self, KeyError, ServerKey},
    store::Store,
};

const CERTIFICATE: &str = "tls-certificate.pem";
/// Where the key lay in clear in the past.
const CLEAR_KEY: &str = "tls-key.pem";

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file of it cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of it does not hold what it should.
    #[error("{0} holds no PEM of a certificate, or of a key in PKCS #8")]
    Pem(PathBuf),
    /// The certificate cannot be made.
    #[error("the certificate cannot be made")]
    Make(#[from] rcgen::Error),
    /// Certificate and key do not go together.
    #[error("certificate and key do not go together")]
    Config(#[from] rustls::Error),
    /// The key in the database cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The data folder holds a key of before, and the database another.
    #[error(
        "{0} is another TLS key than the one that the database holds for all its servers: delete that file, and enrol \
         anew the kiosks that were enrolled at this server; or move it and its certificate elsewhere and name them \
         (--tls-certificate, --tls-key), and this server goes on under them"
    )]
    AnotherKey(PathBuf),
}

/// A certificate and its key, ready to serve with.
#[derive(Clone, Debug)]
pub struct Tls {
    /// For the listener.
    pub config: Arc<ServerConfig>,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`.
    pub pin: Hash,
}

/// What the server's own certificate is made of.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// Holds the key.
    pub store: &'a Store,
    /// Opens the key.
    pub sealer: &'a Sealer,
}

impl Tls {
    /// Serves under the key that the database holds, which is made if there is none, with a certificate for `names`.
    pub(super) async fn own(
        own: Own<'_>,
        names: Vec<String>,
        entropy: &mut (impl Entropy + Send),
    ) -> Result<Self, TlsError> {
        let pair = own.key(entropy).await?;
        let path = own.data.join(CERTIFICATE);
        // There is none yet, or it is of another key, as after a restore of the database alone.
        if let Some(tls) = read_chain(&path).ok().and_then(|chain| Self::new(chain, &pair).ok()) {
            return Ok(tls);
        }
        let made = CertificateParams::new(names)?.self_signed(&pair)?;
        write(&path, made.pem().as_bytes())?;
        Self::new(vec![made.der().clone()], &pair)
    }

    /// Reads a certificate chain and a key, both PEM.
    pub(super) fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        Self::new(read_chain(certificate)?, &read_key(key)?.ok_or_else(|| missing(key))?)
    }

    fn new(chain: Vec<CertificateDer<'static>>, pair: &KeyPair) -> Result<Self, TlsError> {
        let pin = Hash::of(&[&pair.subject_public_key_info()]);
        let key = PrivateKeyDer::Pkcs8(pair.serialize_der().into());
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), pin })
    }
}

impl Own<'_> {
    /// The key that the database holds. One that lies in clear in the data folder, as in the past, becomes the database's
    /// if that has none, and is deleted once it is known to be kept.
    async fn key(&self, entropy: &mut (impl Entropy + Send)) -> Result<KeyPair, TlsError> {
        let clear = self.data.join(CLEAR_KEY);
        let before = read_key(&clear)?;
        let new = match &before {
            Some(pair) => Zeroizing::new(pair.serialize_der()),
            None => Zeroizing::new(KeyPair::generate()?.serialize_der()),
        };
        let kept = server_keys::load_or_keep(self.store, self.sealer, ServerKey::Tls, &new, entropy).await?;
        let pair = KeyPair::try_from(kept.as_slice()).map_err(|_| KeyError::format(ServerKey::Tls))?;
        if let Some(before) = before {
            if before.subject_public_key_info() != pair.subject_public_key_info() {
                return Err(TlsError::AnotherKey(clear));
            }
            let gone = fs::remove_file(&clear).and_then(|()| File::open(self.data)?.sync_all());
            gone.map_err(|source| TlsError::File { path: clear, source })?;
            tracing::warn!(
                "the TLS key, which lay in clear in the data folder, is sealed in the database now; copies of the \
                 folder from before still hold it"
            );
        }
        Ok(pair)
    }
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|_| TlsError::Pem(path.to_owned()))
}

/// The key in a file, if there is one.
fn read_key(path: &Path) -> Result<Option<KeyPair>, TlsError> {
    match fs::read_to_string(path).map(Zeroizing::new) {
        Ok(pem) => KeyPair::from_pem(&pem).map(Some).map_err(|_| TlsError::Pem(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(TlsError::File { path: path.to_owned(), source }),
    }
}

fn missing(path: &Path) -> TlsError {
    TlsError::File { path: path.to_owned(), source: io::ErrorKind::NotFound.into() }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    let file = |source| TlsError::File { path: path.to_owned(), source };
    let mut new =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(path).map_err(file)?;
    new.write_all(bytes).and_then(|()| new.sync_all()).map_err(file)
}
