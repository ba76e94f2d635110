//! The server, asked over HTTP, against the contract that every server of the protocol keeps.

use gatehouse::{
    cbor,
    feed::{Cursor, Page, Row, RowId, RowKind, SnapshotPage, row::Body, serve::Gone},
    sync::{Pull, SnapshotPull, Upload, UploadAnswer},
    testing::{Home, ServerStore, contract},
};
use gatehouse_server::{
    OsEntropy,
    feed::{self, Change},
    fetch_all,
    sync::feed as reading,
};
use serde_json::Value;
use tokio::{runtime::Handle, task::block_in_place};
use uuid::Uuid;

use super::{house::House, kiosk::TestKiosk};
use crate::support::{ENGINES, Engine};

/// A row of a kind that the server knows nothing of.
#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
struct Strange(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>);

impl Body for Strange {
    const KIND: RowKind = RowKind(60_000);
}

struct Asked {
    house: House,
    kiosk: TestKiosk,
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    block_in_place(|| Handle::current().block_on(future))
}

impl Asked {
    fn on(engine: Engine) -> (Self, Home) {
        let house = wait(House::on(engine));
        let kiosk = wait(house.kiosk());
        let home = Home {
            community: house.community,
            kiosk: kiosk.id,
            gate: kiosk.enrolled.gate_id,
            key: ed25519_dalek::SigningKey::from_bytes(&kiosk.key.seed()),
        };
        (Self { house, kiosk }, home)
    }

    /// Posts a body; the answer's, or the word of its refusal.
    fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, String> {
        wait(async {
            let answer = self.kiosk.post(path, body).send().await.unwrap();
            let status = answer.status().as_u16();
            let bytes = answer.bytes().await.unwrap().to_vec();
            match status {
                200 => Ok(bytes),
                410 => Err(serde_json::from_slice::<Value>(&bytes).unwrap()["detail"]
                    .as_str()
                    .unwrap()
                    .to_owned()),
                other => panic!("{other}: {}", String::from_utf8_lossy(&bytes)),
            }
        })
    }
}

/// What the words of a 410 mean, for a request that named these places.
fn gone(detail: &str, places: &[Cursor]) -> Gone {
    let epochs = places.iter().map(|place| Gone::Epoch(place.epoch));
    let mut known = epochs.chain([Gone::Mark, Gone::Ahead, Gone::Floor]);
    known.find(|gone| gone.to_string() == detail).unwrap()
}

impl ServerStore for Asked {
    type Error = std::convert::Infallible;

    fn publish(&mut self, rows: &[(RowKind, RowId, Option<Vec<u8>>)]) -> Result<Cursor, Self::Error> {
        let change = |(kind, id, body): &(RowKind, RowId, Option<Vec<u8>>)| {
            assert_eq!(*kind, Strange::KIND);
            match body {
                Some(body) => Change::put(*id, &Strange(body.clone())),
                None => Change::delete::<Strange>(*id),
            }
        };
        let changes: Vec<Change> = rows.iter().map(change).collect();
        Ok(wait(async {
            let mut tx = self.house.server.app.store.write().await.unwrap();
            let (community, now) = (self.house.community, self.house.now());
            let published = feed::publish(&mut tx, community, &changes, now, &mut OsEntropy).await.unwrap();
            tx.commit().await.unwrap();
            published.head
        }))
    }

    fn rows(&mut self) -> Result<Vec<Row>, Self::Error> {
        let sql = "select kind, schema, id, seq, body from feed_rows
                   where community = $1 and body is not null order by kind, id";
        let rows = wait(async {
            let mut tx = self.house.server.app.store.read().await.unwrap();
            fetch_all!(&mut tx, (i64, i64, Uuid, i64, Vec<u8>), sql, self.house.community).unwrap()
        });
        let row = |(kind, schema, id, seq, body): (i64, i64, Uuid, i64, Vec<u8>)| Row {
            kind: RowKind(kind.try_into().unwrap()),
            schema: schema.try_into().unwrap(),
            id: id.into(),
            seq: seq.unsigned_abs(),
            body: Some(body),
        };
        Ok(rows.into_iter().map(row).collect())
    }

    fn forget_tombstones(&mut self, floor: u64) -> Result<(), Self::Error> {
        wait(async {
            let mut tx = self.house.server.app.store.write().await.unwrap();
            assert_eq!(reading::head(&mut tx, self.house.community).await.unwrap().seq, floor, "all of them");
            let after = self.house.now().plus(1);
            reading::forget_before(&mut tx, self.house.community, after).await.unwrap();
            tx.commit().await.unwrap();
        });
        Ok(())
    }

    fn pull(&mut self, pull: &Pull) -> Result<Result<Page, Gone>, Self::Error> {
        let answer = self.post("/sync/feed", cbor::to_vec(pull));
        let places: Vec<Cursor> = [Some(pull.cursor), pull.seen].into_iter().flatten().collect();
        Ok(answer.map(|bytes| cbor::from_slice(&bytes).unwrap()).map_err(|detail| gone(&detail, &places)))
    }

    fn snapshot(&mut self, pull: &SnapshotPull) -> Result<Result<SnapshotPage, Gone>, Self::Error> {
        let answer = self.post("/sync/snapshot", cbor::to_vec(pull));
        let places = pull.resume.map_or(Vec::new(), |resume| vec![resume.start, resume.seen]);
        Ok(answer.map(|bytes| cbor::from_slice(&bytes).unwrap()).map_err(|detail| gone(&detail, &places)))
    }

    fn upload(&mut self, upload: &Upload) -> Result<UploadAnswer, Self::Error> {
        let bytes = self.post("/sync/journal", cbor::to_vec(upload)).unwrap();
        Ok(cbor::from_slice(&bytes).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_keeps_the_contract() {
    for engine in ENGINES {
        contract::check_server(|| Asked::on(engine));
    }
}
