//! What the owner may set: by flag, by environment (`GATEHOUSE_…`), by file (TOML); the first that says wins.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::{
    http::{ForwardedHeader, Network, TrustedProxies, network, serve::TlsMode},
    notifications::{Webhook, WebhookError},
    randomness::OsEntropy,
    secrets::{MasterKey, MasterKeyError, Sealer},
    server_keys,
    store::{OpenError, Store},
};

/// Settings of every subcommand that opens the database.
#[derive(Args, Clone, Debug, Default, Serialize)]
pub struct Flags {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL to use in place of the SQLite in the data folder: postgres://…
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Settings in TOML [default: gatehouse.toml in the data folder, if there is one].
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where the master key lies [default: beside the data folder, DIR.master-key].
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_key_file: Option<PathBuf>,
    /// The address to listen on.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Speak TLS on loopback as well.
    #[arg(skip)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tls: bool,
    /// A certificate chain in place of the server's own.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// Its key.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// The address kiosks are to use.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The web hook that residents' phones are rung from.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
    /// What to log.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The reverse proxies whose word is taken for whom they speak.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<Network>,
    /// In which header they name them.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded_header: Option<ForwardedHeader>,
}

/// The settings in force.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The data folder.
    pub data: PathBuf,
    /// A PostgreSQL's URL; absent for SQLite in the data folder.
    pub database: Option<String>,
    /// The address to listen on.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Speak TLS on loopback as well.
    #[serde(default)]
    pub tls: bool,
    /// A certificate chain (PEM) in place of the server's own.
    pub tls_certificate: Option<PathBuf>,
    /// Its key (PEM).
    pub tls_key: Option<PathBuf>,
    /// The address kiosks are to use, where it is not the one listened on.
    pub public_url: Option<String>,
    /// The reverse proxies whose word is taken for whom they speak, as addresses and networks.
    #[serde(default, deserialize_with = "network::list")]
    pub trusted_proxies: Vec<Network>,
    /// In which header they name them.
    #[serde(default)]
    pub forwarded_header: ForwardedHeader,
    /// Where residents' phones are rung from: a web hook's address.
    pub notify_url: Option<String>,
    /// What requests to it are signed with, in base64.
    pub notify_secret: Option<String>,
    /// The master key in base64.
    pub master_key: Option<String>,
    /// Where the master key lies.
    pub master_key_file: Option<PathBuf>,
    /// What to log: a `tracing` filter.
    #[serde(default = "default_log")]
    pub log: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("data", &self.data)
            .field("listen", &self.listen)
            .finish_non_exhaustive()
    }
}

/// The settings that may stand in the environment.
const NAMES: &[&str] = &[
    "data",
    "database",
    "listen",
    "tls",
    "tls_certificate",
    "tls_key",
    "public_url",
    "trusted_proxies",
    "forwarded_header",
    "notify_url",
    "notify_secret",
    "master_key",
    "master_key_file",
    "log",
];

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8443))
}

fn default_log() -> String {
    "info,sqlx=warn,tower_http=info".into()
}

/// Why the settings will not do, or what they name cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It is not said where the data lies.
    #[error("give --data DIR or set GATEHOUSE_DATA: the folder that the data lies in")]
    NoData,
    /// The settings file that is named is not there.
    #[error("there is no settings file {0}: mend --config (GATEHOUSE_CONFIG), or leave it out")]
    NoFile(PathBuf),
    /// A value cannot be read.
    #[error("{0}")]
    Read(String),
    /// The address to be reached at is none.
    #[error(
        "public_url (--public-url) is the address by which kiosks and people reach the server, https://gate.example: \
         https:// or http://, a host, nothing behind a ? or #"
    )]
    PublicUrl,
    /// Something else stands where the data folder is to be.
    #[error("{0} is a file: name the folder that the data lies in (--data DIR)")]
    NotAFolder(PathBuf),
    /// The data folder cannot be made.
    #[error("the data folder {path} cannot be made: name one (--data DIR) where this user may write")]
    Data {
        /// Which folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A certificate without its key, or the other way round.
    #[error("tls_certificate and tls_key go together")]
    HalfACertificate,
    /// There is no master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The web hook will not do.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Settings {
    /// Reads the settings: flags before environment before file.
    pub fn read(flags: &Flags) -> Result<Self, SettingsError> {
        let environment = || Env::prefixed("GATEHOUSE_").only(NAMES);
        let over = |file: Figment| file.merge(environment()).merge(Serialized::defaults(flags));
        let file = flags.config.clone().or_else(|| Env::var("GATEHOUSE_CONFIG").map(PathBuf::from));
        let beside = || {
            let data: Option<PathBuf> = over(Figment::new()).extract_inner("data").ok();
            data.map(|data| data.join("gatehouse.toml")).filter(|file| file.exists())
        };
        if let Some(missing) = file.as_ref().filter(|file| !file.is_file()) {
            return Err(SettingsError::NoFile(missing.clone()));
        }
        let file = file.or_else(beside);
        let figment = over(file.map_or_else(Figment::new, |file| Figment::from(Toml::file_exact(file))));
        match figment.find_value("data") {
            Err(error) if error.missing() => return Err(SettingsError::NoData),
            Err(error) => return Err(SettingsError::Read(told(&error))),
            Ok(_) => {}
        }
        let settings: Self = figment.extract().map_err(|error| SettingsError::Read(told(&error)))?;
        if settings.tls_certificate.is_some() != settings.tls_key.is_some() {
            return Err(SettingsError::HalfACertificate);
        }
        if !settings.public_url.as_deref().is_none_or(leads_somewhere) {
            return Err(SettingsError::PublicUrl);
        }
        Ok(settings)
    }

    /// Makes the data folder, if it is not there, for its owner alone.
    pub fn make_data_folder(&self) -> Result<(), SettingsError> {
        use std::os::unix::fs::DirBuilderExt;
        if self.data.exists() && !self.data.is_dir() {
            return Err(SettingsError::NotAFolder(self.data.clone()));
        }
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.data);
        made.map_err(|source| SettingsError::Data { path: self.data.clone(), source })
    }

    /// Whether there is a database already, as far as can be told without opening it.
    pub fn has_database(&self) -> bool {
        self.database.is_some() || self.sqlite_file().exists()
    }

    fn sqlite_file(&self) -> PathBuf {
        self.data.join("gatehouse.db")
    }

    /// Opens the database that the settings name.
    pub async fn open_store(&self) -> Result<Store, SettingsError> {
        match &self.database {
            Some(url) => Ok(Store::open_postgres(url).await?),
            None => Ok(Store::open_sqlite(&self.sqlite_file()).await?),
        }
    }

    /// A sealer under the master key that the settings name. One is made for a database that holds nothing sealed yet,
    /// and for no other: it would open nothing there, and stand in the way of the right one.
    pub async fn sealer(&self, store: &Store) -> Result<Sealer, SettingsError> {
        let key = if let Some(text) = &self.master_key {
            MasterKey::parse(text)?
        } else {
            let path =
                self.master_key_file.clone().map_or_else(|| MasterKey::default_path(&self.data), Ok)?;
            match MasterKey::read(&path)? {
                Some(key) => key,
                None if server_keys::are_kept(store).await.map_err(OpenError::from)? => {
                    return Err(MasterKeyError::Missing(path).into());
                }
                None => MasterKey::make(&path, &mut OsEntropy)?,
            }
        };
        Ok(Sealer::new(&key))
    }

    /// The web hook by which residents are told, if there is to be one.
    pub fn webhook(&self) -> Result<Option<Webhook>, SettingsError> {
        let secret = self.notify_secret.as_deref().unwrap_or_default();
        Ok(self.notify_url.as_deref().map(|url| Webhook::new(url, secret)).transpose()?)
    }

    /// The reverse proxies whose word is taken for whom they speak.
    pub fn proxies(&self) -> TrustedProxies {
        TrustedProxies::new(self.trusted_proxies.clone(), self.forwarded_header)
    }

    /// Whether to speak TLS on loopback.
    pub fn tls_mode(&self) -> TlsMode {
        if self.tls { TlsMode::Always } else { TlsMode::Outside }
    }

    /// The owner's certificate and key, if given.
    pub fn tls_files(&self) -> Option<(&Path, &Path)> {
        self.tls_certificate.as_deref().zip(self.tls_key.as_deref())
    }
}

/// What is wrong with a setting, without the lines of the file that are quoted: a secret may stand there.
fn told(error: &figment::Error) -> String {
    let said = error.to_string();
    let quoted =
        |line: &&str| line.trim_start_matches(|at: char| at == ' ' || at.is_ascii_digit()).starts_with('|');
    said.lines().filter(|line| !quoted(line)).collect::<Vec<_>>().join(": ")
}

/// Whether it is an address by which a server of HTTP can be reached, to which paths can be added.
fn leads_somewhere(url: &str) -> bool {
    let written_out = url.starts_with("https://") || url.starts_with("http://");
    let one_word = !url.contains(char::is_whitespace);
    written_out
        && one_word
        && Url::parse(url).is_ok_and(|url| {
            let bare = url.query().is_none() && url.fragment().is_none();
            url.has_host() && bare && url.username().is_empty() && url.password().is_none()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gatehouse.toml");
        std::fs::write(&file, toml).unwrap();
        Settings::read(&Flags { config: Some(file), ..Flags::default() })
    }

    #[test]
    fn several_proxies_are_a_list_or_a_text_with_commas_as_in_the_environment() {
        let proxies = |value: &str| {
            read(&format!("data = \"d\"\ntrusted_proxies = {value}")).map(|read| read.trusted_proxies)
        };
        let both = ["127.0.0.1".parse().unwrap(), "fd00::/8".parse().unwrap()];
        assert_eq!(proxies("\"127.0.0.1\"").unwrap(), both[..1]);
        assert_eq!(proxies("\"127.0.0.1, fd00::/8\"").unwrap(), both);
        assert_eq!(proxies("[\"127.0.0.1\", \"fd00::/8\"]").unwrap(), both);
        assert!(proxies("\"127.0.0.1,nowhere\"").unwrap_err().to_string().contains("a network is"));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_not_told_with_the_secret_in_it() {
        let error = read("data = \"d\"\nmaster_key = hunter2hunter2\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn the_address_to_be_reached_at_is_one() {
        let with = |url: &str| read(&format!("data = \"d\"\npublic_url = \"{url}\""));
        for url in
            ["https://gate.example", "http://127.0.0.1:8443/", "https://[::1]:1/gate", "https://0.0.0.0:8443"]
        {
            assert!(with(url).is_ok(), "{url}");
        }
        for url in [
            "not a url",
            "gate.example",
            "ftp://gate.example",
            "https://",
            "https:gate.example",
            "https://gate.example?x",
            "https://gate.example#x",
            "https://user:hunter2@gate.example",
            "https://gate .example",
        ] {
            let error = with(url).unwrap_err();
            assert!(matches!(error, SettingsError::PublicUrl), "{url}: {error}");
        }
    }

    #[test]
    fn who_does_not_say_where_the_data_lies_is_told_how() {
        let error = read("tls = true").unwrap_err();
        assert!(error.to_string().contains("--data DIR or set GATEHOUSE_DATA"), "{error}");
    }
}
