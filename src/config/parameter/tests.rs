use super::*;

fn parse(arguments: &[&str]) -> (Vec<(String, String)>, Vec<Diagnostic>) {
    let mut diagnostics = Diagnostics::new();
    let overrides = ParameterOverrides::parse(arguments, &mut Sources::new(), &mut diagnostics);
    let values = overrides
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    (values, diagnostics.into_iter().collect())
}

#[test]
fn both_syntaxes_are_read() {
    for (arguments, expected) in [
        (&["A=1"][..], &[("A", "1")][..]),
        (&["A=1 B=2"], &[("A", "1"), ("B", "2")]),
        (&["A=1", "B=2", "A=3"], &[("A", "3"), ("B", "2")]),
        (
            &[r#"A="one two" B='three four'"#],
            &[("A", "one two"), ("B", "three four")],
        ),
        (&[r"A=one\ two B=3"], &[("A", "one two"), ("B", "3")]),
        (&[r#"A="a \"b\" c""#], &[("A", r#"a "b" c"#)]),
        (&[r"A=C:\dir\\ B=1"], &[("A", r"C:\dir\\"), ("B", "1")]),
        (&[r#""A"=1"#], &[("A", "1")]),
        (&["A= B=2"], &[("A", ""), ("B", "2")]),
        (&[r#"A="""#], &[("A", "")]),
        (&["A=x=y,z"], &[("A", "x=y,z")]),
        (&[r#"A={"k":"v"}"#], &[("A", r#"{"k":"v"}"#)]),
        (&["", "  "], &[]),
        (&["ParameterKey=A,ParameterValue=1"], &[("A", "1")]),
        (
            &[r#"ParameterKey=A,ParameterValue="1 2" ParameterKey=B,ParameterValue=a,b"#],
            &[("A", "1 2"), ("B", "a,b")],
        ),
        (&[r#"ParameterKey="A",ParameterValue='x'"#], &[("A", "x")]),
        (
            &["A=1 ParameterKey=B,ParameterValue=2"],
            &[("A", "1"), ("B", "2")],
        ),
        (&["A=é\u{3000}B=2"], &[("A", "é"), ("B", "2")]),
    ] {
        let (values, faults) = parse(arguments);
        let values: Vec<_> = values
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(values, expected, "{arguments:?}");
        assert!(faults.is_empty(), "{arguments:?}: {faults:?}");
    }
}

#[test]
fn what_is_not_understood_is_reported_and_the_rest_read() {
    for (argument, summary, rest) in [
        ("hush", "this is not `Name=value`", 0),
        ("A=one hush B=2", "text after the value of `A`", 2),
        ("A-B=hush C=1", "`A-B` is not the name", 1),
        ("=hush", "`` is not the name", 0),
        (
            "ParameterKey=A B=2",
            "`ParameterKey=A` is not followed by",
            1,
        ),
        (
            "ParameterKey=A,Value=hush",
            "`ParameterKey=A` is not followed by",
            0,
        ),
        ("A=\"hush B=2", "`A` has no closing quote", 1),
        ("A='hush'hush B=2", "text after the closing quote of `A`", 1),
    ] {
        let (values, faults) = parse(&[argument]);
        let [fault] = &faults[..] else {
            panic!("{argument}: {faults:?}");
        };
        assert!(fault.summary.contains(summary), "{argument}: {fault:?}");
        assert!(!fault.help.is_empty());
        assert!(
            !format!("{fault:?}").contains("hush"),
            "{argument}: {fault:?}"
        );
        assert_eq!(values.len(), rest, "{argument}: {values:?}");
    }
}

#[test]
fn a_json_file_is_read_in_every_shape_aws_takes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.json");
    let read = |text: &str| {
        std::fs::write(&path, text).unwrap();
        parse(&["A=0", &format!("file://{}", path.display())])
    };
    for text in [
        r#"{"A": "1", "B": ["x", "y"]}"#,
        r#"{"Parameters": {"A": 1, "B": "x,y"}}"#,
        r#"[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "x,y"}]"#,
        r#"["A=1", "B=x,y"]"#,
    ] {
        let (values, faults) = read(text);
        assert!(faults.is_empty(), "{text}: {faults:?}");
        let expected = [("A", "1"), ("B", "x,y")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(values, expected, "{text}");
    }
    for text in [
        r#"{"A": null}"#,
        r#"{"A": {}}"#,
        r#"[{"ParameterKey": "A", "UsePreviousValue": true}]"#,
        "[1]",
        "3",
        "{",
        "",
    ] {
        let (_, faults) = read(text);
        assert_eq!(faults.len(), 1, "{text}");
        assert!(faults[0].span().is_some(), "{text}");
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let (_, faults) = parse(&["file://p.yaml"]);
    assert!(faults[0].summary.contains("p.yaml"), "{faults:?}");
    let (_, faults) = parse(&["file:///nowhere/p.json"]);
    assert_eq!(faults[0].code, "config/unreadable-file");
}

#[test]
fn values_do_not_show_in_debug_output() {
    let overrides =
        ParameterOverrides::parse(&["A=hush"], &mut Sources::new(), &mut Diagnostics::new());
    assert_eq!(format!("{overrides:?}"), "{\"A\"}");
}
