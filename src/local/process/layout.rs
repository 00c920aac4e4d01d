//! Where a process finds its folders: in Lambda's places, or where they lie on this machine.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::root::{Places, Root};

/// A function's folders on this machine.
#[derive(Debug)]
pub struct Layout {
    /// The function's code.
    pub task: PathBuf,
    /// Its layers, laid over each other.
    pub opt: Option<PathBuf>,
    /// Our own client.
    pub runtime: PathBuf,
    /// Whether processes get their own view of the file system, with the folders in Lambda's places.
    pub rooted: bool,
}

/// Variables that hold paths or lists of paths.
const PATHS: [&str; 9] = [
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
    "LD_LIBRARY_PATH",
    "NODE_PATH",
    "PATH",
    "PYTHONPATH",
    "GEM_PATH",
    "RUBYLIB",
    "CLASSPATH",
];

/// Variables that programs look into for a folder for temporary files; and for the user's own folder, where they keep
/// what they cache.
const TEMPORARY: [&str; 3] = ["TMPDIR", "TMP", "TEMP"];

impl Layout {
    /// The places of one environment below its own folder.
    fn places<'a>(&'a self, program: &'a Path, tmp: &'a Path, workshop: &'a Path) -> Places<'a> {
        Places {
            task: &self.task,
            opt: self.opt.as_deref(),
            runtime: &self.runtime,
            tmp,
            workshop,
            program,
        }
    }

    /// The process's own view; none where it has to do without.
    ///
    /// # Errors
    /// When it cannot be planned.
    pub fn root(&self, program: &Path, folder: &Path) -> io::Result<Option<Root>> {
        if !self.rooted {
            return Ok(None);
        }
        let (tmp, workshop) = (folder.join("tmp"), folder.join("root"));
        Root::plan(&self.places(program, &tmp, &workshop)).map(Some)
    }

    /// Where one of Lambda's paths is found by a process whose own folder is `folder`.
    pub fn place(&self, path: &str) -> String {
        if self.rooted {
            return path.to_owned();
        }
        let nowhere = self.runtime.join("nowhere");
        let opt = self.opt.as_deref().unwrap_or(&nowhere);
        for (seen, real) in [
            ("/var/task", self.task.as_path()),
            ("/var/runtime", &self.runtime),
            ("/opt", opt),
        ] {
            if let Some(rest) = path.strip_prefix(seen)
                && (rest.is_empty() || rest.starts_with('/'))
            {
                return format!("{}{rest}", real.display());
            }
        }
        path.to_owned()
    }

    /// The process's environment: the function's, with paths where they lie; `search` is the user's own `PATH`.
    pub fn environment(
        &self,
        function: &IndexMap<String, String>,
        search: &str,
        folder: &Path,
    ) -> Vec<(String, OsString)> {
        let mut environment: IndexMap<String, OsString> = IndexMap::new();
        for (name, value) in function {
            let value = match name.as_str() {
                // Programs of this machine, and what they start, find each other as the user's own do.
                "PATH" => self.list(&format!("{search}:{value}")),
                name if PATHS.contains(&name) => self.list(value),
                _ => value.clone(),
            };
            environment.insert(name.clone(), value.into());
        }
        let tmp = match self.rooted {
            true => PathBuf::from("/tmp"),
            false => folder.join("tmp"),
        };
        if !self.rooted {
            for name in TEMPORARY {
                environment.insert(name.into(), tmp.clone().into());
            }
        }
        // Lambda sets none. Without one, programs would take the user's own and write into it.
        environment
            .entry("HOME".into())
            .or_insert_with(|| tmp.into());
        environment.into_iter().collect()
    }

    fn list(&self, value: &str) -> String {
        // The system's own libraries come first by themselves; Lambda's list would put those of another architecture
        // before them on some machines.
        let system = ["/lib64", "/usr/lib64", "/var/lang/lib"];
        let parts = value.split(':').filter(|part| !system.contains(part));
        let parts: Vec<String> = parts.map(|part| self.place(part)).collect();
        parts.join(":")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(rooted: bool) -> Layout {
        Layout {
            task: "/home/me/app".into(),
            opt: Some("/home/me/layer".into()),
            runtime: "/tmp/hoist".into(),
            rooted,
        }
    }

    #[test]
    fn lambdas_paths_are_found_where_they_lie() {
        let layout = layout(false);
        assert_eq!(layout.place("/var/task/a.js"), "/home/me/app/a.js");
        assert_eq!(layout.place("/opt"), "/home/me/layer");
        assert_eq!(layout.place("/optional"), "/optional");
        assert_eq!(layout.place("/var/runtime/x"), "/tmp/hoist/x");
        assert_eq!(self::layout(true).place("/opt/x"), "/opt/x");
    }

    #[test]
    fn temporary_files_and_the_home_folder_are_private() {
        let own = IndexMap::from([
            ("PATH".to_owned(), "/var/lang/bin:/opt/bin".to_owned()),
            ("A".to_owned(), "/opt".to_owned()),
        ]);
        let of = |layout: &Layout| -> IndexMap<String, OsString> {
            let environment = layout.environment(&own, "/usr/bin", Path::new("/e"));
            environment.into_iter().collect()
        };
        let plain = of(&layout(false));
        assert_eq!(plain["PATH"], "/usr/bin:/var/lang/bin:/home/me/layer/bin");
        assert_eq!(plain["A"], "/opt");
        assert_eq!(plain["TMPDIR"], "/e/tmp");
        assert_eq!(plain["HOME"], "/e/tmp");
        let rooted = of(&layout(true));
        assert_eq!(rooted["PATH"], "/usr/bin:/var/lang/bin:/opt/bin");
        assert_eq!(rooted.get("TMPDIR"), None);
        assert_eq!(rooted["HOME"], "/tmp");
    }
}
