//! What one stream sends to one kiosk.

use std::{convert::Infallible, time::Duration};

use axum::body::Bytes;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    cbor,
    feed::{Cursor, Page},
    id::{CommunityId, KioskId},
    sync::Beat,
};
use minicbor::Encode;
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        mpsc, watch,
    },
    time::{Instant, Interval, MissedTickBehavior, interval},
};

use super::hub::{Hearing, Look, Signal};
use crate::{
    app::App,
    http::causes,
    store::StoreError,
    sync::{Kiosk, feed, kiosk::is_active},
};

/// How often the kiosk hears that the stream lives.
const BEAT_EVERY: Duration = Duration::from_millis(Beat::EVERY.unsigned_abs());

/// How old a look at the feed may be for a beat to go by it: a few of the reader's seconds.
const YOUNG: Duration = Duration::from_secs(3);

const GONE: Bytes = Bytes::from_static(b"event: gone\ndata:\n\n");
const REVOKED: Bytes = Bytes::from_static(b"event: revoked\ndata:\n\n");

fn is_young(look: Instant) -> bool {
    look.elapsed() < YOUNG
}

/// The event of a page: the base64 of its CBOR.
pub(super) fn page(page: &Page) -> Bytes {
    event("page", page)
}

fn event<T: Encode<()>>(name: &str, value: &T) -> Bytes {
    format!("event: {name}\ndata: {}\n\n", URL_SAFE_NO_PAD.encode(cbor::to_vec(value))).into()
}

/// What the HTTP body is made of.
pub(super) type Out = mpsc::Sender<Result<Bytes, Infallible>>;

/// One kiosk's stream.
pub(super) struct Sender {
    app: App,
    community: CommunityId,
    kiosk: KioskId,
    /// How far the kiosk was told.
    cursor: Cursor,
    out: Out,
    /// The community's reader's looks at the feed.
    looks: watch::Receiver<Option<Look>>,
    /// When this stream last looked for itself, and found nothing further.
    caught_up: Option<Instant>,
}

/// Why a stream ends.
enum End {
    /// The kiosk went away.
    Closed,
    /// The cursor cannot be continued.
    Gone,
    /// The kiosk was revoked.
    Revoked,
    /// The database failed: the kiosk tries again.
    Failed(StoreError),
}

impl Sender {
    /// A stream's sender, and what its community's reader will tell it.
    pub(super) fn new(
        app: App,
        kiosk: &Kiosk,
        cursor: Cursor,
        hearing: Hearing,
        out: Out,
    ) -> (Self, Receiver<Signal>) {
        let Hearing { signals, looks } = hearing;
        let (community, kiosk) = (kiosk.community, kiosk.id);
        (Self { app, community, kiosk, cursor, out, looks, caught_up: None }, signals)
    }

    /// Sends until the kiosk goes away, its cursor is gone or it is revoked.
    pub(super) async fn run(mut self, mut signals: Receiver<Signal>) {
        let mut beats = interval(BEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let last = match self.send_all(&mut signals, &mut beats).await {
            End::Closed => return,
            End::Gone => GONE,
            End::Revoked => REVOKED,
            End::Failed(error) => {
                tracing::warn!(error = causes(&error), "a stream ends because the database failed");
                return;
            }
        };
        // The kiosk may have gone away in the meantime.
        drop(self.out.send(Ok(last)).await);
    }

    async fn send_all(&mut self, signals: &mut Receiver<Signal>, beats: &mut Interval) -> End {
        if let Err(end) = self.catch_up().await {
            return end;
        }
        loop {
            let sent = tokio::select! {
                _ = beats.tick() => self.beat().await,
                signal = signals.recv() => self.heed(signal).await,
                () = self.out.closed() => return End::Closed,
            };
            if let Err(end) = sent {
                return end;
            }
        }
    }

    async fn heed(&mut self, signal: Result<Signal, RecvError>) -> Result<(), End> {
        match signal {
            Ok(Signal::Page { from, to, event }) if from == self.cursor => {
                self.send(event).await?;
                self.cursor = to;
                Ok(())
            }
            Ok(Signal::Page { to, .. }) if to.epoch == self.cursor.epoch && to.seq <= self.cursor.seq => {
                Ok(())
            }
            Ok(Signal::Page { .. } | Signal::Renewed) | Err(RecvError::Lagged(_)) => self.catch_up().await,
            // It is sent nothing more, the order to it least of all: that proves itself, and is open to all.
            Ok(Signal::Revoked(kiosks)) if kiosks.contains(&self.kiosk) => Err(End::Revoked),
            Ok(Signal::Revoked(_)) => Ok(()),
            Err(RecvError::Closed) => Err(End::Closed),
        }
    }

    /// Sends what this stream's cursor lacks, read for itself; of a state in which its kiosk is revoked, nothing. Who
    /// missed the reader's word of that hears of it here.
    async fn catch_up(&mut self) -> Result<(), End> {
        loop {
            let at = Instant::now();
            let mut tx = self.app.store.read().await.map_err(End::Failed)?;
            if !is_active(&mut tx, self.kiosk).await.map_err(End::Failed)? {
                return Err(End::Revoked);
            }
            let pulled = feed::pull(&mut tx, self.community, self.cursor).await.map_err(End::Failed)?;
            drop(tx);
            let found = pulled.map_err(|_| End::Gone)?;
            if found.to == self.cursor {
                self.caught_up = Some(at);
                return Ok(());
            }
            self.send(page(&found)).await?;
            self.cursor = found.to;
        }
    }

    /// Says that the kiosk has everything: only where somebody has looked. A stream that says nothing for long is given
    /// up, and the kiosk asks for itself.
    async fn beat(&mut self) -> Result<(), End> {
        if !self.caught_up.is_some_and(is_young) {
            let look = *self.looks.borrow();
            let Some(look) = look.filter(|look| is_young(look.at)) else { return Ok(()) };
            if look.head != self.cursor {
                self.catch_up().await?;
            }
        }
        self.send(event("beat", &Beat { head: self.cursor })).await
    }

    async fn send(&self, event: Bytes) -> Result<(), End> {
        self.out.send(Ok(event)).await.map_err(|_| End::Closed)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use gatehouse::{entropy::Entropy as _, id::GateId};
    use tokio::sync::broadcast;

    use super::*;
    use crate::{
        OsEntropy,
        clock::WallClock,
        execute,
        origin::Origin,
        secrets::{MasterKey, Sealer},
        setup::{FirstAdmin, first_admin},
        store::Store,
    };

    async fn app(folder: &tempfile::TempDir) -> App {
        let store = Store::open_sqlite(&folder.path().join("test.db")).await.unwrap();
        let sealer = Sealer::new(&MasterKey::new(OsEntropy.bytes()));
        let origin = Origin { url: "http://127.0.0.1:1".into(), pin: None };
        App::over(store, sealer, Arc::new(WallClock), origin).await.unwrap()
    }

    async fn community(app: &App) -> CommunityId {
        let first = FirstAdmin {
            community: "Green Park".into(),
            zone: None,
            name: "Asha".into(),
            email: "asha@example.in".into(),
            phone: "+919800000001".into(),
            password: "correct horse".into(),
        };
        first_admin(app, first).await.unwrap().community
    }

    async fn kiosk(app: &App, community: CommunityId) -> Kiosk {
        let id = KioskId::new(app.now(), &mut OsEntropy);
        let gate = GateId::new(app.now(), &mut OsEntropy);
        let mut tx = app.store.write().await.unwrap();
        let sql =
            "insert into gates (community, id, name, kind, created_at) values ($1, $2, 'Main', 'BOTH', 0)";
        execute!(&mut tx, sql, community, gate).unwrap();
        let sql = "insert into kiosks (community, id, gate, name, number, public, state, enrolled_at)
            values ($1, $2, $3, 'Booth', 7, $4, 'ACTIVE', 0)";
        execute!(&mut tx, sql, community, id, gate, [5_u8; 32]).unwrap();
        tx.commit().await.unwrap();
        Kiosk { id, community, gate }
    }

    #[tokio::test]
    async fn a_stream_that_missed_the_word_of_its_kiosks_end_ends_when_it_reads_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(&folder).await;
        let community = community(&app).await;
        let kiosk = kiosk(&app, community).await;
        let cursor = feed::head(&mut app.store.read().await.unwrap(), community).await.unwrap();
        let (told, signals) = broadcast::channel(1);
        let (_looks, looks) = watch::channel(None);
        let (out, mut events) = mpsc::channel(8);
        let (sender, signals) = Sender::new(app.clone(), &kiosk, cursor, Hearing { signals, looks }, out);
        let stream = tokio::spawn(sender.run(signals));
        let beat = event("beat", &Beat { head: cursor });
        assert_eq!(events.recv().await.unwrap().unwrap(), beat, "it has caught up");

        let mut tx = app.store.write().await.unwrap();
        execute!(&mut tx, "update kiosks set state = 'STOLEN' where id = $1", kiosk.id).unwrap();
        tx.commit().await.unwrap();
        // Both before it runs again: the second takes the place of the first.
        told.send(Signal::Revoked(Arc::new(HashSet::from([kiosk.id])))).unwrap();
        told.send(Signal::Revoked(Arc::default())).unwrap();
        assert_eq!(events.recv().await.unwrap().unwrap(), REVOKED);
        stream.await.unwrap();
        assert!(events.recv().await.is_none());
    }
}
