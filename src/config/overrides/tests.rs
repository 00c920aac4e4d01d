use super::*;

/// Variables of a template: a value, or `?` for one that is not known.
fn declared(variables: &[(&str, &str)]) -> IndexMap<String, Option<String>> {
    variables
        .iter()
        .map(|&(name, value)| (name.to_owned(), (value != "?").then(|| value.to_owned())))
        .collect()
}

fn overrides(env_vars: &str, env_files: &[&str]) -> (Overrides, Sources) {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("env.json");
    std::fs::write(&json, env_vars).unwrap();
    let files: Vec<PathBuf> = (0..env_files.len())
        .map(|index| folder.path().join(format!("{index}.env")))
        .collect();
    for (path, text) in files.iter().zip(env_files) {
        std::fs::write(path, text).unwrap();
    }
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let json = (!env_vars.is_empty()).then_some(json.as_path());
    let overrides = Overrides::read(json, &files, &mut sources, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    (overrides, sources)
}

fn values(environment: &FunctionEnvironment) -> Vec<(&str, &str)> {
    environment
        .variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.value.as_str()))
        .collect()
}

#[test]
fn the_nearest_setting_wins() {
    let json = r#"{"F": {"A": "own"}, "Parameters": {"A": "all", "B": "all"}}"#;
    let (overrides, _) = overrides(json, &["A=1\nB=1\nC=1\nD=1", "D=2\nE=2"]);
    let variables = declared(&[("A", "t"), ("B", "t"), ("C", "t"), ("Z", "t")]);
    let environment = overrides.apply(&Declared {
        logical_id: "F",
        function_name: None,
        variables: &variables,
    });
    assert_eq!(
        values(&environment),
        [
            ("A", "own"),
            ("B", "all"),
            ("C", "1"),
            ("Z", "t"),
            ("D", "2"),
            ("E", "2")
        ]
    );
    assert_eq!(environment.variables["Z"].origin, Origin::Template);
    assert!(
        matches!(&environment.variables["D"].origin, Origin::File(path) if path.ends_with("1.env"))
    );
}

#[test]
fn env_vars_set_only_what_the_template_declares_and_env_files_all() {
    let (overrides, _) = overrides(r#"{"F": {"N": "1"}, "Parameters": {"M": "1"}}"#, &["L=1"]);
    let environment = overrides.apply(&Declared {
        logical_id: "F",
        function_name: None,
        variables: &IndexMap::new(),
    });
    assert_eq!(values(&environment), [("L", "1")]);
}

#[test]
fn a_function_is_found_by_logical_id_then_by_its_name() {
    let variables = declared(&[("A", "t")]);
    let apply = |json: &str| {
        let (overrides, _) = overrides(json, &[]);
        let environment = overrides.apply(&Declared {
            logical_id: "F",
            function_name: Some("orders-prod"),
            variables: &variables,
        });
        environment.variables["A"].value.clone()
    };
    assert_eq!(apply(r#"{"orders-prod": {"A": "name"}}"#), "name");
    assert_eq!(
        apply(r#"{"orders-prod": {"A": "name"}, "F": {"A": "id"}}"#),
        "id"
    );
    assert_eq!(apply(r#"{"orders-prod": {"A": "name"}, "F": {}}"#), "name");
    assert_eq!(apply(r#"{"Other": {"A": "other"}}"#), "t");
}

#[test]
fn what_is_not_known_is_said_unless_it_is_overridden() {
    let (overrides, _) = overrides(r#"{"F": {"A": ""}}"#, &[]);
    let variables = declared(&[("A", "?"), ("B", "?")]);
    let environment = overrides.apply(&Declared {
        logical_id: "F",
        function_name: None,
        variables: &variables,
    });
    assert_eq!(values(&environment), [("A", "")]);
    assert_eq!(environment.unknown, ["B"]);
}

#[test]
fn what_has_no_effect_is_named_with_what_was_meant() {
    let json = "{\"Orders\": {\"TABEL\": 1},\n \"Ordres\": {}, \"x\": {\"TABLE\": 1},\n \"Parameters\": {\"TABLE\": 1, \"QUEUE\": 2}}";
    let env = "AWS_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=AKIA\n";
    let (overrides, sources) = overrides(json, &[env]);
    let variables = declared(&[("TABLE", "t")]);
    let functions = [Declared {
        logical_id: "Orders",
        function_name: None,
        variables: &variables,
    }];
    let found: Vec<_> = overrides
        .check(&functions)
        .into_iter()
        .map(|fault| {
            let line = sources.position(fault.span().unwrap()).line;
            (fault.code, line, fault.help.join(" "))
        })
        .collect();
    let undeclared =
        "add it to `Environment.Variables` in the template, or set it with `--env-file`";
    let unknown =
        "use a function's logical id or `FunctionName`, or `Parameters` for all functions";
    let expected = [
        ("config/undeclared-variable", 1, "did you mean `TABLE`?"),
        ("config/unknown-function", 2, "did you mean `Orders`?"),
        ("config/unknown-function", 2, unknown),
        ("config/undeclared-variable", 3, undeclared),
        (
            "config/reserved-variable",
            1,
            "choose the region with `--region`",
        ),
    ];
    let expected = expected.map(|(code, line, help)| (code, line, help.to_owned()));
    assert_eq!(found, expected);
    let environment = overrides.apply(&functions[0]);
    assert_eq!(
        values(&environment),
        [("TABLE", "1"), ("AWS_ACCESS_KEY_ID", "AKIA")]
    );
}
