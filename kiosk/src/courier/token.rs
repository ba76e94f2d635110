//! Signing in: a nonce, an assertion over it (RFC 7523), an access token. The server's time comes along.

use gatehouse::{
    api::{
        problem::Code,
        sync::{NonceAnswer, TimeRequest, TokenAnswer, TokenRequest},
    },
    clock::{Anchoring, Nonce},
    sync::assert,
};
use tokio::sync::Mutex;

use crate::{
    courier::{Identity, News},
    entropy::SystemEntropy,
    net::{Client, NetTrouble},
    time::Timekeeper,
};

/// How long before its end a token is renewed, in milliseconds.
const EARLY: i64 = 60_000;
/// How often the time is asked for before a token is, at the most: a large step wants two anchors that agree.
const QUESTIONS: usize = 3;

/// The kiosk's access token, renewed as needed.
#[derive(Default)]
pub(super) struct Tokens {
    held: Mutex<Option<Held>>,
}

struct Held {
    token: String,
    /// By the boot clock, in milliseconds.
    renew_at: i64,
}

impl Tokens {
    /// A token that is not `refused`, the one the server did not take, if there was one. A step of trusted time goes to
    /// `tell`, whatever becomes of the token.
    pub(super) async fn get(
        &self,
        client: &Client,
        who: &Identity,
        time: &Timekeeper,
        refused: Option<&str>,
        tell: &(dyn Fn(News) + Send + Sync),
    ) -> Result<String, NetTrouble> {
        let mut held = self.held.lock().await;
        if let Some(held) = &*held
            && held.renew_at > time.boot().ms
            && refused != Some(held.token.as_str())
        {
            return Ok(held.token.clone());
        }
        *held = None;
        let answer = sign_in(client, who, time, tell).await?;
        let life = i64::from(answer.expires_in) * 1000;
        let renew_at = time.boot().ms + (life - EARLY).max(life / 2);
        let token = answer.access_token;
        *held = Some(Held { token: token.clone(), renew_at });
        Ok(token)
    }
}

async fn sign_in(
    client: &Client,
    who: &Identity,
    time: &Timekeeper,
    tell: &(dyn Fn(News) + Send + Sync),
) -> Result<TokenAnswer, NetTrouble> {
    let mut nonce = None;
    for _ in 0..QUESTIONS {
        let request = TimeRequest {
            kiosk: who.kiosk,
            nonce: Nonce::draw(&mut SystemEntropy),
            anchor_key: Some(who.anchor_key.kid()),
        };
        let mut asked = time.boot();
        let answer: NonceAnswer = match client.json("/sync/nonce", None, &request).await {
            // A wrong clock must not keep out its own cure. The anchor's signature says whose it is, and the nonce that
            // was drawn for it that it is no old one; the token is asked for with the time set right.
            Err(NetTrouble::Clock { .. }) => {
                asked = time.boot();
                client.undated_json("/sync/nonce", &request).await?
            }
            answer => answer?,
        };
        let answered = time.boot();
        let anchor = answer
            .anchor
            .verify(who.community, &request.nonce, &who.anchor_key)
            .map_err(|error| NetTrouble::Answer(error.to_string()))?;
        nonce = Some((answer.nonce, anchor.at));
        let anchoring = time.anchor(anchor, asked, answered);
        if anchoring != Anchoring::WantsSecond {
            News::of(anchoring).into_iter().for_each(tell);
            break;
        }
    }
    let (nonce, at) = nonce.ok_or(NetTrouble::Timeout)?;
    let request = TokenRequest { assertion: assert(who.kiosk, nonce, at, &who.key) };
    client.json("/sync/token", None, &request).await
}

/// Whether the server did not take the token, so that another one may help.
pub(super) fn is_stale(trouble: &NetTrouble) -> bool {
    matches!(trouble, NetTrouble::Refused { code: Code::Unauthenticated | Code::TokenExpired, .. })
}

/// Whether the server has shut this kiosk out.
pub(super) fn is_revoked(trouble: &NetTrouble) -> bool {
    matches!(trouble, NetTrouble::Refused { code: Code::KioskRevoked, .. })
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        sync::{Arc, Mutex, atomic::AtomicI64},
        thread,
    };

    use gatehouse::{
        clock::Anchor,
        id::{CommunityId, KioskId},
        keys::SigningKey,
        sync::TokenNonce,
        time::{DAY, UnixMs},
    };
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};
    use rustls::{
        RootCertStore, ServerConfig, ServerConnection, StreamOwned, crypto::ring,
        pki_types::PrivatePkcs8KeyDer,
    };
    use uuid::Uuid;

    use super::*;
    use crate::{folder::Folder, net::Trust, time::fake::FakeClocks};

    const COMMUNITY: CommunityId = CommunityId(Uuid::from_u128(1));
    const NOW: UnixMs = UnixMs(1_790_000_000_000);

    /// Answers what is asked of the time, and breaks off when a token is asked for.
    fn answer(mut peer: impl Read + Write, key: &SigningKey) -> bool {
        let mut text = String::new();
        let asked: TimeRequest = loop {
            let mut part = [0; 4096];
            let length = peer.read(&mut part).unwrap();
            text.push_str(str::from_utf8(&part[..length]).unwrap());
            if !text.starts_with("POST /sync/nonce") {
                return false;
            }
            let body = text.split_once("\r\n\r\n").map(|(_, body)| serde_json::from_str(body));
            if let Some(Ok(asked)) = body {
                break asked;
            }
            assert!(length > 0, "it broke off");
        };
        let anchor = Anchor { at: NOW, nonce: asked.nonce }.sign(COMMUNITY, key);
        let body = serde_json::to_vec(&NonceAnswer { nonce: TokenNonce([0; 48]), anchor }).unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        peer.write_all(&[head.into_bytes(), body].concat()).unwrap();
        true
    }

    fn kiosk(anchor_key: &SigningKey) -> Identity {
        Identity {
            kiosk: KioskId(Uuid::from_u128(2)),
            community: COMMUNITY,
            key: SigningKey::generate(&mut SystemEntropy),
            anchor_key: anchor_key.public(),
        }
    }

    /// A server on this machine with a certificate of these days, and the authority that vouches for it.
    fn behind_a_proxy() -> (Arc<ServerConfig>, RootCertStore) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 9, 1);
        params.not_after = date_time_ymd(2026, 10, 1);
        let pair = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&pair).unwrap().der().clone();
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(pair.serialize_der()).into())
            .unwrap();
        (Arc::new(config), roots)
    }

    #[tokio::test]
    async fn a_dead_clock_does_not_keep_out_its_cure_where_authorities_vouch_for_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let time = Arc::new(Timekeeper::open(Arc::new(FakeClocks(AtomicI64::new(1_000))), folder));
        let (tls, roots) = behind_a_proxy();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let key = SigningKey::generate(&mut SystemEntropy);
        let who = kiosk(&key);
        let serving = thread::spawn(move || {
            let mut asked = Vec::new();
            while asked.last() != Some(&false) {
                let mut peer = StreamOwned::new(
                    ServerConnection::new(Arc::clone(&tls)).unwrap(),
                    listener.accept().unwrap().0,
                );
                // Whoever does not believe the certificate says so and goes.
                if peer.conn.complete_io(&mut peer.sock).is_ok() {
                    asked.push(answer(peer, &key));
                }
            }
            asked
        });
        let client = Client::by_authorities(address.parse().unwrap(), &roots, Arc::clone(&time) as _);
        assert!(matches!(client.health().await, Err(NetTrouble::Clock { .. })));
        assert!(Tokens::default().get(&client, &who, &time, None, &|_| {}).await.is_err());
        assert_eq!(time.read().at(), NOW);
        assert_eq!(serving.join().unwrap(), [true, false], "the time was asked for, and then a token");
    }

    #[tokio::test]
    async fn a_step_of_the_clock_is_told_though_the_token_then_does_not_come() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let time = Arc::new(Timekeeper::open(Arc::new(FakeClocks(AtomicI64::new(1_000))), folder));
        let wrong = Anchor { at: NOW.plus(3 * DAY), nonce: Nonce([0; 16]) };
        time.anchor(wrong, time.boot(), time.boot());
        let key = SigningKey::generate(&mut SystemEntropy);
        let who = kiosk(&key);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || while answer(listener.accept().unwrap().0, &key) {});
        let client =
            Client::new(address.parse().unwrap(), Trust::Authorities, Arc::clone(&time) as _).unwrap();
        let told = Mutex::new(Vec::new());
        let tell = |news| told.lock().unwrap().push(news);
        assert!(Tokens::default().get(&client, &who, &time, None, &tell).await.is_err());
        let told = told.into_inner().unwrap();
        assert!(matches!(told[..], [News::Stepped { to: NOW, .. }]), "{told:?}");
    }
}
