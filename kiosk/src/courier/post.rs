//! Requests of the core, sent with a token.

use std::sync::Arc;

use gatehouse::{
    api::sync::OrderAnswer,
    cbor,
    sync::{
        Failure,
        kiosk::{Answer, Request},
    },
};

use reqwest::Response;

use crate::{
    courier::{
        Identity, News,
        token::{Tokens, is_revoked, is_stale},
    },
    journal::Photo,
    net::{Client, NetTrouble, Reply},
    time::Timekeeper,
};

/// What became of a picture that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivered {
    /// The server has it.
    Taken,
    /// It was erased, or can never be taken.
    Unwanted,
    /// The server does not have its event, or not yet.
    EventUnknown,
}

/// Sends for one kiosk. Cheap to clone.
#[derive(Clone)]
pub(super) struct Post {
    pub(super) client: Client,
    pub(super) identity: Identity,
    pub(super) time: Arc<Timekeeper>,
    pub(super) tokens: Arc<Tokens>,
    pub(super) tell: Arc<dyn Fn(News) + Send + Sync>,
}

impl Post {
    /// Sends a request and gives its answer.
    pub(super) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let token = self.token(None).await?;
        let answer = match self.ask(&request, &token).await {
            Err(trouble) if is_stale(&trouble) => {
                let token = self.token(Some(&token)).await?;
                self.ask(&request, &token).await
            }
            answer => answer,
        };
        answer.map_err(|trouble| self.failure(&trouble))
    }

    async fn ask(&self, request: &Request, token: &str) -> Result<Answer, NetTrouble> {
        Ok(match request {
            Request::Pull(body) => {
                or_gone(self.client.cbor("/sync/feed", token, cbor::to_vec(body)).await?, Answer::Page)
            }
            Request::Snapshot(body) => {
                or_gone(self.client.cbor("/sync/snapshot", token, cbor::to_vec(body)).await?, Answer::Piece)
            }
            Request::Upload(body) => {
                or_gone(self.client.cbor("/sync/journal", token, cbor::to_vec(body)).await?, Answer::Upload)
            }
        })
    }

    /// The trust file as it stands now, unchecked.
    pub(super) async fn trust(&self) -> Result<Vec<u8>, Failure> {
        let token = self.token(None).await?;
        self.client.get_cbor("/sync/trust", &token).await.map_err(|trouble| self.failure(&trouble))
    }

    /// The order that ends this kiosk, unchecked.
    pub(super) async fn order(&self) -> Result<OrderAnswer, Failure> {
        let route = format!("/sync/orders/{}", self.identity.kiosk);
        self.client.get_json(&route).await.map_err(|trouble| self.failure(&trouble))
    }

    /// Sends the picture of an event.
    pub(super) async fn photo(&self, photo: &Photo) -> Result<Delivered, Failure> {
        let route = format!("/sync/photos/{}", photo.event);
        let token = self.token(None).await?;
        let sent = match self.client.put_jpeg(&route, &token, photo.jpeg.clone()).await {
            Err(trouble) if is_stale(&trouble) => {
                let token = self.token(Some(&token)).await?;
                self.client.put_jpeg(&route, &token, photo.jpeg.clone()).await
            }
            sent => sent,
        };
        match sent {
            Ok(()) => Ok(Delivered::Taken),
            Err(NetTrouble::Refused { status: 404, .. }) => Ok(Delivered::EventUnknown),
            Err(NetTrouble::Refused { status: 410 | 413 | 415 | 422, code, .. }) => {
                tracing::warn!(%code, "the server does not want a picture: it is erased here too");
                Ok(Delivered::Unwanted)
            }
            Err(trouble) => Err(self.failure(&trouble)),
        }
    }

    /// Opens a stream of events.
    pub(super) async fn events(&self, route: &str) -> Result<Reply<Response>, Failure> {
        let token = self.token(None).await?;
        let opened = match self.client.events(route, &token).await {
            Err(trouble) if is_stale(&trouble) => {
                let token = self.token(Some(&token)).await?;
                self.client.events(route, &token).await
            }
            opened => opened,
        };
        opened.map_err(|trouble| self.failure(&trouble))
    }

    async fn token(&self, refused: Option<&str>) -> Result<String, Failure> {
        self.tokens
            .get(&self.client, &self.identity, &self.time, refused, &*self.tell)
            .await
            .map_err(|trouble| self.failure(&trouble))
    }

    /// The server said that this kiosk is revoked: an order may wait for it.
    pub(super) fn revoked(&self) {
        (self.tell)(News::Revoked);
    }

    fn failure(&self, trouble: &NetTrouble) -> Failure {
        tracing::debug!(%trouble, "the server was not reached, or refused");
        if is_revoked(trouble) {
            self.revoked();
        }
        match trouble {
            NetTrouble::Unreachable
            | NetTrouble::NameUnknown
            | NetTrouble::CaptivePortal
            | NetTrouble::Proxy => Failure::Unreachable,
            NetTrouble::Timeout => Failure::TimedOut,
            NetTrouble::Intercepted | NetTrouble::Clock { .. } => Failure::Untrusted,
            NetTrouble::Refused { status: 429 | 503, .. } => Failure::Busy,
            NetTrouble::Refused { status: 401 | 403, .. } => Failure::Refused,
            NetTrouble::Refused { status, .. } if *status >= 500 => Failure::Fault,
            NetTrouble::Server(_) => Failure::Fault,
            NetTrouble::Refused { .. } | NetTrouble::Answer(_) => Failure::Malformed,
        }
    }
}

fn or_gone<T>(reply: Reply<T>, answer: impl FnOnce(T) -> Answer) -> Answer {
    match reply {
        Reply::Here(body) => answer(body),
        Reply::Gone => Answer::Gone,
    }
}
