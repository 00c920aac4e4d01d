//! What a function may reach over the network: the local AWS endpoint, and what the user allowed.

mod dial;
mod fault;
mod policy;
mod trust;

pub use dial::{Connection, dial};
pub use fault::Fault;
pub use policy::{Endpoint, EndpointError, Network, Pattern, PatternError, Refused, Route};
pub use trust::Trust;
