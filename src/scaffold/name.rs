//! The name of a new project.

use std::fmt;
use std::str::FromStr;

/// A name that npm, Cargo, CloudFormation stacks and S3 buckets take: lower-case letters, digits and single hyphens,
/// with a letter first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// Letters of the longest name: an S3 bucket has 63, of which resources named after the project need some.
const MAX_LENGTH: usize = 40;

/// Why a text is no name of a project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is nothing.
    #[error("a project needs a name")]
    Empty,
    /// It has other characters than a name may have.
    #[error(
        "`{0}` cannot be the name of a project: it is made of lower-case letters, digits and single hyphens, and starts with a letter"
    )]
    Malformed(String),
    /// It has too many characters.
    #[error("the name of a project has at most {MAX_LENGTH} characters, this one {0}")]
    Long(usize),
}

impl Name {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that is nearest to a text, such as a folder's: `My App` gives `my-app`. None when no letter of it
    /// can be used.
    pub fn near(text: &str) -> Option<Self> {
        let mut name = String::new();
        for letter in text.chars() {
            match letter {
                'a'..='z' => name.push(letter),
                'A'..='Z' => name.push(letter.to_ascii_lowercase()),
                '0'..='9' if !name.is_empty() => name.push(letter),
                _ if name.is_empty() || name.ends_with('-') => {}
                _ => name.push('-'),
            }
        }
        name.truncate(MAX_LENGTH);
        name.trim_end_matches('-').parse().ok()
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        let length = text.chars().count();
        if length > MAX_LENGTH {
            return Err(NameError::Long(length));
        }
        let allowed = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '-');
        let good = text.chars().all(allowed)
            && text.starts_with(|letter: char| letter.is_ascii_lowercase())
            && !text.ends_with('-')
            && !text.contains("--");
        match good {
            true => Ok(Name(text.to_owned())),
            false => Err(NameError::Malformed(text.to_owned())),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_every_tool_takes_are_good() {
        for name in ["a", "my-app", "http2", "a1-b2"] {
            assert!(name.parse::<Name>().is_ok(), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "", "My-App", "1st", "-a", "a-", "a--b", "a b", "a/b", "../a", "naïve", "a\n",
            "{{name}}",
        ] {
            assert!(name.parse::<Name>().is_err(), "{name:?}");
        }
        assert_eq!("a".repeat(41).parse::<Name>(), Err(NameError::Long(41)));
        assert!("a".repeat(40).parse::<Name>().is_ok());
    }

    #[test]
    fn a_folder_gives_the_nearest_name() {
        for (folder, name) in [
            ("My App", Some("my-app")),
            ("2026 orders_api!", Some("orders-api")),
            ("notes", Some("notes")),
            ("日本", None),
            ("..", None),
        ] {
            assert_eq!(
                Name::near(folder).map(|name| name.to_string()).as_deref(),
                name,
                "{folder}"
            );
        }
        let long = format!("{}-b", "a".repeat(39));
        assert_eq!(
            Name::near(&long).map(|name| name.to_string()),
            Some("a".repeat(39))
        );
    }
}
