//! Starts Hoist: reads the arguments and the environment, runs, sets the exit code.

use std::process::ExitCode;

use clap::Parser;
use hoist::cli::{self, Exit};
use hoist::config::Environment;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("error: Hoist itself failed: {panic}");
        eprintln!("help: this is a bug; please report it with the command and the template");
    }));
    let ended = std::panic::catch_unwind(|| {
        let environment = Environment::of_process();
        if let Some(exit) = cli::complete(&environment) {
            return exit;
        }
        let arguments = cli::Arguments::parse();
        match tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime.block_on(cli::run(arguments, &environment)),
            Err(error) => {
                eprintln!("error: cannot start threads: {error}");
                Exit::Input
            }
        }
    });
    ExitCode::from(ended.unwrap_or(Exit::Bug).code())
}
