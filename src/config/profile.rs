//! The profiles of the AWS configuration and credentials files, and the `region` of one.
//!
//! Not a general reader of INI files: the AWS tools have rules of their own (profiles in sections
//! called `profile NAME`, indented lines that belong to the setting above them), and two settings are all
//! that is needed. The rules are those of the AWS SDK for Rust (`aws-runtime`, `env_config`; `aws-config`,
//! `profile/region.rs`), which is what deploys: `[profile default]` puts `[default]` out of force, what the
//! credentials file says beats the configuration file, and a profile without a region has that of its
//! `source_profile`. A region of an `[sso-session]` is that of the session, not of what runs under it.

use std::collections::{BTreeMap, BTreeSet};

/// Where a profile's region was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The value of `region`.
    Region {
        /// The region.
        region: String,
        /// The profile it is written in: the one asked for or one of its sources.
        profile: String,
        /// In which of the two files.
        file: File,
    },
    /// The profile is there and names no region.
    NoRegion,
    /// There is no such profile.
    NoProfile,
}

/// One of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    /// `~/.aws/config`.
    Config,
    /// `~/.aws/credentials`.
    Credentials,
}

/// What of a profile matters here.
#[derive(Debug, Default)]
struct Profile {
    region: Option<(String, File)>,
    source: Option<String>,
    /// Whether a setting of it gives credentials.
    has_credentials: bool,
}

/// Settings of a profile that give credentials. Source: "Configuration and credential file settings" in the AWS CLI's
/// user guide.
const CREDENTIALS: [&str; 7] = [
    "aws_access_key_id",
    "credential_process",
    "login_session",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// Looks a profile up in the texts of the two files.
pub(super) fn region(config: &str, credentials: &str, profile: &str) -> Found {
    let profiles = both(config, credentials);
    let mut name = profile;
    let mut seen = BTreeSet::new();
    while let Some(current) = profiles.get(name) {
        if let Some((region, file)) = &current.region {
            return Found::Region {
                region: region.clone(),
                profile: name.to_owned(),
                file: *file,
            };
        }
        match &current.source {
            Some(source) if seen.insert(name) => name = source,
            _ => return Found::NoRegion,
        }
    }
    match name == profile {
        true => Found::NoProfile,
        false => Found::NoRegion,
    }
}

/// The profiles that the texts of the two files name, sorted.
pub(super) fn names(config: &str, credentials: &str) -> Vec<String> {
    both(config, credentials).into_keys().collect()
}

/// Whether a profile says where its credentials come from.
pub(super) fn has_credentials(config: &str, credentials: &str, profile: &str) -> bool {
    both(config, credentials)
        .get(profile)
        .is_some_and(|profile| profile.has_credentials)
}

/// The profiles of both files.
fn both(config: &str, credentials: &str) -> BTreeMap<String, Profile> {
    let mut profiles = BTreeMap::new();
    read(config, File::Config, &mut profiles);
    read(credentials, File::Credentials, &mut profiles);
    profiles
}

/// Adds a file's profiles. What it says beats what was there before.
fn read(text: &str, file: File, profiles: &mut BTreeMap<String, Profile>) {
    let text = text.trim_start_matches('\u{feff}');
    let prefixed_default = text
        .lines()
        .filter_map(section)
        .any(|section| prefixed(section) == Some("default"));
    let mut current: Option<&mut Profile> = None;
    for line in text.lines() {
        if let Some(section) = section(line) {
            let name = match (file, prefixed(section)) {
                (File::Config, Some(name)) => Some(name),
                (File::Config, None) if section == "default" && !prefixed_default => Some(section),
                (File::Credentials, None) => Some(section),
                _ => None,
            };
            current = name
                .filter(|name| !name.is_empty())
                .map(|name| profiles.entry(name.to_owned()).or_default());
            continue;
        }
        // An indented line is a part of the setting before it (`s3 =` has such parts).
        if line.starts_with([' ', '\t', '#', ';']) {
            continue;
        }
        let Some(((name, value), profile)) = line.split_once('=').zip(current.as_deref_mut())
        else {
            continue;
        };
        let value = without_comment(value).trim();
        if value.is_empty() {
            continue;
        }
        match name.trim().to_ascii_lowercase().as_str() {
            "region" => profile.region = Some((value.to_owned(), file)),
            "source_profile" => profile.source = Some(value.to_owned()),
            name => profile.has_credentials |= CREDENTIALS.contains(&name),
        }
    }
}

/// The name in `[name]`.
fn section(line: &str) -> Option<&str> {
    let inner = line.trim_end().strip_prefix('[')?;
    Some(inner.split_once(']')?.0.trim())
}

/// The name in `[profile NAME]`.
fn prefixed(section: &str) -> Option<&str> {
    section
        .strip_prefix("profile")
        .filter(|rest| rest.starts_with(char::is_whitespace))
        .map(str::trim)
}

/// A comment after a value starts with a space and `#` or `;`.
fn without_comment(value: &str) -> &str {
    let end = [" #", " ;", "\t#", "\t;"]
        .iter()
        .filter_map(|mark| value.find(mark))
        .min();
    end.map_or(value, |end| &value[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# mine
[default]
region = eu-west-1   # Dublin
output=json

[profile work]
s3 =
  region = nowhere
role_arn = arn:aws:iam::123456789012:role/x
region=ap-southeast-2

[profile bare]
output = text

[sso-session work]
region = us-west-1
[profiles]
region = us-west-2
";

    fn found(region: &str, profile: &str, file: File) -> Found {
        let (region, profile) = (region.to_owned(), profile.to_owned());
        Found::Region {
            region,
            profile,
            file,
        }
    }

    #[test]
    fn a_profile_gives_its_own_region() {
        let region_of = |profile| region(FILE, "", profile);
        let own = |value, profile| found(value, profile, File::Config);
        assert_eq!(region_of("default"), own("eu-west-1", "default"));
        assert_eq!(region_of("work"), own("ap-southeast-2", "work"));
        assert_eq!(region_of("bare"), Found::NoRegion);
        for name in ["s", "profiles", "sso-session work", ""] {
            assert_eq!(region_of(name), Found::NoProfile, "{name}");
        }
    }

    #[test]
    fn carriage_returns_a_mark_at_the_start_and_broken_lines_are_no_trouble() {
        let text = "\u{feff}[default]\r\nregion = eu-west-1\r\n[broken\r\n=\r\n[]\r\n";
        let own = found("eu-west-1", "default", File::Config);
        assert_eq!(region(text, "", "default"), own);
        assert_eq!(region("", "", "default"), Found::NoProfile);
    }

    #[test]
    fn a_prefixed_default_puts_the_plain_one_out_of_force() {
        let text = "[default]\nregion=eu-west-1\n[profile default]\noutput=json\n";
        assert_eq!(region(text, "", "default"), Found::NoRegion);
        let text = "[profile default]\nregion=eu-west-2\n[default]\nregion=eu-west-1\n";
        let own = found("eu-west-2", "default", File::Config);
        assert_eq!(region(text, "", "default"), own);
    }

    #[test]
    fn the_credentials_file_beats_the_configuration_file() {
        let credentials =
            "[work]\naws_access_key_id=x\nRegion = us-east-2\n[profile bare]\nregion=us-west-1\n";
        let own = found("us-east-2", "work", File::Credentials);
        assert_eq!(region(FILE, credentials, "work"), own);
        assert_eq!(region(FILE, credentials, "bare"), Found::NoRegion);
        let only = "[ci]\nregion=eu-north-1\n";
        assert_eq!(
            region("", only, "ci"),
            found("eu-north-1", "ci", File::Credentials)
        );
    }

    #[test]
    fn a_role_without_a_region_has_that_of_its_source() {
        let text = "[profile role]\nsource_profile=middle\n[profile middle]\nsource_profile=base\n\
                    [profile base]\nregion=eu-west-3\n[profile loop]\nsource_profile=loop\n\
                    [profile lost]\nsource_profile=nowhere\n[profile sso]\nsso_session=work\nsso_region=us-west-2\n";
        let base = found("eu-west-3", "base", File::Config);
        assert_eq!(region(text, "", "role"), base);
        for name in ["loop", "lost", "sso"] {
            assert_eq!(region(text, "", name), Found::NoRegion, "{name}");
        }
    }
}
