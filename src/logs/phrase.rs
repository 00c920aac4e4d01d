//! The part of CloudWatch's filter patterns that is matched on this machine: words and quoted phrases, all of which must be there, and
//! `-word` for those that must not.

/// Words and phrases of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrases {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Phrases {
    /// Reads a filter.
    ///
    /// # Errors
    /// When it is a kind of pattern that only CloudWatch matches, or a quote is not closed.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let mut rest = pattern.trim();
        if rest.starts_with(['{', '[', '%']) || rest.contains(" ?") || rest.starts_with('?') {
            return Err(format!(
                "`{pattern}` can only be matched by CloudWatch; what ran here is filtered by words and \"quoted phrases\""
            ));
        }
        let mut phrases = Phrases {
            wanted: Vec::new(),
            unwanted: Vec::new(),
        };
        while !rest.is_empty() {
            let (list, behind) = match rest.strip_prefix('-') {
                Some(behind) => (&mut phrases.unwanted, behind),
                None => (&mut phrases.wanted, rest),
            };
            let (phrase, after) = match behind.strip_prefix('"') {
                Some(quoted) => quoted
                    .split_once('"')
                    .ok_or_else(|| format!("a quote in `{pattern}` is not closed"))?,
                None => behind
                    .split_once(char::is_whitespace)
                    .unwrap_or((behind, "")),
            };
            list.push(phrase.to_owned());
            rest = after.trim_start();
        }
        Ok(phrases)
    }

    /// Whether a message has all that is wanted. Capitals matter, as in CloudWatch.
    pub fn matches(&self, message: &str) -> bool {
        self.wanted.iter().all(|phrase| message.contains(phrase))
            && !self.unwanted.iter().any(|phrase| message.contains(phrase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_must_be_there_and_none_of_the_others() {
        let phrases = Phrases::parse("ERROR \"two words\" -fine").unwrap();
        assert!(phrases.matches("ERROR: with two words"));
        assert!(!phrases.matches("ERROR: with two other words"));
        assert!(!phrases.matches("ERROR: two words, fine"));
        assert!(!phrases.matches("error: two words"));
        assert!(Phrases::parse("").unwrap().matches("anything"));
    }

    #[test]
    fn what_only_cloudwatch_can_do_is_said() {
        for pattern in ["{ $.level = \"x\" }", "[a, b]", "%x%", "?a ?b", "\"open"] {
            assert!(Phrases::parse(pattern).is_err(), "{pattern}");
        }
    }
}
