//! A gate's kiosk without its window: what the desktop shell and `gatectl` both stand on.
//!
//! The folder holds two encrypted databases, `cache.db` (a copy of the server's feed, rebuildable) and
//! `journal.db` (this kiosk's own acts, the only copy until the server has them). The desk decides from
//! them and never knows the courier, which moves journal and feed: a decision cannot wait for the network.

pub mod cache;
pub mod camera;
pub mod control;
pub mod courier;
pub mod database;
pub mod desk;
pub mod enrol;
pub mod entropy;
pub mod eye;
pub mod folder;
pub mod guards;
pub mod journal;
pub mod keys;
pub mod kiosk;
pub mod net;
pub mod screen;
pub mod time;
