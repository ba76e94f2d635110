//! Requests that are answered before their body was read: the connection goes on, or its client is told that it ends.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::Served;

const PATIENCE: Duration = Duration::from_mins(1);

/// An answer's head, in small letters; its body is read and dropped.
async fn answer(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split_once("content-length: ").unwrap().1.split_once("\r\n").unwrap().0;
    let mut body = vec![0; length.parse().unwrap()];
    timeout(PATIENCE, stream.read_exact(&mut body)).await.unwrap().unwrap();
    head
}

/// A head, and of the body what is `sent`, each on its way on its own.
async fn say(stream: &mut TcpStream, line: &str, fields: &str, sent: &str) {
    let head = format!("{line} HTTP/1.1\r\nhost: here\r\n{fields}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_body_that_nobody_read_leaves_the_connection_as_good_as_before() {
    let server = Served::fresh().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let body = "x".repeat(20_000);
    let length = format!("content-length: {}", body.len());
    let chunked = format!("4e20\r\n{body}\r\n0\r\n\r\n");
    for (line, fields, sent, status) in [
        ("POST /gates", format!("{length}\r\ncontent-type: application/json"), &body, "401"),
        ("DELETE /health", length.clone(), &body, "405"),
        ("POST /auth/login", format!("{length}\r\ncontent-type: text/plain"), &body, "415"),
        ("POST /nowhere", "transfer-encoding: chunked".to_owned(), &chunked, "404"),
    ] {
        say(&mut stream, line, &fields, sent).await;
        let head = answer(&mut stream).await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}")) && !head.contains("connection: close"),
            "{head}"
        );
    }
    say(&mut stream, "GET /health", "accept: */*", "").await;
    assert!(answer(&mut stream).await.starts_with("http/1.1 200"));
}

/// Many clients send all before they read a word.
#[tokio::test]
async fn a_body_that_is_too_large_hears_so_though_its_client_reads_last() {
    let server = Served::fresh().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let body = "x".repeat(10 << 20);
    let fields = format!("content-type: application/json\r\ncontent-length: {}", body.len());
    timeout(PATIENCE, say(&mut stream, "POST /auth/login", &fields, &body)).await.unwrap();
    let head = answer(&mut stream).await;
    assert!(head.starts_with("http/1.1 413") && !head.contains("connection: close"), "{head}");
}

#[tokio::test]
async fn over_a_long_body_or_one_held_back_the_connection_ends_and_the_answer_says_so() {
    let server = Served::fresh().await;
    let json = "content-type: application/json";
    for (line, fields, status) in [
        ("POST /gates", format!("{json}\r\ncontent-length: 200000000"), "401"),
        ("DELETE /health", "content-length: 200000000".to_owned(), "405"),
        ("POST /gates", format!("{json}\r\ncontent-length: 20\r\nexpect: 100-continue"), "401"),
        // Short, and it does not come.
        ("DELETE /health", "content-length: 20".to_owned(), "405"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        say(&mut stream, line, &fields, "").await;
        let head = answer(&mut stream).await;
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
        assert!(head.contains("connection: close"), "{head}");
        let mut more = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut more)).await.unwrap().unwrap();
        assert!(more.is_empty(), "{more:?}");
    }
}
