//! Validating templates: rules in tables, the command line, and the templates of the corpus.

#[path = "validate/command.rs"]
mod command;
#[path = "validate/corpus.rs"]
mod corpus;
#[allow(dead_code)]
mod real;
#[path = "validate/rule.rs"]
mod rule;
