//! The little of URLs that module specifiers need.

/// `text` with its percent-encoded bytes decoded; what is no encoding stays.
pub(super) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = digits
            .filter(|pair| *byte == b'%' && pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        out.push(decoded.unwrap_or(*byte));
        at += if decoded.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether `path` holds an encoded slash or backslash, which no file name can.
pub(super) fn has_encoded_separator(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.contains("%2f") || lower.contains("%5c")
}

/// `text` without its query and its fragment.
pub(super) fn path_of(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or_default()
}

/// Joins and normalises: `.` and `..` go away, a slash at the end stays.
pub(super) fn join(folder: &str, path: &str) -> String {
    let absolute = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    };
    let mut names: Vec<&str> = Vec::new();
    for name in absolute.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    let ends = matches!(absolute.rsplit('/').next(), Some("" | "." | ".."));
    let mut out = format!("/{}", names.join("/"));
    if ends && out.len() > 1 {
        out.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_and_the_rest_stays() {
        assert_eq!(decode("a%20b%C3%A9%zz%"), "a bé%zz%");
        assert_eq!(decode("%"), "%");
        assert!(has_encoded_separator("a%2Fb"));
    }

    #[test]
    fn joined_paths_are_normal_and_keep_their_slash() {
        assert_eq!(
            join("/var/task", "./a/../b/"),
            "/var/b/".replace("/var", "/var/task")
        );
        assert_eq!(join("/var/task", "../../../.."), "/");
        assert_eq!(join("/var/task", ".."), "/var/");
        assert_eq!(join("/", "/x//y"), "/x/y");
    }
}
