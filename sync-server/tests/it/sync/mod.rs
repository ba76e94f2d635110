//! Kiosks and the server, over HTTP, on both engines.

mod contract;
mod disagreements;
mod enrol;
mod feed;
mod forgotten;
mod house;
mod journal;
pub mod kiosk;
mod parking;
pub mod photos;
mod remembered;
mod requested;
mod room;
mod rotation;
mod sealed;
mod stream;
mod token;
mod visits;
