//! Which files of a source folder stay out of the artifact: `.hoistignore`, and what is never meant to be in it.

use std::path::{Component, Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::fault::Fault;

/// The file with the user's rules, in git's own syntax.
pub const IGNORE_FILE: &str = ".hoistignore";

/// Left out unless a `.hoistignore` takes them back in (`!.git`).
const DEFAULTS: &[&str] = &[
    ".git",
    ".hoist",
    ".aws-sam",
    "__pycache__",
    "*.pyc",
    ".DS_Store",
    "**/node_modules/.cache",
    IGNORE_FILE,
];

/// The rules for one source folder, the weakest first.
#[derive(Debug, Clone)]
pub struct Rules {
    layers: Vec<Layer>,
}

/// The rules of one file.
#[derive(Debug, Clone)]
struct Layer {
    /// What the paths of the folder begin with, seen from the rules' own folder: `src/orders` for the template's.
    above: PathBuf,
    /// The part of the folder that the rules are about: empty for all of it.
    below: PathBuf,
    rules: Gitignore,
    text: String,
}

impl Rules {
    /// Everything is taken.
    pub fn none() -> Self {
        Rules { layers: Vec::new() }
    }

    /// The defaults, then the `.hoistignore` of the template's folder `base`, if `folder` lies in it, then that of
    /// `folder`. `extra` are rules of the build method, as weak as the defaults.
    ///
    /// # Errors
    /// When a `.hoistignore` cannot be read or has a rule that git would not understand.
    pub fn of(folder: &Path, base: &Path, extra: &[&str]) -> Result<Self, Fault> {
        let mut builder = GitignoreBuilder::new("");
        for line in DEFAULTS.iter().chain(extra) {
            builder
                .add_line(None, line)
                .map_err(|error| broken(folder, &error))?;
        }
        let defaults = builder.build().map_err(|error| broken(folder, &error))?;
        let mut rules = Rules::none();
        rules.add("", "", (defaults, String::new()));
        if folder != base
            && let Ok(above) = folder.strip_prefix(base)
            && let Some(own) = read(&base.join(IGNORE_FILE))?
        {
            rules.add(above, "", own);
        }
        if let Some(own) = read(&folder.join(IGNORE_FILE))? {
            rules.add("", "", own);
        }
        Ok(rules)
    }

    fn add(
        &mut self,
        above: impl Into<PathBuf>,
        below: impl Into<PathBuf>,
        (rules, text): (Gitignore, String),
    ) {
        self.layers.push(Layer {
            above: above.into(),
            below: below.into(),
            rules,
            text,
        });
    }

    /// The user's rules as they were written: what an artifact depends on when they are applied to what a tool makes.
    pub fn text(&self) -> String {
        self.layers
            .iter()
            .map(|layer| format!("{}\n{}\n", layer.above.display(), layer.text))
            .collect()
    }

    /// Takes in the `.hoistignore` of the folder `inner`, a path from the source folder on, which lies at `path`.
    ///
    /// # Errors
    /// As [`Rules::of`].
    pub fn enter(&mut self, inner: &Path, path: &Path) -> Result<(), Fault> {
        if !self.layers.is_empty()
            && let Some(own) = read(&path.join(IGNORE_FILE))?
        {
            self.add("", inner, own);
        }
        Ok(())
    }

    /// Whether a path, from the source folder on, is left out. What lies in a folder that is left out is not asked for.
    pub fn leave_out(&self, path: &Path, is_folder: bool) -> bool {
        for layer in self.layers.iter().rev() {
            let Ok(path) = path.strip_prefix(&layer.below) else {
                continue;
            };
            match layer.rules.matched(layer.above.join(path), is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

/// The rule for one path of the folder and nothing else. None for a path that git's syntax cannot say.
pub fn exactly(path: &Path) -> Option<String> {
    let text = path.to_str().filter(|text| !text.contains('\n'))?;
    let mut rule = String::from("/");
    for letter in text.chars() {
        if !letter.is_alphanumeric() && !matches!(letter, '/' | '-' | '_' | '.') {
            rule.push('\\');
        }
        rule.push(letter);
    }
    Some(rule)
}

/// The rules of a file; none when it is not there.
fn read(path: &Path) -> Result<Option<(Gitignore, String)>, Fault> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::unreadable(path, &error)),
    };
    // The rules' root is empty: every path they are asked about is relative already.
    let mut builder = GitignoreBuilder::new("");
    for line in text.lines() {
        builder
            .add_line(None, line)
            .map_err(|error| broken(path, &error))?;
    }
    let rules = builder.build().map_err(|error| broken(path, &error))?;
    Ok(Some((rules, text)))
}

fn broken(path: &Path, error: &ignore::Error) -> Fault {
    Fault::new(
        "build/ignore",
        format!(
            "{} has a rule that cannot be understood: {error}",
            path.display()
        ),
    )
    .help("the rules are those of .gitignore, one a line")
}

/// The path without `.` and with `..` taken back; None when it leads out of where it starts or is absolute.
pub fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !clean.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn left_out(rules: &Rules, paths: &[&str]) -> Vec<bool> {
        paths
            .iter()
            .map(|path| rules.leave_out(Path::new(path), false))
            .collect()
    }

    #[test]
    fn a_path_can_be_left_out_whatever_is_in_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let name = "a/*state [1]!#.json";
        let rule = exactly(Path::new(name)).unwrap();
        let rules = Rules::of(folder.path(), folder.path(), &[&rule]).unwrap();
        assert!(rules.leave_out(Path::new(name), false));
        for other in ["a/xstate [1]!#.json", "b/a/*state [1]!#.json", "a"] {
            assert!(!rules.leave_out(Path::new(other), false), "{other}");
        }
    }

    #[test]
    fn what_is_never_meant_to_be_deployed_is_left_out_everywhere() {
        let folder = tempfile::tempdir().unwrap();
        let rules = Rules::of(folder.path(), folder.path(), &[]).unwrap();
        assert!(rules.leave_out(Path::new(".git"), true));
        assert!(rules.leave_out(Path::new("a/__pycache__"), true));
        assert!(rules.leave_out(Path::new("node_modules/.cache"), true));
        assert!(rules.leave_out(Path::new("nodejs/node_modules/.cache"), true));
        assert_eq!(
            left_out(
                &rules,
                &["a/b.pyc", "x/.DS_Store", "app.py", ".gitignore", ".env"]
            ),
            [true, true, false, false, false]
        );
    }

    #[test]
    fn the_functions_rules_beat_the_templates_and_both_beat_the_defaults() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("src/orders");
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            base.path().join(IGNORE_FILE),
            "*.md\nsrc/orders/data\n!*.pyc\n",
        )
        .unwrap();
        fs::write(folder.join(IGNORE_FILE), "!README.md\n/top.txt\n").unwrap();
        let rules = Rules::of(&folder, base.path(), &[]).unwrap();
        assert!(rules.leave_out(Path::new("data"), true));
        assert!(!rules.leave_out(Path::new("inner/data"), true));
        assert_eq!(
            left_out(
                &rules,
                &["a.md", "README.md", "top.txt", "a/top.txt", "a.pyc"]
            ),
            [true, false, true, false, false]
        );
    }

    #[test]
    fn a_rule_that_git_does_not_understand_is_said_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(IGNORE_FILE), "[z-a]\n").unwrap();
        let fault = Rules::of(folder.path(), folder.path(), &[]).unwrap_err();
        assert!(fault.summary.contains(IGNORE_FILE), "{fault:?}");
    }

    #[test]
    fn a_path_that_leads_out_is_seen() {
        assert_eq!(inside(Path::new("a/./b/../c")), Some("a/c".into()));
        assert_eq!(inside(Path::new("a/../..")), None);
        assert_eq!(inside(Path::new("/etc")), None);
    }
}
