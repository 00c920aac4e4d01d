//! The process's environment, read once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::origin::{Origin, Sourced};
use super::setting;
use crate::diag::{Diagnostic, did_you_mean};

/// Variables with the prefix `HOIST_` that set nothing: they belong to the test suite and to `.ci/run`, and the program
/// itself ignores them; but for the first, which the scripts in `completions/` set.
const KNOWN: [&str; 9] = [
    "HOIST_COMPLETE",
    "HOIST_BLESS",
    "HOIST_CI_CACHE",
    "HOIST_CORPUS",
    "HOIST_NPM_ONLY",
    "HOIST_NPM_RECORD",
    "HOIST_SDK_ONLY",
    "HOIST_TEST_NETWORK",
    "HOIST_TEST_TOOLS",
];

/// Why a setting could not be had at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Neither a variable nor the system says where files may be kept.
    #[error(
        "there is no place to keep compiled components: neither HOIST_CACHE_DIR nor HOME is set; set one of them"
    )]
    NoCacheDir,
}

/// A snapshot of the environment variables, and what the system says about the user's folders.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    /// Variables whose values are not Unicode: there, but of no use here.
    unreadable: Vec<String>,
    home: Option<PathBuf>,
    cache: Option<PathBuf>,
    program: Option<PathBuf>,
    words: Vec<OsString>,
    folder: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process. Call it once, at the start.
    pub fn of_process() -> Self {
        let mut environment = Environment {
            home: dirs::home_dir(),
            cache: dirs::cache_dir(),
            program: std::env::current_exe().ok(),
            words: std::env::args_os().collect(),
            folder: std::env::current_dir().ok(),
            ..Environment::default()
        };
        for (name, value) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            match value.into_string() {
                Ok(value) => drop(environment.variables.insert(name, value)),
                Err(_) => environment.unreadable.push(name),
            }
        }
        environment
    }

    /// An environment of just these variables. `HOME` and an absolute `XDG_CACHE_HOME` give the folders.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let variables: BTreeMap<String, String> = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let folder = |name: &str| variables.get(name).map(PathBuf::from);
        let home = folder("HOME").filter(|path| !path.as_os_str().is_empty());
        Environment {
            cache: folder("XDG_CACHE_HOME")
                .filter(|path| path.is_absolute())
                .or_else(|| home.as_ref().map(|home| home.join(".cache"))),
            home,
            variables,
            ..Environment::default()
        }
    }

    /// The file this program was started from, where the system tells.
    pub fn program(&self) -> Option<&Path> {
        self.program.as_deref()
    }

    /// The command line, the program's own name first.
    pub fn words(&self) -> &[OsString] {
        &self.words
    }

    /// The folder this program was started in, where the system tells.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// A variable's value. One that is set to nothing counts as not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The folder for compiled components: `HOIST_CACHE_DIR`, else `hoist` in the system's cache folder
    /// (`XDG_CACHE_HOME` or `~/.cache` on Linux, `~/Library/Caches` on macOS). It need not exist yet.
    pub fn cache_dir(&self) -> Result<Sourced<PathBuf>, ConfigError> {
        if let Some(folder) = self.variable("HOIST_CACHE_DIR") {
            let origin = Origin::Variable("HOIST_CACHE_DIR");
            return Ok(Sourced::new(PathBuf::from(folder), origin));
        }
        let cache = self.cache.as_ref().ok_or(ConfigError::NoCacheDir)?;
        Ok(Sourced::new(cache.join("hoist"), Origin::Default))
    }

    /// `NO_COLOR` is set (<https://no-color.org>: to anything but nothing).
    pub fn no_color(&self) -> bool {
        self.variable("NO_COLOR").is_some()
    }

    /// `CLICOLOR_FORCE` is set (<https://bixense.com/clicolors/>: to anything but `0`).
    pub fn force_color(&self) -> bool {
        self.variable("CLICOLOR_FORCE").is_some_and(|v| v != "0")
    }

    /// `TERM` is `dumb`.
    pub fn dumb_terminal(&self) -> bool {
        self.variable("TERM") == Some("dumb")
    }

    /// `CI` is set to something other than `false` or `0`.
    pub fn ci(&self) -> bool {
        self.variable("CI")
            .is_some_and(|value| !matches!(value, "false" | "0"))
    }

    /// `COLUMNS`, when it is a number.
    pub fn columns(&self) -> Option<usize> {
        self.variable("COLUMNS")?.trim().parse().ok()
    }

    /// What is odd about the variables meant for Hoist: names nobody reads, values nobody can read.
    pub fn check(&self) -> Vec<Diagnostic> {
        let unknown = self
            .variables
            .keys()
            .filter(|name| name.starts_with("HOIST_") && !is_known(name))
            .map(|name| {
                let summary = format!("the environment variable `{name}` means nothing to Hoist");
                let diagnostic = Diagnostic::warning("config/unknown-variable", summary);
                let help = did_you_mean(name, setting::variables()).unwrap_or_else(|| {
                    let all: Vec<&str> = setting::variables().collect();
                    format!("the variables Hoist reads are: {}", all.join(", "))
                });
                diagnostic.help(help)
            });
        let unreadable = self
            .unreadable
            .iter()
            .filter(|name| is_known(name) || name.starts_with("AWS_"))
            .map(|name| {
                let summary = format!("the environment variable `{name}` is not Unicode text");
                Diagnostic::warning("config/unreadable-variable", summary)
                    .help("it is treated as not set")
            });
        unknown.chain(unreadable).collect()
    }
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || setting::variables().any(|known| known == name)
}

/// Names only: the values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("home", &self.home)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(pairs: &[(&'static str, &'static str)]) -> Result<PathBuf, ConfigError> {
        let environment = Environment::from_pairs(pairs.iter().copied());
        environment.cache_dir().map(|folder| folder.value)
    }

    #[test]
    fn the_cache_folder_is_the_nearest_that_is_set() {
        for (pairs, expected) in [
            (&[("HOIST_CACHE_DIR", "/c"), ("HOME", "/h")][..], "/c"),
            (&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], "/x/hoist"),
            (&[("HOME", "/h")], "/h/.cache/hoist"),
            (
                &[("HOIST_CACHE_DIR", ""), ("HOME", "/h")],
                "/h/.cache/hoist",
            ),
            // The XDG specification: a relative path is to be ignored.
            (
                &[("XDG_CACHE_HOME", "x"), ("HOME", "/h")],
                "/h/.cache/hoist",
            ),
        ] {
            assert_eq!(cache(pairs), Ok(PathBuf::from(expected)), "{pairs:?}");
        }
        assert_eq!(cache(&[]), Err(ConfigError::NoCacheDir));
    }

    #[test]
    fn a_misspelt_variable_is_named_with_what_was_meant() {
        let environment = Environment::from_pairs([("HOIST_CACHEDIR", "/c"), ("HOME", "/h")]);
        let [diagnostic] = &environment.check()[..] else {
            panic!("{:?}", environment.check());
        };
        assert_eq!(diagnostic.code, "config/unknown-variable");
        assert!(diagnostic.summary.contains("`HOIST_CACHEDIR`"));
        assert_eq!(diagnostic.help, ["did you mean `HOIST_CACHE_DIR`?"]);
    }

    #[test]
    fn the_variables_hoist_reads_are_no_surprise() {
        assert!(
            Environment::from_pairs(
                KNOWN
                    .into_iter()
                    .chain(setting::variables())
                    .map(|name| (name, "x"))
            )
            .check()
            .is_empty()
        );
    }

    #[test]
    fn switches_follow_their_conventions() {
        type Switch = fn(&Environment) -> bool;
        let table: [(&str, &str, Switch, bool); 9] = [
            ("NO_COLOR", "1", Environment::no_color, true),
            ("NO_COLOR", "", Environment::no_color, false),
            ("CLICOLOR_FORCE", "1", Environment::force_color, true),
            ("CLICOLOR_FORCE", "0", Environment::force_color, false),
            ("TERM", "dumb", Environment::dumb_terminal, true),
            ("TERM", "xterm", Environment::dumb_terminal, false),
            ("CI", "true", Environment::ci, true),
            ("CI", "false", Environment::ci, false),
            ("OTHER", "true", Environment::ci, false),
        ];
        for (name, value, switch, expected) in table {
            let environment = Environment::from_pairs([(name, value)]);
            assert_eq!(switch(&environment), expected, "{name}={value}");
        }
    }

    #[test]
    fn values_do_not_show_in_debug_output() {
        let environment = Environment::from_pairs([("AWS_SECRET_ACCESS_KEY", "hush")]);
        assert!(!format!("{environment:?}").contains("hush"));
    }
}
