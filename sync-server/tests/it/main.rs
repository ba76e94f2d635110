//! The server, asked over HTTP and at its store. One program, so that it is linked once; a module for each route.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod feed;
mod program;
mod routes;
mod server;
mod support;
mod sync;
mod tls;
