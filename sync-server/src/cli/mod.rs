//! The command line: parses, calls, prints. Standard output is for answers, standard error for the log.

mod serve;

use std::{error::Error, net::SocketAddr, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    api,
    settings::{Flags, Settings},
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
    /// Print the API's description (OpenAPI 3.1).
    Openapi,
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
        Command::Openapi => {
            println!("{}", api::openapi().to_pretty_json()?);
            Ok(())
        }
    }
}
