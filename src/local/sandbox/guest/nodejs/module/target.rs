//! The maps `exports` and `imports` of a `package.json`, by the algorithm of Node's documentation
//! (PACKAGE_EXPORTS_RESOLVE, PACKAGE_IMPORTS_RESOLVE, PACKAGE_TARGET_RESOLVE). It is Node's own word for word,
//! because resolvers made for bundlers differ from it on purpose: they try extensions and folders where
//! Node does not, and their errors are others.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::error::ModuleError;
use super::package::Package;

/// What a map leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A path relative to the package's folder, still percent-encoded.
    File(String),
    /// Another package, only in `imports`.
    Package(String),
}

/// One question to a map.
pub(super) struct Query<'q> {
    pub(super) package: &'q Package,
    pub(super) conditions: &'q [&'static str],
    /// The module that asks, where Node names it.
    pub(super) base: Option<&'q str>,
    /// `imports` instead of `exports`.
    pub(super) internal: bool,
}

/// A step's outcome: `None` is undefined (try the next condition), `Some(None)` is null (excluded).
type Step = Result<Option<Option<Target>>, ModuleError>;

impl Query<'_> {
    /// What `subpath` (`.` or `./…`) of the package is exported as.
    pub(super) fn exported(&self, exports: &Value, subpath: &str) -> Result<Target, ModuleError> {
        let sugar;
        let map = match exports {
            Value::Object(map) if !self.is_sugar(map)? => map,
            main => {
                sugar = Map::from_iter([(".".to_owned(), main.clone())]);
                &sugar
            }
        };
        self.matched(map, subpath)?
            .ok_or_else(|| self.not_exported(subpath))
    }

    /// What `specifier` (`#…`) means inside the package.
    pub(super) fn imported(
        &self,
        imports: &Map<String, Value>,
        specifier: &str,
    ) -> Result<Option<Target>, ModuleError> {
        self.matched(imports, specifier)
    }

    fn matched(&self, map: &Map<String, Value>, key: &str) -> Result<Option<Target>, ModuleError> {
        if let Some(target) = map.get(key)
            && !key.contains('*')
            && !key.ends_with('/')
        {
            return Ok(self.target(target, None, key)?.flatten());
        }
        let mut best: Option<(&str, &Value, &str)> = None;
        for (pattern, target) in map {
            let Some((before, after)) = pattern.split_once('*') else {
                continue;
            };
            if after.contains('*') || key.len() < pattern.len() {
                continue;
            }
            let matched = key
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            let Some(matched) = matched else { continue };
            if best.is_none_or(|(known, ..)| compare(known, pattern) == Ordering::Greater) {
                best = Some((pattern, target, matched));
            }
        }
        match best {
            Some((pattern, target, matched)) => {
                Ok(self.target(target, Some(matched), pattern)?.flatten())
            }
            None => Ok(None),
        }
    }

    /// Whether `exports` is the main entry's conditions without a `.` around them.
    fn is_sugar(&self, map: &Map<String, Value>) -> Result<bool, ModuleError> {
        let dotted = map.keys().filter(|key| key.starts_with('.')).count();
        if dotted != 0 && dotted != map.len() {
            return Err(self.invalid_config(
                "\"exports\" cannot contain some keys starting with '.' and some not. The exports \
                 object must either be an object of package subpath keys or an object of main entry \
                 condition name keys only.",
            ));
        }
        Ok(dotted == 0 && !map.is_empty())
    }

    fn target(&self, target: &Value, matched: Option<&str>, key: &str) -> Step {
        match target {
            Value::String(text) => self
                .target_text(text, matched, key)
                .map(|it| Some(Some(it))),
            Value::Array(targets) => {
                // The last one's failure is the answer when none fits.
                let mut last: Step = Ok(Some(None));
                for target in targets {
                    match self.target(target, matched, key) {
                        Err(error) if is_invalid_target(&error) => last = Err(error),
                        Ok(None) => {}
                        Ok(Some(None)) => last = Ok(Some(None)),
                        done => return done,
                    }
                }
                last
            }
            Value::Object(conditions) => {
                if conditions.keys().any(|key| is_index(key)) {
                    return Err(
                        self.invalid_config("\"exports\" cannot contain numeric property keys.")
                    );
                }
                for (condition, target) in conditions {
                    if condition == "default" || self.conditions.contains(&condition.as_str()) {
                        let step = self.target(target, matched, key)?;
                        if step.is_some() {
                            return Ok(step);
                        }
                    }
                }
                Ok(None)
            }
            Value::Null => Ok(Some(None)),
            other => Err(self.invalid_target(&other.to_string(), key)),
        }
    }

    fn target_text(
        &self,
        text: &str,
        matched: Option<&str>,
        key: &str,
    ) -> Result<Target, ModuleError> {
        let filled = || matched.map_or_else(|| text.to_owned(), |it| text.replace('*', it));
        let Some(path) = text.strip_prefix("./") else {
            let elsewhere = text.starts_with("../") || text.starts_with('/') || has_scheme(text);
            if !self.internal || elsewhere {
                return Err(self.invalid_target(text, key));
            }
            return Ok(Target::Package(filled()));
        };
        if has_invalid_segment(path) {
            return Err(self.invalid_target(text, key));
        }
        if let Some(matched) = matched.filter(|matched| has_invalid_segment(matched)) {
            return Err(self.invalid_match(matched, key));
        }
        Ok(Target::File(filled()))
    }

    fn imported_from(&self) -> String {
        self.base
            .map_or_else(String::new, |base| format!(" imported from {base}"))
    }

    fn not_exported(&self, subpath: &str) -> ModuleError {
        let (path, from) = (self.package.path.display(), self.imported_from());
        let message = if subpath == "." {
            format!("No \"exports\" main defined in {path}{from}")
        } else {
            format!("Package subpath '{subpath}' is not defined by \"exports\" in {path}{from}")
        };
        ModuleError::new("ERR_PACKAGE_PATH_NOT_EXPORTED", message)
    }

    fn invalid_target(&self, target: &str, key: &str) -> ModuleError {
        let path = self.package.path.display();
        let hint = if !self.internal && !target.is_empty() && !target.starts_with("./") {
            "; targets must start with \"./\""
        } else {
            ""
        };
        // As a text even where it is none: so does Node.
        let target = Value::from(target);
        let what = match (self.internal, key) {
            (false, ".") => format!("\"exports\" main target {target}"),
            (false, key) => format!("\"exports\" target {target} defined for '{key}'"),
            (true, key) => format!("\"imports\" target {target} defined for '{key}'"),
        };
        let place = if key == "." && !self.internal {
            " defined in"
        } else {
            " in"
        };
        let from = self.imported_from();
        ModuleError::new(
            "ERR_INVALID_PACKAGE_TARGET",
            format!("Invalid {what}{place} the package config {path}{from}{hint}"),
        )
    }

    fn invalid_match(&self, matched: &str, pattern: &str) -> ModuleError {
        let request = pattern.replacen('*', matched, 1);
        let map = if self.internal { "imports" } else { "exports" };
        let (path, from) = (self.package.path.display(), self.imported_from());
        ModuleError::new(
            "ERR_INVALID_MODULE_SPECIFIER",
            format!(
                "Invalid module \"{request}\" request is not a valid match in pattern \"{pattern}\" \
                 for the \"{map}\" resolution of {path}{from}"
            ),
        )
    }

    fn invalid_config(&self, why: &str) -> ModuleError {
        let path = self.package.path.display();
        let from = self.base.map_or_else(String::new, |base| {
            format!(" while importing file://{base}")
        });
        ModuleError::new(
            "ERR_INVALID_PACKAGE_CONFIG",
            format!("Invalid package config {path}{from}. {why}"),
        )
    }
}

fn is_invalid_target(error: &ModuleError) -> bool {
    matches!(
        error,
        ModuleError::Coded {
            code: "ERR_INVALID_PACKAGE_TARGET",
            ..
        }
    )
}

/// PATTERN_KEY_COMPARE: the longer part before the star wins, then the longer key.
fn compare(a: &str, b: &str) -> Ordering {
    let before = |key: &str| key.find('*').map_or(key.len(), |index| index + 1);
    before(b)
        .cmp(&before(a))
        .then_with(|| match (a.contains('*'), b.contains('*')) {
            (false, _) => Ordering::Greater,
            (_, false) => Ordering::Less,
            _ => b.len().cmp(&a.len()),
        })
}

/// Whether a key would be an index of an array.
fn is_index(key: &str) -> bool {
    key.parse::<u32>()
        .is_ok_and(|number| number < u32::MAX && number.to_string() == key)
}

/// Whether `text` is a URL of its own.
pub(super) fn has_scheme(text: &str) -> bool {
    scheme(text).is_some()
}

/// The scheme that `text` begins with.
pub(super) fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut letters = scheme.chars();
    let valid = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    valid.then_some(scheme)
}

/// Whether a segment of `path` is `.`, `..` or `node_modules`, encoded or not.
fn has_invalid_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| {
        let plain = super::url::decode(segment).to_ascii_lowercase();
        matches!(plain.as_str(), "." | ".." | "node_modules")
    })
}
