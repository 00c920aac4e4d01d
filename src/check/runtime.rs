//! Runtimes that AWS has retired, or never had.

use crate::diag::{Diagnostic, nearest};
use crate::schema::{self, Runtime};
use crate::template::Resource;

/// `today` is `YYYY-MM-DD`.
pub(super) fn check(resource: &Resource, today: &str, found: &mut Vec<Diagnostic>) {
    // SAM's is looked at when the transform could make nothing of it.
    let has_runtime = matches!(
        resource.resource_type.as_str(),
        "AWS::Lambda::Function" | "AWS::Serverless::Function"
    );
    if !has_runtime {
        return;
    }
    let node = resource
        .properties
        .as_ref()
        .and_then(|properties| properties.get("Runtime"));
    let Some((node, name)) = node.and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    if crate::eval::holds_dynamic_reference(node) {
        return;
    }
    let Some(runtime) = schema::runtime(name) else {
        let fault = Diagnostic::error(
            "check/bad-value",
            format!("`Runtime` cannot be `{name}`: Lambda has no such runtime"),
        )
        .at(node.span);
        found.push(match nearest(name, usable(today)) {
            Some(near) => fault.help(format!("Did you mean `{near}`?")),
            None => fault.help(format!(
                "Possible are {}.",
                usable(today).collect::<Vec<_>>().join(", ")
            )),
        });
        return;
    };
    if let Some(fault) = retired(&runtime, today) {
        found.push(fault.at(node.span));
    }
}

/// The runtimes that functions can be created with.
fn usable(today: &str) -> impl Iterator<Item = &'static str> {
    schema::runtimes()
        .filter(move |one| one.deprecated.is_none_or(|day| day > today))
        .map(|one| one.name)
}

fn retired(runtime: &Runtime, today: &str) -> Option<Diagnostic> {
    let name = runtime.name;
    let passed = |day: Option<&'static str>| day.filter(|day| *day <= today);
    let fault = if let Some(day) = passed(runtime.update_blocked) {
        Diagnostic::error(
            "check/retired-runtime",
            format!(
                "AWS retired the runtime `{name}`: since {day} functions with it can be neither created nor updated"
            ),
        )
    } else if let Some(day) = passed(runtime.create_blocked) {
        Diagnostic::error(
            "check/retired-runtime",
            format!(
                "AWS retired the runtime `{name}`: since {day} no function can be created with it"
            ),
        )
    } else if let Some(day) = passed(runtime.deprecated) {
        let fault = Diagnostic::warning(
            "check/deprecated-runtime",
            format!("AWS deprecated the runtime `{name}` on {day} and patches it no more"),
        );
        match runtime.create_blocked {
            Some(day) => fault.help(format!("From {day} no function can be created with it.")),
            None => fault,
        }
    } else {
        return None;
    };
    Some(match runtime.successor {
        Some(next) => fault.help(format!("Use `{next}`.")),
        None => fault,
    })
}
