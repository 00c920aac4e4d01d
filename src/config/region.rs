//! What the AWS tools' own files say: the profiles there are, and the region that things are said to be in when nothing
//! else says it.

use std::io;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::origin::{Origin, Sourced};
use super::profile::{self, File, Found};
use crate::diag::{Diagnostic, Diagnostics};

/// The region where nothing says another, as in AWS's local emulator.
pub const DEFAULT_REGION: &str = "us-east-1";

/// Why a value cannot be the name of a region: lower-case letters, digits and dashes, because it becomes a part of ARNs
/// and host names.
pub(super) fn fault(region: &Sourced<String>) -> Option<Diagnostic> {
    let Sourced { value, origin } = region;
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !value.is_empty() && value.len() <= 32 && value.chars().all(letters) {
        return None;
    }
    let summary = format!("`{value}` ({origin}) is not the name of a region");
    Some(
        Diagnostic::error("config/region", summary)
            .help("a region's name looks like `us-east-1`: lower-case letters, digits and dashes"),
    )
}

/// The region of the profile in use, `default` when none is named. The files are `AWS_CONFIG_FILE`, else
/// `~/.aws/config`, and `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.
///
/// A profile or file that was asked for and is not there is a warning.
pub(super) fn of_profile(
    named: Option<&Sourced<String>>,
    environment: &Environment,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<String>> {
    let [config, credentials] = aws_files(environment, diagnostics);
    let wanted = named.map_or("default", |profile| profile.value.as_str());
    match profile::region(&config.text, &credentials.text, wanted) {
        Found::Region {
            region,
            profile,
            file,
        } => {
            let file = match file {
                File::Config => config.path,
                File::Credentials => credentials.path,
            };
            Some(Sourced::new(region, Origin::Profile { profile, file }))
        }
        Found::NoRegion => None,
        Found::NoProfile => {
            diagnostics.extend(named.map(|named| no_profile(named, &config.path)));
            None
        }
    }
}

/// The profiles of the AWS tools, sorted. Files that cannot be read have none.
pub fn profiles(environment: &Environment) -> Vec<String> {
    let [config, credentials] = aws_files(environment, &mut Diagnostics::new());
    profile::names(&config.text, &credentials.text)
}

/// Whether a profile says where its credentials come from.
pub(super) fn has_credentials(environment: &Environment, profile: &str) -> bool {
    let [config, credentials] = aws_files(environment, &mut Diagnostics::new());
    profile::has_credentials(&config.text, &credentials.text, profile)
}

/// The configuration file and the credentials file.
fn aws_files(environment: &Environment, diagnostics: &mut Diagnostics) -> [AwsFile; 2] {
    [
        ("AWS_CONFIG_FILE", "config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ]
    .map(|(variable, name)| AwsFile::of(environment, variable, name, diagnostics))
}

/// One of the two files of the AWS tools.
struct AwsFile {
    path: PathBuf,
    /// Nothing when it could not be read.
    text: String,
}

impl AwsFile {
    fn of(
        environment: &Environment,
        variable: &str,
        name: &str,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let named = environment.variable(variable);
        let path = match (named, environment.home()) {
            (Some(file), home) => file
                .strip_prefix("~/")
                .and_then(|rest| Some(home?.join(rest)))
                .unwrap_or_else(|| PathBuf::from(file)),
            (None, Some(home)) => home.join(".aws").join(name),
            (None, None) => PathBuf::new(),
        };
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                if named.is_some() || error.kind() != io::ErrorKind::NotFound {
                    let summary = format!("cannot read the AWS file {}: {error}", path.display());
                    diagnostics.push(Diagnostic::warning("config/aws-config", summary));
                }
                String::new()
            }
        };
        AwsFile { path, text }
    }
}

fn no_profile(named: &Sourced<String>, file: &Path) -> Diagnostic {
    let Sourced { value, origin } = named;
    let summary = format!(
        "there is no profile `{value}` ({origin}) in {}",
        file.display()
    );
    Diagnostic::warning("config/unknown-profile", summary)
        .help("give the region with `--region`, or name a profile that is there")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(
        profile: Option<&str>,
        pairs: &[(&str, &str)],
    ) -> (Option<Sourced<String>>, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::new();
        let environment = Environment::from_pairs(pairs.iter().copied());
        let profile =
            profile.map(|name| Sourced::new(name.to_owned(), Origin::Variable("AWS_PROFILE")));
        let region = of_profile(profile.as_ref(), &environment, &mut diagnostics);
        (region, diagnostics.iter().map(|d| d.code).collect())
    }

    #[test]
    fn the_profile_in_use_gives_the_region() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        std::fs::create_dir(&folder).unwrap();
        let text = "[default]\nregion=eu-west-1\n[profile work]\nregion=eu-west-3\n";
        std::fs::write(folder.join("config"), text).unwrap();
        std::fs::write(folder.join("keys"), "[work]\nregion=eu-west-2\n").unwrap();
        let home = ("HOME", home.path().to_str().unwrap());
        let value = |region: Option<Sourced<String>>| region.map(|sourced| sourced.value);

        let (region, codes) = resolve(None, &[home]);
        assert_eq!(value(region).as_deref(), Some("eu-west-1"));
        assert!(codes.is_empty());

        let (region, _) = resolve(Some("work"), &[home]);
        let file = folder.join("config");
        let profile = "work".to_owned();
        let origin = Origin::Profile { profile, file };
        assert_eq!(region, Some(Sourced::new("eu-west-3".into(), origin)));

        let keys = ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/keys");
        let (region, codes) = resolve(Some("work"), &[home, keys]);
        assert_eq!(value(region).as_deref(), Some("eu-west-2"));
        assert!(codes.is_empty());

        let (region, codes) = resolve(Some("wrok"), &[home]);
        assert_eq!(region, None);
        assert_eq!(codes, ["config/unknown-profile"]);

        let tilde = ("AWS_CONFIG_FILE", "~/.aws/config");
        let (region, _) = resolve(None, &[home, tilde]);
        assert_eq!(value(region).as_deref(), Some("eu-west-1"));
        let (_, codes) = resolve(None, &[home, ("AWS_CONFIG_FILE", "~/.aws/none")]);
        assert_eq!(codes, ["config/aws-config"]);
        assert_eq!(resolve(None, &[]), (None, vec![]));
    }

    #[test]
    fn what_cannot_be_a_region_is_an_error() {
        for (text, good) in [
            ("eu-west-1", true),
            ("us-east-1; rm", false),
            ("", false),
            ("US-EAST-1", false),
        ] {
            let region = Sourced::new(text.to_owned(), Origin::Flag("--region"));
            assert_eq!(fault(&region).is_none(), good, "{text}");
        }
    }
}
