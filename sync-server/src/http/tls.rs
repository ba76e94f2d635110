//! The server's own certificate. Kiosks pin its key, so nobody needs to have signed it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use gatehouse::hash::Hash;
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

const CERTIFICATE: &str = "tls-certificate.pem";
const KEY: &str = "tls-key.pem";

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
    #[error("{0} holds no PEM of a certificate or a key")]
    Pem(PathBuf),
    /// The certificate cannot be made.
    #[error("the certificate cannot be made")]
    Make(#[from] rcgen::Error),
    /// Certificate and key do not go together.
    #[error("certificate and key do not go together")]
    Config(#[from] rustls::Error),
}

/// A certificate and its key, ready to serve with.
#[derive(Clone, Debug)]
pub struct Tls {
    /// For the listener.
    pub config: Arc<ServerConfig>,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`.
    pub pin: Hash,
}

impl Tls {
    /// Reads the certificate and key in the folder `data`, or makes them for `names`.
    pub fn read_or_make(data: &Path, names: Vec<String>) -> Result<Self, TlsError> {
        let (certificate, key) = (data.join(CERTIFICATE), data.join(KEY));
        if !key.exists() {
            let pair = KeyPair::generate()?;
            let made = CertificateParams::new(names)?.self_signed(&pair)?;
            write(&certificate, made.pem().as_bytes(), 0o644)?;
            write(&key, pair.serialize_pem().as_bytes(), 0o600)?;
        }
        Self::read(&certificate, &key)
    }

    /// Reads a certificate chain and a key, both PEM.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|_| TlsError::Pem(certificate.to_owned()))?;
        let pem =
            fs::read_to_string(key).map_err(|source| TlsError::File { path: key.to_owned(), source })?;
        let pair = KeyPair::from_pem(&pem)?;
        let pin = Hash::of(&[&pair.subject_public_key_info()]);
        let key = PrivateKeyDer::from_pem_file(key).map_err(|_| TlsError::Pem(key.to_owned()))?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), pin })
    }
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), TlsError> {
    let file = |source| TlsError::File { path: path.to_owned(), source };
    let mut new =
        OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path).map_err(file)?;
    new.write_all(bytes).and_then(|()| new.sync_all()).map_err(file)
}
