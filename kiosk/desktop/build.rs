//! Makes the screens' folder known to Tauri. They are built by npm beforehand, never from here.

use std::{env, fs, path::Path};

fn main() {
    let screens = Path::new("../../kiosk-ui/dist");
    println!("cargo::rerun-if-changed={}", screens.display());
    println!("cargo::rerun-if-changed=tauri.conf.json");
    println!("cargo::rerun-if-changed=capabilities");
    println!("cargo::rerun-if-changed=icons");
    let built = screens.join("index.html").is_file();
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    assert!(built || !release, "no screens to put into a release: npm --prefix kiosk-ui run build");
    if !built {
        println!("cargo::warning=the screens are not built: npm --prefix kiosk-ui run build");
        fs::create_dir_all(screens).expect("the screens' folder can be made");
    }
    let commands = tauri_build::AppManifest::new().commands(&["screen", "touch", "look"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
        .expect("tauri.conf.json and capabilities are sound");
}
