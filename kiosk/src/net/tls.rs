//! Whom to believe behind a TLS connection.

use std::sync::{Arc, OnceLock};

use gatehouse::{enrol::TypedCode, hash::Hash, time::Clock};
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, WantsVerifier,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    time_provider::TimeProvider,
};

/// By what a server proves itself.
#[derive(Clone, Debug)]
pub enum Trust {
    /// By the key whose SPKI (RFC 5280 §4.1) has this SHA-256. Nothing else of the certificate counts, so
    /// neither a wrong clock nor a changed name locks the kiosk out, and no other key gets in between.
    Pinned(Hash),
    /// By a key that the code typed at enrolment vouches for; which one it was is found out on the way.
    Vouched(Arc<Vouched>),
    /// By a certificate that this machine's authorities vouch for.
    Authorities,
}

/// A typed code, and the server's key that it was seen to vouch for.
#[derive(Debug)]
pub struct Vouched {
    code: TypedCode,
    seen: OnceLock<Hash>,
}

impl Vouched {
    /// By this code; no key was seen yet.
    pub fn by(code: TypedCode) -> Self {
        Self { code, seen: OnceLock::new() }
    }

    /// What the server's key is known by from now on; nothing before the first connection.
    pub fn pin(&self) -> Option<Hash> {
        self.seen.get().copied()
    }

    /// The first key vouched for is the server's: no second one is taken.
    fn is_key(&self, pin: Hash) -> bool {
        self.code.vouches_for(&pin) && *self.seen.get_or_init(|| pin) == pin
    }
}

/// A TLS client that believes by `trust` and judges dates by `clock`.
pub fn client_config(trust: Trust, clock: Arc<dyn Clock>) -> Result<ClientConfig, Error> {
    match trust {
        Trust::Pinned(pin) => by_key(Key::Pinned(pin), clock),
        Trust::Vouched(vouched) => by_key(Key::Vouched(vouched), clock),
        Trust::Authorities => by_authorities(authorities(), clock),
    }
}

/// The authorities that this machine believes.
pub(super) fn authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

pub(super) fn by_authorities(roots: RootCertStore, clock: Arc<dyn Clock>) -> Result<ClientConfig, Error> {
    Ok(builder(clock)?.with_root_certificates(roots).with_no_client_auth())
}

fn builder(clock: Arc<dyn Clock>) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, Error> {
    let provider = Arc::new(ring::default_provider());
    ClientConfig::builder_with_details(provider, Arc::new(TrustedTime(clock)))
        .with_safe_default_protocol_versions()
}

fn by_key(key: Key, clock: Arc<dyn Clock>) -> Result<ClientConfig, Error> {
    let builder = builder(clock)?;
    let verifier = Arc::new(ByKey { key, provider: Arc::clone(builder.crypto_provider()) });
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

struct TrustedTime(Arc<dyn Clock>);

impl std::fmt::Debug for TrustedTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrustedTime")
    }
}

impl TimeProvider for TrustedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let millis = u64::try_from(self.0.now().0).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_millis(millis)))
    }
}

#[derive(Debug)]
enum Key {
    Pinned(Hash),
    Vouched(Arc<Vouched>),
}

impl Key {
    fn is(&self, found: Hash) -> bool {
        match self {
            Self::Pinned(pin) => *pin == found,
            Self::Vouched(vouched) => vouched.is_key(found),
        }
    }
}

#[derive(Debug)]
struct ByKey {
    key: Key,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ByKey {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = webpki::EndEntityCert::try_from(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        if self.key.is(Hash::of(&[&certificate.subject_public_key_info()])) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
