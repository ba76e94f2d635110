//! The real server and the real `gatectl` against each other. One program, so that it is linked once.

mod clocks;
mod disasters;
mod endings;
mod gate;
mod keys;
mod offline;
mod photos;
mod requested;
mod secure;
mod server;
