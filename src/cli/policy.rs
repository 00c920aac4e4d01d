//! `hoist policy`: the least that somebody needs to be allowed to work with a stack.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Args, ValueEnum};

use super::project::{fail, options, report};
use super::stack::StackArguments;
use super::{Exit, Stop};
use crate::aws::Cloud;
use crate::config::{Environment, Given, Setting};
use crate::deploy::policy::{LONGEST, Purpose, Scope, policy};
use crate::deploy::provider::Providers;
use crate::project;
use crate::ui::Ui;

/// Print the least IAM policy for deploying and operating a stack
///
/// It is made from the template alone; AWS is not asked. Permissions are narrowed to the names that the stack's resources have;
/// where IAM takes no names, the statement's Sid says why it has `*`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The stack's name [default: stack_name of samconfig.toml, the name of the template's folder]
    #[arg(value_name = "STACK")]
    name: Option<String>,

    #[command(flatten)]
    stack: StackArguments,

    /// What is to be allowed [default: all of it]
    #[arg(
        long = "for",
        value_enum,
        value_delimiter = ',',
        value_name = "COMMAND"
    )]
    purposes: Vec<For>,

    /// The account's 12 digits, for its ARNs [default: *]
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    account: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum For {
    /// hoist deploy, plan, status
    Deploy,
    /// hoist destroy
    Destroy,
    /// hoist logs
    Logs,
    /// hoist invoke
    Invoke,
    /// Moving aliases, by hoist rollback and hoist deploy --canary; anything else that a rollback changes is a deployment
    Rollback,
    /// hoist metrics
    Metrics,
}

fn account(text: &str) -> Result<String, String> {
    match text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("an account has 12 digits".into()),
    }
}

fn purpose(one: For) -> Purpose {
    match one {
        For::Deploy => Purpose::Deploy,
        For::Destroy => Purpose::Destroy,
        For::Logs => Purpose::Logs,
        For::Invoke => Purpose::Invoke,
        For::Rollback => Purpose::Rollback,
        For::Metrics => Purpose::Metrics,
    }
}

/// Prints the policy. Ends with [`Exit::Input`] when the template cannot be deployed.
pub fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let name = arguments.name.as_deref();
    let configured = arguments
        .stack
        .configure(name, Given::default(), environment, ui)?;
    let settings = &configured.settings;
    let path = settings.path(Setting::Template).unwrap_or(Path::new(""));
    let account = arguments.account.as_deref().unwrap_or("*");
    let options = project::Options {
        account: account.to_owned(),
        stack_name: Some(configured.stack.clone()),
        for_deployment: true,
        ..options(settings)
    };
    let loaded = project::load(path, &options);
    report(ui, &loaded.sources, &loaded.diagnostics)?;
    let Some(template) = &loaded.structure else {
        fail(ui, "the template has no resources to deploy")?;
        return Ok(Exit::Input);
    };
    let purposes: BTreeSet<Purpose> = match arguments.purposes.as_slice() {
        [] => Purpose::ALL.into(),
        some => some.iter().copied().map(purpose).collect(),
    };
    let region = settings.region();
    let providers = Providers::of(&Cloud::offline(region));
    let scope = Scope::new(&configured.stack, region, account);
    let made = policy(template, &providers, &scope, &purposes);
    ui.data_json(&made.document())?;
    for note in &made.notes {
        ui.warning(note)?;
    }
    let length = made.length();
    if length > LONGEST {
        ui.warning(&format!(
            "the policy has {length} characters, and a managed policy may have {LONGEST}"
        ))?;
        ui.help("make several with --for, or put it into a role as an inline policy, which may have 10240")?;
    }
    Ok(Exit::Ok)
}
