//! Orders to a gate from outside its window: what `gatectl` asks, whoever owns the folder.
//!
//! The owner of a data folder listens on a socket in it ([`Listener`]). `gatectl` takes the folder itself
//! where nobody owns it, else it sends its order there ([`send`]); both carry it out by the same
//! [`carry_out`].

mod answer;
mod order;
mod socket;
mod work;

pub use answer::{Ending, Said};
pub use order::Order;
pub use socket::{Listener, send};
pub use work::{Hands, carry_out, is_out_of_reach};
