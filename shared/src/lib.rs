//! Gatehouse's domain and its wire: what a gate decides, what it records, and what server and kiosk say
//! to each other.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time comes in as [`time::UnixMs`],
//! randomness as [`entropy::Entropy`]. What belongs to one program alone (SQL, HTTP, the camera, the
//! screen) does not belong here.

pub mod admission;
pub mod api;
pub mod cbor;
pub mod clock;
pub mod code;
pub mod enrol;
pub mod entropy;
pub mod feed;
pub mod hash;
pub mod hours;
pub mod id;
pub mod journal;
pub mod keys;
mod limit;
pub mod pass;
pub mod phone;
pub mod pin;
pub mod presence;
pub mod spoken;
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod trust;
pub mod words;
