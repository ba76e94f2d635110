//! The live stream: server-sent events (WHATWG HTML §9.2) of pages and signs of life.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatehouse::{
    cbor,
    feed::Cursor,
    sync::{Beat, Failure, PROTOCOL, kiosk::StreamItem},
};

use crate::{courier::post::Post, net::Reply};

/// More than any event: a page is at most 1 MiB of bodies, a third more in base64.
const MOST_BYTES: usize = 4 << 20;

/// Streams from `cursor` on until the stream ends, and gives what comes. The last item is
/// [`StreamItem::Gone`] or [`StreamItem::Closed`].
pub(super) async fn stream(post: &Post, cursor: Cursor, give: impl Fn(StreamItem)) {
    let at = URL_SAFE_NO_PAD.encode(cbor::to_vec(&cursor));
    let route = format!("/sync/stream?cursor={at}&protocol={PROTOCOL}");
    let mut response = match post.events(&route).await {
        Ok(Reply::Here(response)) => response,
        Ok(Reply::Gone) => return give(StreamItem::Gone),
        Err(failure) => return give(StreamItem::Closed(failure)),
    };
    give(StreamItem::Opened);
    let mut lines = Lines::default();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) if lines.len() + bytes.len() <= MOST_BYTES => lines.feed(&bytes),
            Ok(Some(_)) => return give(StreamItem::Closed(Failure::Malformed)),
            Ok(None) | Err(_) => return give(StreamItem::Closed(Failure::Unreachable)),
        }
        while let Some(event) = lines.next_event() {
            match read(&event) {
                Ok(None) => {}
                Ok(Some(item)) => {
                    if matches!(item, StreamItem::Closed(Failure::Refused)) {
                        post.revoked();
                    }
                    let last = matches!(item, StreamItem::Gone | StreamItem::Closed(_));
                    give(item);
                    if last {
                        return;
                    }
                }
                Err(Unreadable) => return give(StreamItem::Closed(Failure::Malformed)),
            }
        }
    }
}

/// An event that this version should understand and does not.
#[derive(Debug)]
struct Unreadable;

/// What an event means; nothing for a kind that this version does not know.
fn read(event: &Event) -> Result<Option<StreamItem>, Unreadable> {
    let body = || URL_SAFE_NO_PAD.decode(&event.data).map_err(|_| Unreadable);
    Ok(match event.name.as_str() {
        "page" => Some(StreamItem::Page(cbor::from_slice(&body()?).map_err(|_| Unreadable)?)),
        "beat" => Some(StreamItem::Beat(cbor::from_slice::<Beat>(&body()?).map_err(|_| Unreadable)?)),
        "gone" => Some(StreamItem::Gone),
        "revoked" => Some(StreamItem::Closed(Failure::Refused)),
        _ => None,
    })
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    name: String,
    data: String,
}

/// Bytes as they come, cut into lines and events.
#[derive(Default)]
struct Lines {
    pending: Vec<u8>,
    event: Event,
}

impl Lines {
    fn feed(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// How many bytes of an event are here that has not come whole.
    fn len(&self) -> usize {
        self.pending.len() + self.event.name.len() + self.event.data.len()
    }

    fn next_event(&mut self) -> Option<Event> {
        while let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.pending.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if event != Event::default() {
                    return Some(event);
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut self.event.name),
                "data" => self.event.data.push_str(value),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_however_their_bytes_arrive() {
        let text = b": a comment\nevent: page\ndata: AAA\n\nevent:beat\r\ndata:\r\n\r\n\nid: 7\n\nevent: x\ndata: 1\ndata: 2\n\n";
        for step in [1, 3, text.len()] {
            let mut lines = Lines::default();
            let mut events = Vec::new();
            for chunk in text.chunks(step) {
                lines.feed(chunk);
                events.extend(std::iter::from_fn(|| lines.next_event()));
            }
            let found: Vec<(&str, &str)> =
                events.iter().map(|event| (event.name.as_str(), event.data.as_str())).collect();
            assert_eq!(found, [("page", "AAA"), ("beat", ""), ("x", "12")], "in steps of {step}");
        }
    }

    #[test]
    fn an_unknown_event_is_passed_over_and_a_broken_page_is_not() {
        let event = |name: &str, data: &str| Event { name: name.into(), data: data.into() };
        assert!(matches!(read(&event("tomorrow", "x")), Ok(None)));
        assert!(read(&event("page", "%%%")).is_err());
        assert!(read(&event("page", "AAAA")).is_err());
        assert!(matches!(read(&event("gone", "")), Ok(Some(StreamItem::Gone))));
    }
}
