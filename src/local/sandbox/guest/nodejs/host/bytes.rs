//! Searching and comparing bytes: a loop over a megabyte takes the guest's engine a fifth of a second.

use std::cmp::Ordering;

use memchr::memmem;

/// "find", "find-last": where `other` lies in `data`, or -1. "compare": -1, 0 or 1. "utf8", "ascii": 1 or 0. -1 for
/// any other operation.
pub fn look(operation: &str, data: &[u8], other: &[u8]) -> i32 {
    match operation {
        "find" => place(memmem::find(data, other)),
        "find-last" => place(memmem::rfind(data, other)),
        "compare" => match data.cmp(other) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        },
        "utf8" => i32::from(std::str::from_utf8(data).is_ok()),
        "ascii" => i32::from(data.is_ascii()),
        _ => -1,
    }
}

/// The guest's memory, and so any list of bytes, is smaller than 2 GB.
fn place(found: Option<usize>) -> i32 {
    found
        .and_then(|place| i32::try_from(place).ok())
        .unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_found_from_both_ends() {
        assert_eq!(look("find", b"abcabc", b"bc"), 1);
        assert_eq!(look("find-last", b"abcabc", b"bc"), 4);
        assert_eq!(look("find", b"abc", b"x"), -1);
        assert_eq!(look("find", b"abc", b"abcd"), -1);
    }

    #[test]
    fn bytes_are_ordered_and_recognized() {
        assert_eq!(look("compare", b"ab", b"b"), -1);
        assert_eq!(look("compare", b"ab", b"ab"), 0);
        assert_eq!(look("compare", b"ab", b"a"), 1);
        assert_eq!(look("utf8", "\u{e9}".as_bytes(), b""), 1);
        assert_eq!(look("utf8", b"\xe9", b""), 0);
        assert_eq!(look("ascii", b"a\x80", b""), 0);
        assert_eq!(look("ascii", b"a", b""), 1);
    }
}
