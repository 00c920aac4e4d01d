//! Which region things are said to be in, and which profiles of the AWS tools there are.

use std::io;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::origin::{Origin, Sourced};
use super::profile::{self, Found};
use crate::diag::{Diagnostic, Diagnostics};

/// The region where nothing says another, as in AWS's local emulator.
pub const DEFAULT_REGION: &str = "us-east-1";

/// The region from, in this order: the flag `--region`; `AWS_REGION`; `AWS_DEFAULT_REGION`; the profile
/// named by `AWS_PROFILE` (else `AWS_DEFAULT_PROFILE`, else `default`) in the file `AWS_CONFIG_FILE`
/// (else `~/.aws/config`); [`DEFAULT_REGION`].
///
/// A value that cannot be a region's name is an error in `diagnostics` and passed over; so is, with a
/// warning, a profile or file that was asked for and is not there.
pub fn region(
    flag: Option<&str>,
    environment: &Environment,
    diagnostics: &mut Diagnostics,
) -> Sourced<String> {
    let flag = flag.map(|value| (value, Origin::Flag("--region")));
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .into_iter()
        .filter_map(|name| Some((environment.variable(name)?, Origin::Variable(name))));
    for (value, origin) in flag.into_iter().chain(variables) {
        if let Some(region) = checked(value, origin, diagnostics) {
            return region;
        }
    }
    of_profile(environment, diagnostics)
        .and_then(|Sourced { value, origin }| checked(&value, origin, diagnostics))
        .unwrap_or_else(|| Sourced::new(DEFAULT_REGION.to_owned(), Origin::Default))
}

/// Lower-case letters, digits and dashes: the region becomes a part of ARNs and host names.
fn checked(value: &str, origin: Origin, diagnostics: &mut Diagnostics) -> Option<Sourced<String>> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !value.is_empty() && value.len() <= 32 && value.chars().all(letters) {
        return Some(Sourced::new(value.to_owned(), origin));
    }
    let summary = format!("`{value}` ({origin}) is not the name of a region");
    diagnostics.push(
        Diagnostic::error("config/region", summary)
            .help("a region's name looks like `us-east-1`: lower-case letters, digits and dashes"),
    );
    None
}

fn of_profile(environment: &Environment, diagnostics: &mut Diagnostics) -> Option<Sourced<String>> {
    let named = named_profile(environment);
    let profile = named.map_or("default", |(_, profile)| profile);
    let (file, asked_for) = config_file(environment)?;
    let text = match std::fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !asked_for => {
            if let Some((variable, profile)) = named {
                diagnostics.push(no_profile(profile, variable, &file));
            }
            return None;
        }
        Err(error) => {
            let summary = format!(
                "cannot read the AWS configuration {}: {error}",
                file.display()
            );
            diagnostics.push(Diagnostic::warning("config/aws-config", summary));
            return None;
        }
    };
    match profile::region(&text, profile) {
        Found::Region(region) => Some(Sourced::new(
            region,
            Origin::Profile {
                profile: profile.to_owned(),
                file,
            },
        )),
        Found::NoRegion => None,
        Found::NoProfile => {
            if let Some((variable, profile)) = named {
                diagnostics.push(no_profile(profile, variable, &file));
            }
            None
        }
    }
}

fn config_file(environment: &Environment) -> Option<(PathBuf, bool)> {
    aws_file(environment, "AWS_CONFIG_FILE", "config")
}

/// A file of the AWS tools, and whether `variable` names it.
pub(super) fn aws_file(
    environment: &Environment,
    variable: &str,
    name: &str,
) -> Option<(PathBuf, bool)> {
    if let Some(file) = environment.variable(variable) {
        let in_home = file
            .strip_prefix("~/")
            .and_then(|rest| Some(environment.home()?.join(rest)));
        return Some((in_home.unwrap_or_else(|| PathBuf::from(file)), true));
    }
    Some((environment.home()?.join(".aws").join(name), false))
}

/// The variable that names the profile, and its value.
pub(super) fn named_profile(environment: &Environment) -> Option<(&'static str, &str)> {
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
        .into_iter()
        .find_map(|name| Some((name, environment.variable(name)?)))
}

/// The profiles of the AWS tools: those of the file `AWS_CONFIG_FILE` (else `~/.aws/config`), then those that only
/// `AWS_SHARED_CREDENTIALS_FILE` (else `~/.aws/credentials`) has. Files that cannot be read have none.
pub fn profiles(environment: &Environment) -> Vec<String> {
    let text = |variable, name| {
        let (file, _) = aws_file(environment, variable, name)?;
        let bytes = std::fs::read(file).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let config = text("AWS_CONFIG_FILE", "config").unwrap_or_default();
    let credentials = text("AWS_SHARED_CREDENTIALS_FILE", "credentials").unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for name in profile::names(&config).chain(profile::credential_names(&credentials)) {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

fn no_profile(profile: &str, variable: &str, file: &Path) -> Diagnostic {
    let summary = format!(
        "there is no profile `{profile}` ({variable}) in {}",
        file.display()
    );
    Diagnostic::warning("config/unknown-profile", summary)
        .help("give the region with `--region`, or name a profile that is there")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(flag: Option<&str>, pairs: &[(&str, &str)]) -> (Sourced<String>, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::new();
        let environment = Environment::from_pairs(pairs.iter().copied());
        let region = region(flag, &environment, &mut diagnostics);
        (region, diagnostics.iter().map(|d| d.code).collect())
    }

    #[test]
    fn the_flag_beats_the_variables_which_beat_the_default() {
        let all = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
        ];
        for (flag, pairs, value, origin) in [
            (
                Some("sa-east-1"),
                &all[..],
                "sa-east-1",
                Origin::Flag("--region"),
            ),
            (None, &all, "eu-west-1", Origin::Variable("AWS_REGION")),
            (
                None,
                &all[1..],
                "eu-west-2",
                Origin::Variable("AWS_DEFAULT_REGION"),
            ),
            (None, &[], "us-east-1", Origin::Default),
            (None, &[("AWS_REGION", "")], "us-east-1", Origin::Default),
        ] {
            let (region, codes) = resolve(flag, pairs);
            assert_eq!(region, Sourced::new(value.to_owned(), origin));
            assert!(codes.is_empty());
        }
    }

    #[test]
    fn the_profile_in_use_gives_the_region() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        std::fs::create_dir(&folder).unwrap();
        let text = "[default]\nregion=eu-west-1\n[profile work]\nregion=eu-west-3\n";
        std::fs::write(folder.join("config"), text).unwrap();
        let home = ("HOME", home.path().to_str().unwrap());

        let (region, codes) = resolve(None, &[home]);
        assert_eq!(region.value, "eu-west-1");
        assert!(codes.is_empty());

        let (region, _) = resolve(None, &[home, ("AWS_PROFILE", "work")]);
        assert_eq!(region.value, "eu-west-3");
        let file = folder.join("config");
        let profile = "work".to_owned();
        assert_eq!(region.origin, Origin::Profile { profile, file });

        let (region, codes) = resolve(None, &[home, ("AWS_PROFILE", "wrok")]);
        assert_eq!(region.value, "us-east-1");
        assert_eq!(codes, ["config/unknown-profile"]);

        let tilde = ("AWS_CONFIG_FILE", "~/.aws/config");
        assert_eq!(resolve(None, &[home, tilde]).0.value, "eu-west-1");
        let (_, codes) = resolve(None, &[home, ("AWS_CONFIG_FILE", "~/.aws/none")]);
        assert_eq!(codes, ["config/aws-config"]);
    }

    #[test]
    fn what_cannot_be_a_region_is_an_error() {
        let (region, codes) = resolve(Some("us-east-1; rm"), &[("AWS_REGION", "eu-west-1")]);
        assert_eq!(region.value, "eu-west-1");
        assert_eq!(codes, ["config/region"]);
        assert_eq!(resolve(Some(""), &[]).1, ["config/region"]);
    }
}
