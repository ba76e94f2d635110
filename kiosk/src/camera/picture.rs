//! One picture, as the scan needs it.

/// A picture's brightness, and its JPEG where the camera made one. Buffers are kept and filled again.
#[derive(Clone, Default)]
pub struct Picture {
    /// One byte a pixel, row by row, without padding.
    pub luma: Vec<u8>,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The same picture as the camera sent it, in colour; empty where it sent raw pixels.
    pub jpeg: Vec<u8>,
    /// Counts up with each picture of a source.
    pub number: u64,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture {}: {}×{}", self.number, self.width, self.height)
    }
}
