//! A small community to try everything on: made once, kept fresh at each further call.

mod community;
mod passes;
mod pictures;
mod portraits;
mod report;

pub use community::make;
pub use report::{Demo, DemoGuard, DemoLogin, DemoPass};

/// The demo community's name.
pub const COMMUNITY: &str = "Green Park (demo)";
