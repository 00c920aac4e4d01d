//! A process's own view of the file system: `/var/task`, `/opt`, `/var/runtime` and `/tmp` as in Lambda, everything
//! else as on this machine.
//!
//! Made of a mount namespace (Linux), which needs no privilege where the system allows user namespaces: a tmpfs whose
//! folders are bind mounts. The steps are computed before the process is forked; then only system calls are left.

use std::path::Path;

/// Folders that a process sees in Lambda's places.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// Seen as `/var/task`, read-only.
    pub task: &'a Path,
    /// Seen as `/opt`, read-only; without one it is empty.
    pub opt: Option<&'a Path>,
    /// Seen as `/var/runtime`, read-only.
    pub runtime: &'a Path,
    /// Seen as `/tmp`.
    pub tmp: &'a Path,
    /// An empty folder that nothing else uses: where the view is built.
    pub workshop: &'a Path,
    /// The program to run: when it lies under `/opt`, its folder there is left visible.
    pub program: &'a Path,
}

#[cfg(target_os = "linux")]
pub use linux::Root;

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::{CString, OsStr};
    use std::fs;
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Component, Path, PathBuf};

    use nix::errno::Errno;
    use nix::fcntl::{OFlag, open};
    use nix::mount::{MntFlags, MsFlags, mount, umount2};
    use nix::sched::{CloneFlags, unshare};
    use nix::sys::stat::Mode;
    use nix::sys::statvfs::{FsFlags, statvfs};
    use nix::unistd::{chdir, getegid, geteuid, mkdir, pivot_root, symlinkat, write};

    use super::Places;

    /// Everything that has to be done, in order.
    #[derive(Debug)]
    pub struct Root {
        namespaces: CloneFlags,
        /// The files that give the user the same number inside as outside.
        identity: Vec<(CString, Vec<u8>)>,
        workshop: CString,
        steps: Vec<Step>,
    }

    #[derive(Debug)]
    enum Step {
        Folder(CString),
        /// An empty file to mount one over.
        File(CString),
        Link {
            target: CString,
            at: CString,
        },
        Bind {
            from: CString,
            at: CString,
            /// Flags for a second mount that makes it read-only.
            read_only: Option<MsFlags>,
            /// A folder of the machine that cannot be mounted is left empty.
            lenient: bool,
        },
    }

    fn path(path: &Path) -> io::Result<CString> {
        Ok(CString::new(path.as_os_str().as_bytes())?)
    }

    impl Root {
        /// The steps towards `places`.
        ///
        /// # Errors
        /// When the machine's folders cannot be listed, or the program would not be seen any more.
        pub fn plan(places: &Places<'_>) -> io::Result<Self> {
            if places.program.starts_with("/tmp") {
                return Err(io::Error::other("the program lies in /tmp"));
            }
            let mut steps = Steps {
                root: places.workshop,
                steps: Vec::new(),
            };
            steps.machine(Path::new("/"), &["tmp", "opt", "var"])?;
            steps.folder("var")?;
            steps.machine(Path::new("/var"), &["task", "runtime", "node_modules"])?;
            steps.folder("tmp")?;
            steps.bind(places.tmp, "tmp", false)?;
            for (from, at) in [(places.task, "var/task"), (places.runtime, "var/runtime")] {
                steps.folder(at)?;
                steps.bind(from, at, true)?;
            }
            // Where Node looks for what an ES module imports: it does not read NODE_PATH for those.
            steps.link("/var/runtime/node_modules", "var/node_modules")?;
            steps.folder("opt")?;
            steps.opt(places)?;
            let (user, group) = (geteuid(), getegid());
            // Root can mount without a user namespace, and keeps its rights on others' files that way.
            let is_root = user.is_root();
            let map = |id: u32| format!("{id} {id} 1").into_bytes();
            let identity = if is_root {
                Vec::new()
            } else {
                [
                    ("/proc/self/setgroups", b"deny".to_vec()),
                    ("/proc/self/uid_map", map(user.as_raw())),
                    ("/proc/self/gid_map", map(group.as_raw())),
                ]
                .into_iter()
                .map(|(file, text)| Ok((CString::new(file)?, text)))
                .collect::<io::Result<_>>()?
            };
            let mut namespaces = CloneFlags::CLONE_NEWNS;
            if !is_root {
                namespaces |= CloneFlags::CLONE_NEWUSER;
            }
            Ok(Root {
                namespaces,
                identity,
                workshop: path(places.workshop)?,
                steps: steps.steps,
            })
        }

        /// Moves this process into its own view. To be called between fork and exec: it only makes system calls.
        ///
        /// # Errors
        /// The first call that fails.
        pub fn enter(&mut self) -> io::Result<()> {
            unshare(self.namespaces)?;
            for (file, text) in &self.identity {
                let file = open(file.as_c_str(), OFlag::O_WRONLY, Mode::empty())?;
                write(&file, text)?;
            }
            const NONE: Option<&str> = None;
            // Nothing of what follows shall be seen outside.
            mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE)?;
            let workshop = self.workshop.as_c_str();
            let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
            mount(
                Some("tmpfs"),
                workshop,
                Some("tmpfs"),
                quiet,
                Some("size=4m,mode=755"),
            )?;
            for step in &self.steps {
                step.run()?;
            }
            let read_only = quiet | MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
            mount(NONE, workshop, NONE, read_only, NONE)?;
            chdir(workshop)?;
            pivot_root(".", ".")?;
            umount2(".", MntFlags::MNT_DETACH)?;
            chdir("/var/task")?;
            Ok(())
        }
    }

    impl Step {
        fn run(&self) -> Result<(), Errno> {
            const NONE: Option<&str> = None;
            match self {
                Step::Folder(at) => match mkdir(at.as_c_str(), Mode::from_bits_truncate(0o755)) {
                    Err(Errno::EEXIST) => Ok(()),
                    done => done,
                },
                Step::File(at) => {
                    let flags = OFlag::O_CREAT | OFlag::O_WRONLY;
                    open(at.as_c_str(), flags, Mode::from_bits_truncate(0o644)).map(drop)
                }
                Step::Link { target, at } => {
                    symlinkat(target.as_c_str(), nix::fcntl::AT_FDCWD, at.as_c_str())
                }
                Step::Bind {
                    from,
                    at,
                    read_only,
                    lenient,
                } => {
                    let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
                    match mount(Some(from.as_c_str()), at.as_c_str(), NONE, flags, NONE) {
                        Err(_) if *lenient => return Ok(()),
                        done => done?,
                    }
                    if let Some(flags) = read_only {
                        mount(NONE, at.as_c_str(), NONE, *flags, NONE)?;
                    }
                    Ok(())
                }
            }
        }
    }

    struct Steps<'a> {
        root: &'a Path,
        steps: Vec<Step>,
    }

    impl Steps<'_> {
        fn at(&self, place: impl AsRef<Path>) -> PathBuf {
            self.root.join(place)
        }

        fn folder(&mut self, place: &str) -> io::Result<()> {
            self.steps.push(Step::Folder(path(&self.at(place))?));
            Ok(())
        }

        fn link(&mut self, target: &str, place: &str) -> io::Result<()> {
            let (target, at) = (CString::new(target)?, path(&self.at(place))?);
            self.steps.push(Step::Link { target, at });
            Ok(())
        }

        fn bind(&mut self, from: &Path, place: &str, read_only: bool) -> io::Result<()> {
            let read_only = read_only.then(|| remount(from)).transpose()?;
            self.steps.push(Step::Bind {
                from: path(from)?,
                at: path(&self.at(place))?,
                read_only,
                lenient: false,
            });
            Ok(())
        }

        /// Everything in one of the machine's folders, except some.
        fn machine(&mut self, folder: &Path, except: &[&str]) -> io::Result<()> {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                if except.iter().any(|name| entry.file_name() == *name) {
                    continue;
                }
                self.entry(&entry.path())?;
            }
            Ok(())
        }

        /// One of the machine's folders or links, where it is.
        fn entry(&mut self, from: &Path) -> io::Result<()> {
            let inside = from.strip_prefix("/").unwrap_or(from);
            let at = path(&self.at(inside))?;
            let kind = fs::symlink_metadata(from)?.file_type();
            if kind.is_symlink() {
                let target = path(&fs::read_link(from)?)?;
                self.steps.push(Step::Link { target, at });
            } else if kind.is_dir() {
                self.steps.push(Step::Folder(at.clone()));
                self.steps.push(Step::Bind {
                    from: path(from)?,
                    at,
                    read_only: None,
                    lenient: true,
                });
            }
            Ok(())
        }

        /// The layers; and what the program itself needs of the machine's `/opt`.
        fn opt(&mut self, places: &Places<'_>) -> io::Result<()> {
            let program = fs::canonicalize(places.program).unwrap_or_default();
            let kept = program
                .strip_prefix("/opt")
                .ok()
                .and_then(|inside| inside.components().next())
                .map(Component::as_os_str);
            let Some(kept) = kept else {
                return match places.opt {
                    Some(opt) => self.bind(opt, "opt", true),
                    None => Ok(()),
                };
            };
            self.entry(&Path::new("/opt").join(kept))?;
            let Some(opt) = places.opt else {
                return Ok(());
            };
            for entry in fs::read_dir(opt)? {
                let entry = entry?;
                self.layer_entry(&entry.path(), &entry.file_name(), kept)?;
            }
            Ok(())
        }

        /// One folder of a layer, beside what is kept of the machine's `/opt`.
        fn layer_entry(&mut self, from: &Path, name: &OsStr, kept: &OsStr) -> io::Result<()> {
            if name == kept {
                return Err(io::Error::other(format!(
                    "the program lies in /opt/{}, where a layer lies, too",
                    name.display()
                )));
            }
            let place = Path::new("opt").join(name);
            let at = path(&self.at(&place))?;
            self.steps.push(match fs::metadata(from)?.is_dir() {
                true => Step::Folder(at),
                false => Step::File(at),
            });
            self.bind(from, &place.to_string_lossy(), true)
        }
    }

    /// The flags that make a bind mount of `folder` read-only. Those of the mount that it lies on stay: without a
    /// privilege they cannot be taken away.
    fn remount(folder: &Path) -> io::Result<MsFlags> {
        let now = statvfs(folder)?.flags();
        let mut flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
        for (has, set) in [
            (FsFlags::ST_NOSUID, MsFlags::MS_NOSUID),
            (FsFlags::ST_NODEV, MsFlags::MS_NODEV),
            (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
            (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
            (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
            (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
        ] {
            if now.contains(has) {
                flags |= set;
            }
        }
        Ok(flags)
    }
}

#[cfg(not(target_os = "linux"))]
pub use elsewhere::Root;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;

    use super::Places;

    /// There is none on this system.
    #[derive(Debug)]
    pub struct Root(std::convert::Infallible);

    impl Root {
        /// Always an error: this system has no mount namespaces.
        ///
        /// # Errors
        /// Always.
        pub fn plan(_places: &Places<'_>) -> io::Result<Self> {
            Err(io::Error::other("this system has no mount namespaces"))
        }

        /// Never called.
        ///
        /// # Errors
        /// Never.
        pub fn enter(&mut self) -> io::Result<()> {
            match self.0 {}
        }
    }
}
