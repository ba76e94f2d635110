//! What the people at this window chose: language and colours.

use serde::{Deserialize, Serialize};

use crate::{
    folder::{Folder, FolderError},
    screen::{Language, Theme},
};

const FILE: &str = "window.json";

/// Language and colours of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Preferences {
    pub(super) language: Language,
    pub(super) theme: Theme,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { language: Language::En, theme: Theme::Auto }
    }
}

impl Preferences {
    /// What was chosen before. What cannot be read was never chosen.
    pub(super) fn load(folder: &Folder) -> Self {
        folder.read_json(FILE).unwrap_or_else(|error| {
            tracing::warn!(%error, "language and colours cannot be read");
            Self::default()
        })
    }

    /// Keeps them for the next start.
    pub(super) fn keep(self, folder: &Folder) -> Result<(), FolderError> {
        let json = serde_json::to_vec(&self).unwrap_or_default();
        folder.replace(FILE, &json)
    }
}
