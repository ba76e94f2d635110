//! Pictures for a kiosk's camera: the passes, and what is held before a camera without being one.

use std::{fs, path::Path};

use super::report::DemoPass;
use crate::{
    http::{Answer, Fault},
    qr::Picture,
};

/// Writes a text's QR as `NAME.png`; answers its path.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> Answer<String> {
    fs::create_dir_all(folder).map_err(Fault::internal)?;
    let path = folder.join(format!("{name}.png"));
    fs::write(&path, Picture::of(text)?.png()?).map_err(Fault::internal)?;
    Ok(path.display().to_string())
}

/// Writes what every gate is shown one day: a pass with a character changed, and a shop's payment code.
pub(super) fn write_foreign(folder: &Path, passes: &[DemoPass]) -> Answer<()> {
    if let Some(pass) = passes.first() {
        write(folder, "forged", &forged(&pass.token))?;
    }
    write(folder, "payment-code", "upi://pay?pa=shop@bank&pn=Corner%20Shop&cu=INR")?;
    Ok(())
}

/// The token with its signature's last bytes changed.
fn forged(token: &str) -> String {
    let split = token.char_indices().rev().nth(2).map_or(0, |(at, _)| at);
    let (head, tail) = token.split_at(split);
    let changed: String = tail.chars().map(|c| if c == '0' { '1' } else { '0' }).collect();
    format!("{head}{changed}")
}
