//! Packages as the user names them: `@aws-sdk/client-s3@3.700.0`, `boto3==1.40.1`.
//!
//! | what is written | what it is |
//! |---|---|
//! | `@aws-sdk/…`, `@smithy/…`, `@aws-crypto/…`, `@aws/…`, `aws-sdk` | a package of npm |
//! | `boto3`, `botocore` and what they need | a package of PyPI |
//! | `npm:NAME`, `pip:NAME` | the same, said outright |
//!
//! Anything else is refused: Lambda does not bring it, so a function that relied on it would fail there.

use std::fmt;
use std::str::FromStr;

use pep508_rs::{Requirement, VerbatimUrl, VersionOrUrl};

use super::store::Language;
use crate::diag::did_you_mean;
use crate::local::provided::{self, Sdk};

/// A package that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose package it is.
    pub language: Language,
    /// Its name, normalized.
    pub name: String,
    /// Which versions will do: a range or a tag of npm (`^3.7`, `latest`), specifiers of PEP 440
    /// (`==1.40.1`). Without it the newest is taken.
    pub version: Option<String>,
}

/// Text that names no package which can be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WantedError {
    /// Lambda's runtimes do not have it.
    #[error("Lambda's runtimes do not bring `{0}` along")]
    NotBrought(String),
    /// The version cannot be understood.
    #[error("`{text}`: {why}")]
    Version {
        /// What was written.
        text: String,
        /// What is wrong with it.
        why: String,
    },
}

impl WantedError {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            WantedError::NotBrought(name) => did_you_mean(name, provided::PYTHON).unwrap_or_else(|| {
                format!(
                    "put it into the function's own package; what can be added: @aws-sdk/…, @smithy/…, \
                     @aws-crypto/…, aws-sdk (npm), {} (PyPI)",
                    provided::PYTHON.join(", ")
                )
            }),
            WantedError::Version { .. } => {
                "write npm's packages as @aws-sdk/client-s3@3.700.0 and Python's as boto3==1.40.1".into()
            }
        }
    }
}

impl FromStr for Wanted {
    type Err = WantedError;

    fn from_str(text: &str) -> Result<Self, WantedError> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("npm:") {
            return npm(rest);
        }
        if let Some(rest) = text.strip_prefix("pip:") {
            return python(rest);
        }
        if text.starts_with('@') || text == "aws-sdk" || text.starts_with("aws-sdk@") {
            return npm(text);
        }
        python(text)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version.as_deref().unwrap_or_default();
        let between = match self.language {
            Language::Nodejs if !version.is_empty() => "@",
            _ => "",
        };
        write!(f, "{}{between}{version}", self.name)
    }
}

fn npm(text: &str) -> Result<Wanted, WantedError> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '@');
    let (name, version) = match at {
        Some((index, _)) => (&text[..index], Some(&text[index + 1..])),
        None => (text, None),
    };
    let wrong = |why: String| WantedError::Version {
        text: text.to_owned(),
        why,
    };
    if Sdk::of(name).is_some() && name.contains('=') {
        return Err(wrong("a version of an npm package follows an @".into()));
    }
    if Sdk::of(name).is_none() || !is_npm_name(name) {
        return Err(WantedError::NotBrought(name.to_owned()));
    }
    if let Some(version) = version
        && (version.trim().is_empty() || nodejs_semver::Range::parse(version).is_err())
        && !is_tag(version)
    {
        return Err(wrong(format!("`{version}` is no version, range or tag")));
    }
    Ok(Wanted {
        language: Language::Nodejs,
        name: name.to_owned(),
        version: version.map(str::to_owned),
    })
}

/// Whether a scope and a name are made of the characters that npm allows.
///
/// Source: <https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name>. What is no such name must not
/// become a path.
pub(super) fn is_npm_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    };
    name.len() <= 214
        && match name.strip_prefix('@') {
            Some(scoped) => scoped
                .split_once('/')
                .is_some_and(|(scope, name)| part(scope) && part(name)),
            None => part(name) && name != "node_modules",
        }
}

/// Whether it could be a dist-tag: `latest`, `next`.
fn is_tag(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn python(text: &str) -> Result<Wanted, WantedError> {
    let wrong = |why: &str| WantedError::Version {
        text: text.to_owned(),
        why: why.to_owned(),
    };
    if let Some((name, _)) = text.split_once('@')
        && is_brought(name.trim())
    {
        return Err(wrong("a version of a Python package follows =="));
    }
    let end = text.find(['=', '<', '>', '!', '~', ' ', '[', ';', '@']);
    let name = text.get(..end.unwrap_or(text.len())).unwrap_or(text);
    if !is_brought(name) {
        return Err(WantedError::NotBrought(name.to_owned()));
    }
    let requirement = Requirement::<VerbatimUrl>::from_str(text)
        .map_err(|error| wrong(&error.message.to_string()))?;
    if !requirement.extras.is_empty() || !requirement.marker.is_true() {
        return Err(wrong("a name and a version are all that can be said here"));
    }
    Ok(Wanted {
        language: Language::Python,
        name: requirement.name.to_string(),
        version: match requirement.version_or_url {
            None => None,
            Some(VersionOrUrl::VersionSpecifier(version)) => Some(version.to_string()),
            Some(VersionOrUrl::Url(_)) => {
                return Err(wrong("packages come from an index, not from a URL"));
            }
        },
    })
}

/// Whether it is one of the Python runtimes' packages, in any spelling.
fn is_brought(name: &str) -> bool {
    pep508_rs::PackageName::new(name.to_owned())
        .is_ok_and(|name| provided::PYTHON.contains(&name.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<(Language, String, Option<String>), String> {
        text.parse::<Wanted>()
            .map(|wanted| (wanted.language, wanted.name, wanted.version))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn npms_and_pythons_packages_are_told_apart() {
        use Language::{Nodejs, Python};
        for (text, language, name, version) in [
            ("@aws-sdk/client-s3", Nodejs, "@aws-sdk/client-s3", None),
            (
                "@aws-sdk/client-s3@^3.7",
                Nodejs,
                "@aws-sdk/client-s3",
                Some("^3.7"),
            ),
            (
                "@smithy/types@latest",
                Nodejs,
                "@smithy/types",
                Some("latest"),
            ),
            ("aws-sdk@2.1692.0", Nodejs, "aws-sdk", Some("2.1692.0")),
            ("npm:aws-sdk", Nodejs, "aws-sdk", None),
            ("boto3", Python, "boto3", None),
            ("pip:boto3==1.40.1", Python, "boto3", Some("==1.40.1")),
            (
                "Python_DateUtil >=2.8, <3",
                Python,
                "python-dateutil",
                Some(">=2.8, <3"),
            ),
        ] {
            let expected = (language, name.to_owned(), version.map(str::to_owned));
            assert_eq!(parsed(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_lambda_does_not_bring_is_refused() {
        for text in [
            "lodash",
            "npm:lodash",
            "pip:requests",
            "@middy/core",
            "",
            "npm:",
            "@aws-sdk/",
            "@",
            "@aws-sdk/../../x",
            "@aws-sdk/a/b",
            "npm:boto3",
            "pip:aws-sdk",
            "aws-sdk-mock",
            "boto",
        ] {
            let error = text.parse::<Wanted>().unwrap_err();
            assert!(
                matches!(error, WantedError::NotBrought(_)),
                "{text}: {error}"
            );
        }
        let help = "boto".parse::<Wanted>().unwrap_err().help();
        assert_eq!(help, "did you mean `boto3`?");
    }

    #[test]
    fn versions_in_the_wrong_spelling_are_explained() {
        for (text, why) in [
            ("boto3@1.40.1", "follows =="),
            ("boto3 @ https://example.com/b.whl", "follows =="),
            ("boto3[crt]", "all that can be said"),
            ("boto3; python_version < '3'", "all that can be said"),
            ("boto3==one", "version"),
            ("@aws-sdk/client-s3==3.7", "follows an @"),
            ("@aws-sdk/client-s3@file:../x", "no version"),
            ("@aws-sdk/client-s3@", "no version"),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_package_is_shown_as_it_was_written() {
        for text in ["@aws-sdk/client-s3@^3.7", "aws-sdk", "boto3==1.40.1"] {
            assert_eq!(text.parse::<Wanted>().unwrap().to_string(), text);
        }
    }
}
