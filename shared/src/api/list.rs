//! Lists, a piece at a time.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A piece of a list, the oldest first, or the newest first where the route says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct List<T> {
    /// The items of this piece.
    pub items: Vec<T>,
    /// What to pass as `cursor` for the next piece; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Uuid>,
}
