//! What keys of a community and of a kiosk sign: enrolment, orders, time, trust files; and what is sealed to the
//! server.

use gatehouse::{
    admission::Policy,
    clock::{Anchor, Nonce},
    enrol::{EnrolCode, TypedCode, check_proof, prove},
    entropy::Entropy,
    feed::row::KioskOrder,
    hash::Hash,
    id::{CommunityId, GateId, IncarnationId, KioskId, UnitId, UserId},
    journal::{Head, genesis},
    keys::{KeySet, PassKey, SealSecret, SigningKey, seal},
    spoken::{Challenge, SpokenAnswer},
    sync::{PROTOCOL, SealedUpload, Upload},
    time::{DAY, UnixMs},
    trust::{SignedTrust, TrustGuard, TrustStatement},
    words::GateKind,
};
use serde_json::{Value, json};
use uuid::Uuid;

const NOW: UnixMs = UnixMs(1_795_408_200_000);
const ROOT: [u8; 32] = [1; 32];
const DEVICE: [u8; 32] = [7; 32];
const SERVER: [u8; 32] = [9; 32];
/// What the sealing side draws as its ephemeral secret.
const EPHEMERAL: [u8; 32] = [0x42; 32];

struct Drawn(u8);
impl Entropy for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn id(last: u128) -> Uuid {
    Uuid::from_u128(0x0193_8c2e_7b00_7a11_8f00_0000_0000_0000 | last)
}

fn community() -> CommunityId {
    CommunityId(id(0xc0))
}

fn kiosk() -> KioskId {
    KioskId(id(0x60))
}

/// One-time codes: alone, and vouching for a server's key; and the proof that goes with one.
pub fn enrolments() -> Vec<Value> {
    let pin = Hash([0xab; 32]);
    [None, Some(pin), Some(Hash([0xac; 32]))]
        .map(|pin| {
            let key = SigningKey::from_seed(&DEVICE);
            let code = EnrolCode::draw(&mut Drawn(0x27));
            let sent = code.to_string();
            let proof = prove(&sent, &key);
            check_proof(&sent, &key.public(), &proof).expect("a proof that holds");
            json!({
                "seed": hex::encode(DEVICE),
                "code": sent,
                "pin": pin,
                "expect": {
                    "digest": code.digest(),
                    "typed": TypedCode::new(code, pin.as_ref()).to_string(),
                    "public_key": hex::encode(key.public().0),
                    "proof": hex::encode(proof.0),
                },
            })
        })
        .into()
}

/// Orders that end a kiosk.
pub fn orders() -> Vec<Value> {
    [false, true]
        .map(|stolen| {
            let (root, key) = (SigningKey::from_seed(&ROOT), SigningKey::from_seed(&DEVICE).public());
            let order = KioskOrder::sign(stolen, kiosk(), &key, &root);
            order.verify(kiosk(), &key, &root.public()).expect("an order that holds");
            json!({
                "root_seed": hex::encode(ROOT),
                "kiosk": kiosk(),
                "public_key": hex::encode(key.0),
                "stolen": stolen,
                "expect": {
                    "signature": hex::encode(order.signature),
                    "cbor": hex::encode(gatehouse::cbor::to_vec(&order)),
                },
            })
        })
        .into()
}

/// The server's signed time.
pub fn anchors() -> Vec<Value> {
    [(NOW, [4; 16]), (UnixMs(0), [0; 16]), (UnixMs(-1), [0xff; 16])]
        .map(|(at, nonce)| {
            let (key, nonce) = (SigningKey::from_seed(&ROOT), Nonce(nonce));
            let signed = Anchor { at, nonce }.sign(community(), &key);
            signed.verify(community(), &nonce, &key.public()).expect("an anchor that holds");
            json!({
                "seed": hex::encode(ROOT),
                "community": community(),
                "at": at,
                "nonce": hex::encode(nonce.0),
                "expect": {
                    "signature": hex::encode(signed.signature.0),
                    "cbor": hex::encode(gatehouse::cbor::to_vec(&signed)),
                },
            })
        })
        .into()
}

/// A trust file, as small as one is and with all that one holds.
pub fn trust() -> Vec<Value> {
    let pass_key =
        |seed, from| PassKey::new(SigningKey::from_seed(&[seed; 32]).public(), from, from.plus(365 * DAY));
    let keys: KeySet = [pass_key(2, NOW), pass_key(3, NOW.plus(14 * DAY))].into_iter().collect();
    let guards = vec![
        TrustGuard { guard: UserId(id(0x9a)), name: "Ramesh".into() },
        TrustGuard { guard: UserId(id(0x9b)), name: "सुनीता".into() },
    ];
    [("nobody and nothing yet", 1, KeySet::default(), Vec::new()), ("keys and guards", 7, keys, guards)]
        .map(|(what, version, pass_keys, guards)| {
            let statement = TrustStatement {
                version,
                issued_at: NOW,
                community: community(),
                kiosk: kiosk(),
                kiosk_number: 3,
                gate: GateId(id(0xabcd)),
                gate_name: "Main gate / मुख्य द्वार".into(),
                gate_kind: GateKind::Both,
                zone: "Asia/Kolkata".into(),
                policy: Policy::default().to_bytes(),
                pass_keys,
                anchor_key: SigningKey::from_seed(&[5; 32]).public(),
                seal_key: SealSecret::from_bytes(&SERVER).public(),
                guards,
            };
            let root = SigningKey::from_seed(&ROOT);
            let fingerprint = Hash(root.public().fingerprint());
            let signed = SignedTrust::sign(&statement, &root);
            assert_eq!(signed.verify(&fingerprint).expect("a trust file that holds"), statement);
            json!({
                "case": what,
                "root_seed": hex::encode(ROOT),
                "version": version,
                "issued_at": NOW,
                "community": statement.community,
                "kiosk": statement.kiosk,
                "kiosk_number": statement.kiosk_number,
                "gate": statement.gate,
                "gate_name": statement.gate_name,
                "gate_kind": statement.gate_kind,
                "zone": statement.zone,
                "policy": hex::encode(&statement.policy),
                "pass_keys": hex::encode(gatehouse::cbor::to_vec(&statement.pass_keys)),
                "anchor_key": hex::encode(statement.anchor_key.0),
                "seal_key": hex::encode(statement.seal_key.0),
                "guards": statement.guards.iter()
                    .map(|guard| json!({ "guard": guard.guard, "name": guard.name })).collect::<Vec<_>>(),
                "expect": {
                    "root_fingerprint": fingerprint,
                    "statement": hex::encode(gatehouse::cbor::to_vec(&statement)),
                    "file": hex::encode(signed.to_bytes()),
                },
            })
        })
        .into()
}

/// Things sealed to the server: plain bytes, a spoken answer, what a stolen kiosk had not sent.
pub fn sealed() -> Vec<Value> {
    let secret = SealSecret::from_bytes(&SERVER);
    let to = secret.public();
    let case = |what: &str, associated: &[u8], plain: &[u8], sealed: &[u8]| {
        assert_eq!(secret.open(sealed, associated).expect("what opens").as_slice(), plain, "{what}");
        json!({
            "case": what,
            "recipient_secret": hex::encode(SERVER),
            "ephemeral_secret": hex::encode(EPHEMERAL),
            "associated": hex::encode(associated),
            "plain": hex::encode(plain),
            "expect": { "recipient": hex::encode(to.0), "sealed": hex::encode(sealed) },
        })
    };
    let mut drawn = Drawn(EPHEMERAL[0]);
    let bytes = seal(&to, b"", b"", &mut drawn).expect("a sound key");
    let nothing = case("nothing", b"", b"", &bytes);
    let bytes = seal(&to, b"gate", b"house", &mut drawn).expect("a sound key");
    let plain = case("bytes", b"house", b"gate", &bytes);

    let (unit, challenge) = (UnitId(id(0x12)), Challenge::new(42).expect("four digits"));
    let answer = SpokenAnswer::Duress.seal(&to, kiosk(), unit, challenge, &mut drawn).expect("a sound key");
    let bound =
        [b"gatehouse/answer/1", kiosk().0.as_bytes().as_slice(), unit.0.as_bytes(), &[0, 42]].concat();
    let spoken = case("a spoken answer under duress", &bound, &[SpokenAnswer::Duress.number()], &answer.0);

    let incarnation = IncarnationId(id(0x71));
    let hash = genesis(community(), kiosk(), incarnation);
    let upload = Upload {
        protocol: PROTOCOL,
        kiosk: kiosk(),
        after: Head { incarnation, seq: 0, hash },
        events: Vec::new(),
        waiting: 0,
        oldest: 1,
    };
    let left = SealedUpload::seal(&upload, &to, &mut drawn).expect("a sound key");
    assert_eq!(left.open(&secret).expect("an upload"), upload);
    let bound = [b"gatehouse/sealed-upload/1", kiosk().0.as_bytes().as_slice()].concat();
    let left = case("an upload of a stolen kiosk", &bound, &gatehouse::cbor::to_vec(&upload), &left.sealed);
    vec![nothing, plain, spoken, left]
}
