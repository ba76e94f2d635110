//! Somebody who answers in the server's place: every request with one refusal, but for the orders it gives out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One that listens until it is dropped.
#[derive(Debug)]
pub struct Impostor {
    task: JoinHandle<()>,
    asked: Arc<[AtomicU32; 2]>,
}

impl Impostor {
    /// Takes `address`, answers `status` and `code` to all, and `order` to whoever asks for orders.
    pub async fn at(address: SocketAddr, status: u16, code: &str, order: Option<Value>) -> Self {
        let listener = TcpListener::bind(address).await.expect("the server's address is free");
        let problem =
            json!({ "type": format!("urn:gatehouse:{code}"), "title": code, "status": status, "code": code });
        let asked = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let counted = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever goes away in the middle is not waited for.
                let answered = answer(stream, status, problem.clone(), order.clone(), Arc::clone(&counted));
                tokio::spawn(answered);
            }
        });
        Self { task, asked }
    }

    /// How many requests it has answered.
    pub fn asked(&self) -> u32 {
        self.asked[0].load(Ordering::Relaxed)
    }

    /// How many of them were for an order.
    pub fn asked_for_orders(&self) -> u32 {
        self.asked[1].load(Ordering::Relaxed)
    }

    /// Gives the address back.
    pub async fn stop(mut self) {
        self.task.abort();
        drop((&mut self.task).await);
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    stream: TcpStream,
    status: u16,
    problem: Value,
    order: Option<Value>,
    asked_for: Arc<[AtomicU32; 2]>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut asked = String::new();
    stream.read_line(&mut asked).await?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await?;
        if header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    tokio::io::copy(&mut (&mut stream).take(length), &mut tokio::io::sink()).await?;
    let (status, kind, body) = match order {
        Some(order) if asked.contains("/sync/orders/") => (200, "application/json", order),
        _ => (status, "application/problem+json", problem),
    };
    let body = body.to_string();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    asked_for[0].fetch_add(1, Ordering::Relaxed);
    asked_for[1].fetch_add(u32::from(asked.contains("/sync/orders/")), Ordering::Relaxed);
    Ok(())
}
