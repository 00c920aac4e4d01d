//! Where a setting came from.

use std::fmt;
use std::path::PathBuf;

/// The place a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag, by its name with the dashes.
    Flag(&'static str),
    /// An environment variable of the process.
    Variable(&'static str),
    /// A profile in the AWS configuration file.
    Profile {
        /// The profile's name.
        profile: String,
        /// The file it is in.
        file: PathBuf,
    },
    /// A file that a flag named.
    File(PathBuf),
    /// A line of a settings file.
    Line {
        /// The file, as it was named or found.
        file: PathBuf,
        /// The line's number, from 1.
        line: usize,
        /// The environment and command it stands under: `[default.global.parameters]`, `[invoke]`.
        section: String,
    },
    /// The template.
    Template,
    /// Nothing set it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(flag) => f.write_str(flag),
            Origin::Variable(name) => write!(f, "environment variable {name}"),
            Origin::Profile { profile, file } => {
                write!(f, "profile `{profile}` in {}", file.display())
            }
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Line {
                file,
                line,
                section,
            } => write!(f, "{}:{line} [{section}]", file.display()),
            Origin::Template => f.write_str("the template"),
            Origin::Default => f.write_str("the default"),
        }
    }
}

/// A value with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The setting itself.
    pub value: T,
    /// Who set it.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// The value `value`, set by `origin`.
    pub fn new(value: T, origin: Origin) -> Self {
        Sourced { value, origin }
    }
}
