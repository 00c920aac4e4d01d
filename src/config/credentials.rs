//! Whether there are AWS credentials at all, and where from. They are neither read nor tried.

use super::environment::Environment;
use super::region;

/// Variables that give credentials, in the order in which the SDKs ask. Of each group all must be set.
const VARIABLES: [(&[&str], &str); 4] = [
    (
        &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        "AWS_ACCESS_KEY_ID",
    ),
    (
        &["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"],
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ),
    (
        &["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    ),
    (
        &["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ),
];

/// Where the AWS SDKs would take credentials from, in words: `AWS_ACCESS_KEY_ID`, `the profile work`. None when
/// neither the environment nor the profile in use has any; what only the network gives (an instance's role) is not
/// asked for. `profile` is the one in use; none stands for `default`.
pub fn credentials(profile: Option<&str>, environment: &Environment) -> Option<String> {
    let set = |names: &[&str]| {
        names
            .iter()
            .all(|name| environment.variable(name).is_some())
    };
    if let Some((_, name)) = VARIABLES.iter().find(|(names, _)| set(names)) {
        return Some((*name).to_owned());
    }
    let profile = profile.unwrap_or("default");
    region::has_credentials(environment, profile).then(|| format!("the profile {profile}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_come_from_variables_or_from_the_profile_in_use() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("credentials"), "[ci]\naws_access_key_id=x\n").unwrap();
        std::fs::write(
            folder.join("config"),
            "[profile work]\nsso_session=x\n[default]\n",
        )
        .unwrap();
        let home = ("HOME", home.path().to_str().unwrap());
        for (profile, pairs, expected) in [
            (None, vec![home], None),
            (Some("ci"), vec![home], Some("the profile ci")),
            (Some("work"), vec![home], Some("the profile work")),
            (None, vec![("AWS_ACCESS_KEY_ID", "x")], None),
            (
                None,
                vec![("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "y")],
                Some("AWS_ACCESS_KEY_ID"),
            ),
        ] {
            let environment = Environment::from_pairs(pairs.iter().copied());
            let found = credentials(profile, &environment);
            assert_eq!(found.as_deref(), expected, "{pairs:?}");
        }
    }
}
