//! `camera-picture OUT (--text TEXT | --png FILE | --empty) [--turned DEGREES] [--as-png]`: the frame a
//! gate's camera sees when somebody holds up a phone, for the camera made of a file (or as a PNG).

use std::path::PathBuf;
use std::process::ExitCode;

use gatehouse_tests::camera::{CameraFile, Scene, qr_screen};
use image::GrayImage;

const USAGE: &str =
    "camera-picture OUT (--text TEXT | --png FILE | --empty) [--turned DEGREES] [--size PART] [--as-png]";

fn main() -> ExitCode {
    match draw(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn draw(mut words: impl Iterator<Item = String>) -> Result<(), String> {
    let out = PathBuf::from(words.next().ok_or("where to?")?);
    let mut scene = Scene::default();
    let mut screen: Option<GrayImage> = None;
    let mut as_png = false;
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--text" => screen = Some(qr_screen(&value()?)),
            "--png" => {
                screen = Some(image::open(value()?).map_err(|error| error.to_string())?.into_luma8());
            }
            "--empty" => screen = None,
            "--turned" => scene.turned = value()?.parse().map_err(|_| "degrees are a number")?,
            "--size" => scene.size = value()?.parse().map_err(|_| "size is a number")?,
            "--as-png" => as_png = true,
            other => return Err(format!("what is {other}?")),
        }
    }
    let frame = screen.map_or_else(|| scene.empty(), |screen| scene.phone_showing(&screen));
    if as_png {
        frame.save(&out).map_err(|error| error.to_string())
    } else {
        CameraFile::plug_in(&out, &frame).map(drop).map_err(|error| error.to_string())
    }
}
