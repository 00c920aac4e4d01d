//! Running the application on this machine.

pub mod code;
pub mod prepare;
pub mod process;
pub mod sandbox;
pub mod variable;
