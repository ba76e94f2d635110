//! What passes between the kiosk and the guard's window: the whole state to draw ([`Screen`]), all a guard
//! can do ([`Touch`]), what the window asks on opening a page ([`Look`] → [`Seen`]).
//!
//! Types only. What they mean is decided in `desk` and its neighbours, how they look in `kiosk-ui`; words
//! are the window's alone, so nothing here is a sentence. The window's TypeScript types are generated from
//! these (`kiosk-ui/src/lib/backend/bindings/`), and a test here fails when the committed ones differ:
//! `GATEHOUSE_WRITE_BINDINGS=1 cargo test -p gatehouse-kiosk bindings` writes them anew.
//!
//! # What the kiosk gives the window
//!
//! ```text
//! Kiosk::open(Settings) -> Result<Kiosk, …>             everything running: camera, desk, courier
//! Kiosk::screen()       -> Screen                       the state now
//! Kiosk::watch()        -> watch::Receiver<Screen>      the state after every change
//! Kiosk::touch(Touch)   -> Result<(), TouchError>       done and durable when it returns
//! Kiosk::look(Look)     -> Result<Seen, TouchError>     a question; changes nothing
//! Kiosk::preview()      -> Option<Arc<[u8]>>            the camera's newest JPEG, about ten a second
//! ```
//!
//! # What holds
//!
//! - `Screen` is whole: a window that was just opened draws it with nothing else known. The kiosk pushes one
//!   whenever a part changes, not for the passing of time alone: every duration is given by the instants it
//!   runs between, and the window counts from [`Screen::now`].
//! - The kiosk takes away what has ended (a verdict at its `clears_at`, a strip, an undo), and pushes.
//!   The window hides it at the same instant by itself, so that neither waits for the other.
//! - A touch that names something already gone (a verdict that cleared, an ask that lapsed) answers
//!   [`TouchError::Gone`] and changes nothing. Touching twice is harmless.
//! - What a touch brings about shows in the next `Screen`; the touch itself returns nothing but an error.
//! - With nobody signed in, all works but what names a guard: then [`TouchError::SignInFirst`].

mod alert;
mod ask;
mod camera;
mod enrol;
mod gate;
mod inside;
mod link;
mod look;
mod reason;
mod sound;
mod touch;
mod verdict;
mod who;

pub use alert::{Alert, AlertKind, EmergencyKind, NotAPass, Strip, StripKind};
pub use ask::{AskCard, AskState, OverrideReason, SpokenChallenge};
pub use camera::{Camera, CameraSource, CameraState, Guidance};
pub use enrol::{Check, Enrolment, Rung, RungState, Trouble};
pub use gate::{
    Desk, Field, FormPolicy, GateInfo, GuardOnShift, Language, LastEntry, Screen, Stage, Theme, TypePolicy,
};
pub use inside::{InsidePage, InsideRow, InsideTab};
pub use link::{Contact, Freshness, KeyKeeping, Link, SyncPage, TimeTrust};
pub use look::{GuardTile, Look, Seen};
pub use reason::{Need, NextTouch, Reason, Weekday};
pub use sound::{Cue, Sound};
pub use touch::{Digits, Touch, TouchError, Walkin};
pub use verdict::{ShownVerdict, Verdict};
pub use who::{UnitRef, Who};

#[cfg(test)]
mod bindings;
