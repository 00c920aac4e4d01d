//! Numbers as Python's `str` writes them.

/// An integer's decimal digits. One too large for 128 bits stays as it is.
pub(super) fn integer(digits: &str, radix: u32) -> String {
    i128::from_str_radix(digits, radix).map_or_else(|_| digits.to_owned(), |n| n.to_string())
}

/// `1.10` → `1.1`, `1e3` → `1000.0`, `1e16` → `1e+16`.
pub(super) fn float(text: &str) -> String {
    let Ok(value) = text.parse::<f64>() else {
        return text.to_owned();
    };
    if !value.is_finite() {
        return value.to_string().to_lowercase();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{value:?}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// A YAML number as it is written, in the notations of YAML 1.2 that SAM's reader knows. None for text.
pub(super) fn yaml(written: &str) -> Option<String> {
    let text = written.replace('_', "");
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text.as_str()),
    };
    for (mark, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(mark) {
            return Some(integer(&format!("{sign}{digits}"), radix));
        }
    }
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(integer(&format!("{sign}{digits}"), 10));
    }
    digits
        .starts_with(|c: char| c.is_ascii_digit() || c == '.')
        .then(|| float(&format!("{sign}{digits}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from Python 3.11.
    #[test]
    fn numbers_are_written_as_python_does() {
        for (text, expected) in [
            ("1.10", "1.1"),
            ("1e3", "1000.0"),
            ("1e16", "1e+16"),
            ("123456789012345680.0", "1.2345678901234568e+17"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("-0.0", "-0.0"),
            ("inf", "inf"),
            ("nan", "nan"),
        ] {
            assert_eq!(float(text), expected, "{text}");
        }
        for (text, expected) in [
            ("012", "12"),
            ("0o14", "12"),
            ("1_000", "1000"),
            ("0x1F", "31"),
            ("-7", "-7"),
            ("1e3", "1000.0"),
        ] {
            assert_eq!(yaml(text).as_deref(), Some(expected), "{text}");
        }
    }
}
