//! Writes the golden vectors again: `cargo run -p gatehouse --example vectors`.

#[path = "../tests/vectors/cases.rs"]
mod cases;

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    for (name, cases) in cases::files() {
        fs::write(folder.join(name), format!("{cases:#}\n"))?;
        println!("{name}");
    }
    Ok(())
}
