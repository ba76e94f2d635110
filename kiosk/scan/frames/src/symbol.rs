//! A text as dark and light modules.

use qrcode::{Color, EcLevel, QrCode, Version};

/// How much error correction a symbol carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// About 7 %.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// A QR code's modules.
#[derive(Clone, Debug)]
pub struct Symbol {
    dark: Vec<bool>,
    side: usize,
}

impl Symbol {
    /// The smallest symbol that holds a text; `None` when none does.
    pub fn of(text: &str, level: Level) -> Option<Self> {
        Some(Self::from(&QrCode::with_error_correction_level(text, level.into()).ok()?))
    }

    /// The symbol of a version from 1 to 40; `None` when the text does not fit.
    pub fn of_version(text: &str, level: Level, version: i16) -> Option<Self> {
        Some(Self::from(&QrCode::with_version(text, Version::Normal(version), level.into()).ok()?))
    }

    /// Modules on a side.
    pub const fn side(&self) -> usize {
        self.side
    }

    /// Whether a module is dark; outside of the symbol all is light.
    pub fn dark(&self, x: isize, y: isize) -> bool {
        let inside = |v: isize| usize::try_from(v).ok().filter(|v| *v < self.side);
        matches!((inside(x), inside(y)), (Some(x), Some(y)) if self.dark[y * self.side + x])
    }
}

impl From<&QrCode> for Symbol {
    fn from(code: &QrCode) -> Self {
        Self { dark: code.to_colors().into_iter().map(|c| c == Color::Dark).collect(), side: code.width() }
    }
}

impl From<Level> for EcLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::L => Self::L,
            Level::M => Self::M,
            Level::Q => Self::Q,
            Level::H => Self::H,
        }
    }
}
