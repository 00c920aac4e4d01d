use super::*;

fn read(text: &str) -> (Vec<(String, String)>, Sources, Diagnostics) {
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let file = EnvFile::of_text(Path::new(".env"), text, &mut sources, &mut diagnostics);
    let values = file
        .variables
        .into_iter()
        .map(|(name, variable)| (name, variable.value))
        .collect();
    (values, sources, diagnostics)
}

/// The one variable a text sets.
fn value(text: &str) -> String {
    let (values, _, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "{text:?}: {diagnostics:?}");
    let [(_, value)] = &values[..] else {
        panic!("{text:?}: {values:?}");
    };
    value.clone()
}

/// The places of what is wrong with a text: line and column.
fn faults(text: &str) -> Vec<(usize, usize)> {
    let (_, sources, diagnostics) = read(text);
    diagnostics
        .iter()
        .map(|fault| sources.position(fault.span().unwrap()))
        .map(|position| (position.line, position.column))
        .collect()
}

#[test]
fn values_are_read_as_they_are_meant() {
    for (text, expected) in [
        ("A=1", "1"),
        ("A=", ""),
        ("A = 1 ", "1"),
        ("  A=1\r\n", "1"),
        ("export A=1", "1"),
        ("export\tA=1", "1"),
        ("export=1", "1"),
        ("export =1", "1"),
        ("A=b c", "b c"),
        ("A=b # c", "b"),
        ("A=b#c", "b#c"),
        ("A=#c", ""),
        ("A=b=c==", "b=c=="),
        ("A=C:\\dir", "C:\\dir"),
        ("A=it's", "it's"),
        ("A=''", ""),
        ("A='b # c' # d", "b # c"),
        ("A='\\n$B'", "\\n$B"),
        ("A='one\ntwo'\n", "one\ntwo"),
        ("A=\"one\r\ntwo\"\r\n", "one\ntwo"),
        ("A='one\r\ntwo'", "one\ntwo"),
        ("A=\"a\\n\\t\\\"\\\\\\$\\x\"", "a\n\t\"\\$\\x"),
        ("A=\"{\\\"k\\\": 1}\"", "{\"k\": 1}"),
        ("A='{\"k\": 1}'", "{\"k\": 1}"),
        ("A=5$", "5$"),
        ("A=$5", "$5"),
        ("A=é", "é"),
        ("# c\n\n \nA=1\n# d", "1"),
    ] {
        assert_eq!(value(text), expected, "{text:?}");
    }
}

#[test]
fn all_faults_are_reported_where_they_are() {
    for (text, expected) in [
        ("1A=1", vec![(1, 1)]),
        ("A B=1\nC=2\n-\n", vec![(1, 1), (3, 1)]),
        ("A", vec![(1, 1)]),
        ("export", vec![(1, 1)]),
        ("export A", vec![(1, 8)]),
        ("=1", vec![(1, 1)]),
        ("export 1A=2", vec![(1, 1)]),
        ("A=1\nB='x\nC=3", vec![(2, 3)]),
        ("B=\"x\\\"", vec![(1, 3)]),
        ("A='x' y\nB=\"", vec![(1, 7), (2, 3)]),
        ("A=${B}", vec![(1, 3)]),
        ("A=\"x$B\"", vec![(1, 5)]),
        ("A=\"\\$B\"", vec![]),
        ("A=1\nA=2", vec![(2, 1)]),
    ] {
        assert_eq!(faults(text), expected, "{text:?}");
    }
}

#[test]
fn a_faulty_line_does_not_lose_the_others() {
    let (values, ..) = read("A=1\nB\nC='2' 3\nD=4\nD=5\nE=$X\n");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(values, [pair("A", "1"), pair("D", "5"), pair("E", "$X")]);
}

#[test]
fn no_value_is_shown_in_a_message() {
    let text =
        "A='hush' hush\nB=hush\nhush hush\nMIIhush\n1hush\nC=hush $x # shown\nD=\"hush\nhush";
    let (_, sources, diagnostics) = read(text);
    assert_eq!(diagnostics.iter().count(), 6, "{diagnostics:?}");
    let shown = sources.file(diagnostics.iter().next().unwrap().span().unwrap().source);
    for line in shown.text.lines() {
        // `hush hush` and `MIIhush` start like names, so as names they are shown.
        let after_name = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        assert!(!after_name.contains("hush"), "{line}");
    }
    assert!(shown.text.contains("# shown"), "{}", shown.text);
    assert_eq!(shown.text.len(), text.len());
}

#[test]
fn a_file_of_another_kind_is_given_up_and_not_shown() {
    let (_, sources, diagnostics) = read(&"- hush\n".repeat(1000));
    assert_eq!(diagnostics.iter().count(), MOST_FAULTS + 1);
    let last = diagnostics.iter().last().unwrap();
    assert!(last.summary.contains("reading stopped"), "{last:?}");
    assert_eq!(sources.position(last.span().unwrap()).line, MOST_FAULTS + 1);
    let shown = &sources.file(last.span().unwrap().source).text;
    assert!(!shown.contains("hush"));
}

#[test]
fn nothing_makes_it_panic() {
    for text in [
        "",
        "\u{e9}",
        "A=\"\\",
        "A='",
        "\"",
        "export ",
        "A=\u{e9}\"",
        "\r",
        "A=\"\u{e9}\\\u{e9}\"",
    ] {
        for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            read(&text[..end]);
        }
    }
}
