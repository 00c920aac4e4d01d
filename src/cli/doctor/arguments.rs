//! What `hoist doctor` is told.

use clap::Args;

use crate::cli::Output;
use crate::cli::project::TemplateArguments;
use crate::local::sandbox::Endpoint;

/// Look at what is installed, kept and reachable, and say what is missing for this project
///
/// Nothing is run, built or fetched; of the network only a local AWS endpoint is tried, where one is set. Ends with 1
/// when something that the project needs is missing.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) template: TemplateArguments,

    /// The local AWS endpoint that functions would call [default: AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL")]
    pub(super) endpoint_url: Option<Endpoint>,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output: Output,
}

impl Arguments {
    pub(in crate::cli) fn output(&self) -> Output {
        self.output
    }
}
