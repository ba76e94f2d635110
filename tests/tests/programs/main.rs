//! The real server and the real `gatectl` against each other. One program, so that it is linked once.

mod disasters;
mod gate;
mod offline;
mod server;
