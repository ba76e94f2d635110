//! A camera on the network that sends MJPEG over HTTP (`multipart/x-mixed-replace`).

use std::{sync::Arc, time::Duration};

use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};

use crate::{
    camera::{CameraError, FrameSource, Picture, jpeg},
    net::{Trust, client_config},
    time::MachineClocks,
};

/// Longer than any camera takes to answer, or pauses between two pictures.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open stream.
pub(super) struct NetworkCamera {
    runtime: Runtime,
    answer: reqwest::Response,
    splitter: jpeg::Splitter,
}

impl NetworkCamera {
    /// Connects to `url`, which may hold a user's name and password.
    pub(super) fn open(url: &str) -> Result<Self, CameraError> {
        Self::open_within(url, PATIENCE)
    }

    fn open_within(url: &str, patience: Duration) -> Result<Self, CameraError> {
        let network = |words: &str| CameraError::Network(words.to_owned());
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| network(&error.to_string()))?;
        let tls = client_config(Trust::Authorities, Arc::new(MachineClocks))
            .map_err(|error| network(&error.to_string()))?;
        let asked = async {
            let client = reqwest::Client::builder()
                .tls_backend_preconfigured(tls)
                .build()
                .map_err(reqwest::Error::without_url)?;
            let answer = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
            answer.map_err(reqwest::Error::without_url)
        };
        // The watcher starts the next try meanwhile: one that waited for ever would stay behind, and so each after it.
        let answer = runtime
            .block_on(async { timeout(patience, asked).await })
            .map_err(|_| network("no answer"))?
            .map_err(|error| network(&error.to_string()))?;
        Ok(Self { runtime, answer, splitter: jpeg::Splitter::default() })
    }
}

impl FrameSource for NetworkCamera {
    fn next(&mut self, into: &mut Picture) -> Result<(), CameraError> {
        loop {
            if let Some(picture) = self.splitter.next() {
                return jpeg::read(&picture, into);
            }
            let chunk = self.runtime.block_on(async { timeout(PATIENCE, self.answer.chunk()).await });
            match chunk {
                Ok(Ok(Some(bytes))) => self.splitter.feed(&bytes),
                Ok(Ok(None)) => return Err(CameraError::Network("the stream ended".into())),
                Ok(Err(error)) => return Err(CameraError::Network(error.without_url().to_string())),
                Err(_) => return Err(CameraError::Network("no picture for five seconds".into())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;

    #[test]
    fn a_camera_that_takes_the_call_and_never_answers_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (given_up, opened) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let opened = NetworkCamera::open_within(&url, Duration::from_millis(50)).map(drop);
            drop(given_up.send(opened));
        });
        let (_silent, _) = listener.accept().unwrap();
        let opened = opened.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(opened, Err(CameraError::Network(_))));
    }

    #[test]
    fn pictures_come_out_of_a_stream_and_its_end_is_said() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let grey = Picture { luma: vec![77; 64 * 64], width: 64, height: 64, ..Picture::default() };
        let picture = jpeg::write(&grey).unwrap();
        let camera = thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            assert!(peer.read(&mut request).unwrap() > 0);
            peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: multipart/x-mixed-replace; boundary=e\r\n\r\n")
                .unwrap();
            for _ in 0..2 {
                peer.write_all(b"--e\r\ncontent-type: image/jpeg\r\n\r\n").unwrap();
                peer.write_all(&picture).unwrap();
            }
        });
        let mut source = NetworkCamera::open(&format!("http://{address}/")).unwrap();
        let mut seen = Picture::default();
        source.next(&mut seen).unwrap();
        source.next(&mut seen).unwrap();
        assert_eq!((seen.width, seen.height), (64, 64));
        assert!(matches!(source.next(&mut seen), Err(CameraError::Network(_))));
        camera.join().unwrap();
    }
}
