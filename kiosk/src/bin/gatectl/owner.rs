//! Orders given to whoever owns the data folder: a window that is open on it, else this process.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use gatehouse::journal::Cause;
use gatehouse_kiosk::{
    control::{Ending, Hands, Listener, Order, carry_out, send},
    courier::{Courier, News},
    enrol::Membership,
    folder::{self, Folder, FolderError},
    kiosk::{Gate, Ground},
    time::MachineClocks,
};
use serde_json::{Value, json};
use tokio::{
    runtime::{Builder, Runtime},
    sync::mpsc,
};

/// Without any word of the server for so long a sync gives up, in microseconds.
const UNREACHABLE_US: u64 = 15_000_000;

/// Whoever carries orders out.
pub enum Owner {
    /// Another process, by its socket.
    Other(std::path::PathBuf),
    /// This one.
    Here(Box<Here>),
}

/// A gate that this process opened.
pub struct Here {
    gate: Arc<Gate>,
    courier: Option<Arc<Carrying>>,
    listener: Option<Listener>,
}

struct Carrying {
    courier: Courier,
    online: Arc<AtomicBool>,
    _runtime: Runtime,
}

/// Why there is nobody to give orders to.
pub struct NoOwner {
    /// What to say.
    pub words: String,
    /// How to end.
    pub ending: Ending,
}

impl<E: std::error::Error> From<E> for NoOwner {
    fn from(error: E) -> Self {
        let mut words = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            words.push_str(": ");
            words.push_str(&cause.to_string());
            source = cause.source();
        }
        Self { words, ending: Ending::Failed }
    }
}

impl NoOwner {
    /// A kiosk that is not enrolled.
    pub fn not_enrolled() -> Self {
        Self { words: "this kiosk is not enrolled".into(), ending: Ending::NotNow }
    }
}

impl Owner {
    /// Takes the folder where nobody owns it, else finds its owner.
    pub fn of(data: &Path) -> Result<Self, NoOwner> {
        match Folder::open(data) {
            Ok(folder) => {
                let ground = Ground::open(folder, Arc::new(MachineClocks))?;
                let trusted = Membership::load(&ground.folder)?.ok_or_else(NoOwner::not_enrolled)?;
                let gate = Gate::open(ground, trusted, Cause::Damaged)?;
                Ok(Self::Here(Box::new(Here::new(gate))))
            }
            Err(FolderError::InUse) => Ok(Self::Other(folder::socket(data))),
            Err(error) => Err(error.into()),
        }
    }

    /// Carries an order out; what it says goes to `say`.
    pub fn carry_out(&mut self, order: &Order, say: &mut dyn FnMut(Value)) -> Result<Ending, NoOwner> {
        match self {
            Self::Other(socket) => send(socket, order, say).map_err(|error| NoOwner {
                words: format!("another process owns the data folder and does not answer: {error}"),
                ending: Ending::InUse,
            }),
            Self::Here(here) => {
                if *order == Order::Sync {
                    here.carry()?;
                }
                Ok(carry_out_here(&here.gate, here.courier.as_deref(), order, say))
            }
        }
    }

    /// Stays: a courier works beside the orders, and others' orders are taken too, where this process owns
    /// the folder.
    pub fn stay(&mut self) -> Result<(), NoOwner> {
        match self {
            Self::Other(_) => Ok(()),
            Self::Here(here) => {
                here.carry()?;
                here.listen()
            }
        }
    }

    /// What passing time brings.
    pub fn tick(&self) -> Result<(), NoOwner> {
        if let Self::Here(here) = self
            && here.gate.desk.tick()?
            && let Some(carrying) = &here.courier
        {
            carrying.courier.recorded();
        }
        Ok(())
    }
}

impl Here {
    /// A gate that was just enrolled.
    pub fn new(gate: Gate) -> Self {
        Self { gate: Arc::new(gate), courier: None, listener: None }
    }

    fn carry(&mut self) -> Result<(), NoOwner> {
        if self.courier.is_some() {
            return Ok(());
        }
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (news, mut told) = mpsc::unbounded_channel();
        let online = Arc::new(AtomicBool::new(false));
        let courier = Courier::start(runtime.handle(), self.gate.parts()?, news)?;
        let (desk, its) = (Arc::clone(&self.gate.desk), Arc::clone(&online));
        runtime.spawn(async move {
            while let Some(news) = told.recv().await {
                let taken = match news {
                    News::Contact(contact) => {
                        its.store(contact.online, Ordering::Relaxed);
                        Ok(())
                    }
                    News::Copy => desk.refresh(),
                    News::Stepped { from, to } => desk.clock_stepped(from, to),
                    _ => Ok(()),
                };
                if let Err(error) = taken {
                    tracing::error!(%error, "what the courier told cannot be taken in");
                }
            }
        });
        self.courier = Some(Arc::new(Carrying { courier, online, _runtime: runtime }));
        Ok(())
    }

    fn listen(&mut self) -> Result<(), NoOwner> {
        if self.listener.is_none() {
            let (gate, courier) = (Arc::clone(&self.gate), self.courier.clone());
            let socket = self.gate.ground.folder.socket();
            self.listener = Some(Listener::open(socket, move |order, say| {
                carry_out_here(&gate, courier.as_deref(), order, say)
            })?);
        }
        Ok(())
    }
}

fn carry_out_here(
    gate: &Gate,
    carrying: Option<&Carrying>,
    order: &Order,
    say: &mut dyn FnMut(Value),
) -> Ending {
    let hands = Hands {
        desk: &gate.desk,
        recorded: &|| {
            if let Some(carrying) = carrying {
                carrying.courier.recorded();
            }
        },
        try_now: &|| {
            carrying.is_some_and(|carrying| {
                carrying.courier.try_now();
                true
            })
        },
        gave_up: &|waited| {
            waited > UNREACHABLE_US
                && carrying.is_none_or(|carrying| !carrying.online.load(Ordering::Relaxed))
        },
        about: json!({
            "server": gate.trusted.membership.server_text(),
            "window": false,
            "keys": gate.ground.holder().as_str(),
            "cache_renewed": gate.cache_renewed,
            "journal_renewed": gate.journal_renewed,
        }),
    };
    carry_out(&hands, order, say)
}
