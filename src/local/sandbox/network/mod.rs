//! What a function may reach over the network: the local AWS endpoint, and what the user allowed.

mod policy;

pub use policy::{Endpoint, EndpointError, Network, Pattern, PatternError};
