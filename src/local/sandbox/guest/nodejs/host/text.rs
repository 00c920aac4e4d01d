//! Bytes as text and text as bytes, in Node's encodings.

use base64::Engine as _;

/// Base64 as Node reads it: padding may be missing, and stray bits at the end are dropped.
const LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// The bytes that `text` stands for. The guest has no fast way of its own to do this to megabytes.
///
/// # Errors
/// When there is no such encoding.
pub fn encode(encoding: &str, text: String) -> Result<Vec<u8>, String> {
    match encoding {
        "utf8" => Ok(text.into_bytes()),
        "base64" => {
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

/// Vec<u8> as text.
///
/// # Errors
/// When there is no such encoding.
pub fn decode(encoding: &str, data: Vec<u8>) -> Result<String, String> {
    match encoding {
        "utf8" => Ok(String::from_utf8(data)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())),
        "base64" => Ok(LENIENT.encode(data)),
        "hex" => {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
            Ok(data
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
                .collect())
        }
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
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(
            decode("utf8", vec![b'a', 0xff, 0xe2, 0x82]).unwrap(),
            "a\u{fffd}\u{fffd}"
        );
    }
}
