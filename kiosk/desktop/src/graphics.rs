//! How the window is drawn. Without a graphics card the web view would compose every picture of the camera by OpenGL
//! on the processor, which takes more than a core; drawing it plainly takes a quarter of one, and the scanner needs
//! the rest.

use std::path::Path;

use clap::ValueEnum;
use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Where the kernel shows what graphics cards there are.
const CARDS: &str = "/dev/dri";

/// How the window is to be drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Drawing {
    /// By OpenGL where there is a graphics card, else plainly.
    #[default]
    Auto,
    /// By OpenGL, on the processor if need be.
    Opengl,
    /// Without OpenGL.
    Plain,
}

/// Has the window drawn as is wished.
///
/// # Errors
/// When the window is gone.
pub fn suit(window: &WebviewWindow, drawing: Drawing) -> tauri::Result<()> {
    let opengl = match drawing {
        Drawing::Auto => has_card(Path::new(CARDS)),
        Drawing::Opengl => true,
        Drawing::Plain => false,
    };
    if opengl {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

fn has_card(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_that_can_render() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!has_card(&dir.path().join("absent")));
        std::fs::write(dir.path().join("card0"), []).unwrap();
        assert!(!has_card(dir.path()), "a card that only shows pictures does not render any");
        std::fs::write(dir.path().join("renderD128"), []).unwrap();
        assert!(has_card(dir.path()));
    }
}
