//! Photos of passes' holders: a helper's face at the gate.

mod routes;
pub mod store;

pub use routes::routes;

use crate::pictures::Square;

/// A holder's photo, as it goes to every kiosk of the community.
pub const HOLDER: Square = Square { side: 200, most_bytes: 8 << 10 };
