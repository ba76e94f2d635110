//! Orders given to whoever owns the data folder: a window that is open on it, else this process.

use std::{io, path::Path, sync::Arc};

use gatehouse::journal::Cause;
use gatehouse_kiosk::{
    control::{Ending, Hands, Listener, Order, carry_out, is_out_of_reach, send},
    enrol::Membership,
    kiosk::{Ended, Gate, Ground},
};
use serde_json::Value;

use crate::{carrier::Carrier, clocks::clocks, place::Place};

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
    carrier: Option<Arc<Carrier>>,
    listener: Option<Listener>,
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

    /// A file or folder that was named and cannot be used.
    pub fn at(path: &Path, error: &io::Error) -> Self {
        let gone = error.kind() == io::ErrorKind::NotFound;
        Self {
            words: format!("{}: {error}", path.display()),
            ending: if gone { Ending::Gone } else { Ending::Failed },
        }
    }
}

impl Owner {
    /// Takes the folder where nobody owns it, else finds its owner.
    pub fn of(data: &Path) -> Result<Self, NoOwner> {
        match Place::find(data)? {
            Place::Ours(folder) => {
                let ground = Ground::open(folder, clocks()?)?;
                let trusted = Membership::load(&ground.folder)?.ok_or_else(NoOwner::not_enrolled)?;
                let gate = Gate::open(ground, trusted, Cause::Damaged)?;
                Ok(Self::Here(Box::new(Here::new(gate))))
            }
            Place::Served(socket) => Ok(Self::Other(socket)),
        }
    }

    /// Carries an order out; what it says goes to `say`. While a sync takes its time, others' orders are taken too.
    pub fn carry_out(&mut self, order: &Order, say: &mut dyn FnMut(Value)) -> Result<Ending, NoOwner> {
        match self {
            Self::Other(socket) => send(socket, order, say).map_err(|error| NoOwner {
                words: format!("another process owns the data folder and does not answer: {error}"),
                ending: Ending::InUse,
            }),
            Self::Here(here) => {
                if *order == Order::Sync {
                    here.carry()?;
                    here.listen()?;
                }
                Ok(carry_out_here(&here.gate, here.carrier.as_deref(), order, say))
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

    /// What passing time brings; how the kiosk ended, if that is what it brought.
    pub fn tick(&self) -> Result<Option<Ended>, NoOwner> {
        let Self::Here(here) = self else { return Ok(None) };
        let Some(carrier) = &here.carrier else { return Ok(None) };
        if let Some(ended) = carrier.heed(&here.gate) {
            return Ok(Some(ended));
        }
        if here.gate.desk.tick()? {
            carrier.recorded();
        }
        Ok(None)
    }
}

impl Here {
    /// A gate that was just enrolled.
    pub fn new(gate: Gate) -> Self {
        Self { gate: Arc::new(gate), carrier: None, listener: None }
    }

    fn carry(&mut self) -> Result<(), NoOwner> {
        if self.carrier.is_none() {
            self.carrier = Some(Arc::new(Carrier::start(&self.gate)?));
        }
        Ok(())
    }

    fn listen(&mut self) -> Result<(), NoOwner> {
        if self.listener.is_none() {
            let (gate, carrier) = (Arc::clone(&self.gate), self.carrier.clone());
            let socket = self.gate.ground.folder.socket();
            self.listener = Some(Listener::open(socket, move |order, say| {
                carry_out_here(&gate, carrier.as_deref(), order, say)
            })?);
        }
        Ok(())
    }
}

fn carry_out_here(
    gate: &Gate,
    carrier: Option<&Carrier>,
    order: &Order,
    say: &mut dyn FnMut(Value),
) -> Ending {
    let hands = Hands {
        desk: &gate.desk,
        recorded: &|| {
            if let Some(carrier) = carrier {
                carrier.recorded();
            }
        },
        try_now: &|| {
            carrier.is_some_and(|carrier| {
                carrier.try_now();
                true
            })
        },
        gave_up: &|waited| carrier.is_none_or(|carrier| is_out_of_reach(waited, &carrier.contact())),
        ended: &|| carrier.and_then(|carrier| carrier.heed(gate)),
        about: &|| gate.about(false),
    };
    carry_out(&hands, order, say)
}
