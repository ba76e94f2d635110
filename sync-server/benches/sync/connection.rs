//! One connection to the server, and requests that are ready before anything is measured: client and server share the
//! machine, and what is asked about is the server.

use std::net::SocketAddr;

use gatehouse::cbor;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// The bytes of a `POST` of CBOR.
pub fn post(address: SocketAddr, path: &str, token: &str, body: &impl minicbor::Encode<()>) -> Vec<u8> {
    let body = cbor::to_vec(body);
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/cbor\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new() }
    }

    /// Sends a request; the body of its answer, which must be 200.
    pub async fn ask<T: for<'b> minicbor::Decode<'b, ()>>(&mut self, request: &[u8]) -> T {
        self.stream.write_all(request).await.unwrap();
        self.read.clear();
        loop {
            assert!(
                self.stream.read_buf(&mut self.read).await.unwrap() > 0,
                "the server closed the connection"
            );
            if let Some(body) = body(&self.read) {
                return cbor::from_slice(body).unwrap();
            }
        }
    }
}

/// The body of an answer, once all of it is there.
fn body(read: &[u8]) -> Option<&[u8]> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&read[..end]).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let mut lines = head.lines().filter_map(|line| line.strip_prefix("content-length: "));
    let length: usize = lines.next().unwrap().parse().unwrap();
    let body = &read[end + 4..];
    (body.len() == length).then_some(body)
}
