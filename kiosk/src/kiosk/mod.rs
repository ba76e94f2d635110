//! The whole kiosk without its window: what [`crate::screen`] promises, kept.
//!
//! One thread takes what the eye sees and the courier tells, one thing after the other, and pushes the
//! screen when it has changed. Touches go to the desk on the caller's thread.

mod alarms;
mod aside;
mod drawing;
mod ending;
mod enrolling;
mod gate;
mod held_up;
mod left;
mod life;
mod news;
mod opening;
mod preferences;
mod renewing;
mod sight;
mod soundness;
mod touches;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use gatehouse::hash::Hash;
use tokio::{
    runtime::{Builder, Runtime},
    sync::{mpsc, watch},
};

use crate::{
    camera::{Camera, CameraSpec},
    control::{Ending, Hands, Listener, Order, carry_out},
    desk::DeskError,
    enrol::Invited,
    eye::{Eye, Glance, Memory},
    folder::Folder,
    keys::Wish,
    screen::{Look, Screen, Seen, Touch, TouchError},
    time::{Clocks, MachineClocks, Timekeeper},
};

pub use ending::{Ended, Orders};
pub use gate::{Damage, Gate, Ground, OpenError, Reading};
pub use left::{Left, LeftError};
pub use renewing::Asking;

use life::{Happened, Life, State};
use preferences::Preferences;
use sight::Sight;

/// How often what has ended is taken off the screen.
const TICK: Duration = Duration::from_millis(200);

/// What a kiosk starts from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data folder, made if it is not there.
    pub data: PathBuf,
    /// The camera.
    pub camera: CameraSpec,
    /// Who is to hold the keys once the kiosk is enrolled.
    pub keys: Wish,
}

/// A kiosk at work until it is dropped.
pub struct Kiosk {
    shared: Arc<Shared>,
    preview: Mutex<Option<(u64, Arc<[u8]>)>>,
    life: Option<thread::JoinHandle<()>>,
    _control: Option<Listener>,
    _eye: Eye,
    /// Last: what runs on it is gone before it is.
    _runtime: Runtime,
}

struct Shared {
    state: Mutex<State>,
    camera: Camera,
    /// What was held up lately, before the camera or a hand scanner.
    memory: Arc<Memory>,
    screen: watch::Sender<Screen>,
    ended: AtomicBool,
}

impl Kiosk {
    /// Takes the folder, opens what is in it, and starts camera, eye and, once enrolled, courier. A gate that does not
    /// open says so on the screen and is tried again.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        Self::open_with(settings, Arc::new(MachineClocks))
    }

    /// The same with other clocks.
    pub fn open_with(settings: Settings, clocks: Arc<dyn Clocks>) -> Result<Self, OpenError> {
        let folder = Arc::new(Folder::open_patiently(&settings.data, || false)?);
        let time = Arc::new(Timekeeper::open(Arc::clone(&clocks), Arc::clone(&folder)));
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let preferences = Preferences::load(&folder);
        let (happened, happenings) = mpsc::unbounded_channel();
        let sight = Sight::of(&settings.camera);
        let camera = Camera::start(settings.camera)?;
        let (told, glances) = mpsc::unbounded_channel();
        let memory = Arc::<Memory>::default();
        let eye = Eye::open(camera.newest(), Arc::clone(&memory), clocks, told)?;
        let socket = folder.socket();
        let handle = runtime.handle().clone();
        let state = State::begin(folder, time, settings.keys, preferences, sight, handle.clone(), happened);
        let screen = watch::Sender::new(state.screen());
        let ended = AtomicBool::new(false);
        let shared = Arc::new(Shared { state: Mutex::new(state), camera, memory, screen, ended });
        let watched = Arc::clone(&shared);
        let life = thread::Builder::new()
            .name("kiosk".into())
            .spawn(move || watched.live(&handle, glances, happenings))?;
        let ordered = Arc::clone(&shared);
        let control = Listener::open(socket, move |order, say| ordered.carry_out(order, say));
        if let Err(error) = &control {
            tracing::error!(%error, "gatectl finds nobody here until the next start");
        }
        Ok(Self {
            shared,
            preview: Mutex::new(None),
            life: Some(life),
            _control: control.ok(),
            _eye: eye,
            _runtime: runtime,
        })
    }

    /// The state now.
    pub fn screen(&self) -> Screen {
        self.shared.screen.borrow().clone()
    }

    /// The state after every change.
    pub fn watch(&self) -> watch::Receiver<Screen> {
        self.shared.screen.subscribe()
    }

    /// Does what a touch says; done and durable when it returns.
    pub fn touch(&self, touch: &Touch) -> Result<(), TouchError> {
        let done = self.shared.touch(touch);
        self.shared.push();
        done
    }

    /// Answers a question; changes nothing.
    pub fn look(&self, look: &Look) -> Result<Seen, TouchError> {
        if *look == Look::TakePhoto {
            return self.shared.take_photo();
        }
        self.shared.lock().look(look)
    }

    /// The photo of that name, a JPEG, where it is kept.
    pub fn photo(&self, name: &str) -> Option<Arc<[u8]>> {
        let name: Hash = name.parse().ok()?;
        let desk = self.shared.lock().desk()?;
        desk.photo(&name).unwrap_or_else(|error| {
            tracing::error!(%error, "a photo cannot be read");
            None
        })
    }

    /// The camera's newest picture as JPEG.
    pub fn preview(&self) -> Option<Arc<[u8]>> {
        let mut held = self.preview.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = held.as_ref().map_or(0, |(number, _)| *number);
        if let Some((number, jpeg)) = self.shared.camera.preview(seen) {
            *held = Some((number, jpeg.into()));
        }
        held.as_ref().map(|(_, jpeg)| Arc::clone(jpeg))
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // A process must not end while a database is at work in it.
        if let Some(life) = self.life.take()
            && life.join().is_err()
        {
            tracing::error!("the kiosk's thread had failed");
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out what `gatectl` asks beside the window.
    fn carry_out(&self, order: &Order, say: &mut dyn FnMut(serde_json::Value)) -> Ending {
        let Some(desk) = self.lock().desk() else {
            let (said, ending) = if matches!(self.lock().life, Life::Opening(_)) {
                (serde_json::json!({ "window": true, "error": "the gate does not open yet" }), Ending::Failed)
            } else {
                (serde_json::json!({ "window": true, "enrolled": false }), Ending::NotNow)
            };
            say(said);
            return ending;
        };
        let hands = Hands {
            desk: &desk,
            recorded: &|| self.lock().recorded(),
            try_now: &|| self.lock().try_now().is_ok(),
            gave_up: &|waited| self.ended.load(Ordering::Relaxed) || self.lock().is_out_of_reach(waited),
            ended: &|| self.lock().ended(),
            about: &|| self.lock().about(),
        };
        let ending = carry_out(&hands, order, say);
        self.push();
        ending
    }

    fn take_photo(&self) -> Result<Seen, TouchError> {
        let desk = self.lock().desk().ok_or(TouchError::NotNow)?;
        let jpeg = self.camera.snapshot().ok_or(TouchError::NoPicture)?;
        Ok(Seen::Photo { photo: desk.hold_photo(jpeg) })
    }

    fn touch(&self, touch: &Touch) -> Result<(), TouchError> {
        match touch {
            Touch::EnrolTyped { server, code } => {
                let invited = Invited::typed(server, &code.0);
                self.lock().invited(invited)
            }
            Touch::EnrolRetry => self.lock().enrol_again(),
            Touch::EnrolCancel => self.lock().enrol_cancel(),
            Touch::TryNow => self.lock().try_now(),
            Touch::SetLanguage { language } => self.lock().prefer(|chosen| chosen.language = *language),
            Touch::SetTheme { theme } => self.lock().prefer(|chosen| chosen.theme = *theme),
            Touch::Scanned { text } => self.scanned(&text.0),
            Touch::Emergency { kind } => self.lock().emergency(*kind),
            Touch::AcknowledgeAlarm { alert } if self.lock().alarm_seen(*alert) => Ok(()),
            touch => {
                let desk = self.lock().desk().ok_or(TouchError::NotNow)?;
                self.done(touches::on_desk(&desk, &self.camera, touch))
            }
        }
    }

    /// What came of a touch on the desk.
    fn done(&self, done: Result<(), DeskError>) -> Result<(), TouchError> {
        let mut state = self.lock();
        // A touch that failed may have recorded something too: a wrong PIN, a wrong answer.
        state.recorded();
        done.map_err(|error| {
            state.look_for_damage(&error);
            error.into_touch()
        })
    }

    fn live(
        &self,
        runtime: &tokio::runtime::Handle,
        mut glances: mpsc::UnboundedReceiver<Glance>,
        mut happenings: mpsc::UnboundedReceiver<Happened>,
    ) {
        while !self.ended.load(Ordering::Relaxed) {
            runtime.block_on(async {
                tokio::select! {
                    Some(glance) = glances.recv() => self.glance(glance),
                    Some(happened) = happenings.recv() => self.lock().happened(happened),
                    () = tokio::time::sleep(TICK) => {}
                }
            });
            self.lock().tick(self.camera.condition());
            self.push();
        }
    }

    /// Pushes the screen if more than the time has changed.
    fn push(&self) {
        let state = self.lock();
        let mut next = state.screen();
        self.screen.send_if_modified(|shown| {
            next.push = shown.push;
            let now = std::mem::replace(&mut next.now, shown.now);
            if next == *shown {
                return false;
            }
            (next.now, next.push) = (now, shown.push.wrapping_add(1));
            *shown = next;
            true
        });
    }
}

#[cfg(test)]
mod tests;
