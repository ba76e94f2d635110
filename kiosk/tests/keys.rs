//! Who holds a kiosk's keys, against the real holders: systemd-creds under a TPM that is a program, systemd-creds
//! under a secret of the machine's, and a Secret Service on a bus of its own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use gatehouse_kiosk::{
    entropy::SystemEntropy,
    folder::Folder,
    keys::{Holder, Keeping, Keys, Wish},
    time::micros,
};
use serde_json::Value;
use tempfile::TempDir;

/// A program that is killed when the test is over with it.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Waits for something that other programs bring about.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let give_up = micros() + 30_000_000;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(micros() < give_up, "{what}: not within 30 s");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A data folder whose keys lie in a file, and those keys as they are encoded.
struct Kiosk {
    dir: TempDir,
    secret: Vec<u8>,
}

impl Kiosk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::open(dir.path()).unwrap());
        let keys = Keys::new(&mut SystemEntropy);
        let (keeping, none) = Keeping::open(folder).unwrap();
        assert!(none.is_none());
        keeping.hold(&keys, Wish::By(Holder::File)).unwrap();
        Self { dir, secret: keys.journal().to_vec() }
    }

    /// `gatectl keys --to HOLDER` with these variables set: its exit code and answer.
    fn keys_to(&self, holder: Holder, variables: &[(&str, &str)]) -> (i32, Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatectl"));
        command.args(["--json", "--data"]).arg(self.dir.path()).args(["keys", "--to", holder.as_str()]);
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_RUNTIME_DIR");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), serde_json::from_str(said.lines().next().unwrap()).unwrap())
    }

    /// Whether the keys could be handed over yet; where the test gives up, it shows why they could not.
    fn has_keys_at(&self, holder: Holder, session: &Session) -> Option<()> {
        let (code, said) = self.keys_to(holder, &session.variables());
        if code != 0 {
            eprintln!("{said}");
        }
        (code == 0).then_some(())
    }

    fn moved(&self, from: Holder, to: Holder, variables: &[(&str, &str)]) {
        let (code, said) = self.keys_to(to, variables);
        assert_eq!(code, 0, "{said}");
        assert_eq!((&said["from"], &said["keys"]), (&from.as_str().into(), &to.as_str().into()));
        assert_eq!(said["left_behind"], false);
    }

    /// Whether one of the keys can be read off the disk.
    fn is_readable(&self) -> bool {
        fs::read_dir(self.dir.path()).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(self.secret.len()).any(|window| window == self.secret)
        })
    }

    /// Who is noted as the holder, without asking that one.
    fn note(&self) -> Vec<u8> {
        fs::read(self.dir.path().join("keys")).unwrap()
    }
}

/// A TPM made of a program, its state kept in a folder. It serves one owner and has no resource manager, so it is
/// started anew for each command, as a machine would be between two starts of the kiosk.
fn tpm(state: &Path) -> (Killed, String) {
    // Two ports side by side: the second one is the emulator's control.
    let port = until("two free ports side by side", || {
        let first = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let next = first.checked_add(1)?;
        TcpListener::bind(("127.0.0.1", next)).ok().map(|_| first)
    });
    let child = Command::new("swtpm")
        .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
        .arg("--tpmstate")
        .arg(format!("dir={}", state.display()))
        .arg("--server")
        .arg(format!("type=tcp,port={port},bindaddr=127.0.0.1"))
        .arg("--ctrl")
        .arg(format!("type=tcp,port={},bindaddr=127.0.0.1", port + 1))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("swtpm is installed");
    let running = Killed(child);
    // The control socket opens last, and being asked for costs it nothing.
    until("the TPM listens", || TcpStream::connect(("127.0.0.1", port + 1)).ok());
    (running, format!("swtpm:host=127.0.0.1,port={port}"))
}

#[test]
fn a_tpm_seals_the_keys_and_no_other_one_opens_them() {
    let (kiosk, own, other) = (Kiosk::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert!(kiosk.is_readable(), "a plain file is what it says it is");
    let under = |state: &TempDir, from: Holder, to: Holder| {
        let (_running, device) = tpm(state.path());
        kiosk.moved(from, to, &[("SYSTEMD_TPM2_DEVICE", &device)]);
    };
    let before = kiosk.note();
    let (code, _) = kiosk.keys_to(Holder::Tpm, &[("SYSTEMD_TPM2_DEVICE", "device:/nonexistent")]);
    assert_eq!((code, kiosk.note()), (1, before), "without a TPM the keys stay where they are");

    under(&own, Holder::File, Holder::Tpm);
    assert!(!kiosk.is_readable());
    let sealed = kiosk.note();
    {
        let (_running, device) = tpm(other.path());
        let (code, said) = kiosk.keys_to(Holder::File, &[("SYSTEMD_TPM2_DEVICE", &device)]);
        assert_eq!(code, 1, "another machine's TPM: {said}");
    }
    assert_eq!(kiosk.note(), sealed, "nothing is made anew in their place");
    under(&own, Holder::Tpm, Holder::File);
    assert!(kiosk.is_readable(), "the very same keys");
}

#[test]
fn the_machine_s_own_secret_seals_the_keys_for_root() {
    let kiosk = Kiosk::new();
    let secrets = tempfile::tempdir().unwrap();
    let path = secrets.path().join("secret");
    let variables = [("SYSTEMD_CREDENTIAL_SECRET", path.to_str().unwrap())];
    if !rustix::process::geteuid().is_root() {
        let before = kiosk.note();
        let (code, said) = kiosk.keys_to(Holder::Host, &variables);
        // Newer versions of systemd do it for everybody.
        assert!(code == 0 || kiosk.note() == before, "{said}");
        return;
    }
    kiosk.moved(Holder::File, Holder::Host, &variables);
    assert!(!kiosk.is_readable());
    kiosk.moved(Holder::Host, Holder::File, &variables);
    assert!(kiosk.is_readable());
    kiosk.moved(Holder::File, Holder::Host, &variables);
    fs::remove_file(&path).unwrap();
    let (code, said) = kiosk.keys_to(Holder::File, &variables);
    assert_eq!(code, 1, "a machine that was set up anew: {said}");
}

/// A bus that starts no service by itself: asked for secrets before our own keyring is there, the usual one would
/// start a second, locked keyring in its place.
fn bus_settings(home: &Path) -> String {
    format!(
        r#"<busconfig>
            <type>session</type>
            <listen>unix:dir={}</listen>
            <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
            </policy>
        </busconfig>"#,
        home.display()
    )
}

/// A session with a bus and a Secret Service of its own; its home is `home`.
struct Session {
    address: String,
    _keyring: Killed,
    _bus: Killed,
}

impl Session {
    fn start(home: &Path, password: Option<&str>) -> Self {
        let settings = home.join("bus.conf");
        fs::write(&settings, bus_settings(home)).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--nopidfile", "--print-address", "--config-file"])
            .arg(&settings)
            .env("HOME", home)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let bus = Killed(bus);
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if password.is_some() {
            command.arg("--unlock");
        }
        let mut keyring = command
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env_remove("XDG_DATA_HOME")
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon is installed");
        let mut stdin = keyring.stdin.take().unwrap();
        stdin.write_all(password.unwrap_or_default().as_bytes()).unwrap();
        drop(stdin);
        Self { address, _keyring: Killed(keyring), _bus: bus }
    }

    fn variables(&self) -> [(&str, &str); 1] {
        [("DBUS_SESSION_BUS_ADDRESS", &self.address)]
    }
}

#[test]
fn a_secret_service_holds_the_keys_as_long_as_it_is_open() {
    let kiosk = Kiosk::new();
    let home = tempfile::tempdir().unwrap();
    let before = kiosk.note();
    let (code, said) = kiosk.keys_to(Holder::SecretService, &[]);
    assert_eq!((code, kiosk.note()), (1, before), "outside any session: {said}");

    let session = Session::start(home.path(), Some("a guard's password"));
    until("the keyring is open", || kiosk.has_keys_at(Holder::SecretService, &session));
    assert!(!kiosk.is_readable());
    let noted = kiosk.note();
    drop(session);

    let locked = Session::start(home.path(), None);
    let said = until("the locked keyring answers", || {
        let (code, said) = kiosk.keys_to(Holder::File, &locked.variables());
        assert_eq!(code, 1, "a locked keyring gives nothing: {said}");
        said["error"].as_str().is_some_and(|words| words.contains("the keyring is locked")).then_some(said)
    });
    assert_eq!(kiosk.note(), noted, "{said}");
    drop(locked);

    let open = Session::start(home.path(), Some("a guard's password"));
    until("the keyring is open again", || kiosk.has_keys_at(Holder::File, &open));
    assert!(kiosk.is_readable(), "the very same keys");
    let (code, said) = kiosk.keys_to(Holder::SecretService, &open.variables());
    assert_eq!(code, 0, "{said}");
    kiosk.moved(Holder::SecretService, Holder::File, &open.variables());
}
