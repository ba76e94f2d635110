//! How the program is started.

use std::path::PathBuf;

use clap::Parser;
use gatehouse_kiosk::{camera::CameraSpec, keys::Wish};

use crate::graphics::Drawing;

/// The guard's window of a Gatehouse kiosk.
#[derive(Debug, Parser)]
#[command(name = "gatehouse-kiosk-desktop", version)]
pub struct Options {
    /// The kiosk's data folder.
    #[arg(long, env = "GATEHOUSE_KIOSK_DATA", value_name = "DIR")]
    pub data: PathBuf,

    /// The camera: `auto`, a device (`/dev/video0`), an MJPEG stream's address, a picture or film, or a
    /// folder of pictures.
    #[arg(long, env = "GATEHOUSE_KIOSK_CAMERA", value_name = "CAMERA", default_value = "auto")]
    pub camera: CameraSpec,

    /// Who is to hold the keys of a kiosk that is enrolled in this window: `tpm`, `secret-service`, `host` (the
    /// machine's own secret, through systemd-creds), `file`, or `best`: the TPM where there is one, else an open
    /// Secret Service, else a file.
    #[arg(long, env = "GATEHOUSE_KIOSK_KEYS", value_name = "HOLDER", default_value = "best")]
    pub keys: Wish,

    /// How the window is drawn: `opengl`, `plain` (for a graphics card whose driver fails), or `auto`: by OpenGL where
    /// there is a graphics card.
    #[arg(long, env = "GATEHOUSE_KIOSK_DRAWING", value_enum, default_value_t)]
    pub drawing: Drawing,

    /// A window of 1280 × 720 instead of the whole screen.
    #[arg(long)]
    pub windowed: bool,
}
