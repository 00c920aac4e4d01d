//! Bytes as text and text as bytes, in Node's encodings.

use base64::Engine as _;

/// Base64 as Node reads it: padding may be missing, and stray bits at the end are dropped.
const LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// 0x80 to 0x9F of windows-1252, which is what the web means by Latin-1. Source: the Encoding Standard.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The bytes that `text` stands for. The guest has no fast way of its own to do this to megabytes.
///
/// # Errors
/// When there is no such encoding.
pub fn encode(encoding: &str, text: String) -> Result<Vec<u8>, String> {
    match encoding {
        "utf8" => Ok(text.into_bytes()),
        "utf16le" => Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "latin1" => Ok(text.encode_utf16().map(|unit| unit as u8).collect()),
        "latin1-strict" => text
            .chars()
            .map(|character| u8::try_from(character).map_err(|error| error.to_string()))
            .collect(),
        "base64-strict" => forgiving_base64(text),
        "base64" => {
            if let Ok(bytes) = LENIENT.decode(&text) {
                return Ok(bytes);
            }
            let mut symbols: Vec<u8> = text
                .bytes()
                .take_while(|byte| *byte != b'=')
                .filter_map(|byte| match byte {
                    b'-' => Some(b'+'),
                    b'_' => Some(b'/'),
                    b'+' | b'/' => Some(byte),
                    _ => byte.is_ascii_alphanumeric().then_some(byte),
                })
                .collect();
            if symbols.len() % 4 == 1 {
                symbols.pop(); // Six bits are no byte.
            }
            LENIENT.decode(symbols).map_err(|error| error.to_string())
        }
        "hex" => Ok(text
            .as_bytes()
            .chunks_exact(2)
            .map_while(|pair| {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)
            })
            .collect()),
        _ => Err(format!("unknown encoding {encoding}")),
    }
}

/// Base64 as the web reads it: white space is skipped, anything else that is no digit is an error.
/// Source: "forgiving-base64 decode" of the Infra Standard.
fn forgiving_base64(mut text: String) -> Result<Vec<u8>, String> {
    text.retain(|character| !matches!(character, ' ' | '\t' | '\n' | '\x0c' | '\r'));
    let digits = match text.len() % 4 {
        0 => text
            .strip_suffix("==")
            .or_else(|| text.strip_suffix('='))
            .unwrap_or(&text),
        _ => &text,
    };
    if digits.len() % 4 == 1 || digits.contains('=') {
        return Err("the length is none of base64".into());
    }
    LENIENT.decode(digits).map_err(|error| error.to_string())
}

/// Bytes as text.
///
/// # Errors
/// When there is no such encoding.
pub fn decode(encoding: &str, data: Vec<u8>) -> Result<String, String> {
    match encoding {
        "utf8" => Ok(String::from_utf8(data)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())),
        "base64" => Ok(LENIENT.encode(data)),
        "base64url" => Ok(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(data)),
        "hex" => {
            let mut text = String::with_capacity(data.len() * 2);
            for byte in data {
                text.push(char::from(DIGITS[usize::from(byte >> 4)]));
                text.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
            Ok(text)
        }
        "utf16le" => {
            let units = data.chunks_exact(2);
            let units: Vec<u16> = units
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16(&units).map_err(|error| error.to_string())
        }
        "windows-1252" => Ok(data
            .into_iter()
            .map(|byte| match byte {
                0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
                byte => char::from(byte),
            })
            .collect()),
        "ascii" => Ok(data
            .into_iter()
            .map(|byte| char::from(byte & 0x7f))
            .collect()),
        "latin1" => Ok(data.into_iter().map(char::from).collect()),
        _ => Err(format!("unknown encoding {encoding}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_node_reads_it() {
        for text in ["aGk/", "aGk_", " aG\nk/", "aGk/====x"] {
            assert_eq!(encode("base64", text.to_owned()).unwrap(), b"hi?");
        }
        assert_eq!(encode("base64", "YQ".to_owned()).unwrap(), b"a");
        assert_eq!(encode("base64", "YWJjZ".to_owned()).unwrap(), b"abc");
        assert_eq!(decode("base64", b"hi?".to_vec()).unwrap(), "aGk/");
    }

    #[test]
    fn hex_ends_where_it_is_none() {
        assert_eq!(encode("hex", "00fFzz11".to_owned()).unwrap(), [0, 255]);
        assert_eq!(encode("hex", "abc".to_owned()).unwrap(), [0xab]);
        assert_eq!(decode("hex", vec![0, 255]).unwrap(), "00ff");
        assert_eq!(decode("latin1", vec![0xe9]).unwrap(), "\u{e9}");
    }

    #[test]
    fn code_units_become_bytes() {
        let text = || "a\u{e9}\u{20ac}\u{1f600}".to_owned();
        assert_eq!(
            encode("latin1", text()).unwrap(),
            [0x61, 0xe9, 0xac, 0x3d, 0x00]
        );
        assert_eq!(
            encode("utf16le", text()).unwrap(),
            [0x61, 0, 0xe9, 0, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde]
        );
        assert!(encode("latin1-strict", text()).is_err());
        assert_eq!(
            encode("latin1-strict", "a\u{e9}".to_owned()).unwrap(),
            [0x61, 0xe9]
        );
        assert_eq!(
            decode("utf16le", vec![0x3d, 0xd8, 0, 0xde, 1]).unwrap(),
            "\u{1f600}"
        );
        assert!(decode("utf16le", vec![0x3d, 0xd8]).is_err());
        assert_eq!(
            decode("windows-1252", vec![0x80, 0x9f, 0xe9]).unwrap(),
            "\u{20ac}\u{178}\u{e9}"
        );
        assert_eq!(decode("ascii", vec![0xe9, 0x61]).unwrap(), "ia");
        assert_eq!(decode("base64url", vec![0xfb, 0xff]).unwrap(), "-_8");
    }

    #[test]
    fn base64_of_the_web_is_strict_but_for_white_space() {
        let read = |text: &str| encode("base64-strict", text.to_owned());
        assert_eq!(read(" aG\nk= ").unwrap(), b"hi");
        assert_eq!(read("aGk").unwrap(), b"hi");
        assert_eq!(read("").unwrap(), b"");
        for wrong in ["a", "aGk_", "aG=k", "aGk==", "a===", "=", "aGkä"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(
            decode("utf8", vec![b'a', 0xff, 0xe2, 0x82]).unwrap(),
            "a\u{fffd}\u{fffd}"
        );
    }
}
