//! Running the application on this machine.

mod bundle;
pub mod code;
pub mod library;
pub mod prepare;
pub mod process;
pub mod provided;
pub mod sandbox;
pub mod variable;
