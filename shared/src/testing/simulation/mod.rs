//! Many kiosks, one server, and everything that goes wrong between them, from one seed.
//!
//! A [`World`] runs [`crate::sync::kiosk::Kiosk`] cores over disks of any kind against a
//! [`crate::testing::ModelServer`], in virtual time. Messages are dropped, doubled, late, out of order;
//! streams fall silent; kiosks crash between any two outputs, sleep, have their clocks set, lose a database,
//! are cloned or put back to an older image; the server crashes and is restored from an old copy; kiosks are
//! retired and stolen, and false orders are played to others; people are forgotten; rows and events are of kinds
//! that nobody knows yet. Then all is healed, and after a while everybody must agree. On the way and at the end the [`Law`]s are checked.
//!
//! [`run`] gives the first law that was broken, with what happened before it. The same seed does the same
//! again.

mod disk;
mod ends;
mod faults;
mod guards;
mod judge;
mod law;
mod machine;
mod messages;
mod network;
mod office;
mod requests;
mod running;
mod world;

pub use disk::{Disk, InMemory, Maker, ModelDisk};
pub use law::{Broken, Law};
pub use world::{Report, World};

/// Runs one seed over disks that `maker` makes.
pub fn run<M: Maker>(seed: u64, maker: M) -> Result<Report, Broken> {
    World::new(seed, maker).run()
}
