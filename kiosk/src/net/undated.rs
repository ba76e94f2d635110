//! A server whose certificate is looked at whatever its dates: where a wrong clock is all that keeps this kiosk from
//! asking what time it is.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// A TLS client that believes what `roots` vouched for at any time.
pub(super) fn undated_config(roots: RootCertStore) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let within = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|error| Error::General(error.to_string()))?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AtAnyTime(within)))
        .with_no_client_auth())
}

/// Verifies as of a time at which the whole chain holds, if there is one: name, signatures and authority count as ever.
#[derive(Debug)]
struct AtAnyTime(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AtAnyTime {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify =
            |at| self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at);
        let mut verified = verify(now);
        // Each certificate may name a date of its own.
        for _ in 0..=intermediates.len() {
            verified = match verified {
                Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
                    verify(not_after)
                }
                Err(Error::InvalidCertificate(CertificateError::NotValidYetContext {
                    not_before, ..
                })) => verify(not_before),
                verified => return verified,
            };
        }
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{CertificateParams, Issuer, KeyPair, date_time_ymd};

    use super::*;

    /// An authority, and a certificate of 2026 that it vouches for.
    fn vouched(name: &str) -> (RootCertStore, CertificateDer<'static>) {
        let mut of_authority = CertificateParams::new(vec![]).unwrap();
        of_authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = KeyPair::generate().unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(of_authority.self_signed(&authority).unwrap().der().clone()).unwrap();
        let mut of_server = CertificateParams::new(vec![name.to_owned()]).unwrap();
        of_server.not_before = date_time_ymd(2026, 1, 1);
        of_server.not_after = date_time_ymd(2026, 12, 31);
        let issuer = Issuer::from_params(&of_authority, &authority);
        let server = of_server.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
        (roots, server.der().clone())
    }

    #[test]
    fn dates_count_for_nothing_and_all_else_as_ever() {
        let (roots, certificate) = vouched("gate.example");
        let provider = Arc::new(ring::default_provider());
        let of = |roots: &RootCertStore| {
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots.clone()), Arc::clone(&provider))
                .build()
                .unwrap()
        };
        let day = |days: u64| UnixTime::since_unix_epoch(Duration::from_secs(days * 86_400));
        let named = |name: &str| ServerName::try_from(name.to_owned()).unwrap();
        let verify = |by: &dyn ServerCertVerifier, name: &str, now| {
            by.verify_server_cert(&certificate, &[], &named(name), &[], now)
        };
        let (dated, undated) = (of(&roots), AtAnyTime(of(&roots)));
        assert!(verify(&*dated, "gate.example", day(20_600)).is_ok());
        for now in [day(0), day(30_000)] {
            assert!(verify(&*dated, "gate.example", now).is_err());
            assert!(verify(&undated, "gate.example", now).is_ok());
            assert!(verify(&undated, "other.example", now).is_err(), "another server's");
            let stranger = AtAnyTime(of(&vouched("gate.example").0));
            assert!(verify(&stranger, "gate.example", now).is_err(), "nobody vouches for it");
        }
    }
}
