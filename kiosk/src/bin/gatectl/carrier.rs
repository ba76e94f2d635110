//! A courier beside the orders, while this process owns the folder: what it tells is taken in, and an order that
//! ends the kiosk is heeded.

use std::sync::{
    Arc, Mutex, PoisonError, Weak,
    atomic::{AtomicBool, Ordering},
};

use gatehouse::feed::row::KioskOrder;
use gatehouse_kiosk::{
    courier::{Courier, News},
    kiosk::{Ended, Gate, Left, LeftError, Orders},
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
    orders: Mutex<(Orders, Option<Ended>)>,
    runtime: Runtime,
}

/// What the courier told that concerns the whole kiosk.
#[derive(Default)]
struct Heard {
    online: AtomicBool,
    order: Mutex<Option<KioskOrder>>,
}

impl Heard {
    fn order(&self, order: KioskOrder) {
        *self.order.lock().unwrap_or_else(PoisonError::into_inner) = Some(order);
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
        Ok(Self { courier, heard, orders: Mutex::default(), runtime })
    }

    /// The desk recorded something.
    pub fn recorded(&self) {
        self.courier.recorded();
    }

    /// Somebody wants it tried now.
    pub fn try_now(&self) {
        self.courier.try_now();
    }

    /// Whether the server is heard.
    pub fn is_online(&self) -> bool {
        self.heard.online.load(Ordering::Relaxed)
    }

    /// Heeds an order that was heard. What a stolen kiosk leaves behind is handed in at once, if the server can
    /// still be reached.
    pub fn heed(&self, gate: &Gate) -> Option<Ended> {
        let order = self.heard.order.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
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
    while let Some(news) = told.recv().await {
        let taken = match news {
            News::Contact(contact) => {
                heard.online.store(contact.online, Ordering::Relaxed);
                Ok(())
            }
            News::Copy => gate.desk.refresh().and_then(|()| {
                if let Some(order) = gate.desk.known()?.order.clone() {
                    heard.order(order);
                }
                Ok(())
            }),
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
            News::Trust(_) | News::StoreFailed => Ok(()),
        };
        if let Err(error) = taken {
            tracing::error!(%error, "what the courier told cannot be taken in");
        }
    }
}

async fn hand_in(gate: &Gate) -> Result<(), LeftError> {
    let folder = &gate.ground.folder;
    match Left::load(folder)? {
        Some(left) => left.hand_in(folder, Arc::clone(&gate.ground.time) as _).await,
        None => Ok(()),
    }
}
