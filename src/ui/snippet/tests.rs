use super::*;

fn one(text: &str, start: usize, end: usize, message: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add("t.yaml", text);
    let diagnostic =
        Diagnostic::error("template/x", "wrong").label(Span::new(id, start, end), message);
    render(&sources, &diagnostic, 100, false)
}

/// The lines after the title.
fn body(text: &str, start: usize, end: usize) -> Vec<String> {
    one(text, start, end, "m")
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_fault_is_shown_with_its_lines_and_next_steps() {
    let mut sources = Sources::new();
    let id = sources.add("t.yaml", "Resources:\n  A: 1\n  B: 2\n  A: 3\n");
    let diagnostic = Diagnostic::error("template/duplicate-key", "`A` is given twice")
        .label(Span::new(id, 27, 28), "this one is used")
        .label(Span::new(id, 13, 14), "given first here")
        .help("remove one of them")
        .help("or rename it");
    let expected = "\
error[template/duplicate-key]: `A` is given twice
 --> t.yaml:4:3
  |
2 |   A: 1
  |   - given first here
3 |   B: 2
4 |   A: 3
  |   ^ this one is used
  |
  = help: remove one of them
  = help: or rename it";
    assert_eq!(render(&sources, &diagnostic, 100, false), expected);
}

#[test]
fn places_in_other_files_are_shown_after_the_diagnostics_own() {
    let mut sources = Sources::new();
    let one = sources.add("t.yaml", "a: !Include x.yaml\n");
    let other = sources.add("x.yaml", "# nothing\nb: 1\n");
    let diagnostic = Diagnostic::warning("template/include", "odd")
        .label(Span::new(one, 3, 18), "read from here")
        .label(Span::new(other, 10, 11), "");
    let expected = "\
warning[template/include]: odd
 --> t.yaml:1:4
  |
1 | a: !Include x.yaml
  |    ^^^^^^^^^^^^^^^ read from here
  |
 ::: x.yaml:2:1
  |
2 | b: 1
  | -";
    assert_eq!(render(&sources, &diagnostic, 100, false), expected);
}

#[test]
fn places_far_apart_in_a_file_are_excerpts_of_their_own() {
    let mut sources = Sources::new();
    let id = sources.add("t.yaml", format!("a: 1\n{}b: 2\n", "#\n".repeat(500)));
    let diagnostic = Diagnostic::error("x/y", "wrong")
        .at(Span::new(id, 0, 1))
        .at(Span::new(id, 1005, 1006));
    let shown = render(&sources, &diagnostic, 100, false);
    assert!(shown.contains("::: t.yaml:502:1"), "{shown}");
    assert!(shown.lines().count() < 15, "{shown}");
}

#[test]
fn a_diagnostic_without_a_place_is_its_title_and_help() {
    let diagnostic = Diagnostic::error("config/x", "no home").help("set HOME");
    let shown = render(&Sources::new(), &diagnostic, 100, false);
    assert_eq!(shown, "error[config/x]: no home\n |\n = help: set HOME");
}

#[test]
fn odd_spans_are_marked_where_they_start() {
    // End of file with and without a newline, and an empty file.
    assert_eq!(body("a: 1", 4, 4)[2..], ["1 | a: 1", "  |     ^ m"]);
    assert_eq!(body("a: 1\n", 5, 5)[0], " --> t.yaml:2:1");
    assert_eq!(body("", 0, 0)[2..], ["1 |", "  | ^ m"]);
    // Beyond the end, and the wrong way round.
    assert_eq!(body("a: 1", 400, 9000)[2..], ["1 | a: 1", "  |     ^ m"]);
    assert_eq!(body("a: 1", 3, 1)[2..], ["1 | a: 1", "  |    ^ m"]);
    // Not on the borders of characters.
    assert_eq!(body("é: 1", 1, 3)[2..], ["1 | é: 1", "  | ^^ m"]);
}

#[test]
fn carriage_returns_and_tabs_do_not_move_the_mark() {
    let shown = body("a: 1\r\n\tb: é x\r\n", 13, 14);
    assert_eq!(shown[0], " --> t.yaml:2:7");
    assert_eq!(shown[2..], ["2 |     b: é x", "  |          ^ m"]);
}

#[test]
fn a_span_over_several_lines_is_marked_on_its_first() {
    assert_eq!(
        body("a:\n  b: 1  \n  c: 2\n", 5, 18)[2..],
        ["2 |   b: 1  ", "  |   ^^^^ m"]
    );
}

#[test]
fn a_long_line_is_cut_to_the_width() {
    let text = format!("{}mark{}", "é".repeat(2000), "b".repeat(2000));
    let shown = one(&text, 4000, 4004, "here");
    assert!(shown.contains("--> t.yaml:1:2001"), "{shown}");
    assert!(shown.contains("mark"), "{shown}");
    assert!(
        shown.lines().all(|line| line.chars().count() <= 110),
        "{shown}"
    );
}

#[test]
fn a_huge_line_is_named_but_not_shown() {
    let text = format!("{{\"a\": \"{}\"}}", "b".repeat(1_000_000));
    let expected = "error[template/x]: wrong\n--> t.yaml:1:2\n = note: here";
    assert_eq!(one(&text, 1, 4, "here"), expected);
}

#[test]
fn more_places_than_can_be_read_are_counted() {
    let mut sources = Sources::new();
    let id = sources.add("t.yaml", "#\n".repeat(100));
    let diagnostic = (0..100).fold(Diagnostic::error("x/y", "wrong"), |diagnostic, line| {
        diagnostic.at(Span::new(id, line * 2, line * 2 + 1))
    });
    let shown = render(&sources, &diagnostic, 100, false);
    assert!(shown.ends_with("note: and 80 more places"), "{shown}");
}

#[test]
fn colours_are_only_used_when_asked_for() {
    let diagnostic = Diagnostic::error("x/y", "wrong \u{1b}[31m").help("do \u{1b}[31m");
    let plain = render(&Sources::new(), &diagnostic, 100, false);
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    let styled = render(&Sources::new(), &diagnostic, 100, true);
    assert!(styled.contains("\u{1b}["), "{styled:?}");
    assert!(!styled.contains("\u{1b}[31m"), "{styled:?}");
}

/// Numbers that look random and are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn no_text_and_no_spans_make_it_panic() {
    let pieces = [
        "a",
        ":",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "é",
        "漢字",
        "👩‍👩‍👧",
        "\u{200b}",
        "\u{301}",
        "\0",
        "\u{1b}[1m",
        "\u{202e}",
        "\u{feff}",
        "Resources",
        "                    ",
        "\u{2028}",
        "xxxxxxxxxxxxxxxxxxxx",
    ];
    let mut numbers = Numbers(0x5eed);
    for round in 0..3000 {
        let length = numbers.below(60);
        let text: String = (0..length)
            .map(|_| pieces[numbers.below(pieces.len())])
            .collect();
        let mut sources = Sources::new();
        let id = sources.add("t.yaml", text.clone());
        let other = sources.add("u.yaml", "x: 1\n");
        let mut diagnostic = Diagnostic::error("x/y", "wrong").help("do it");
        for _ in 0..numbers.below(5) {
            let source = if numbers.below(4) == 0 { other } else { id };
            let start = numbers.below(text.len() + 3);
            let end = numbers.below(text.len() + 3);
            diagnostic = diagnostic.label(Span::new(source, start, end), "m\u{1b}é");
        }
        let width = 20 + numbers.below(150);
        let shown = render(&sources, &diagnostic, width, false);
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\0'),
            "round {round}: {shown:?}"
        );
    }
}
