//! Diagnostics as workflow commands: GitHub shows them in the lines of a pull request.
//!
//! Source: GitHub Docs, "Workflow commands for GitHub Actions", setting a notice, warning or error message.

use crate::diag::{Diagnostic, Severity, Sources, Span};

use super::printable;

/// `::error file=template.yaml,line=5,col=7,endLine=5,endColumn=12,title=check/null::…`, one line.
///
/// The help follows the summary. A diagnostic without a place has only its title.
pub fn diagnostic_github(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(span) = diagnostic.span() {
        let start = sources.position(span);
        let end = sources.position(Span::new(span.source, span.end as usize, span.end as usize));
        let path = sources.path(span).to_string_lossy().into_owned();
        let path = path.strip_prefix("./").unwrap_or(&path);
        properties.push(format!("file={}", property(path)));
        properties.push(format!("line={}", start.line));
        properties.push(format!("col={}", start.column));
        // GitHub ignores columns of a range of lines.
        properties.push(format!("endLine={}", end.line));
        properties.push(format!("endColumn={}", end.column));
    }
    properties.push(format!("title={}", property(diagnostic.code)));
    let mut message = printable(&diagnostic.summary).into_owned();
    for help in &diagnostic.help {
        message.push('\n');
        message.push_str(&printable(help));
    }
    format!("::{command} {}::{}", properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_line_whatever_is_in_it() {
        let mut sources = Sources::new();
        let id = sources.add("./a,b:c.yaml", "A: 1\nB: 2\n");
        let diagnostic = Diagnostic::warning("template/x", "100% odd\n::error::forged")
            .at(Span::new(id, 5, 6))
            .help("change it");
        assert_eq!(
            diagnostic_github(&sources, &diagnostic),
            "::warning file=a%2Cb%3Ac.yaml,line=2,col=1,endLine=2,endColumn=2,title=template/x::100%25 odd%0A::error::forged%0Achange it"
        );
        let nowhere = Diagnostic::note("a/b", "so");
        assert_eq!(
            diagnostic_github(&Sources::new(), &nowhere),
            "::notice title=a/b::so"
        );
    }
}
