//! Finding a line of a sorted table.

use std::cmp::Ordering;

/// The line of `table` whose first field is `name`. Lines are sorted by that field in byte order, fields are separated
/// by tabs.
pub fn line_of(table: &'static str, name: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        // Bytes, not characters: a newline never lies inside a character of UTF-8.
        let before = table.as_bytes().get(low..middle)?;
        let start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(low, |at| low + at + 1);
        let line = table.get(start..)?.lines().next()?;
        let known = line.split('\t').next()?;
        match known.cmp(name) {
            Ordering::Equal => return Some(line),
            Ordering::Less => low = start + line.len() + 1,
            Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_line_is_found_by_its_first_field_and_by_nothing_else() {
        const TABLE: &str = "a\t1\nab\t2\nb\t3\n";
        assert_eq!(line_of(TABLE, "a"), Some("a\t1"));
        assert_eq!(line_of(TABLE, "ab"), Some("ab\t2"));
        assert_eq!(line_of(TABLE, "b"), Some("b\t3"));
        for other in ["", "aa", "c", "1", "b\t3"] {
            assert_eq!(line_of(TABLE, other), None, "{other}");
        }
        assert_eq!(line_of("", "a"), None);
    }
}
