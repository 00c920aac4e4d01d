//! Input made to hurt: it must end in a diagnostic, soon, without a panic.

use crate::Run;

fn codes(path: &str, text: &str) -> Vec<&'static str> {
    let run = Run::of(path, text, &[]);
    run.diagnostics.iter().map(|d| d.code).collect()
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = 200_000;
    let block: String = (0..2_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    let texts = [
        ("t.yaml", "[".repeat(deep)),
        ("t.yaml", "{a: ".repeat(deep)),
        ("t.yaml", "- ".repeat(deep)),
        ("t.yaml", block),
        ("t.json", "[".repeat(deep)),
        ("t.json", "{\"a\":".repeat(deep)),
    ];
    for (path, text) in texts {
        assert_eq!(
            codes(path, &text),
            ["template/too-deep"],
            "{:?}",
            &text[..20]
        );
    }
}

#[test]
fn aliases_that_multiply_are_an_error() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let before = format!("*a{}", n - 1);
        text.push_str(&format!(
            "a{n}: &a{n} [{}]\n",
            [before.as_str(); 10].join(", ")
        ));
    }
    assert_eq!(codes("t.yaml", &text), ["template/too-many-values"]);
}

#[test]
fn aliases_that_nest_are_an_error() {
    let mut text = String::from("a0: &a0 [x]\n");
    for n in 1..200 {
        text.push_str(&format!("a{n}: &a{n} [*a{}]\n", n - 1));
    }
    assert_eq!(codes("t.yaml", &text), ["template/too-deep"]);
}

#[test]
fn files_that_are_too_big_are_an_error() {
    let text = format!("Resources: {}\n", "x".repeat(6 * 1024 * 1024));
    assert_eq!(codes("t.yaml", &text), ["template/too-big"]);
}

#[test]
fn too_many_values_are_an_error() {
    let list = vec!["1"; 600_000].join(",");
    assert_eq!(
        codes("t.yaml", &format!("[{list}]")),
        ["template/too-many-values"]
    );
    assert_eq!(
        codes("t.json", &format!("[{list}]")),
        ["template/too-many-values"]
    );
}

#[test]
fn huge_keys_and_strings_are_read() {
    let long = "k".repeat(1_000_000);
    assert!(
        codes("t.json", &format!("{{\"{long}\": 1, \"Resources\": {{}}}}"))
            .contains(&"template/unknown-name")
    );
    assert!(codes("t.yaml", &format!("? {long}\n: 1\n")).contains(&"template/unknown-name"));
}

#[test]
fn odd_bytes_end_in_a_diagnostic() {
    for text in [
        "\0",
        "a: \0",
        "a: \u{7}",
        "\u{feff}",
        "%YAML 9.9\n---\na",
        "a: \u{2028}b",
        "\r",
        "a:\rb:\r",
        "? ",
        "!",
        "&",
        "*",
        "- - - ? -",
        "|",
        ">",
        "\"\\x\"",
        "\u{feff}{",
    ] {
        for path in ["t.yaml", "t.json", "t"] {
            assert!(!codes(path, text).is_empty(), "{text:?}");
        }
    }
}

#[test]
fn badly_indented_brackets_without_end_are_given_up() {
    let lines = "x,\n".repeat(20_000);
    let found = codes("t.yaml", &format!("a:\n  b:\n    c: [\n{lines}"));
    assert_eq!(found, ["template/yaml-syntax"]);
}

#[test]
fn functions_that_multiply_text_are_an_error() {
    let refs = vec!["!Ref P"; 2_000].join(", ");
    let text = format!(
        "Parameters:\n  P: {{Type: String, Default: {}}}\nResources:\n  A:\n    Type: T\n    Properties: {{x: [{refs}]}}\n",
        "x".repeat(100_000)
    );
    assert!(codes("t.yaml", &text).contains(&"eval/too-big"));
}

#[test]
fn very_many_faults_are_all_kept() {
    let resources: String = (0..400)
        .map(|n| format!("  Resource{n}: {{Type: T}}\n"))
        .collect();
    let refs: Vec<String> = (0..30_000).map(|n| format!("!Ref Missing{n}")).collect();
    let text = format!(
        "Resources:\n{resources}  A: {{Type: T, Properties: {{x: [{}]}}}}\n",
        refs.join(", ")
    );
    assert_eq!(codes("t.yaml", &text).len(), 30_000);
}

#[test]
fn loops_that_multiply_are_an_error() {
    let values = vec!["1"; 1_000].join(", ");
    let list = (0..1_000)
        .map(|n| format!("v{n}"))
        .collect::<Vec<_>>()
        .join(", ");
    let text = format!(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n    - X\n    - [{list}]\n    - A${{X}}: {{Type: T, Properties: {{x: [{values}]}}}}\n"
    );
    assert!(codes("t.yaml", &text).contains(&"eval/loop"));
}

#[test]
fn a_pattern_that_never_ends_is_given_up() {
    let text = format!(
        "Resources: {{}}\nParameters:\n  P:\n    Type: String\n    Default: {}b\n    AllowedPattern: '((a+)\\2?)+c'\n",
        "a".repeat(60)
    );
    assert_eq!(codes("t.yaml", &text), ["eval/pattern"]);
}

#[test]
fn conditions_in_a_long_chain_are_answered() {
    let mut text = String::from("Resources: {}\nConditions:\n  C0: !Equals [a, a]\n");
    for n in 1..3_000 {
        text.push_str(&format!("  C{n}: !Not [!Condition C{}]\n", n - 1));
    }
    // Asked from the far end, every one waits for the next.
    let reversed: String = {
        let mut lines: Vec<&str> = text.lines().skip(2).collect();
        lines.reverse();
        format!("Resources: {{}}\nConditions:\n{}\n", lines.join("\n"))
    };
    codes("t.yaml", &text);
    codes("t.yaml", &reversed);
}
