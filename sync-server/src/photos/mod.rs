//! Photos of visitors: a kiosk sends each after the event that tells of it, the household and the admins see it, and
//! it is forgotten with its event's details or in time.

mod routes;
mod store;
mod take;

pub use routes::routes;
pub use store::{forget, forget_before, has_photo};
pub use take::KEPT;
