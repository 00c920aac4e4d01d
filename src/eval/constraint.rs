//! A parameter's rules about its value.

use fancy_regex::RegexBuilder;

use crate::diag::{Diagnostic, Diagnostics};
use crate::template::{Parameter, ParameterType};

/// How many steps a pattern may take on one value before it is given up. Java has no bound; this one keeps a pattern
/// that backtracks for ever from stopping us.
const BACKTRACK_LIMIT: usize = 200_000;

/// Checks a value (or every element of a list) against its declaration.
pub(super) fn check(
    name: &str,
    parameter: &Parameter,
    values: &[String],
    diagnostics: &mut Diagnostics,
) {
    let mut faults: Vec<String> = values
        .iter()
        .flat_map(|value| value_faults(parameter, value))
        .collect();
    // A list is allowed as a whole or element by element.
    if values.len() < 2 || !is_allowed(parameter, &values.join(",")) {
        faults.extend(
            values
                .iter()
                .filter_map(|value| allowed_fault(parameter, value)),
        );
    }
    faults.extend(pattern_fault(parameter, values, diagnostics));
    for fault in faults {
        let mut diagnostic = Diagnostic::error(
            "eval/parameter-value",
            format!("the value of the parameter `{name}` {fault}"),
        )
        .at(parameter.id_span);
        if let Some(description) = &parameter.constraint_description {
            diagnostic = diagnostic.help(format!("The template says: {description}"));
        }
        diagnostics.push(diagnostic);
    }
}

/// What is wrong with one value, pattern aside. A `NoEcho` value is not repeated.
fn value_faults(parameter: &Parameter, value: &str) -> Vec<String> {
    let shown = shown(parameter, value);
    let mut faults = Vec::new();
    if is_numeric(&parameter.kind) {
        match value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => {
                faults.extend(range_fault(parameter, number, &shown))
            }
            _ => faults.push(format!("must be a number{shown}")),
        }
    } else if !parameter.kind.is_list() {
        faults.extend(length_fault(parameter, value, &shown));
    }
    faults
}

fn is_allowed(parameter: &Parameter, value: &str) -> bool {
    parameter.allowed_values.is_empty()
        || parameter
            .allowed_values
            .iter()
            .filter_map(|node| node.scalar_text())
            .any(|text| same(&parameter.kind, &text, value))
}

fn allowed_fault(parameter: &Parameter, value: &str) -> Option<String> {
    if is_allowed(parameter, value) {
        return None;
    }
    let texts: Vec<String> = parameter
        .allowed_values
        .iter()
        .filter_map(|node| node.scalar_text())
        .collect();
    let shown = shown(parameter, value);
    Some(format!("must be one of {}{shown}", texts.join(", ")))
}

fn shown(parameter: &Parameter, value: &str) -> String {
    if parameter.no_echo {
        String::new()
    } else {
        format!(", and is `{value}`")
    }
}

fn is_numeric(kind: &ParameterType) -> bool {
    match kind {
        ParameterType::Number | ParameterType::NumberList => true,
        ParameterType::Ssm(inner) => is_numeric(inner),
        _ => false,
    }
}

/// Numbers are the same when their values are: `1` is `1.0`.
fn same(kind: &ParameterType, allowed: &str, value: &str) -> bool {
    let numbers = || {
        Some((
            allowed.parse::<f64>().ok()?,
            value.trim().parse::<f64>().ok()?,
        ))
    };
    allowed == value || (is_numeric(kind) && numbers().is_some_and(|(a, b)| a == b))
}

fn range_fault(parameter: &Parameter, number: f64, shown: &str) -> Option<String> {
    if let Some(least) = parameter.min_value.filter(|least| number < *least) {
        return Some(format!("must be at least {least}{shown}"));
    }
    let most = parameter.max_value.filter(|most| number > *most)?;
    Some(format!("must be at most {most}{shown}"))
}

fn length_fault(parameter: &Parameter, value: &str, shown: &str) -> Option<String> {
    let length = value.chars().count() as u64;
    if let Some(least) = parameter.min_length.filter(|least| length < *least) {
        return Some(format!("must have at least {least} characters{shown}"));
    }
    let most = parameter.max_length.filter(|most| length > *most)?;
    Some(format!("must have at most {most} characters{shown}"))
}

/// The pattern must match the whole value, as Java's `matches` does.
fn pattern_fault(
    parameter: &Parameter,
    values: &[String],
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let node = parameter.allowed_pattern.as_ref()?;
    let pattern = node.as_str()?;
    let compiled = RegexBuilder::new(&format!(r"\A(?:{pattern})\z"))
        .backtrack_limit(BACKTRACK_LIMIT)
        .build();
    let regex = match compiled {
        Ok(regex) => regex,
        Err(fault) => {
            diagnostics.push(unchecked(parameter, &format!("it cannot be read: {fault}")));
            return None;
        }
    };
    for value in values {
        match regex.is_match(value) {
            Ok(true) => {}
            Ok(false) => {
                let shown = shown(parameter, value);
                return Some(format!("must match the pattern `{pattern}`{shown}"));
            }
            Err(_) => diagnostics.push(unchecked(parameter, "matching it takes too long")),
        }
    }
    None
}

fn unchecked(parameter: &Parameter, why: &str) -> Diagnostic {
    let span = parameter
        .allowed_pattern
        .as_ref()
        .map_or(parameter.id_span, |node| node.span);
    Diagnostic::warning(
        "eval/pattern",
        format!("this pattern was not checked, because {why}"),
    )
    .at(span)
    .help("CloudFormation takes Java regular expressions; most of their syntax works here too.")
}
