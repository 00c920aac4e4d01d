//! Programs that Go, cargo-lambda or make build.

use std::fs;
use std::path::{Path, PathBuf};

use crate::graph::function::Architecture;

use super::bench::{Bench, Made};
use super::fault::Fault;
use super::rule::Rules;
use super::tool::{Tool, flag};
use super::walk::walk;

/// A static program for Lambda's Linux. Go writes nothing into the folder of its sources.
///
/// # Errors
/// When Go is not there or fails.
pub async fn go(
    bench: &Bench<'_>,
    output: &str,
    architecture: Architecture,
) -> Result<Made, Fault> {
    let go = bench.find(&["go"], "install Go: https://go.dev/dl")?;
    let folder = bench.folder("artifact")?;
    let tool = Tool::new(&go, "go build", &bench.target.source)
        // Without the paths of this machine, so that others build the same.
        .args([
            "build",
            "-trimpath",
            "-buildvcs=false",
            "-tags=lambda.norpc",
            "-ldflags=-s -w",
            "-o",
        ])
        .arg(folder.join(output))
        .arg(".")
        .env("GOOS", "linux")
        .env(
            "GOARCH",
            match architecture {
                Architecture::X86_64 => "amd64",
                Architecture::Arm64 => "arm64",
            },
        )
        .env("CGO_ENABLED", "0");
    bench.run(tool).await?;
    Ok(made(folder))
}

/// The program that cargo-lambda makes, as `bootstrap`. What is compiled stays in the cache for the next time.
///
/// # Errors
/// When cargo-lambda is not there or fails, or makes several programs and none is chosen.
pub async fn cargo(
    bench: &Bench<'_>,
    binary: Option<&str>,
    flags: &[String],
    architecture: Architecture,
) -> Result<Made, Fault> {
    let how =
        "install it with `cargo install cargo-lambda` or as https://www.cargo-lambda.info says";
    bench.find(&["cargo-lambda"], how)?;
    let cargo = bench.find(&["cargo"], "install Rust: https://rustup.rs")?;
    let source = &bench.target.source;
    let is_locked = source
        .ancestors()
        .any(|folder| folder.join("Cargo.lock").is_file());
    // Without a lock file cargo writes one: not among the user's files.
    let place = match is_locked {
        true => source.clone(),
        false => {
            let copy = bench.folder("sources")?;
            bench.copy_sources(&copy).await?;
            copy
        }
    };
    let programs = bench.folder("programs")?;
    fs::create_dir_all(&bench.work).map_err(|error| Fault::storage(&bench.work, &error))?;
    let mut tool = Tool::new(&cargo, "cargo lambda build", &place)
        .args(["lambda", "build", "--release", "--output-format=binary"])
        .arg(flag("--lambda-dir", &programs))
        .arg(match architecture {
            Architecture::X86_64 => "--x86-64",
            Architecture::Arm64 => "--arm64",
        })
        .env("CARGO_TARGET_DIR", &bench.work)
        .env("CARGO_TERM_COLOR", "never");
    if is_locked {
        tool = tool.arg("--locked");
    }
    if let Some(binary) = binary {
        tool = tool.arg(flag("--bin", binary));
    }
    bench.run(tool.args(flags)).await?;
    let program = program(&programs, binary)?;
    let folder = bench.folder("artifact")?;
    let place = folder.join("bootstrap");
    fs::copy(&program, &place).map_err(|error| Fault::storage(&place, &error))?;
    Ok(made(folder))
}

/// The one `bootstrap` that was made.
fn program(programs: &Path, binary: Option<&str>) -> Result<PathBuf, Fault> {
    let entries = walk(programs, &Rules::none())?;
    let found: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry.name.strip_suffix("/bootstrap"))
        .filter(|name| binary.is_none_or(|binary| binary == *name))
        .collect();
    match found.as_slice() {
        [name] => Ok(programs.join(name).join("bootstrap")),
        [] => Err(Fault::new("build/output", "cargo-lambda made no program")
            .help("the package needs a `[[bin]]` or src/main.rs; `Metadata: BuildProperties: Binary` names one")),
        several => Err(Fault::new("build/output", format!("cargo-lambda made several programs: {}", several.join(", ")))
            .help("name one in `Metadata: BuildProperties: Binary`")),
    }
}

/// What the target `build-<name>` of the Makefile puts into `ARTIFACTS_DIR`, run in a copy of the sources as SAM does.
///
/// # Errors
/// When make is not there or fails, or the target makes nothing.
pub async fn make(
    bench: &Bench<'_>,
    name: &str,
    makefile: &Path,
    folder: &Path,
) -> Result<Made, Fault> {
    let make = bench.find(
        &["make", "gmake"],
        "install GNU make with the packages of your system",
    )?;
    let copy = bench.folder("sources")?;
    bench.copy_sources(&copy).await?;
    let artifact = bench.folder("artifact")?;
    let tool = Tool::new(&make, &format!("make build-{name}"), &copy.join(folder))
        .arg("--makefile")
        .arg(copy.join(makefile))
        .arg(format!("build-{name}"))
        .env("ARTIFACTS_DIR", &artifact);
    bench.run(tool).await?;
    if walk(&artifact, &Rules::none())?.is_empty() {
        return Err(Fault::new(
            "build/output",
            format!("the target `build-{name}` put nothing into $(ARTIFACTS_DIR)"),
        )
        .help("let it copy there what the function needs: `cp app.py $(ARTIFACTS_DIR)`"));
    }
    Ok(made(artifact))
}

/// All of a folder.
fn made(folder: PathBuf) -> Made {
    Made {
        folder,
        rules: Rules::none(),
        outside: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_programs_is_taken_only_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let add = |name: &str| {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("bootstrap"), name).unwrap();
        };
        assert_eq!(
            program(folder.path(), None).unwrap_err().code,
            "build/output"
        );
        add("one");
        assert!(
            program(folder.path(), None)
                .unwrap()
                .ends_with("one/bootstrap")
        );
        add("two");
        assert!(
            program(folder.path(), None)
                .unwrap_err()
                .summary
                .contains("one, two")
        );
        assert!(
            program(folder.path(), Some("two"))
                .unwrap()
                .ends_with("two/bootstrap")
        );
        assert_eq!(
            program(folder.path(), Some("six")).unwrap_err().code,
            "build/output"
        );
    }
}
