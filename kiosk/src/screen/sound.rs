//! Sounds: decided here, played by the desktop program, never by the web view.

use serde::Serialize;
use ts_rs::TS;

/// A sound to play now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Cue {
    /// Counts the cues of this run: a new number plays, the same one does not.
    pub id: u32,
    /// Which.
    pub sound: Sound,
}

/// What can be heard beside the alarm ([`super::Screen::alarm`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// 660 → 880 Hz, 180 ms.
    Admit,
    /// 880 → 660 Hz, 180 ms.
    Exit,
    /// 220 Hz, three times.
    Refuse,
    /// Two tones alike: a question is on the screen.
    Question,
    /// A household answered.
    Chime,
}
