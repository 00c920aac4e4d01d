//! Installed Python packages made the same on every machine, and looked at for native code of another platform.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::fault::Fault;

/// What a tool writes about the machine or itself into `*.dist-info`; nothing reads it at run time.
const OF_THE_MACHINE: [&str; 4] = ["INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"];

/// Removes what names the machine: scripts that begin with the path of its Python, records of the tool, compiled
/// modules.
///
/// # Errors
/// When a file cannot be changed.
pub fn tidy(packages: &Path) -> Result<(), Fault> {
    let storage = |path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| Fault::storage(&path, &error)
    };
    for name in ["bin", "Scripts", ".lock"] {
        let path = packages.join(name);
        let removed = match path.is_dir() {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(storage(&path)(error));
            }
            _ => {}
        }
    }
    for info in infos(packages)? {
        for name in OF_THE_MACHINE {
            // Most are not there.
            let _ = fs::remove_file(info.join(name));
        }
        let record = info.join("RECORD");
        if let Ok(text) = fs::read_to_string(&record) {
            fs::write(&record, tidy_record(&text)).map_err(storage(&record))?;
        }
    }
    Ok(())
}

/// The lines of `RECORD` about files that stay, sorted: pip and uv write them in different orders.
fn tidy_record(text: &str) -> String {
    let is_kept = |line: &&str| {
        let path = line.split(',').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_of_machine = path.contains(".dist-info/") && OF_THE_MACHINE.contains(&name);
        !(path.starts_with("../")
            || path.starts_with("bin/")
            || path.contains("__pycache__")
            || is_of_machine)
    };
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).filter(is_kept).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The folders `*.dist-info`.
fn infos(packages: &Path) -> Result<Vec<PathBuf>, Fault> {
    let entries = match fs::read_dir(packages) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Fault::storage(packages, &error)),
    };
    let mut infos: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "dist-info"))
        .collect();
    infos.sort();
    Ok(infos)
}

/// Refuses packages that were built for another machine than Lambda's `machine`.
///
/// # Errors
/// When there is one.
pub fn check(packages: &Path, machine: &str) -> Result<(), Fault> {
    for info in infos(packages)? {
        let Ok(wheel) = fs::read_to_string(info.join("WHEEL")) else {
            continue;
        };
        let tags: Vec<&str> = wheel
            .lines()
            .filter_map(|line| line.strip_prefix("Tag: "))
            .map(str::trim)
            .collect();
        if !tags.is_empty() && !tags.iter().any(|tag| fits(tag, machine)) {
            let name = info
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            return Err(Fault::new(
                "build/native",
                format!("{name} has native code and no wheel for Lambda's platform (it was built here as {})", tags.join(", ")),
            )
            .help("choose a version that has a wheel for manylinux, or build with `BuildMethod: makefile` on such a machine"));
        }
    }
    Ok(())
}

/// Whether `cp313-cp313-manylinux_2_28_x86_64` runs on the machine.
fn fits(tag: &str, machine: &str) -> bool {
    let platform = tag.rsplit('-').next().unwrap_or_default();
    platform == "any"
        || (platform.contains("linux") && !platform.contains("musl") && platform.ends_with(machine))
}

/// Removes the wheels that hold for one platform only.
///
/// # Errors
/// When one cannot be removed.
pub fn keep_pure(wheels: &Path) -> Result<(), Fault> {
    let storage = |error: io::Error| Fault::storage(wheels, &error);
    for entry in fs::read_dir(wheels).map_err(storage)? {
        let path = entry.map_err(storage)?.path();
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !stem.ends_with("-none-any") {
            fs::remove_file(&path).map_err(storage)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_machine_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let info = folder.path().join("a-1.dist-info");
        fs::create_dir_all(&info).unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::write(folder.path().join("bin/a"), "#!/home/me/python\n").unwrap();
        fs::write(info.join("INSTALLER"), "pip").unwrap();
        fs::write(
            info.join("RECORD"),
            "b.py,sha256=2,9\n../../bin/a,sha256=1,9\na/__pycache__/b.pyc,,\na-1.dist-info/INSTALLER,x,1\na.py,sha256=2,9\r\n",
        )
        .unwrap();
        tidy(folder.path()).unwrap();
        assert!(!folder.path().join("bin").exists());
        assert!(!info.join("INSTALLER").exists());
        let record = fs::read_to_string(info.join("RECORD")).unwrap();
        assert_eq!(record, "a.py,sha256=2,9\nb.py,sha256=2,9\n");
    }

    #[test]
    fn native_code_of_another_platform_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let info = folder.path().join("fast-1.dist-info");
        fs::create_dir_all(&info).unwrap();
        for (tag, fits) in [
            ("py3-none-any", true),
            ("cp313-cp313-manylinux_2_28_x86_64", true),
            ("cp313-cp313-linux_x86_64", true),
            ("cp313-cp313-linux_aarch64", false),
            ("cp313-cp313-musllinux_1_2_x86_64", false),
            ("cp313-cp313-macosx_11_0_arm64", false),
        ] {
            fs::write(
                info.join("WHEEL"),
                format!("Wheel-Version: 1.0\nTag: {tag}\n"),
            )
            .unwrap();
            assert_eq!(check(folder.path(), "x86_64").is_ok(), fits, "{tag}");
        }
    }

    #[test]
    fn wheels_of_one_platform_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a-1-py3-none-any.whl", "b-1-cp311-cp311-linux_x86_64.whl"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        keep_pure(folder.path()).unwrap();
        assert!(folder.path().join("a-1-py3-none-any.whl").exists());
        assert!(
            !folder
                .path()
                .join("b-1-cp311-cp311-linux_x86_64.whl")
                .exists()
        );
    }
}
