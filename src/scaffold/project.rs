//! The list of built-in projects.

use include_dir::{Dir, include_dir};

use super::editor;
use super::file::{self, File};
use super::name::Name;

static SOURCES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/scaffold/projects");

/// What every project has.
static SHARED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/scaffold/shared");

/// What a project's functions are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JavaScript, as ES modules.
    JavaScript,
    /// TypeScript that Node runs as it is.
    TypeScript,
    /// Python.
    Python,
    /// Rust, compiled to WebAssembly.
    Rust,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 4] = [
        Language::JavaScript,
        Language::TypeScript,
        Language::Python,
        Language::Rust,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Language::JavaScript => "javascript",
            Language::TypeScript => "typescript",
            Language::Python => "python",
            Language::Rust => "rust",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Language::JavaScript => "JavaScript",
            Language::TypeScript => "TypeScript",
            Language::Python => "Python",
            Language::Rust => "Rust",
        }
    }
}

/// A built-in project.
#[derive(Debug)]
pub struct Project {
    /// Its own name, which is that of its folder.
    pub name: &'static str,
    /// What it is an example of. Projects of one kind differ in their language only.
    pub kind: &'static str,
    /// What its functions are written in.
    pub language: Language,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What to type in its folder until a function has answered. None of them needs an AWS endpoint.
    pub first: &'static [&'static str],
}

/// All built-in projects, those of one kind beside each other.
pub const PROJECTS: &[Project] = &[
    Project {
        name: "http-api-table-js",
        kind: "http-api-table",
        language: Language::JavaScript,
        summary: "notes in a DynamoDB table behind an HTTP API",
        first: &["hoist invoke HealthFunction --local -e events/health.json"],
    },
    Project {
        name: "http-api-table-ts",
        kind: "http-api-table",
        language: Language::TypeScript,
        summary: "notes in a DynamoDB table behind an HTTP API",
        first: &["hoist invoke HealthFunction --local -e events/health.json"],
    },
    Project {
        name: "http-api-table-python",
        kind: "http-api-table",
        language: Language::Python,
        summary: "notes in a DynamoDB table behind an HTTP API",
        first: &["hoist invoke HealthFunction --local -e events/health.json"],
    },
    Project {
        name: "queue-worker",
        kind: "queue-worker",
        language: Language::JavaScript,
        summary: "a worker on an SQS queue, with a queue for what failed",
        first: &["hoist invoke WorkerFunction --local -e events/one-bad-order.json"],
    },
    Project {
        name: "bucket-trigger",
        kind: "bucket-trigger",
        language: Language::Python,
        summary: "a function for each CSV file that is put into an S3 bucket",
        first: &["hoist invoke SummariseFunction --local -e events/empty.json"],
    },
    Project {
        name: "schedule",
        kind: "schedule",
        language: Language::Python,
        summary: "a function that runs every morning, with a metric and an alarm",
        first: &["hoist invoke ReminderFunction --local -e events/something-due.json"],
    },
    Project {
        name: "event-bus",
        kind: "event-bus",
        language: Language::JavaScript,
        summary: "an EventBridge bus with two consumers",
        first: &["hoist invoke InvoiceFunction --local -e events/order.json"],
    },
    Project {
        name: "stream-processor",
        kind: "stream-processor",
        language: Language::TypeScript,
        summary: "counts of a Kinesis stream in tumbling windows",
        first: &["hoist invoke CountFunction --local -e events/batch.json"],
    },
    Project {
        name: "authorizer",
        kind: "authorizer",
        language: Language::JavaScript,
        summary: "an HTTP API with a Lambda authorizer that checks signed tokens",
        first: &[
            "hoist invoke AuthorizerFunction --local -e events/token.json --env-vars events/variables.json",
        ],
    },
    Project {
        name: "wasm-rust",
        kind: "wasm-rust",
        language: Language::Rust,
        summary: "an HTTP API answered by a WebAssembly module",
        first: &[
            "cargo build --release --target wasm32-wasip1",
            "hoist invoke SlugFunction --local -e events/slug.json",
        ],
    },
];

impl Project {
    /// The files of a new project with this name, in the order of their paths.
    ///
    /// `schema` is the JSON schema that editors check the template with.
    pub fn files(&self, name: &Name, schema: &[u8]) -> Vec<File> {
        let own = SOURCES.get_dir(self.name).into_iter().flat_map(file::all);
        let mut files: Vec<File> = own
            .map(|source| File::of(source, self.name, name))
            .chain(
                file::all(&SHARED)
                    .into_iter()
                    .map(|source| File::of(source, "", name)),
            )
            .collect();
        editor::add(&mut files, schema);
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }
}

/// The kinds, each once, in the order of the list.
pub fn kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&str> = PROJECTS.iter().map(|project| project.kind).collect();
    kinds.dedup();
    kinds
}

/// The projects of a kind.
pub fn of_kind(kind: &str) -> Vec<&'static Project> {
    PROJECTS
        .iter()
        .filter(|project| project.kind == kind)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> Name {
        "my-app".parse().expect("a good name")
    }

    #[test]
    fn every_folder_is_in_the_list_and_the_other_way_round() {
        let mut folders: Vec<_> = SOURCES
            .dirs()
            .map(|folder| folder.path().to_str().expect("ASCII").to_owned())
            .collect();
        let mut listed: Vec<_> = PROJECTS.iter().map(|project| project.name).collect();
        folders.sort();
        listed.sort_unstable();
        assert_eq!(folders, listed);
    }

    #[test]
    fn projects_of_one_kind_lie_together_and_differ_in_their_language() {
        let kinds = kinds();
        for (index, kind) in kinds.iter().enumerate() {
            assert!(!kinds[..index].contains(kind), "{kind} is split");
            let mut languages: Vec<_> = of_kind(kind)
                .iter()
                .map(|one| one.language.name())
                .collect();
            languages.sort_unstable();
            languages.dedup();
            assert_eq!(languages.len(), of_kind(kind).len(), "{kind}");
        }
    }

    #[test]
    fn every_project_has_what_belongs_to_one() {
        for project in PROJECTS {
            let files = project.files(&name(), b"{}");
            let paths: Vec<_> = files
                .iter()
                .map(|file| file.path.to_str().expect("UTF-8"))
                .collect();
            for wanted in [
                "samconfig.toml",
                "template.yaml",
                "README.md",
                ".gitignore",
                ".vscode/settings.json",
            ] {
                assert!(
                    paths.contains(&wanted),
                    "{} has no {wanted}: {paths:?}",
                    project.name
                );
            }
            assert!(
                paths.iter().any(|path| path.starts_with("events/")),
                "{}",
                project.name
            );
            assert!(
                !paths
                    .iter()
                    .any(|path| path.ends_with(".in") || path.contains("dot-"))
            );
            assert!(!project.first.is_empty());
        }
    }

    #[test]
    fn the_name_stands_in_all_its_places() {
        for project in PROJECTS {
            let files = project.files(&name(), b"{}");
            let text = |path: &str| {
                let file = files.iter().find(|file| file.path.to_str() == Some(path));
                String::from_utf8(file.expect("there").content.clone()).expect("UTF-8")
            };
            assert!(
                text("README.md").starts_with("# my-app\n"),
                "{}",
                project.name
            );
            assert!(
                text("template.yaml").contains("Description: \"my-app: "),
                "{}",
                project.name
            );
            for file in &files {
                assert!(
                    !String::from_utf8_lossy(&file.content).contains("{{name}}"),
                    "{} keeps a placeholder",
                    file.path.display()
                );
            }
        }
    }
}
