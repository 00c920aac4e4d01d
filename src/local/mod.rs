//! Running the application on this machine.

mod bundle;
pub mod choice;
pub mod code;
pub mod invoke;
pub mod library;
pub mod prepare;
pub mod process;
pub mod provided;
pub mod sandbox;
pub mod survey;
pub mod variable;

pub use invoke::{Execution, Invoke, InvokeError};
