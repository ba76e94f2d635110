//! The socket in the data folder: one order a connection, a JSON line; its answer a JSON line for each
//! object, and a last one with how it ended.

use std::{
    fs,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    net::Shutdown,
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Ending, Order};
use crate::time::micros;

/// How long the other side may take to say what it wants.
const TO_ASK: Duration = Duration::from_secs(5);
/// How long the owner may take to say that it heard an order.
const TO_HEAR: Duration = Duration::from_secs(2);
/// How long it may be silent once it heard: longer than any order takes, a sync's two minutes among them.
const TO_ANSWER: Duration = Duration::from_mins(3);
/// How long orders have to end by themselves once nobody listens any more, in microseconds.
const TO_END_US: u64 = 2_000_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// More than any order: the largest brings a photo.
const MOST_ASKED: u64 = 4 << 20;

/// Carries an order out and says what there is to say.
type CarryOut = dyn Fn(&Order, &mut dyn FnMut(Value)) -> Ending;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Heard,
    Said(Value),
    Ended(Ending),
}

/// Listens for orders until it is dropped.
#[derive(Debug)]
pub struct Listener {
    path: PathBuf,
    ended: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Listener {
    /// Listens on the socket at `path`, for this user alone. Each order goes to `carry_out`, on a thread of
    /// its own.
    ///
    /// # Errors
    /// When the socket or a thread is not to be had.
    pub fn open(
        path: PathBuf,
        carry_out: impl Fn(&Order, &mut dyn FnMut(Value)) -> Ending + Send + Sync + 'static,
    ) -> io::Result<Self> {
        // Whoever owns the folder is the only one to listen: a socket left behind is nobody's.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let socket = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let ended = Arc::new(AtomicBool::new(false));
        let (its, carry_out) = (Arc::clone(&ended), Arc::new(carry_out));
        let thread = thread::Builder::new().name("control".into()).spawn(move || {
            let mut orders: Vec<(Arc<UnixStream>, thread::JoinHandle<()>)> = Vec::new();
            for stream in socket.incoming() {
                if its.load(Ordering::Relaxed) {
                    break;
                }
                orders.retain(|(_, order)| !order.is_finished());
                let carry_out = Arc::clone(&carry_out);
                let answered = stream.and_then(|stream| {
                    let stream = Arc::new(stream);
                    let its = Arc::clone(&stream);
                    let order = thread::Builder::new().name("order".into());
                    Ok((stream, order.spawn(move || answer(&its, &*carry_out))?))
                });
                match answered {
                    Ok(order) => orders.push(order),
                    Err(error) => tracing::warn!(%error, "an order could not be taken"),
                }
            }
            // What an order works on is given back before the listener is gone, also where nobody reads its answer.
            let until = micros() + TO_END_US;
            while micros() < until && orders.iter().any(|(_, order)| !order.is_finished()) {
                thread::sleep(BETWEEN_LOOKS);
            }
            for (stream, order) in orders {
                if !order.is_finished()
                    && let Err(error) = stream.shutdown(Shutdown::Write)
                {
                    tracing::debug!(%error, "whoever asked went away");
                }
                if order.join().is_err() {
                    tracing::error!("an order's thread had failed");
                }
            }
        })?;
        Ok(Self { path, ended, thread: Some(thread) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the listening thread, which then sees that it has ended.
        let woken = UnixStream::connect(&self.path).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| woken)
            && thread.join().is_err()
        {
            tracing::error!("the listening thread had failed");
        }
        drop(fs::remove_file(&self.path));
    }
}

fn answer(stream: &UnixStream, carry_out: &CarryOut) {
    let answered = (|| -> io::Result<()> {
        stream.set_read_timeout(Some(TO_ASK))?;
        let mut asked = String::new();
        BufReader::new(stream.take(MOST_ASKED)).read_line(&mut asked)?;
        let order: Order = serde_json::from_str(&asked)?;
        write_line(&mut &*stream, &Line::Heard)?;
        let mut out = BufWriter::new(stream);
        let mut written = Ok(());
        let ending = carry_out(&order, &mut |said| {
            if written.is_ok() {
                written = write_line(&mut out, &Line::Said(said));
            }
        });
        written?;
        write_line(&mut out, &Line::Ended(ending))?;
        out.flush()
    })();
    if let Err(error) = answered {
        tracing::debug!(%error, "an order was not answered");
    }
}

/// Sends an order to the owner of the folder whose socket is at `path`; what it says goes to `say`.
///
/// # Errors
/// When nobody listens there or the order is not heard within two seconds, or when the answer ends too soon.
pub fn send(path: &Path, order: &Order, say: &mut dyn FnMut(Value)) -> io::Result<Ending> {
    send_within(path, order, say, TO_HEAR)
}

fn send_within(
    path: &Path,
    order: &Order,
    say: &mut dyn FnMut(Value),
    to_hear: Duration,
) -> io::Result<Ending> {
    let stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(to_hear))?;
    stream.set_write_timeout(Some(to_hear))?;
    write_line(&mut &stream, order)?;
    for line in BufReader::new(&stream).lines() {
        match serde_json::from_str(&line.map_err(silence)?)? {
            Line::Heard => stream.set_read_timeout(Some(TO_ANSWER))?,
            Line::Said(said) => say(said),
            Line::Ended(ending) => return Ok(ending),
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// A time that ran out is told as "try again", which nobody should.
fn silence(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    out.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_order_reaches_the_owner_and_its_answer_comes_back_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let listener = Listener::open(path.clone(), |order, say| {
            say(json!({ "order": format!("{order:?}") }));
            say(json!(2));
            Ending::StepUp
        })
        .unwrap();
        let mut said = Vec::new();
        let ending =
            send(&path, &Order::Check { text: "GH1:X".into() }, &mut |line| said.push(line)).unwrap();
        assert_eq!((ending, said), (Ending::StepUp, vec![json!({ "order": "Check" }), json!(2)]));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(listener);
        assert!(send(&path, &Order::Status, &mut |_| {}).is_err());
    }

    #[test]
    fn whoever_does_not_read_an_answer_does_not_keep_the_owner_from_ending() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let (began, begun) = std::sync::mpsc::channel();
        let listener = Listener::open(path.clone(), move |_, say| {
            began.send(()).unwrap();
            (0..100).for_each(|_| say(json!("x".repeat(1 << 20))));
            Ending::Done
        })
        .unwrap();
        let stream = UnixStream::connect(&path).unwrap();
        write_line(&mut &stream, &Order::JournalExport).unwrap();
        begun.recv().unwrap();
        drop(listener);
        assert!(UnixStream::connect(&path).is_err(), "it ended while its answer stood half written");
    }

    #[test]
    fn an_owner_that_is_stopped_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let _silent = UnixListener::bind(&path).unwrap();
        let sent = send_within(&path, &Order::Status, &mut |_| {}, Duration::from_millis(10));
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_socket_left_behind_by_a_crash_is_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let _listener = Listener::open(path.clone(), |_, _| Ending::Done).unwrap();
        assert_eq!(send(&path, &Order::Status, &mut |_| {}).unwrap(), Ending::Done);
    }
}
