//! Validating templates: rules in tables, and the templates of the corpus.

#[path = "validate/corpus.rs"]
mod corpus;
