//! Running the application on this machine.

mod bundle;
pub mod code;
pub mod prepare;
pub mod sandbox;
pub mod variable;
