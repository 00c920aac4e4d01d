//! What `hoist runtime` is told.

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::Output;
use crate::local::library::Choice;

/// Keep copies of the packages that Lambda's runtimes bring along: the AWS SDK
///
/// A function that has no AWS SDK in its own folder finds it here, as it finds it in Lambda's runtime. An SDK
/// in the project's node_modules, or in the active virtual environment, comes first.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Get packages and what they need: @aws-sdk/client-s3, boto3
    ///
    /// Packages added before are brought up to date with them, unless they were added with a version.
    Add(Add),
    /// Show which packages are there
    List(List),
    /// Take packages away; what the others do not need goes with them
    Remove(Remove),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// npm's as @aws-sdk/client-s3[@VERSION], Python's as boto3[==VERSION]
    #[arg(value_name = "PACKAGE", required = true)]
    pub(super) packages: Vec<String>,

    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The packages' names
    #[arg(value_name = "PACKAGE", required_unless_present = "all")]
    pub(super) packages: Vec<String>,

    /// All packages
    #[arg(long, conflicts_with = "packages")]
    pub(super) all: bool,

    #[command(flatten)]
    pub(super) how: How,
}

#[derive(Debug, Args)]
pub(super) struct How {
    /// Who fetches the packages
    #[arg(long, value_enum, default_value_t, value_name = "INSTALLER")]
    pub(super) installer: Installer,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Installer {
    /// npm, uv or pip where it is on the PATH, else Hoist itself
    #[default]
    Auto,
    /// npm, for its packages
    Npm,
    /// uv, for Python's packages
    Uv,
    /// pip, for Python's packages
    Pip,
    /// Hoist itself, from the registries over HTTPS
    Registry,
}

impl From<Installer> for Choice {
    fn from(installer: Installer) -> Self {
        match installer {
            Installer::Auto => Choice::Any,
            Installer::Npm => Choice::Npm,
            Installer::Uv => Choice::Uv,
            Installer::Pip => Choice::Pip,
            Installer::Registry => Choice::Registry,
        }
    }
}

impl Arguments {
    pub(in crate::cli) fn output(&self) -> Output {
        match &self.command {
            Command::Add(arguments) => arguments.how.output,
            Command::List(arguments) => arguments.output,
            Command::Remove(arguments) => arguments.how.output,
        }
    }
}
