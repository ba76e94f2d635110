//! The server, asked over HTTP and at its store. One program, so that it is linked once; a module for each route.

mod feed;
mod routes;
mod server;
mod support;
mod sync;
