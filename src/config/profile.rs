//! The profiles of the AWS configuration file, and the `region` of one.
//!
//! Not a general reader of INI files: the AWS tools have rules of their own (profiles in sections
//! called `profile NAME`, indented lines that belong to the setting above them), and one setting is all
//! that is needed. The rules are those of "Configuration and credential file settings" in the AWS CLI's
//! user guide.

/// The region a profile names, or whether the profile is there at all.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The value of `region`.
    Region(String),
    /// The profile is there and names no region.
    NoRegion,
    /// There is no such profile.
    NoProfile,
}

/// The profiles that the text of a configuration file names, in its order.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    sections(text).filter_map(|section| match section {
        "default" => Some(section),
        _ => section
            .strip_prefix("profile")
            .filter(|rest| rest.starts_with(char::is_whitespace))
            .map(str::trim),
    })
}

/// The profiles that the text of a credentials file names: there every section is one.
pub(super) fn credential_names(text: &str) -> impl Iterator<Item = &str> {
    sections(text)
}

fn sections(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .filter_map(section)
        .filter(|section| !section.is_empty())
}

/// Whether a profile has one of these settings: in the section `[profile NAME]` of a configuration file, or in `[NAME]`
/// of a credentials file (`plain`).
pub(super) fn has_setting(text: &str, profile: &str, plain: bool, settings: &[&str]) -> bool {
    let mut inside = false;
    text.trim_start_matches('\u{feff}').lines().any(|line| {
        if let Some(section) = section(line) {
            inside = if plain {
                section == profile
            } else {
                is_profile(section, profile)
            };
            return false;
        }
        let name = line.split_once('=').map(|(name, _)| name.trim());
        inside
            && !line.starts_with([' ', '\t'])
            && name.is_some_and(|name| settings.contains(&name))
    })
}

/// Looks a profile up in the text of a configuration file.
pub(super) fn region(text: &str, profile: &str) -> Found {
    let mut found = Found::NoProfile;
    let mut inside = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        if let Some(section) = section(line) {
            inside = is_profile(section, profile);
            if inside && found == Found::NoProfile {
                found = Found::NoRegion;
            }
            continue;
        }
        // An indented line is a part of the setting before it (`s3 =` has such parts).
        if !inside || line.starts_with([' ', '\t', '#', ';']) {
            continue;
        }
        if let Some((name, value)) = line.split_once('=')
            && name.trim().eq_ignore_ascii_case("region")
        {
            let value = without_comment(value).trim();
            if !value.is_empty() {
                found = Found::Region(value.to_owned());
            }
        }
    }
    found
}

/// The name in `[name]`.
fn section(line: &str) -> Option<&str> {
    let inner = line.trim_end().strip_prefix('[')?;
    Some(inner.split_once(']')?.0.trim())
}

/// `[profile x]`, and for the default profile also plain `[default]`.
fn is_profile(section: &str, profile: &str) -> bool {
    let named = section
        .strip_prefix("profile")
        .filter(|rest| rest.starts_with(char::is_whitespace))
        .map(str::trim);
    named == Some(profile) || (profile == "default" && section == "default")
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

    #[test]
    fn a_profile_gives_its_own_region() {
        let region_of = |profile| region(FILE, profile);
        assert_eq!(region_of("default"), Found::Region("eu-west-1".into()));
        assert_eq!(region_of("work"), Found::Region("ap-southeast-2".into()));
        assert_eq!(region_of("bare"), Found::NoRegion);
        assert_eq!(region_of("s"), Found::NoProfile);
        assert_eq!(region_of("profiles"), Found::NoProfile);
        assert_eq!(region_of(""), Found::NoProfile);
    }

    #[test]
    fn profiles_are_told_from_other_sections() {
        let all: Vec<&str> = names(FILE).collect();
        assert_eq!(all, ["default", "work", "bare"]);
        let all: Vec<&str> = credential_names("[default]\n[ci]\n[]\n[open\n").collect();
        assert_eq!(all, ["default", "ci"]);
    }

    #[test]
    fn a_setting_counts_in_its_own_profile_only() {
        let has = |profile, setting| has_setting(FILE, profile, false, &[setting]);
        assert!(has("work", "role_arn"));
        assert!(!has("default", "role_arn"));
        assert!(!has("work", "output"));
        assert!(has_setting(
            "[ci]\naws_access_key_id = x\n",
            "ci",
            true,
            &["aws_access_key_id"]
        ));
    }

    #[test]
    fn carriage_returns_a_mark_at_the_start_and_broken_lines_are_no_trouble() {
        let text = "\u{feff}[default]\r\nregion = eu-west-1\r\n[broken\r\n=\r\n[]\r\n";
        assert_eq!(region(text, "default"), Found::Region("eu-west-1".into()));
        assert_eq!(region("", "default"), Found::NoProfile);
    }
}
