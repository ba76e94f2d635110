//! How a kiosk becomes one: an invitation is taken, the way to its server tried rung by rung, the code
//! redeemed, and what came of it kept outside both databases.

mod call;
mod invited;
mod membership;
mod way;

pub use call::{EnrolError, enrol};
pub use invited::{Invited, NotInvited};
pub use membership::{Membership, MembershipError, Trusted};
pub use way::trouble_of;
