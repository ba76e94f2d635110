//! The capture thread, and the watch over it: a stalled driver is left behind, a lost camera tried again.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::camera::{CameraError, CameraSpec, Newest, Picture, jpeg, snapshot};

/// No picture for so long means that the driver hangs.
const STALLED: Duration = Duration::from_secs(3);
/// As many of these spans may pass before a thread's first picture: a camera on the network takes 5 s to answer and as
/// long to send one, and would be left behind each time it was about to.
const OPENING: u32 = 4;
const BEFORE_RETRY: Duration = Duration::from_secs(1);

/// How the camera does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Being opened.
    Starting,
    /// Pictures come.
    Looking,
    /// There is none.
    Absent,
    /// It was or is there and gives no pictures; it is tried again by itself.
    Lost,
}

/// A camera that looks until it is dropped.
#[derive(Debug)]
pub struct Camera {
    newest: Arc<Newest>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    condition: Mutex<Condition>,
    ended: AtomicBool,
}

impl Shared {
    fn say(&self, condition: Condition) {
        *self.condition.lock().unwrap_or_else(PoisonError::into_inner) = condition;
    }

    fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

impl Camera {
    /// Starts looking through `spec`.
    pub fn start(spec: CameraSpec) -> std::io::Result<Self> {
        Self::start_with(spec, STALLED)
    }

    fn start_with(spec: CameraSpec, stalled: Duration) -> std::io::Result<Self> {
        let newest = Arc::new(Newest::default());
        let shared =
            Arc::new(Shared { condition: Mutex::new(Condition::Starting), ended: AtomicBool::new(false) });
        let (watched, its) = (Arc::clone(&newest), Arc::clone(&shared));
        thread::Builder::new()
            .name("camera watch".into())
            .spawn(move || watch(&spec, stalled, &watched, &its))?;
        Ok(Self { newest, shared })
    }

    /// The slot in which the newest picture lies.
    pub fn newest(&self) -> Arc<Newest> {
        Arc::clone(&self.newest)
    }

    /// How the camera does now.
    pub fn condition(&self) -> Condition {
        *self.shared.condition.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest picture as JPEG for the screen, where it is newer than `seen`.
    pub fn preview(&self, seen: u64) -> Option<(u64, Vec<u8>)> {
        let mut picture = Picture::default();
        if !self.newest.after(seen, Duration::ZERO, &mut picture) {
            return None;
        }
        match jpeg::write(&picture) {
            Ok(jpeg) => Some((picture.number, jpeg)),
            Err(error) => {
                tracing::warn!(%error, "no preview of a picture");
                None
            }
        }
    }
}

impl Camera {
    /// What the camera sees now, small enough to be kept; nothing while it does not look.
    pub fn snapshot(&self) -> Option<Vec<u8>> {
        let mut picture = Picture::default();
        if self.condition() != Condition::Looking || !self.newest.after(0, Duration::ZERO, &mut picture) {
            return None;
        }
        match snapshot(&picture) {
            Ok(jpeg) => Some(jpeg),
            Err(error) => {
                tracing::warn!(%error, "no photo of a picture");
                None
            }
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
    }
}

/// Keeps one capture thread going. One that hangs in a driver cannot be stopped from outside: it is left
/// behind with a flag that ends it as soon as it comes back.
fn watch(spec: &CameraSpec, stalled: Duration, newest: &Arc<Newest>, shared: &Arc<Shared>) {
    while !shared.ended() {
        let abandoned = Arc::new(AtomicBool::new(false));
        let capturing = {
            let (spec, newest, shared, abandoned) =
                (spec.clone(), Arc::clone(newest), Arc::clone(shared), Arc::clone(&abandoned));
            thread::Builder::new()
                .name("camera capture".into())
                .spawn(move || capture(&spec, &newest, &shared, &abandoned))
        };
        let capturing = match capturing {
            Ok(thread) => thread,
            Err(error) => {
                tracing::error!(%error, "no thread for the camera");
                shared.say(Condition::Lost);
                thread::sleep(BEFORE_RETRY);
                continue;
            }
        };
        // How many spans more may pass without a picture.
        let mut patience = OPENING;
        while !capturing.is_finished() && !shared.ended() {
            if newest.wait(newest.number(), stalled) {
                shared.say(Condition::Looking);
                patience = 1;
                continue;
            }
            patience -= 1;
            if patience == 0 && !capturing.is_finished() {
                tracing::warn!("the camera gives no pictures and does not say why: starting it again");
                shared.say(Condition::Lost);
                break;
            }
        }
        abandoned.store(true, Ordering::Relaxed);
        if shared.ended() {
            return;
        }
        thread::sleep(BEFORE_RETRY);
    }
}

fn capture(spec: &CameraSpec, newest: &Newest, shared: &Shared, abandoned: &AtomicBool) {
    let gone = || abandoned.load(Ordering::Relaxed) || shared.ended();
    let mut source = match spec.open() {
        Ok(source) => source,
        Err(error) => {
            let absent = matches!(error, CameraError::Absent);
            if !gone() {
                shared.say(if absent { Condition::Absent } else { Condition::Lost });
                tracing::debug!(%error, "the camera did not open");
            }
            return;
        }
    };
    let mut picture = Picture::default();
    let mut bad = 0;
    while !gone() {
        match source.next(&mut picture) {
            Ok(()) => {
                bad = 0;
                newest.put(&mut picture);
            }
            // One torn picture is normal on a long cable; a run of them is a broken camera.
            Err(CameraError::Picture(_)) if bad < 30 => bad += 1,
            Err(error) => {
                tracing::warn!(%error, "the camera stopped");
                if !gone() {
                    shared.say(Condition::Lost);
                }
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use super::*;

    /// Waits for a condition of the camera, at most ten seconds.
    fn until(camera: &Camera, wanted: Condition) -> bool {
        (0..1000).any(|_| {
            thread::park_timeout(Duration::from_millis(10));
            camera.condition() == wanted
        })
    }

    #[test]
    fn a_picture_that_goes_away_is_a_lost_camera_and_found_again_when_it_is_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("phone.png");
        let save = || image::GrayImage::from_pixel(50, 50, image::Luma([200])).save(&path).unwrap();
        save();
        let camera = Camera::start(CameraSpec::Files(path.clone())).unwrap();
        assert!(until(&camera, Condition::Looking));
        let (number, jpeg) = camera.preview(0).unwrap();
        assert!(number >= 1 && jpeg.starts_with(&[0xFF, 0xD8]));
        std::fs::remove_file(&path).unwrap();
        assert!(until(&camera, Condition::Lost));
        save();
        assert!(until(&camera, Condition::Looking));
    }

    #[test]
    fn a_camera_on_the_network_may_take_its_time_to_open() {
        const SPAN: Duration = Duration::from_millis(500);
        let network = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", network.local_addr().unwrap());
        let grey = Picture { luma: vec![77; 64 * 64], width: 64, height: 64, ..Picture::default() };
        let picture = jpeg::write(&grey).unwrap();
        let camera = Camera::start_with(CameraSpec::Network(url), SPAN).unwrap();
        let (mut peer, _) = network.accept().unwrap();
        assert!(peer.read(&mut [0; 1024]).unwrap() > 0);
        // No picture comes meanwhile: this is how long the camera takes.
        assert!(!camera.newest().wait(0, SPAN * 2));
        assert_eq!(camera.condition(), Condition::Starting);
        peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: multipart/x-mixed-replace; boundary=e\r\n\r\n")
            .unwrap();
        peer.write_all(b"--e\r\ncontent-type: image/jpeg\r\n\r\n").unwrap();
        peer.write_all(&picture).unwrap();
        assert!(camera.newest().wait(0, SPAN * 20), "it was left behind");
    }

    #[test]
    fn no_camera_is_said_to_be_none() {
        let camera = Camera::start(CameraSpec::Device(4711)).unwrap();
        assert!(until(&camera, Condition::Absent));
        assert!(camera.preview(0).is_none());
    }
}
