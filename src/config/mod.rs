//! What the user set outside the template: the environment, flags, and the files flags name.
//!
//! This is the only part of Hoist that reads the process's environment. It is read once, into an
//! [`Environment`]; everything else is a function of that value, and remembers with [`Origin`] where
//! each setting came from, so that messages can say it.

mod assignment;
mod credentials;
mod dotenv;
mod env_vars;
mod environment;
mod file;
mod hoist_file;
mod json;
mod mask;
mod origin;
mod overrides;
mod parameter;
mod profile;
mod region;
mod samconfig;
mod schema;
mod setting;
mod settings;
mod source;
mod value;

pub use assignment::Assignment;
pub use credentials::credentials;
pub use environment::{ConfigError, Environment};
pub use hoist_file::{FunctionSettings, HOIST_FILE};
pub use origin::{Origin, Sourced};
pub use overrides::{Declared, FunctionEnvironment, Overrides};
pub use parameter::ParameterOverrides;
pub use region::{DEFAULT_REGION, profiles};
pub use schema::schema;
pub use setting::{Command, Definition, Kind, SETTINGS, Setting};
pub use settings::{Given, Settings};
pub use value::Value;
