//! A Node.js function's packages, installed by npm in a copy of its folder.

use std::path::Path;

use crate::graph::function::Architecture;

use super::bench::{Bench, Made};
use super::fault::Fault;
use super::tool::Tool;

/// How to get npm.
pub const INSTALL_NPM: &str = "install Node.js, which brings it: https://nodejs.org";

/// Which packages npm installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packages {
    /// What the function needs in Lambda, for Lambda's platform.
    Production(Architecture),
    /// Everything, for this machine: what bundling needs.
    All,
}

/// The folder with its packages; a layer's below `nodejs/`.
///
/// # Errors
/// When npm is not there or fails.
pub async fn make(
    bench: &Bench<'_>,
    locked: bool,
    architecture: Architecture,
    is_layer: bool,
) -> Result<Made, Fault> {
    let folder = bench.folder("artifact")?;
    let place = match is_layer {
        true => bench.folder("artifact/nodejs")?,
        false => folder.clone(),
    };
    bench.copy_sources(&place).await?;
    install(bench, &place, locked, Packages::Production(architecture)).await?;
    let rules = match is_layer {
        true => super::rule::Rules::of(&folder, &folder, &[])?,
        false => bench.rules()?,
    };
    Ok(Made {
        folder,
        rules,
        outside: Vec::new(),
    })
}

/// Runs npm in a folder.
///
/// # Errors
/// When it is not there or fails.
pub async fn install(
    bench: &Bench<'_>,
    folder: &Path,
    locked: bool,
    packages: Packages,
) -> Result<(), Fault> {
    let npm = bench.find(&["npm"], INSTALL_NPM)?;
    let (what, arguments): (&str, &[&str]) = match locked {
        true => ("npm ci", &["ci"]),
        false => ("npm install", &["install", "--no-package-lock"]),
    };
    let tool = Tool::new(&npm, what, folder).args(arguments).args([
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--no-progress",
    ]);
    let tool = match packages {
        Packages::Production(architecture) => tool.args([
            "--omit=dev",
            "--os=linux",
            "--libc=glibc",
            match architecture {
                Architecture::X86_64 => "--cpu=x64",
                Architecture::Arm64 => "--cpu=arm64",
            },
        ]),
        // NODE_ENV=production in the user's environment would leave them out.
        Packages::All => tool.arg("--include=dev"),
    };
    bench.run(tool).await
}
