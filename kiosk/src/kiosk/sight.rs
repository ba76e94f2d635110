//! The camera as the window shows it.

use gatehouse::time::UnixMs;
use gatehouse_scan::Guidance as Hint;

use crate::{
    camera::{CameraSpec, Condition},
    screen::{Camera, CameraSource, CameraState, Guidance},
};

/// What is known of the camera.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    source: CameraSource,
    state: CameraState,
    hint: Option<Hint>,
}

impl Sight {
    pub(super) fn of(spec: &CameraSpec) -> Self {
        let source = match spec {
            CameraSpec::Auto | CameraSpec::Device(_) => CameraSource::Device,
            CameraSpec::Network(_) => CameraSource::Stream,
            CameraSpec::Files(_) => CameraSource::Files,
        };
        Self { source, state: CameraState::Starting, hint: None }
    }

    pub(super) fn hint(&mut self, hint: Option<Hint>) {
        self.hint = hint;
    }

    /// Takes how the camera does at `now`. A camera that stays lost keeps the time it was lost at.
    pub(super) fn condition(&mut self, condition: Condition, now: UnixMs) {
        self.state = match (condition, &self.state) {
            (Condition::Starting, _) => CameraState::Starting,
            (Condition::Looking, _) => CameraState::Looking,
            (Condition::Absent, _) => CameraState::Absent,
            (Condition::Lost, CameraState::Lost { since }) => CameraState::Lost { since: *since },
            (Condition::Lost, _) => CameraState::Lost { since: now },
        };
        if self.state != CameraState::Looking {
            self.hint = None;
        }
    }

    pub(super) fn shown(&self) -> Camera {
        let guidance = self.hint.map(|hint| match hint {
            Hint::Nearer => Guidance::Closer,
            Hint::Farther => Guidance::Farther,
            Hint::HoldStill => Guidance::HoldStill,
            Hint::LessGlare => Guidance::TooBright,
            Hint::MoreLight => Guidance::TooDark,
        });
        Camera { source: self.source, state: self.state.clone(), guidance }
    }
}
