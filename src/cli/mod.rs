//! The command line: one file a command, with its arguments and its `run`.

mod build;
mod completions;
mod config;
mod deploy;
mod destroy;
mod doctor;
mod event;
mod expand;
mod explain;
mod graph;
mod invoke;
mod list;
mod logs;
mod metrics;
mod new;
mod open;
mod plan;
mod policy;
mod project;
mod remote;
mod rollback;
mod runtime;
mod schema;
mod snapshot;
mod stack;
mod status;
mod validate;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand, ValueEnum};

use crate::config::Environment;
use crate::ui::{ColorChoice, Format, Surroundings, Ui};

/// Runs the serverless application in your SAM or CloudFormation template on this machine.
///
/// Each function runs inside a WebAssembly sandbox: no Docker, no account, no daemon.
#[derive(Debug, Parser)]
#[command(name = "hoist", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
}

// There is one of these in a run.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Subcommand)]
enum Command {
    Build(build::Arguments),
    Completions(completions::Arguments),
    Config(config::Arguments),
    Deploy(Box<deploy::Arguments>),
    Destroy(destroy::Arguments),
    Doctor(doctor::Arguments),
    Event(event::Arguments),
    Expand(expand::Arguments),
    Explain(explain::Arguments),
    Graph(graph::Arguments),
    History(status::HistoryArguments),
    Invoke(Box<invoke::Arguments>),
    List(list::Arguments),
    Logs(Box<logs::Arguments>),
    Metrics(metrics::Arguments),
    New(new::Arguments),
    Open(open::Arguments),
    Outputs(status::OutputsArguments),
    Plan(Box<plan::Arguments>),
    Policy(policy::Arguments),
    Rollback(Box<rollback::Arguments>),
    Runtime(runtime::Arguments),
    Schema(schema::Arguments),
    Status(status::StatusArguments),
    Unlock(status::UnlockArguments),
    Validate(validate::Arguments),
    MakeSnapshot(snapshot::Arguments),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Output {
    /// For people
    #[default]
    Text,
    /// For scripts: JSON on standard output
    Json,
}

/// How a run ended, as the process's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Ok,
    /// The user's files or values have to be changed.
    Input,
    /// The command line is not one of Hoist's.
    Usage,
    /// AWS refused, or a deployment came only part of the way.
    Aws,
    /// The invoked function failed.
    Function,
    /// Ended by the user.
    Interrupted,
    /// A fault of Hoist itself.
    Bug,
}

impl Exit {
    /// The number the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Ok => 0,
            Exit::Input => 1,
            Exit::Usage => 2,
            Exit::Aws => 3,
            Exit::Function => 4,
            Exit::Interrupted => 130,
            Exit::Bug => 255,
        }
    }
}

pub use completions::{complete, generated};

/// Why a command stopped. What is to be said has been said, except for [`Stop::Io`].
#[derive(Debug)]
pub enum Stop {
    /// Everything is said.
    Said(Exit),
    /// Standard output or error could not be written.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

/// Runs what the arguments ask for, to its end or to the user's Ctrl-C.
pub async fn run(arguments: Arguments, environment: &Environment) -> Exit {
    let ui = ui(&arguments, environment);
    let stop = Arc::new(AtomicBool::new(false));
    // What changes AWS is seen to the end of the calls that are under way.
    let is_careful = matches!(
        arguments.command,
        Command::Deploy(_) | Command::Destroy(_) | Command::Rollback(_)
    );
    let command = async {
        for diagnostic in environment.check() {
            ui.explain(&crate::diag::Sources::new(), [&diagnostic])?;
        }
        match arguments.command {
            Command::Build(arguments) => build::run(&arguments, environment, &ui).await,
            Command::Event(arguments) => event::run(&arguments, &ui),
            Command::Config(arguments) => config::run(&arguments, environment, &ui),
            Command::Completions(arguments) => completions::run(&arguments, &ui),
            Command::Deploy(arguments) => {
                deploy::run(&arguments, environment, &ui, Arc::clone(&stop)).await
            }
            Command::Destroy(arguments) => {
                destroy::run(&arguments, environment, &ui, Arc::clone(&stop)).await
            }
            Command::Doctor(arguments) => doctor::run(arguments, environment, &ui).await,
            Command::Expand(arguments) => expand::run(&arguments, environment, &ui),
            Command::Explain(arguments) => explain::run(&arguments, &ui),
            Command::Graph(arguments) => graph::run(&arguments, environment, &ui),
            Command::History(arguments) => status::history(&arguments, environment, &ui).await,
            Command::Invoke(arguments) => invoke::run(*arguments, environment, &ui).await,
            Command::List(arguments) => list::run(&arguments, environment, &ui),
            Command::Logs(arguments) => logs::run(&arguments, environment, &ui).await,
            Command::Metrics(arguments) => metrics::run(&arguments, environment, &ui).await,
            Command::New(arguments) => new::run(&arguments, &ui).await,
            Command::Open(arguments) => open::run(&arguments, environment, &ui).await,
            Command::Outputs(arguments) => status::show_outputs(&arguments, environment, &ui).await,
            Command::Plan(arguments) => plan::run(&arguments, environment, &ui).await,
            Command::Policy(arguments) => policy::run(&arguments, environment, &ui),
            Command::Rollback(arguments) => {
                rollback::run(&arguments, environment, &ui, Arc::clone(&stop)).await
            }
            Command::Runtime(arguments) => runtime::run(arguments, environment, &ui).await,
            Command::Schema(arguments) => schema::run(&arguments, &ui),
            Command::Status(arguments) => status::status(&arguments, environment, &ui).await,
            Command::Unlock(arguments) => status::unlock(&arguments, environment, &ui).await,
            Command::Validate(arguments) => validate::run(&arguments, environment, &ui),
            Command::MakeSnapshot(_) => snapshot::run(environment, &ui),
        }
    };
    let ended = tokio::select! {
        // In this order, so that signals are listened for before anything is begun.
        biased;
        () = interruption(is_careful, &stop, &ui) => Ok(Exit::Interrupted),
        ended = command => ended,
    };
    match ended {
        Ok(exit) | Err(Stop::Said(exit)) => {
            // Standard error may be gone; the exit code says enough then.
            let _ = ui.hint_at_explanations();
            exit
        }
        Err(Stop::Io(error)) => {
            // Standard error may be the stream that failed: then there is nobody to tell.
            let _ = ui.error(&format!("cannot write the output: {error}"));
            Exit::Input
        }
    }
}

/// Comes back when the run is to end at once. A run that changes AWS is only told to stop by the first signal.
async fn interruption(is_careful: bool, stop: &AtomicBool, ui: &Ui) {
    interrupted().await;
    if is_careful {
        stop.store(true, Ordering::Relaxed);
        // There is nobody to tell when this fails.
        let _ = ui.warning("stopping when what is under way is done; once more ends at once");
        interrupted().await;
    }
}

/// Comes back when the user or the system wants an end: what was made for the run is then cleared away.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut hang_up)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::hangup()),
        ) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => (),
            _ = terminate.recv() => (),
            _ = hang_up.recv() => (),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}

fn ui(arguments: &Arguments, environment: &Environment) -> Ui {
    let color = match arguments.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let output = match &arguments.command {
        Command::Build(arguments) => arguments.output(),
        Command::Event(arguments) => arguments.output(),
        Command::Config(arguments) => arguments.output(),
        Command::Completions(_) => Output::Text,
        Command::Deploy(arguments) => arguments.output(),
        Command::Destroy(arguments) => arguments.output(),
        Command::Doctor(arguments) => arguments.output(),
        Command::History(arguments) => arguments.output(),
        Command::Expand(arguments) => arguments.output(),
        Command::Explain(arguments) => arguments.output(),
        Command::Invoke(arguments) => arguments.output(),
        Command::List(arguments) => arguments.output(),
        Command::Logs(arguments) => arguments.output(),
        Command::Metrics(arguments) => arguments.output(),
        Command::New(arguments) => arguments.output(),
        Command::Open(_) => Output::Text,
        Command::Outputs(arguments) => arguments.output(),
        Command::Plan(arguments) => arguments.output(),
        Command::Policy(_) => Output::Text,
        Command::Rollback(arguments) => arguments.output(),
        Command::Runtime(arguments) => arguments.output(),
        Command::Status(arguments) => arguments.output(),
        Command::Unlock(arguments) => arguments.output(),
        Command::Schema(_) => Output::Text,
        Command::Validate(arguments) => arguments.output(),
        Command::Graph(_) | Command::MakeSnapshot(_) => Output::Text,
    };
    let format = match output {
        Output::Text => Format::Text,
        Output::Json => Format::Json,
    };
    let surroundings = Surroundings {
        no_color: environment.no_color(),
        force_color: environment.force_color(),
        dumb: environment.dumb_terminal(),
        ci: environment.ci(),
        columns: environment.columns(),
    };
    Ui::new(color, format, surroundings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
