//! A courier beside the orders, while this process owns the folder: what it tells is taken in, and an order that
//! ends the kiosk is heeded.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use gatehouse::{feed::row::KioskOrder, sync::Contact};
use gatehouse_kiosk::{
    courier::{Courier, News},
    kiosk::{Asking, Ended, Gate, Left, LeftError, Orders},
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};

use crate::owner::NoOwner;

/// A courier at work for a gate.
pub struct Carrier {
    courier: Arc<Courier>,
    heard: Arc<Heard>,
    runtime: Runtime,
}

/// What the courier told that concerns the whole kiosk.
#[derive(Default)]
struct Heard {
    contact: Mutex<Contact>,
    order: Mutex<Option<KioskOrder>>,
    /// What was ordered of the gate, and how it ended.
    orders: Mutex<(Orders, Option<Ended>)>,
}

impl Heard {
    fn order(&self, order: KioskOrder) {
        *self.order.lock().unwrap_or_else(PoisonError::into_inner) = Some(order);
    }

    fn contact(&self) -> Contact {
        *self.contact.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Carrier {
    /// Sets one to work.
    pub fn start(gate: &Arc<Gate>) -> Result<Self, NoOwner> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (news, told) = unbounded_channel();
        let heard = Arc::new(Heard::default());
        let courier = Arc::new(Courier::start(runtime.handle(), gate.parts()?, news)?);
        runtime.spawn(listen(told, Arc::clone(gate), Arc::downgrade(&courier), Arc::clone(&heard)));
        Ok(Self { courier, heard, runtime })
    }

    /// The desk recorded something.
    pub fn recorded(&self) {
        self.courier.recorded();
    }

    /// Somebody wants it tried now.
    pub fn try_now(&self) {
        self.courier.try_now();
    }

    /// How the kiosk stands with its server.
    pub fn contact(&self) -> Contact {
        self.heard.contact()
    }

    /// Heeds an order that was heard. What a stolen kiosk leaves behind is handed in at once, if the server can
    /// still be reached.
    pub fn heed(&self, gate: &Gate) -> Option<Ended> {
        let order = self.heard.order.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut orders = self.heard.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let (orders, ended) = &mut *orders;
        if ended.is_none() {
            *ended = order.and_then(|order| orders.hear(gate, &order)).or_else(|| orders.look(gate));
            if *ended == Some(Ended::Stolen)
                && let Err(error) = self.runtime.block_on(hand_in(gate))
            {
                tracing::warn!(%error, "what was not sent lies sealed and is still to be handed in");
            }
        }
        *ended
    }
}

async fn listen(
    mut told: UnboundedReceiver<News>,
    gate: Arc<Gate>,
    courier: Weak<Courier>,
    heard: Arc<Heard>,
) {
    let mut asking = Asking::default();
    let ask_trust = |asking: &mut Asking| {
        if heard.contact().online
            && asking.is_due(gate.desk.cache().settings())
            && let Some(courier) = courier.upgrade()
        {
            courier.ask_trust();
        }
    };
    while let Some(news) = told.recv().await {
        let taken = match news {
            News::Contact(contact) => {
                *heard.contact.lock().unwrap_or_else(PoisonError::into_inner) = contact;
                ask_trust(&mut asking);
                Ok(())
            }
            News::Copy => {
                ask_trust(&mut asking);
                gate.desk.refresh().and_then(|()| {
                    if let Some(order) = gate.desk.known()?.order.clone() {
                        heard.order(order);
                    }
                    Ok(())
                })
            }
            News::Stepped { from, to } => gate.desk.clock_stepped(from, to),
            News::Revoked => {
                if let Some(courier) = courier.upgrade() {
                    courier.ask_order();
                }
                Ok(())
            }
            News::Order(order) => {
                heard.order(order.into());
                Ok(())
            }
            News::Trust(trust) => {
                if renew(&gate, &heard, trust.as_deref()) {
                    asking.came();
                } else {
                    asking.missed();
                }
                Ok(())
            }
            News::StoreFailed => Ok(()),
        };
        if let Err(error) = taken {
            tracing::error!(%error, "what the courier told cannot be taken in");
        }
    }
}

/// Takes the trust file that was asked for; false where it did not come or could not be taken.
fn renew(gate: &Gate, heard: &Heard, trust: Option<&[u8]>) -> bool {
    let Some(trust) = trust else { return false };
    // While a kiosk is being ended, and after, nothing of it is kept any more.
    let Ok(orders) = heard.orders.try_lock() else { return false };
    if orders.1.is_some() {
        return false;
    }
    gate.renew(trust).inspect_err(|error| tracing::error!(%error, "a trust file was not taken")).is_ok()
}

async fn hand_in(gate: &Gate) -> Result<(), LeftError> {
    let folder = &gate.ground.folder;
    match Left::load(folder)? {
        Some(left) => left.hand_in(folder, Arc::clone(&gate.ground.time) as _).await,
        None => Ok(()),
    }
}
