//! `hoist completions`: the scripts with which shells complete Hoist's command line, and the manual.

mod live;
mod manual;
mod script;

use clap::{Args, CommandFactory, ValueEnum};

pub use live::complete;

use super::{Exit, Stop};
use crate::ui::Ui;

/// Print the script with which a shell completes Hoist's command line
///
/// The script asks Hoist itself at every press of the Tab key: functions, parameters and AWS profiles are those
/// of the folder you are in, or of the template that -t names. Have your shell read it at its start:
///
///   bash        source <(hoist completions bash)                            in ~/.bashrc
///   zsh         source <(hoist completions zsh)                             in ~/.zshrc, after compinit
///   fish        hoist completions fish | source                             in ~/.config/fish/config.fish
///   powershell  hoist completions powershell | Out-String | Invoke-Expression   in $PROFILE
///   elvish      eval (hoist completions elvish | slurp)                     in ~/.config/elvish/rc.elv
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// A shell that Hoist has a script for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
}

/// Prints the script.
pub fn run(arguments: &Arguments, ui: &Ui) -> Result<Exit, Stop> {
    ui.data(&script::of(arguments.shell)?)?;
    Ok(Exit::Ok)
}

/// The files of the folder `completions/`, by their paths in it: a script for each shell, and the manual in `man/`.
///
/// # Errors
/// When a page of the manual cannot be written to memory, which does not happen.
pub fn generated() -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for (shell, name) in [
        (Shell::Bash, "hoist.bash"),
        (Shell::Zsh, "_hoist"),
        (Shell::Fish, "hoist.fish"),
        (Shell::Powershell, "_hoist.ps1"),
        (Shell::Elvish, "hoist.elv"),
    ] {
        files.push((name.to_owned(), script::of(shell)?));
    }
    for (name, page) in manual::pages(super::Arguments::command())? {
        files.push((format!("man/{name}"), page));
    }
    Ok(files)
}
