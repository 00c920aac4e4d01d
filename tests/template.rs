//! Reading and evaluating templates: rules in tables, hostile input, and the templates of the corpus.

#[path = "template/corpus.rs"]
mod corpus;
#[path = "template/function.rs"]
mod function;
#[path = "template/hostile.rs"]
mod hostile;
#[path = "template/parameter.rs"]
mod parameter;
#[path = "template/reading.rs"]
mod reading;
#[allow(dead_code)]
mod real;
#[path = "template/whole.rs"]
mod whole;

use std::collections::BTreeMap;

use hoist::diag::{Diagnostic, Diagnostics, Severity, Sources};
use hoist::eval::{self, Evaluation, Inputs, Loader, Scope, TemplateScope};
use hoist::template;
use serde_json::Value as Json;

/// A run from text to evaluation.
struct Run {
    sources: Sources,
    evaluation: Option<Evaluation>,
    diagnostics: Diagnostics,
}

impl Run {
    fn with(
        path: &str,
        text: &str,
        given: &[(&str, &str)],
        scope: &dyn Scope,
        loader: &Loader<'_>,
    ) -> Run {
        let mut sources = Sources::new();
        let (template, mut diagnostics) = template::parse(&mut sources, path, text);
        let parameters: BTreeMap<String, String> = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let evaluation = template.map(|template| {
            let inputs = Inputs {
                parameters: &parameters,
                scope,
                loader,
            };
            let (evaluation, faults) = eval::evaluate(template, &inputs);
            diagnostics.extend(faults);
            evaluation
        });
        Run {
            sources,
            evaluation,
            diagnostics,
        }
    }

    fn of(path: &str, text: &str, given: &[(&str, &str)]) -> Run {
        Run::with(path, text, given, &scope(), &eval::no_includes)
    }

    fn yaml(text: &str) -> Run {
        Run::of("t.yaml", text, &[])
    }

    fn evaluation(&self) -> &Evaluation {
        match &self.evaluation {
            Some(evaluation) => evaluation,
            None => panic!("nothing was read: {:#?}", self.diagnostics),
        }
    }

    /// The whole template after evaluation, as JSON.
    fn json(&self) -> Json {
        self.evaluation().template.root.to_json()
    }

    /// The errors, each with its place and code.
    fn errors(&self) -> Vec<String> {
        self.diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .map(|d| self.line(d))
            .collect()
    }

    fn line(&self, diagnostic: &Diagnostic) -> String {
        let place = diagnostic.span().map(|span| self.sources.position(span));
        let place = place.map_or_else(String::new, |p| format!("{}:{} ", p.line, p.column));
        format!("{place}[{}] {}", diagnostic.code, diagnostic.summary)
    }

    /// The one diagnostic of a code.
    fn only(&self, code: &str) -> &Diagnostic {
        let mut found = self.diagnostics.iter().filter(|d| d.code == code);
        match (found.next(), found.next()) {
            (Some(only), None) => only,
            _ => panic!("not exactly one {code}: {:#?}", self.diagnostics),
        }
    }
}

fn scope() -> TemplateScope {
    TemplateScope::new("us-east-1")
        .account("123456789012")
        .stack_name("app")
}
