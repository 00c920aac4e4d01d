//! Running esbuild: in the user's folder when the packages are installed there, else in a copy.

use std::fs;
use std::path::{Path, PathBuf};

use super::bench::{Bench, Made};
use super::bundle::Bundle;
use super::fault::Fault;
use super::npm::{self, Packages};
use super::rule::Rules;
use super::tool::{self, Tool, flag};

const INSTALL_ESBUILD: &str = "install it beside the function with `npm install --save-dev esbuild`, or for all with `npm install --global esbuild`";

/// The folder that esbuild writes.
///
/// # Errors
/// When esbuild is not there, fails, or makes no file that the handler could be in.
pub async fn make(bench: &Bench<'_>, bundle: &Bundle) -> Result<Made, Fault> {
    let source = &bench.target.source;
    let above = folders(source, &bench.target.base);
    let is_installed = above
        .iter()
        .any(|folder| folder.join("node_modules").is_dir());
    let has_packages = source.join("package.json").is_file();
    // esbuild writes into the artifact's folder only, so the sources are safe from it where they are.
    let place = match is_installed || !has_packages {
        true => source.clone(),
        false => installed_copy(bench).await?,
    };
    let program = above
        .iter()
        .map(PathBuf::as_path)
        .chain([place.as_path()])
        .find_map(|folder| tool::in_folder(&folder.join("node_modules/.bin"), "esbuild"))
        .or_else(|| tool::find(bench.path, &["esbuild"]))
        .ok_or_else(|| tool::absent("esbuild", INSTALL_ESBUILD))?;
    let folder = bench.folder("artifact")?;
    let report = bench.scratch.join("esbuild.json");
    let tool = Tool::new(&program, "esbuild", &place)
        .args(&bundle.entry_points)
        .args(&bundle.flags)
        .args(["--log-level=warning", "--color=false"])
        .args([flag("--outdir", &folder), flag("--metafile", &report)]);
    bench.run(tool).await?;
    check_handler(bundle, &folder, bench.target.layers.is_empty())?;
    let outside = match place == *source {
        true => outside(bench, &report, &above),
        false => Vec::new(),
    };
    Ok(Made {
        folder,
        rules: Rules::none(),
        outside,
    })
}

/// The source folder and those above it, up to the repository's or the template's: where packages are looked for.
fn folders(source: &Path, base: &Path) -> Vec<PathBuf> {
    let top = base
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(base);
    source
        .ancestors()
        .take_while(|folder| *folder == source || folder.starts_with(top))
        .map(Path::to_owned)
        .collect()
}

async fn installed_copy(bench: &Bench<'_>) -> Result<PathBuf, Fault> {
    let copy = bench.folder("sources")?;
    bench.copy_sources(&copy).await?;
    let has = |name: &str| copy.join(name).is_file();
    let locked = has("package-lock.json") || has("npm-shrinkwrap.json");
    npm::install(bench, &copy, locked, Packages::All).await?;
    Ok(copy)
}

/// Lambda would say the same only when the function is invoked.
fn check_handler(bundle: &Bundle, folder: &Path, has_no_layers: bool) -> Result<(), Fault> {
    let Some(module) = &bundle.module else {
        return Ok(());
    };
    let is_there = ["js", "mjs", "cjs"]
        .iter()
        .any(|ending| folder.join(format!("{module}.{ending}")).is_file());
    if is_there || !has_no_layers {
        return Ok(());
    }
    let entries = super::walk::walk(folder, &Rules::none())?;
    let made: Vec<&str> = entries
        .iter()
        .map(|entry| entry.name.as_str())
        .take(5)
        .collect();
    Err(Fault::new(
        "build/handler",
        format!("its handler is in `{module}`, and esbuild made {}", made.join(", ")),
    )
    .help("esbuild names what it makes from the folder that all entry points share; write `Handler` accordingly"))
}

/// Files that went into the bundle and are not among the sources: packages, and what lies outside the folder.
fn outside(bench: &Bench<'_>, report: &Path, above: &[PathBuf]) -> Vec<PathBuf> {
    let source = &bench.target.source;
    let report: serde_json::Value = fs::read(report)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let inputs = report.get("inputs").and_then(|inputs| inputs.as_object());
    let mut found: Vec<PathBuf> = inputs
        .into_iter()
        .flat_map(|inputs| inputs.keys())
        .filter(|name| {
            bench
                .entries
                .binary_search_by(|entry| entry.name.as_str().cmp(name))
                .is_err()
        })
        .filter_map(|name| fs::canonicalize(source.join(name)).ok())
        .collect();
    // Settings that esbuild reads without telling.
    for folder in above.iter().skip(1) {
        let settings = ["tsconfig.json", "package.json"].map(|name| folder.join(name));
        found.extend(settings.into_iter().filter(|path| path.is_file()));
    }
    found.retain(|path| path.is_file());
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_looked_for_up_to_the_repository_and_no_further() {
        let top = tempfile::tempdir().unwrap();
        let base = top.path().join("repository/app");
        let source = base.join("src/orders");
        fs::create_dir_all(&source).unwrap();
        fs::create_dir(top.path().join("repository/.git")).unwrap();
        let found = folders(&source, &base);
        assert_eq!(found.first(), Some(&source));
        assert_eq!(found.last(), Some(&top.path().join("repository")));
        // Code that lies elsewhere has no folders above it.
        assert_eq!(folders(Path::new("/elsewhere/code"), &base).len(), 1);
    }
}
