//! Spoken approval, the household's side: what its app fetches ahead, to answer a gate with no network on either side.

mod routes;

pub use routes::routes;
