//! What a plain (unquoted) YAML scalar means to CloudFormation.
//!
//! CloudFormation reads YAML 1.1 ("AWS CloudFormation template formats"): `on`, `yes`, `off` and `no` are booleans and
//! `012` is octal. Four kinds of scalar stay the text they were written as, because JSON, which a template becomes,
//! cannot hold them or because reading them as numbers only ever surprised people: dates, sexagesimal numbers
//! (`12:30`), infinities, and numbers with an exponent but no point (`1e3`, which PyYAML reads as text too; commit
//! hashes look like that). Text where a number is wanted is accepted by CloudFormation, so nothing is lost.

use serde_json::Number;

use super::value::Value;

/// A plain scalar's meaning.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plain {
    Value(Value),
    /// An octal number: its written digits are lost, which is worth a warning (account ids start with `0` too).
    Octal(Number),
}

/// What the plain scalar `text` stands for.
pub(super) fn resolve(text: &str) -> Plain {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        _ => {
            let (sign, digits) = match text.strip_prefix(['+', '-']) {
                Some(rest) => (&text[..1], rest),
                None => ("", text),
            };
            if is_octal(digits)
                && let Some(number) = integer(sign, &digits[1..], 8)
            {
                return Plain::Octal(number);
            }
            number(sign, digits).map_or_else(|| Value::String(text.to_owned()), Value::Number)
        }
    };
    Plain::Value(value)
}

/// `0` followed by octal digits: `012`. One with an 8 or 9 is no number at all in YAML 1.1.
fn is_octal(digits: &str) -> bool {
    digits.len() > 1
        && digits.starts_with('0')
        && digits.bytes().all(|b| matches!(b, b'0'..=b'7' | b'_'))
}

/// A number in any of YAML 1.1's notations but octal.
fn number(sign: &str, digits: &str) -> Option<Number> {
    if let Some(hex) = digits.strip_prefix("0x") {
        return integer(sign, hex, 16);
    }
    if let Some(binary) = digits.strip_prefix("0b") {
        return integer(sign, binary, 2);
    }
    let first = digits.bytes().next()?;
    if (digits == "0" || (first.is_ascii_digit() && first != b'0'))
        && let Some(number) = integer(sign, digits, 10)
    {
        return Some(number);
    }
    float(sign, digits)
}

/// An integer of 64 bits; a longer one keeps its digits by staying text.
fn integer(sign: &str, digits: &str, radix: u32) -> Option<Number> {
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    if plain.is_empty() || !plain.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    if sign == "-" {
        i64::from_str_radix(&format!("-{plain}"), radix)
            .ok()
            .map(Number::from)
    } else {
        u64::from_str_radix(&plain, radix).ok().map(Number::from)
    }
}

/// A number with a point: `1.5`, `.5`, `1.`, `1.5e+3`.
fn float(sign: &str, digits: &str) -> Option<Number> {
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.')?;
    let digits_only = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if !digits_only(whole)
        || !digits_only(fraction)
        || !mantissa.bytes().any(|b| b.is_ascii_digit())
        || whole.starts_with('_')
    {
        return None;
    }
    if let Some(exponent) = exponent {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    let plain: String = digits.chars().filter(|c| *c != '_').collect();
    let plain = if plain.starts_with('.') {
        format!("{sign}0{plain}")
    } else {
        format!("{sign}{plain}")
    };
    plain.parse::<f64>().ok().and_then(Number::from_f64)
}

/// A JSON number; one that 64 bits cannot hold keeps its digits by becoming text.
pub(super) fn json_number(text: &str) -> Value {
    let is_integer = !text.contains(['.', 'e', 'E']);
    let parsed = if is_integer {
        match text.strip_prefix('-') {
            Some(digits) => integer("-", digits, 10),
            None => integer("", text, 10),
        }
    } else {
        text.parse::<f64>().ok().and_then(Number::from_f64)
    };
    parsed.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(written: &str) -> Plain {
        Plain::Value(Value::String(written.into()))
    }

    fn int(value: i64) -> Plain {
        Plain::Value(Value::Number(value.into()))
    }

    fn real(value: f64) -> Plain {
        Plain::Value(Value::Number(Number::from_f64(value).unwrap()))
    }

    #[test]
    fn plain_scalars_are_read_as_yaml_1_1() {
        let yes = Plain::Value(Value::Bool(true));
        let no = Plain::Value(Value::Bool(false));
        let null = Plain::Value(Value::Null);
        let table = [
            ("2010-09-09", text("2010-09-09")),
            ("on", yes.clone()),
            ("Yes", yes.clone()),
            ("TRUE", yes.clone()),
            ("tRUE", text("tRUE")),
            ("y", text("y")),
            ("off", no.clone()),
            ("NO", no.clone()),
            ("False", no.clone()),
            ("n", text("n")),
            ("~", null.clone()),
            ("", null.clone()),
            ("Null", null),
            ("nil", text("nil")),
            ("12", int(12)),
            ("-12", int(-12)),
            ("+12", int(12)),
            ("0", int(0)),
            ("012", Plain::Octal(10.into())),
            ("-010", Plain::Octal((-8).into())),
            ("00", Plain::Octal(0.into())),
            ("012345678901", text("012345678901")),
            ("001234567012", Plain::Octal(175_304_202.into())),
            ("089", text("089")),
            ("0o14", text("0o14")),
            ("1_000", int(1000)),
            ("_1", text("_1")),
            ("0x1F", int(31)),
            ("0b101", int(5)),
            ("0xZZ", text("0xZZ")),
            ("1.5", real(1.5)),
            ("1.10", real(1.1)),
            (".5", real(0.5)),
            ("1.", real(1.0)),
            ("1.5e+3", real(1500.0)),
            ("1e3", text("1e3")),
            ("1234e567", text("1234e567")),
            ("1.0e999", text("1.0e999")),
            (".inf", text(".inf")),
            (".nan", text(".nan")),
            (".", text(".")),
            ("-", text("-")),
            ("1.2.3", text("1.2.3")),
            ("12:30", text("12:30")),
            (
                "18446744073709551615",
                Plain::Value(Value::Number(u64::MAX.into())),
            ),
            ("18446744073709551616", text("18446744073709551616")),
            ("python3.10", text("python3.10")),
            ("=", text("=")),
            ("é", text("é")),
        ];
        for (written, expected) in table {
            assert_eq!(resolve(written), expected, "{written:?}");
        }
    }

    #[test]
    fn long_json_numbers_keep_their_digits() {
        assert_eq!(json_number("-5"), Value::Number((-5).into()));
        let long = "123456789012345678901234567890";
        assert_eq!(json_number(long), Value::String(long.into()));
        assert_eq!(json_number("1e400"), Value::String("1e400".into()));
    }
}
