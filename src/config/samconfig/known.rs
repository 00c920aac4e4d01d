//! SAM's commands and their parameters, so that slips can be told from what is for another command.

/// One line a command: its name in `samconfig.toml`, a tab, its parameters with spaces between them.
/// Made by `tests/config/record.py` from an installed SAM.
const TABLE: &str = include_str!("../../../schema/samconfig.tsv");

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
}

/// The names of all commands.
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    lines().map(|(command, _)| command)
}

/// Whether SAM has a command. Those that make sample events, more than a hundred, are known by their beginning.
pub(super) fn is_command(name: &str) -> bool {
    name.starts_with("local_generate_event") || commands().any(|known| known == name)
}

/// The parameters of a command; none when SAM does not have it.
pub(super) fn parameters(command: &str) -> Option<Vec<&'static str>> {
    let (_, names) = lines().find(|(name, _)| *name == command)?;
    Some(names.split(' ').collect())
}

/// The parameters of all commands, some of them several times.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    lines().flat_map(|(_, names)| names.split(' '))
}

/// Whether any command has a parameter. `template` is a second name that SAM knows for `template_file`.
pub(super) fn is_parameter(name: &str) -> bool {
    name == "template" || all().any(|known| known == name)
}
