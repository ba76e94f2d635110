//! The command line: parses, calls, prints. Standard output is for answers, standard error for the log.

mod admin;
mod serve;

use std::{error::Error, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    api,
    settings::{Flags, Settings},
    setup::FirstAdmin,
};

#[derive(Parser)]
#[command(name = "gatehouse-server", version, about = "Gatehouse's sync server")]
#[command(after_help = "Every setting can also be given by environment (GATEHOUSE_DATA, GATEHOUSE_LISTEN, \
                        GATEHOUSE_DATABASE, GATEHOUSE_MASTER_KEY, GATEHOUSE_LOG, …) or in a TOML file.")]
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
        /// The address kiosks are to use, where it is not the one listened on.
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
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
}

/// Runs the program.
pub async fn run() -> ExitCode {
    match act(Line::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("gatehouse-server: {error}");
            let mut cause = error.source();
            while let Some(source) = cause {
                eprint!(": {source}");
                cause = source.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

async fn act(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Serve { flags, listen, tls, public_url } => {
            let settings = Settings::read(&Flags { listen, tls, public_url, ..flags })?;
            serve::serve(&settings).await
        }
        Command::Admin {
            command: AdminCommand::Create { flags, community, zone, name, email, phone, .. },
        } => {
            let first = FirstAdmin { community, zone, name, email, phone, password: String::new() };
            admin::create(&Settings::read(&flags)?, first).await
        }
        Command::Demo { flags, passes, json } => {
            admin::demo(&Settings::read(&flags)?, passes.as_deref(), json).await
        }
        Command::Restore { flags } => admin::restore(&Settings::read(&flags)?).await,
        Command::Openapi => {
            println!("{}", api::openapi().to_pretty_json()?);
            Ok(())
        }
    }
}
