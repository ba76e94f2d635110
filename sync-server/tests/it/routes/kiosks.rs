//! `/kiosks`, the admins' side.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{
    enrol::{Invitation, TypedCode},
    feed::row::{CommunityRow, DayKeyRow, KioskRow},
    hash::Hash,
    id::KioskId,
    keys::{PublicKey, SigningKey},
    time::MINUTE,
};
use gatehouse_server::{execute, keyring};
use serde_json::json;

use crate::support::{
    START, Served, held,
    people::{Community, on_both},
};

/// A kiosk's row, as its enrolment writes it.
async fn enrolled(server: &Served, community: &Community) -> KioskId {
    let id = KioskId::new(START, &mut gatehouse_server::OsEntropy);
    let gate: uuid::Uuid = community.gate["id"].as_str().unwrap().parse().unwrap();
    let public = SigningKey::from_seed(&[5; 32]).public().0;
    let mut tx = server.app.store.write().await.unwrap();
    execute!(
        &mut tx,
        "insert into kiosks (community, id, gate, name, number, public, state, enrolled_at, last_contact_at, waiting)
         values ($1, $2, $3, 'Booth', 7, $4, 'ACTIVE', 1000, 2000, 37)",
        community.id,
        id,
        gate,
        public
    )
    .unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn an_enrolment_code_comes_as_text_and_as_qr() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let asked = json!({"gate_id": community.gate["id"], "name": "Booth"});
        let made = community.admin.post("/kiosks/enrolments", &asked).await.ok();
        let typed: TypedCode = made["code"].as_str().unwrap().parse().unwrap();
        let invitation: Invitation = made["text"].as_str().unwrap().parse().unwrap();
        assert_eq!(invitation.code, typed.code);
        assert_eq!(invitation.server.to_string(), server.url(""));
        assert_eq!(invitation.gate, "Gate 1");
        assert_eq!(invitation.pin, None, "plain HTTP on loopback has no key to pin");
        assert!(!typed.names_key());
        let png = STANDARD.decode(made["qr_png"].as_str().unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert!(made["qr_svg"].as_str().unwrap().contains("<svg"));
        assert_eq!(made["expires_at"], json!(START.plus(15 * MINUTE)));

        let mut tx = server.app.store.write().await.unwrap();
        let purpose = keyring::Purpose::Root;
        let root =
            keyring::signing_key(&mut tx, &server.app.sealer, community.id, purpose, START).await.unwrap();
        assert_eq!(invitation.root, Hash(root.public().fingerprint()));
        let mut stray = asked.clone();
        stray["gate_id"] = community.unit["id"].clone();
        drop(tx);
        community.admin.post("/kiosks/enrolments", &stray).await.is(422, "invalid");
        community.guard.post("/kiosks/enrolments", &asked).await.is(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn behind_a_reverse_proxy_the_qr_can_be_read_and_names_no_key() {
    on_both(async |server| {
        let server = server.reached_at("https://gate.example").await;
        let community = Community::found(&server, 1).await;
        let asked = json!({"gate_id": community.gate["id"], "name": "Booth"});
        let made = community.admin.post("/kiosks/enrolments", &asked).await.ok();
        let invitation: Invitation = made["text"].as_str().unwrap().parse().unwrap();
        assert_eq!(invitation.server.to_string(), "https://gate.example");
        assert_eq!(invitation.pin, None, "the key is the proxy's, and changes with its certificate");
    })
    .await;
}

#[tokio::test]
async fn kiosks_are_listed_with_last_contact_and_waiting_events() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let id = enrolled(&server, &community).await;
        let listed = community.admin.get("/kiosks").await.ok();
        let kiosk = &listed["items"][0];
        assert_eq!(kiosk["id"], json!(id));
        assert_eq!(
            (&kiosk["number"], &kiosk["waiting_events"], &kiosk["state"]),
            (&json!(7), &json!(37), &json!("ACTIVE"))
        );
        assert_eq!(kiosk["last_contact_at"], "1970-01-01T00:00:02.000Z");
        community.resident.get("/kiosks").await.is(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn revoking_a_kiosk_signs_its_end_and_gives_all_others_new_day_keys() {
    on_both(async |server| {
        let community = Community::found(&server, 1).await;
        let id = enrolled(&server, &community).await;
        let before = held::rows::<DayKeyRow>(&server, community.id).await;
        let path = format!("/kiosks/{id}/revoke");
        let retired = community.admin.post(&path, &json!({})).await.ok();
        assert_eq!(retired["state"], "RETIRED");
        let after = held::rows::<DayKeyRow>(&server, community.id).await;
        assert_eq!(after.len(), before.len());
        assert!(after.iter().all(|(_, key)| key.epoch == 2), "none of the old epoch is left");
        assert!(before.iter().all(|(_, old)| after.iter().all(|(_, new)| new.key != old.key)));
        let row: CommunityRow = held::row(&server, community.id, &community.id.to_string()).await.unwrap();
        assert_eq!(row.key_epoch, 2);

        let row: KioskRow = held::row(&server, community.id, &id.to_string()).await.unwrap();
        let order = row.order.unwrap();
        assert!(!row.active && !order.stolen);
        let mut tx = server.app.store.write().await.unwrap();
        let purpose = keyring::Purpose::Root;
        let root =
            keyring::signing_key(&mut tx, &server.app.sealer, community.id, purpose, START).await.unwrap();
        drop(tx);
        order.verify(id, &PublicKey(row.public), &root.public()).unwrap();

        let again = community.admin.post(&path, &json!({})).await.ok();
        assert_eq!(again, retired);
        let stolen = community.admin.post(&path, &json!({"stolen": true})).await.ok();
        assert_eq!((&stolen["state"], &stolen["revoked_at"]), (&json!("STOLEN"), &retired["revoked_at"]));
        community.admin.post(&path, &json!({})).await.is(409, "wrong_state");
        community.resident.post(&path, &json!({})).await.is(403, "forbidden");
    })
    .await;
}
