//! What the camera does.

use gatehouse::time::UnixMs;
use serde::Serialize;
use ts_rs::TS;

/// The camera, as the guard needs to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Camera {
    /// Where pictures come from.
    pub source: CameraSource,
    /// Whether they come.
    pub state: CameraState,
    /// What would help to read what is held before it.
    pub guidance: Option<Guidance>,
}

/// Where pictures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CameraSource {
    /// A camera at this machine.
    Device,
    /// A camera on the network.
    Stream,
    /// Picture files, for a demonstration.
    Files,
}

/// Whether pictures come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CameraState {
    /// Being opened.
    Starting,
    /// Looking.
    Looking,
    /// There is none.
    Absent,
    /// It was there and stopped, or was unplugged; it is tried again by itself.
    Lost {
        /// Since when.
        since: UnixMs,
    },
}

/// What would help to read what is held before the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Guidance {
    /// A code is seen, not read: hold it still.
    HoldStill,
    /// A code is seen, too small: closer.
    Closer,
    /// A code is seen, cut off: farther away.
    Farther,
    /// The picture is too dark.
    TooDark,
    /// The picture is too bright.
    TooBright,
}
