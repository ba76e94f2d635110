//! From the newest picture to what is new in view, on a thread of its own.
//!
//! Reading codes is the scan's business, what they mean the desk's. Here stands what lies between: one look
//! after the other, a code that is held up told of once, and the hint for who holds it.

mod memory;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use gatehouse_scan::{Budget, Frame, Guidance, Scan, Scanner};
use tokio::sync::mpsc;

use crate::{
    camera::{Newest, Picture},
    time::{Clocks, worked_micros},
};

pub use memory::Memory;

/// How long one picture may be worked on, in microseconds: the next one is newer.
pub const A_LOOK: u64 = 90_000;
/// How long to wait for a picture before looking whether the eye is still wanted.
const PATIENCE: Duration = Duration::from_millis(500);

/// Something new in view.
#[derive(Clone, PartialEq, Eq)]
pub enum Glance {
    /// Codes that were not in view just before, one at least.
    Codes(Vec<String>),
    /// What would help to read what is held up; nothing when it can be read or is gone.
    Guidance(Option<Guidance>),
}

impl std::fmt::Debug for Glance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Codes(codes) => write!(f, "{} codes", codes.len()),
            Self::Guidance(guidance) => guidance.fmt(f),
        }
    }
}

/// An eye that is open until it is dropped.
#[derive(Debug)]
pub struct Eye {
    closed: Arc<AtomicBool>,
}

impl Eye {
    /// Opens an eye on what a camera leaves in `newest`. What it sees goes into `memory`.
    pub fn open(
        newest: Arc<Newest>,
        memory: Arc<Memory>,
        clocks: Arc<dyn Clocks>,
        glances: mpsc::UnboundedSender<Glance>,
    ) -> std::io::Result<Self> {
        let closed = Arc::new(AtomicBool::new(false));
        let its = Arc::clone(&closed);
        thread::Builder::new()
            .name("eye".into())
            .spawn(move || look(&newest, &memory, &*clocks, &glances, &its))?;
        Ok(Self { closed })
    }
}

impl Drop for Eye {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}

fn look(
    newest: &Newest,
    memory: &Memory,
    clocks: &dyn Clocks,
    glances: &mpsc::UnboundedSender<Glance>,
    closed: &AtomicBool,
) {
    let (mut scanner, mut picture) = (Scanner::new(), Picture::default());
    let mut hint = None;
    while !closed.load(Ordering::Relaxed) && !glances.is_closed() {
        if !newest.after(picture.number, PATIENCE, &mut picture) {
            continue;
        }
        let Some(frame) = Frame::packed(&picture.luma, picture.width, picture.height) else { continue };
        let Scan { codes, guidance, .. } = scanner.scan(frame, &Budget::new(&worked_micros, A_LOOK));
        let fresh = memory.fresh(clocks.boot(), codes.iter().map(|code| code.text.as_str()));
        // Whoever listened has gone when sending fails, and the loop ends.
        if !fresh.is_empty() {
            drop(glances.send(Glance::Codes(fresh)));
        }
        if *guidance != hint {
            hint = *guidance;
            drop(glances.send(Glance::Guidance(hint)));
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;
    use crate::{
        camera::{Camera, CameraSpec},
        time::MachineClocks,
    };

    #[tokio::test]
    async fn a_pass_before_the_camera_is_told_of_once() {
        let code = qrcode::QrCode::new("GH1:HELLO").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass.png");
        let modules = code.width();
        let side = u32::try_from((modules + 8) * 8).unwrap();
        let picture = GrayImage::from_fn(side, side, |x, y| {
            let place = |at: u32| (at as usize / 8).checked_sub(4).filter(|at| *at < modules);
            let dark = place(x).zip(place(y)).is_some_and(|(x, y)| code[(x, y)] == qrcode::Color::Dark);
            Luma([if dark { 20 } else { 235 }])
        });
        picture.save(&path).unwrap();
        let camera = Camera::start(CameraSpec::Files(path)).unwrap();
        let (told, mut glances) = mpsc::unbounded_channel();
        let _eye = Eye::open(camera.newest(), Arc::default(), Arc::new(MachineClocks), told).unwrap();
        let first = tokio::time::timeout(Duration::from_secs(20), glances.recv()).await.unwrap();
        assert_eq!(first, Some(Glance::Codes(vec!["GH1:HELLO".into()])));
        let looked_at = camera.newest().number();
        for _ in 0..5 {
            assert!(camera.newest().wait(camera.newest().number(), Duration::from_secs(10)));
        }
        assert!(camera.newest().number() > looked_at);
        assert!(glances.try_recv().is_err(), "the same pass is told of twice");
    }
}
