//! Builds the camera made of a file (`v4l-shim/shim.c`) as a library to preload.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=v4l-shim/shim.c");
    println!("cargo::rerun-if-env-changed=CC");
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let library = folder.join("libcamera-of-a-file.so");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let built = Command::new(&compiler)
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&library)
        .args(["v4l-shim/shim.c", "-ldl", "-lpthread"])
        .status();
    match built {
        Ok(status) if status.success() => println!("cargo::rustc-env=V4L_SHIM={}", library.display()),
        Ok(status) => panic!("{compiler} could not build v4l-shim/shim.c: {status}"),
        Err(error) => panic!("{compiler} could not be run: {error}"),
    }
}
