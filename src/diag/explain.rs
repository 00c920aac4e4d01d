//! What the codes of diagnostics mean, at more length than a message has, and the topics that users ask about.
//!
//! The texts are in `explain/`, one file an area. An entry starts with `# code, code: title`; everything up to the next is
//! its text. The entries of `explain/topic.md` have a word in place of codes. `tests/explain.rs` fails when a code of the sources has none, or a text has no code.

use super::nearest;

const TEXTS: [&str; 11] = [
    include_str!("explain/topic.md"),
    include_str!("explain/build.md"),
    include_str!("explain/check.md"),
    include_str!("explain/config.md"),
    include_str!("explain/deploy.md"),
    include_str!("explain/eval.md"),
    include_str!("explain/graph.md"),
    include_str!("explain/local.md"),
    include_str!("explain/project.md"),
    include_str!("explain/sam.md"),
    include_str!("explain/template.md"),
];

/// What is said about one or several codes, or a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The codes that it is about: `check/unknown-property`; or the topic: `nodejs`.
    pub codes: Vec<&'static str>,
    /// A few words.
    pub title: &'static str,
    /// Paragraphs in Markdown; examples are indented.
    pub text: &'static str,
}

impl Explanation {
    /// Whether it is about a topic and not about codes.
    pub fn is_topic(&self) -> bool {
        self.codes.iter().all(|code| !code.contains('/'))
    }
}

/// All explanations: the topics, then the codes by area.
pub fn explanations() -> impl Iterator<Item = Explanation> {
    TEXTS.into_iter().flat_map(entries)
}

/// What is said about `code`.
pub fn explanation(code: &str) -> Option<Explanation> {
    explanations().find(|one| one.codes.contains(&code))
}

/// The code that `code` is most likely a slip for. The part after `/` may stand alone.
pub fn nearest_code(code: &str) -> Option<&'static str> {
    let all = || explanations().flat_map(|one| one.codes);
    let name = |code: &'static str| code.split_once('/').map_or(code, |(_, name)| name);
    nearest(code, all()).or_else(|| {
        let near = nearest(code, all().map(name))?;
        all().find(|code| name(code) == near)
    })
}

fn entries(file: &'static str) -> Vec<Explanation> {
    file.split("\n# ")
        .filter_map(|entry| {
            let (heading, text) = entry.split_once('\n')?;
            let (codes, title) = heading.trim_start_matches("# ").split_once(": ")?;
            Some(Explanation {
                codes: codes.split(", ").collect(),
                title,
                text: text.trim_matches('\n'),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_explained_once_and_with_a_text() {
        let mut seen = std::collections::HashSet::new();
        for one in explanations() {
            assert!(!one.text.is_empty() && !one.title.is_empty(), "{one:?}");
            assert!(!one.is_topic() || one.codes.len() == 1, "{one:?}");
            for code in one.codes {
                assert!(seen.insert(code), "{code}");
            }
        }
    }

    #[test]
    fn a_slip_finds_its_code() {
        assert_eq!(
            nearest_code("check/unknwon-property"),
            Some("check/unknown-property")
        );
        assert_eq!(
            nearest_code("ignored-property"),
            Some("check/ignored-property")
        );
        assert_eq!(nearest_code("completely else"), None);
    }
}
