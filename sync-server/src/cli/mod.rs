//! The command line: parses, calls, prints. Standard output is for answers, standard error for the log.

mod admin;
mod print;
mod serve;

use std::{error::Error, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use gatehouse::api::community::RotateKeys;
use rustix::{fs::Mode, process::umask};

use print::print;

use crate::{
    api,
    http::{ForwardedHeader, Network, causes},
    settings::{Flags, Settings},
    setup::FirstAdmin,
};

#[derive(Parser)]
#[command(name = "gatehouse-server", version, about = "Gatehouse's sync server")]
#[command(after_help = "Every setting can also be given by environment (GATEHOUSE_DATA, GATEHOUSE_LISTEN, \
                        GATEHOUSE_DATABASE, GATEHOUSE_LOG, …) or in a TOML file; those that are secrets by these alone: \
                        GATEHOUSE_MASTER_KEY, GATEHOUSE_NOTIFY_SECRET.")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API; the first line printed is the address bound.
    Serve {
        #[command(flatten)]
        flags: Flags,
        /// The address to listen on; port 0 for any free one [default: 127.0.0.1:8443].
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
        /// Speak TLS on loopback as well.
        #[arg(long)]
        tls: bool,
        /// A certificate chain (PEM) in place of the server's own; with its key.
        #[arg(long, value_name = "FILE")]
        tls_certificate: Option<PathBuf>,
        /// The certificate's key (PEM).
        #[arg(long, value_name = "FILE")]
        tls_key: Option<PathBuf>,
        /// The address kiosks are to use, where it is not the one listened on.
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
        /// A web hook that is told when somebody waits for a household's answer. What its requests are signed with is a
        /// secret, and no flag: `GATEHOUSE_NOTIFY_SECRET`, or `notify_secret` in the file.
        #[arg(long, value_name = "URL")]
        notify_url: Option<String>,
        /// A reverse proxy that is believed about whom it speaks for: an address or a network (10.0.0.0/8), once for
        /// each. Without any, every limit counts by the connection's own address.
        #[arg(long = "trusted-proxy", value_name = "NETWORK")]
        trusted_proxies: Vec<Network>,
        /// In which header it names them: x-forwarded-for or forwarded (RFC 7239) [default: x-forwarded-for].
        #[arg(long, value_name = "HEADER")]
        forwarded_header: Option<ForwardedHeader>,
        /// What to log: a filter as of Rust's tracing [default: `info,sqlx=warn,tower_http=info`].
        #[arg(long, value_name = "FILTER")]
        log: Option<String>,
    },
    /// Communities and their admins.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Make a small demo community, or keep it fresh; prints its logins, PINs and passes.
    Demo {
        #[command(flatten)]
        flags: Flags,
        /// Write the passes' QR codes there as PNG files.
        #[arg(long, value_name = "DIR")]
        passes: Option<PathBuf>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Say that the database was put back from a copy: kiosks then load all of it anew and send again what it lacks.
    Restore {
        #[command(flatten)]
        flags: Flags,
    },
    /// Print the API's description (OpenAPI 3.1).
    Openapi,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make a community and its first admin; prints their ids as JSON.
    Create {
        #[command(flatten)]
        flags: Flags,
        /// Name of the community.
        #[arg(long, value_name = "NAME")]
        community: String,
        /// Its time zone [default: Asia/Kolkata].
        #[arg(long, value_name = "IANA")]
        zone: Option<String>,
        /// The admin's full name.
        #[arg(long, value_name = "NAME", default_value = "Admin")]
        name: String,
        /// The admin's e-mail.
        #[arg(long, value_name = "E")]
        email: String,
        /// The admin's phone, with its country: +919900000001.
        #[arg(long, value_name = "P")]
        phone: String,
        /// Read the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Set a new password for an admin who is locked out, and end all their sessions; prints the account's id as JSON.
    ResetPassword {
        #[command(flatten)]
        flags: Flags,
        /// The admin's e-mail.
        #[arg(long, value_name = "E")]
        email: String,
        /// Read the new password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Replace a community's keys before their time. Kiosks follow over the feed; a server that runs goes on meanwhile.
    RotateKeys {
        #[command(flatten)]
        flags: Flags,
        /// Name of the community.
        #[arg(long, value_name = "NAME")]
        community: String,
        /// The key that signs passes: the next one is published now and signs from two weeks on.
        #[arg(long)]
        pass: bool,
        /// The key that signs the server's time.
        #[arg(long)]
        anchor: bool,
        /// The key that kiosks seal to.
        #[arg(long)]
        seal: bool,
    },
}

/// Runs the program.
pub async fn run() -> ExitCode {
    // What a server keeps is its own user's, also in a folder that others may look into.
    umask(Mode::RWXG | Mode::RWXO);
    match act(Line::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gatehouse-server: {}", causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn act(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Serve {
            flags,
            listen,
            tls,
            tls_certificate,
            tls_key,
            public_url,
            notify_url,
            trusted_proxies,
            forwarded_header,
            log,
        } => {
            let flags = Flags {
                listen,
                tls,
                tls_certificate,
                tls_key,
                public_url,
                notify_url,
                log,
                trusted_proxies,
                forwarded_header,
                ..flags
            };
            let settings = Settings::read(&flags)?;
            serve::serve(&settings).await
        }
        Command::Admin {
            command: AdminCommand::Create { flags, community, zone, name, email, phone, .. },
        } => {
            let first = FirstAdmin { community, zone, name, email, phone, password: String::new() };
            admin::create(&Settings::read(&flags)?, first).await
        }
        Command::Admin { command: AdminCommand::ResetPassword { flags, email, .. } } => {
            admin::reset_password(&Settings::read(&flags)?, &email).await
        }
        Command::Admin { command: AdminCommand::RotateKeys { flags, community, pass, anchor, seal } } => {
            let asked = RotateKeys { pass, anchor, seal };
            admin::rotate_keys(&Settings::read(&flags)?, &community, asked).await
        }
        Command::Demo { flags, passes, json } => {
            admin::demo(&Settings::read(&flags)?, passes.as_deref(), json).await
        }
        Command::Restore { flags } => admin::restore(&Settings::read(&flags)?).await,
        Command::Openapi => {
            print(&format!("{}\n", api::openapi().to_pretty_json()?))?;
            Ok(())
        }
    }
}
