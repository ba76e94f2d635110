//! A community on a server of its own, with a gate, units and a pass.

use gatehouse::{
    enrol::EnrolCode,
    feed::row::{PassRow, VisitRow},
    id::{CommunityId, GateId, PassId, UnitId, UserId},
    time::{DAY, MINUTE, UnixMs},
    words::{GateKind, PassMode, VisitorType},
};
use gatehouse_server::{
    OsEntropy, execute,
    feed::{self, Change},
    fetch_all,
    setup::{FirstAdmin, first_admin},
};
use uuid::Uuid;

use super::kiosk::TestKiosk;
use crate::support::{Engine, START, Served};

pub struct House {
    pub server: Served,
    pub community: CommunityId,
    pub admin: UserId,
    pub gate: GateId,
    pub unit: UnitId,
}

impl House {
    pub async fn on(engine: Engine) -> Self {
        let server = Served::on(engine).await;
        let first = FirstAdmin {
            community: "Green Park".into(),
            zone: None,
            name: "Asha".into(),
            email: "asha@example.in".into(),
            phone: "+919800000001".into(),
            password: "correct horse".into(),
        };
        let made = first_admin(&server.app, first).await.unwrap();
        let gate = GateId::new(START, &mut OsEntropy);
        let unit = UnitId::new(START, &mut OsEntropy);
        let mut tx = server.app.store.write().await.unwrap();
        execute!(
            &mut tx,
            "insert into gates (community, id, name, kind, created_at) values ($1, $2, 'Main', $3, 0)",
            made.community,
            gate,
            GateKind::Both
        )
        .unwrap();
        execute!(
            &mut tx,
            "insert into units (community, id, tower, floor, number, state, epoch, created_at)
             values ($1, $2, 'A', 12, '1203', 'OCCUPIED', 1, 0)",
            made.community,
            unit
        )
        .unwrap();
        tx.commit().await.unwrap();
        Self { server, community: made.community, admin: made.user, gate, unit }
    }

    /// A new enrolment code, good for 15 minutes.
    pub async fn code(&self) -> EnrolCode {
        let code = EnrolCode::draw(&mut OsEntropy);
        let now = self.server.app.now();
        let mut tx = self.server.app.store.write().await.unwrap();
        execute!(
            &mut tx,
            "insert into enrolment_codes (hash, community, gate, kiosk_name, created_by, created_at, expires_at)
             values ($1, $2, $3, 'Main 1', $4, $5, $6)",
            code.digest().0,
            self.community,
            self.gate,
            self.admin,
            now,
            now.plus(15 * MINUTE)
        )
        .unwrap();
        tx.commit().await.unwrap();
        code
    }

    /// An enrolled kiosk with a token.
    pub async fn kiosk(&self) -> TestKiosk {
        let mut kiosk = TestKiosk::enrol(self).await;
        kiosk.sign_in().await;
        kiosk
    }

    /// A pass of the household, good for `uses` entries, in the table and in the feed.
    pub async fn pass(&self, uses: Option<u32>) -> PassId {
        let id = PassId::new(START, &mut OsEntropy);
        let now = self.server.app.now();
        let row = PassRow {
            unit: self.unit,
            visitor_type: VisitorType::Guest,
            mode: PassMode::Static,
            valid_from: now,
            valid_until: now.plus(DAY),
            uses,
            windows: Vec::new(),
            revoked_at: None,
            name: "Ravi".into(),
            home_gate: None,
            plate4: None,
            company: None,
            people: 1,
        };
        let mut tx = self.server.app.store.write().await.unwrap();
        execute!(
            &mut tx,
            "insert into passes (community, id, unit, created_by, visitor_type, mode, name, people, valid_from,
                 valid_until, uses, windows, token, created_at)
             values ($1, $2, $3, $4, 'GUEST', 'STATIC', 'Ravi', 1, $5, $6, $7, $8, '', $5)",
            self.community,
            id,
            self.unit,
            self.admin,
            now,
            now.plus(DAY),
            uses,
            Vec::new()
        )
        .unwrap();
        feed::publish(&mut tx, self.community, &[Change::put(id.0, &row)], now, &mut OsEntropy)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Publishes the state of a visit, as an answer of the household does.
    pub async fn publish_visit(&self, visit: Uuid, row: &VisitRow) {
        let now = self.server.app.now();
        let mut tx = self.server.app.store.write().await.unwrap();
        feed::publish(&mut tx, self.community, &[Change::put(visit, row)], now, &mut OsEntropy)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Kinds of the alerts raised, in alphabetical order.
    pub async fn alerts(&self) -> Vec<String> {
        let mut tx = self.server.app.store.read().await.unwrap();
        let sql = "select kind from alerts where community = $1 order by kind";
        let rows = fetch_all!(&mut tx, (String,), sql, self.community).unwrap();
        rows.into_iter().map(|row| row.0).collect()
    }

    /// Revokes a kiosk.
    pub async fn revoke(&self, kiosk: &TestKiosk, state: &str) {
        let mut tx = self.server.app.store.write().await.unwrap();
        execute!(
            &mut tx,
            "update kiosks set state = $3, revoked_at = $4, order_signature = $5 where community = $1 and id = $2",
            self.community,
            kiosk.id,
            state,
            self.now(),
            [7_u8; 64]
        )
        .unwrap();
        tx.commit().await.unwrap();
    }

    pub fn now(&self) -> UnixMs {
        self.server.app.now()
    }
}
