//! Building below the binary: folders of cases with tools that stand in for the real ones, what is found again, what
//! ends with a build; and the real npm and pip where they are installed and reach their registries.

#![cfg(unix)]

#[path = "build/again.rs"]
mod again;
#[path = "build/case.rs"]
mod case;
#[path = "build/real.rs"]
mod real;

use std::fs;
use std::path::{Path, PathBuf};

use hoist::build::{self, Artifact, Event, Settings, Target};
use hoist::diag::{Diagnostics, Sources};
use hoist::project::{self, Options};

/// The folder of this test's own files.
fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/build")
}

/// An application in a temporary folder with a cache of its own.
struct Project {
    folder: tempfile::TempDir,
    settings: Settings,
}

/// What came of a build.
struct Built {
    targets: Vec<Target>,
    artifacts: Vec<Artifact>,
    diagnostics: Diagnostics,
    sources: Sources,
    events: Vec<Event>,
}

impl Project {
    /// An application of these files, `template.yaml` among them.
    fn of(files: &[(&str, &str)]) -> Self {
        let project = Project::empty();
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("app")).unwrap();
        let settings = Settings {
            cache: folder.path().join("cache"),
            parallel: 2,
            path: format!("{}:/usr/bin:/bin", here().join("tool").display()),
            force: false,
        };
        Project { folder, settings }
    }

    /// A copy of a folder with an application.
    fn copy_of(folder: &Path) -> Self {
        let project = Project::empty();
        copy(folder, &project.app());
        project
    }

    /// The template's folder.
    fn app(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("app")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.app().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What is to be built.
    fn targets(&self) -> (Vec<Target>, Diagnostics, Sources) {
        let loaded = project::load(&self.app().join("template.yaml"), &Options::default());
        assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
        let (targets, diagnostics) = build::targets(&loaded.app.unwrap(), &loaded.base_dir);
        (targets, diagnostics, loaded.sources)
    }

    async fn build(&self) -> Built {
        let (targets, mut diagnostics, sources) = self.targets();
        let mut events = Vec::new();
        let mut tell = |event| events.push(event);
        let (artifacts, more) = build::build(&targets, &self.settings, &mut tell).await;
        diagnostics.extend(more);
        Built {
            targets,
            artifacts,
            diagnostics,
            sources,
            events,
        }
    }

    /// The same without building.
    fn fresh(&self) -> Vec<Option<Artifact>> {
        build::fresh(&self.targets().0, &self.settings)
    }
}

impl Built {
    /// The one artifact.
    fn only(&self) -> &Artifact {
        assert!(!self.diagnostics.has_errors(), "{:?}", self.diagnostics);
        let [artifact] = self.artifacts.as_slice() else {
            panic!("{:?}", self.artifacts);
        };
        artifact
    }
}

/// A function of Python in `src/`.
const ONE_FUNCTION: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src, Runtime: python3.13, Handler: app.handler}
";

/// Copies a folder with its links and modes.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&path, &place);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&path).unwrap(), place).unwrap();
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}
