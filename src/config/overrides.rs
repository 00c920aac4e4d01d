//! A function's own environment: what its template says, then what files override.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::assignment::{Assignment, is_reserved};
use super::dotenv::EnvFile;
use super::env_vars::{EVERY_FUNCTION, EnvVars, Section};
use super::origin::{Origin, Sourced};
use crate::diag::{Diagnostic, Diagnostics, Sources, did_you_mean};

/// What the template says of a function: its names and its variables, `Globals` merged.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// The key in `Resources`.
    pub logical_id: &'a str,
    /// The property `FunctionName`, when it is given and known.
    pub function_name: Option<&'a str>,
    /// `Environment.Variables`, in the template's order. None for a value that is not known here.
    pub variables: &'a IndexMap<String, Option<String>>,
}

/// The environment a function gets, but for what Lambda itself adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionEnvironment {
    /// By name, with who set them.
    pub variables: IndexMap<String, Sourced<String>>,
    /// Declared in the template with a value that is not known here, and not overridden. They are not
    /// among `variables`: the caller says so, or fills them in.
    pub unknown: Vec<String>,
}

/// The files of `--env-vars` and `--env-file`.
///
/// The nearest wins: the function's own entry in `--env-vars`, its `Parameters`, the last `--env-file`,
/// the ones before it, the template. As in `sam local invoke`, `--env-vars` sets only variables that the
/// template declares; `--env-file` (which SAM has not) sets all it holds, but for the names Lambda
/// reserves. Unlike there, the developer's own environment is never looked at.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    env_vars: Option<EnvVars>,
    env_files: Vec<EnvFile>,
}

impl Overrides {
    /// Reads the files. What is wrong in them is added to `diagnostics`.
    pub fn read(
        env_vars: Option<&Path>,
        env_files: &[PathBuf],
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        Overrides {
            env_vars: env_vars.and_then(|path| EnvVars::read(path, sources, diagnostics)),
            env_files: env_files
                .iter()
                .filter_map(|path| EnvFile::read(path, sources, diagnostics))
                .collect(),
        }
    }

    /// The variables that the files set for one function, without those of the template they leave alone.
    pub fn for_function(&self, function: &Declared) -> IndexMap<String, Sourced<String>> {
        let mut variables = IndexMap::new();
        for file in &self.env_files {
            for (name, variable) in &file.variables {
                if !is_reserved(name) {
                    variables.insert(name.clone(), sourced(variable, &file.path));
                }
            }
        }
        for (path, section) in self.sections_for(function) {
            for (name, variable) in &section.variables {
                if function.variables.contains_key(name) {
                    variables.insert(name.clone(), sourced(variable, path));
                }
            }
        }
        variables
    }

    /// The environment of one function: the template's variables with the files' over them.
    pub fn apply(&self, function: &Declared) -> FunctionEnvironment {
        let mut overrides = self.for_function(function);
        let mut environment = FunctionEnvironment::default();
        for (name, value) in function.variables {
            let template = || Some(Sourced::new(value.clone()?, Origin::Template));
            match overrides.shift_remove(name).or_else(template) {
                Some(value) => drop(environment.variables.insert(name.clone(), value)),
                None => environment.unknown.push(name.clone()),
            }
        }
        environment.variables.extend(overrides);
        environment
    }

    /// The parts of `--env-vars` for a function, the one that wins last.
    fn sections_for<'a>(
        &'a self,
        function: &Declared,
    ) -> impl Iterator<Item = (&'a PathBuf, &'a Section)> {
        // SAM takes the first of a function's names that has any variables.
        let names = std::iter::once(function.logical_id).chain(function.function_name);
        self.env_vars.iter().flat_map(move |file| {
            let own = names
                .clone()
                .filter_map(|name| file.sections.get(name))
                .find(|section| !section.variables.is_empty());
            let every = file.sections.get(EVERY_FUNCTION);
            every
                .into_iter()
                .chain(own)
                .map(move |section| (&file.path, section))
        })
    }

    /// What in the files has no effect on any of the template's functions, which must all be given.
    pub fn check(&self, functions: &[Declared]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        if let Some(file) = &self.env_vars {
            for (name, section) in &file.sections {
                found.extend(check_section(name, section, functions));
            }
        }
        for file in &self.env_files {
            let reserved = file.variables.iter().filter(|(name, _)| is_reserved(name));
            found.extend(reserved.map(|(name, variable)| check_reserved(name, variable)));
        }
        found
    }
}

fn sourced(variable: &Assignment, path: &Path) -> Sourced<String> {
    Sourced::new(variable.value.clone(), Origin::File(path.to_owned()))
}

fn check_section(name: &str, section: &Section, functions: &[Declared]) -> Vec<Diagnostic> {
    let own: Vec<&Declared> = functions
        .iter()
        .filter(|f| name == EVERY_FUNCTION || f.logical_id == name || f.function_name == Some(name))
        .collect();
    if own.is_empty() && name != EVERY_FUNCTION {
        let names = functions.iter().map(|function| function.logical_id);
        let help = did_you_mean(name, names.chain([EVERY_FUNCTION])).unwrap_or_else(|| {
            "use a function's logical id or `FunctionName`, or `Parameters` for all functions"
                .into()
        });
        let summary = format!("no function in the template is called `{name}`");
        let diagnostic = Diagnostic::warning("config/unknown-function", summary)
            .at(section.span)
            .help(help);
        return vec![diagnostic];
    }
    let declared = |variable: &str| own.iter().any(|f| f.variables.contains_key(variable));
    let who = match name {
        EVERY_FUNCTION => "no function declares".to_owned(),
        name => format!("`{name}` does not declare"),
    };
    section
        .variables
        .iter()
        .filter(|(variable, _)| !declared(variable))
        .map(|(variable, assignment)| {
            let known = own.iter().flat_map(|f| f.variables.keys());
            let help = did_you_mean(variable, known.map(String::as_str)).unwrap_or_else(|| {
                "add it to `Environment.Variables` in the template, or set it with `--env-file`"
                    .into()
            });
            let summary = format!("{who} the variable `{variable}`, so it is not set");
            Diagnostic::warning("config/undeclared-variable", summary)
                .at(assignment.span)
                .help(help)
        })
        .collect()
}

fn check_reserved(name: &str, variable: &Assignment) -> Diagnostic {
    let summary = format!("`{name}` is not taken from this file: Lambda sets it itself");
    let diagnostic = Diagnostic::warning("config/reserved-variable", summary).at(variable.span);
    match name {
        "AWS_REGION" | "AWS_DEFAULT_REGION" => diagnostic.help("choose the region with `--region`"),
        _ => diagnostic,
    }
}

#[cfg(test)]
mod tests;
