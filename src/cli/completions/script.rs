//! The scripts themselves: small, and the same for every command line, because all they do is ask Hoist.

use std::io;

use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

use super::Shell;

/// The variable by which a script says that Hoist is to complete, and for which shell.
pub const VARIABLE: &str = "HOIST_COMPLETE";

/// zsh runs a file of its `fpath` in place of the function of that name the first time, and that time is to complete
/// as well.
const ZSH_FIRST: &str = r#"
if [[ "${funcstack[1]-}" == _hoist ]]; then
    _clap_dynamic_completer_hoist "$@"
fi
"#;

/// The script of a shell. It calls `hoist`, wherever that is on the `PATH` when it is called.
///
/// # Errors
/// Those of writing to memory.
pub fn of(shell: Shell) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    completer(shell).write_registration(VARIABLE, "hoist", "hoist", "hoist", &mut script)?;
    if shell == Shell::Zsh {
        script.extend_from_slice(ZSH_FIRST.as_bytes());
    }
    Ok(script)
}

/// What reads a shell's question and writes the answer as that shell wants it.
pub fn completer(shell: Shell) -> &'static dyn EnvCompleter {
    match shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
        Shell::Elvish => &Elvish,
    }
}
