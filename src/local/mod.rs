//! Running the application on this machine.

pub mod code;
pub mod prepare;
pub mod sandbox;
pub mod variable;
