//! TLS with the server's own certificate: the kiosk knows its server by the key, and nobody else.

use gatehouse_tests::clocks::Clocks;
use gatehouse_tests::community::{Community, token};
use gatehouse_tests::kiosk::Kiosk;
use gatehouse_tests::server::{How, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn tls() -> How {
    How { tls: true, ..How::default() }
}

/// By the QR's text and by the typed code alike: enrolled, loaded, at work, over TLS.
#[tokio::test]
async fn a_kiosk_is_enrolled_over_tls_by_qr_and_by_code() {
    let (community, server) = Community::found_on(tls()).await;
    assert!(server.url().starts_with("https://"));
    let card = community.pass(&json!({})).await;
    let scanned = Kiosk::at(&community.folder.path().join("scanned"));
    let invitation = community.enrolment("scanned").await;
    scanned.succeed(&["enrol", "--invitation", invitation["text"].as_str().unwrap()]).await;
    let typed = community.kiosk(&server, "typed").await;
    for kiosk in [scanned, typed] {
        kiosk.succeed(&["sync"]).await;
        assert_eq!(kiosk.run(&["check", token(&card)]).await.json["verdict"], "ADMIT");
        assert!(kiosk.succeed(&["status"]).await["server"].as_str().unwrap().starts_with("https://"));
    }
}

/// Whoever answers with another key is not given the code: neither by QR nor by the typed code; and a code that
/// names no key wants an authority's word. The remedy is the ladder's own, and the code is still good.
#[tokio::test]
async fn whoever_stands_between_is_found_before_the_code_is_told() {
    let (community, server) = Community::found_on(tls()).await;
    let between = Server::start_as(&community.folder.path().join("between"), "127.0.0.1:0", tls()).await;
    let invitation = community.enrolment("kiosk").await;
    let code = invitation["code"].as_str().unwrap();
    let pin = invitation["pin"].as_str().unwrap();
    let kiosk = Kiosk::at(&community.folder.path().join("kiosk"));
    let bare = &code[..11];
    for words in [
        vec!["enrol", "--server", &between.url(), "--code", code],
        vec!["enrol", "--server", &between.url(), "--code", bare, "--pin", pin],
        vec!["enrol", "--server", &server.url(), "--code", bare],
    ] {
        let done = kiosk.run(&words).await;
        assert_eq!(done.code, 5, "{words:?}: {} {}", done.json, done.said);
        assert_eq!(done.json["check"], "secure", "{}", done.json);
        assert_eq!(done.json["trouble"]["code"], "intercepted", "{}", done.json);
    }
    let done = kiosk.enrol(&server.url(), code).await;
    assert_eq!(done.code, 0, "{} {}", done.json, done.said);
}

/// After enrolment too: another key at the server's address gets nothing, and takes nothing away.
#[tokio::test]
async fn another_certificate_at_the_servers_address_is_refused() {
    let (community, server) = Community::found_on(tls()).await;
    let kiosk = community.kiosk(&server, "kiosk").await;
    let card = community.pass(&json!({})).await;
    kiosk.succeed(&["sync"]).await;
    let address = server.address().to_string();
    let stopped = server.kill().await;
    let between = Server::start_as(&community.folder.path().join("between"), &address, tls()).await;
    let admitted = kiosk.succeed(&["admit", token(&card)]).await;
    assert_eq!(kiosk.run(&["sync"]).await.code, 5);
    assert_eq!(kiosk.succeed(&["status"]).await["waiting"], 1);
    between.kill().await;
    let _server = stopped.restart().await;
    kiosk.succeed(&["sync"]).await;
    assert_eq!(kiosk.succeed(&["status"]).await["waiting"], 0, "{admitted} arrived");
}

/// A dead clock at the first boot: the server is known by its key, whatever the date, and its first answer sets
/// the time.
#[tokio::test]
async fn a_wrong_clock_at_first_boot_is_cured_by_the_first_answer() {
    let (community, server) = Community::found_on(tls()).await;
    let card = community.pass(&json!({})).await;
    for (name, days) in [("dead", None), ("ahead", Some(4_000)), ("behind", Some(-4_000))] {
        let mut clocks = Clocks::right(&community.folder.path().join(format!("{name}.clocks")));
        match days {
            Some(days) => clocks.set_wall(days * gatehouse::time::DAY),
            None => clocks.wall_is_dead(),
        }
        let kiosk = Kiosk::at(&community.folder.path().join(name)).by(&clocks);
        let invitation = community.enrolment(name).await;
        let done = kiosk.enrol(&server.url(), invitation["code"].as_str().unwrap()).await;
        assert_eq!(done.code, 0, "{name}: {} {}", done.json, done.said);
        assert_eq!(kiosk.succeed(&["status"]).await["time"]["is"], "trusted", "{name}");
        assert_eq!(kiosk.run(&["check", token(&card)]).await.json["verdict"], "ADMIT", "{name}");
    }
}

/// A hotspot that answers TLS with something else is no server either.
#[tokio::test]
async fn what_speaks_no_tls_is_not_the_server() {
    let (community, _server) = Community::found_on(tls()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hotspot = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 64];
            drop(stream.read(&mut hello).await);
            drop(stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: http://login/\r\n\r\n").await);
        }
    });
    let invitation = community.enrolment("kiosk").await;
    let kiosk = Kiosk::at(&community.folder.path().join("kiosk"));
    let done = kiosk.enrol(&format!("https://{address}"), invitation["code"].as_str().unwrap()).await;
    assert_eq!(done.code, 5);
    assert_eq!(done.json["check"], "secure", "{}", done.json);
    hotspot.abort();
}
