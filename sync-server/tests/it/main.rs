//! The server, asked over HTTP and at its store. One program, so that it is linked once; a module for each route.
#![expect(missing_docs, reason = "tests")]

mod feed;
mod server;
mod support;
mod sync;
