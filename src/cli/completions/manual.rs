//! The manual: one page a command.

use std::io;

use clap::Command;
use clap_mangen::Man;

use crate::cli::event::SERVICE;

/// The pages of a command and all below it, with their file names: `hoist-runtime-add.1`. Hidden ones have none,
/// nor have the sample events.
///
/// # Errors
/// Those of writing to memory.
pub fn pages(command: Command) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add(command, &mut pages)?;
    Ok(pages)
}

fn add(command: Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    // Two hundred pages of sample events would hide the others; `--help` shows each of them.
    let is_catalogue = command.get_subcommand_value_name() == Some(SERVICE);
    let below = command
        .get_subcommands()
        .filter(|one| !one.is_hide_set() && !is_catalogue);
    let below: Vec<Command> = below.cloned().collect();
    let version = concat!("Hoist ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command).source(version).manual("Hoist's manual");
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    below
        .into_iter()
        .try_for_each(|command| add(command, pages))
}
