//! How a new kiosk comes to a community: the one-time code and the invitation that an admin shows as QR.
//!
//! Asking the server and storing what it answers is the kiosk's business.

mod address;
mod code;
mod invitation;
mod proof;
mod typed;

pub use address::{AddressError, ServerAddress};
pub use code::{EnrolCode, EnrolCodeError};
pub use invitation::{Invitation, InvitationError};
pub use proof::{check_proof, prove};
pub use typed::TypedCode;
