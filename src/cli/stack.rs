//! The arguments that name a stack, and the connection to it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use serde_json::json;

use super::project::{TemplateArguments, fail, report};
use super::{Exit, Stop};
use crate::aws::{self, Cloud, Fault, FaultKind};
use crate::config::{self, Environment, Given, Setting, Settings, Value};
use crate::deploy::provider::Providers;
use crate::deploy::source::Place;
use crate::deploy::state::store::{Holder, StateStore, StoreError};
use crate::deploy::state::{Keeping, State, Unreadable};
use crate::diag::did_you_mean;
use crate::project::default_stack_name;
use crate::ui::{Format, Ui};

/// Which stack, and where its state is.
#[derive(Debug, Args)]
pub struct StackArguments {
    /// The stack's name [default: stack_name of samconfig.toml, the name of the template's folder]
    #[arg(long, value_name = "STACK")]
    stack_name: Option<String>,

    /// Where the state of the stack is kept: `bucket`, or file:PATH
    /// [default: a bucket of your account, made with the first deployment]
    #[arg(long, value_name = "PLACE")]
    state: Option<String>,

    #[command(flatten)]
    pub template: TemplateArguments,
}

/// A stack's settings: nothing has been asked of AWS yet.
pub struct Configured {
    /// The command's settings.
    pub settings: Settings,
    /// The stack's name.
    pub stack: String,
    /// Where its state is.
    pub keeping: Keeping,
    /// The state's and the plan's files: they are no part of the functions' code, wherever they lie.
    pub own_files: Vec<PathBuf>,
}

/// A connection to a stack.
pub struct Connected {
    /// The connection.
    pub cloud: Cloud,
    /// Which stack.
    pub place: Place,
    /// Its state.
    pub store: Box<dyn StateStore>,
    /// Who makes what.
    pub providers: Providers,
}

impl StackArguments {
    /// Reads the settings. `positional` is the stack's name where the command takes it without a flag.
    ///
    /// # Errors
    /// When a setting is wrong; that has been said.
    pub fn configure(
        &self,
        positional: Option<&str>,
        mut given: Given,
        environment: &Environment,
        ui: &Ui,
    ) -> Result<Configured, Stop> {
        let named = positional.or(self.stack_name.as_deref());
        let text = |text: Option<&str>| text.map(|text| Value::Text(text.to_owned()));
        given.add(Setting::StackName, text(named));
        given.add(Setting::State, text(self.state.as_deref()));
        let command = config::Command::Deploy;
        let (settings, (sources, diagnostics)) =
            self.template.settings(command, None, given, environment);
        report(ui, &sources, &diagnostics)?;
        let template = settings.path(Setting::Template).unwrap_or(Path::new(""));
        let stack = match settings.text(Setting::StackName) {
            Some(name) => name.to_owned(),
            None => default_stack_name(template),
        };
        if let Some(what) = fault_of_name(&stack) {
            fail(ui, &format!("`{stack}` cannot be a stack's name: {what}"))?;
            return Err(Stop::Said(Exit::Input));
        }
        let keeping = Keeping::parse(settings.text(Setting::State).unwrap_or("bucket"));
        match keeping {
            Ok(keeping) => Ok(Configured {
                own_files: keeping.files(&stack),
                settings,
                stack,
                keeping,
            }),
            Err(text) => {
                fail(ui, &text)?;
                Err(Stop::Said(Exit::Input))
            }
        }
    }
}

/// What is wrong with a stack's name.
/// Source: CloudFormation API reference, `CreateStack`, `StackName`.
fn fault_of_name(name: &str) -> Option<&'static str> {
    if name.len() > 128 {
        return Some("it has more than 128 characters");
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some("it must begin with a letter");
    }
    let is_good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!name.chars().all(is_good)).then_some("only letters, digits and hyphens may be in it")
}

impl Configured {
    /// Connects to AWS.
    ///
    /// # Errors
    /// When AWS does not say whose the credentials are; that has been said.
    pub async fn connect(&self, environment: &Environment, ui: &Ui) -> Result<Connected, Stop> {
        let cloud = Cloud::connect(&aws::Settings {
            region: self.settings.region().to_owned(),
            profile: self.settings.text(Setting::Profile).map(str::to_owned),
            accounts: environment
                .cache_dir()
                .ok()
                .map(|folder| folder.value.join("accounts.json")),
        })
        .await;
        let account = match cloud.account().await {
            Ok(account) => account.to_owned(),
            Err(fault) => return Err(refused(ui, &fault)?),
        };
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| environment.variable(name))
            .unwrap_or("somebody");
        let holder = Holder::of_process(user, now());
        Ok(Connected {
            store: self.keeping.store(&cloud, &account, &self.stack, holder),
            providers: Providers::of(&cloud),
            place: Place {
                stack: self.stack.clone(),
                region: cloud.region().to_owned(),
                account,
            },
            cloud,
        })
    }
}

impl Connected {
    /// The stack's state; an empty one when there is no stack.
    ///
    /// # Errors
    /// When it cannot be read, or is another account's; that has been said.
    pub async fn state(&mut self, ui: &Ui) -> Result<State, Stop> {
        match self.store.load().await {
            Ok(Some(state)) => {
                self.check(&state, ui)?;
                Ok(state)
            }
            Ok(None) => Ok(self.nothing()),
            Err(fault) => Err(self.store_refused(ui, &fault)?),
        }
    }

    /// The state of a stack that is there.
    ///
    /// # Errors
    /// When there is none, or as [`Connected::state`]; that has been said.
    pub async fn existing(&mut self, ui: &Ui) -> Result<State, Stop> {
        let state = self.state(ui).await?;
        if state.serial > 0 {
            return Ok(state);
        }
        Err(self.no_stack(ui).await?)
    }

    /// Says that there is no such stack, and which ones there are.
    ///
    /// # Errors
    /// When standard error cannot be written.
    pub async fn no_stack(&mut self, ui: &Ui) -> Result<Stop, Stop> {
        let place = self.store.place();
        // Whoever may not list them is told nothing of them.
        let others = self.store.others().await.unwrap_or_default();
        let others: Vec<&str> = others.iter().map(|state| state.stack.as_str()).collect();
        let Place {
            stack,
            region,
            account,
        } = &self.place;
        fail(
            ui,
            &format!("there is no stack `{stack}` in {region} (account {account})"),
        )?;
        if let Some(help) = did_you_mean(stack, others.iter().copied()) {
            ui.help(&help)?;
        } else if !others.is_empty() {
            ui.help(&format!("there are the stacks {}", others.join(", ")))?;
        }
        ui.help(&format!(
            "looked at {place} only: a stack in another region or account is not seen from here. --stack-name, --region, --profile and --state name another; `hoist deploy` makes this one"
        ))?;
        Ok(Stop::Said(Exit::Input))
    }

    /// The state of a stack that does not exist.
    pub fn nothing(&self) -> State {
        State::new(&self.place.stack, &self.place.region, &self.place.account)
    }

    /// A state file that was moved to another place would lead to the wrong resources.
    fn check(&self, state: &State, ui: &Ui) -> Result<(), Stop> {
        let Place {
            stack,
            region,
            account,
        } = &self.place;
        for (what, kept, wanted) in [
            ("stack", &state.stack, stack),
            ("region", &state.region, region),
            ("account", &state.account, account),
        ] {
            if kept != wanted {
                fail(
                    ui,
                    &format!(
                        "the state at {} is of the {what} `{kept}`, and this is `{wanted}`",
                        self.store.place()
                    ),
                )?;
                ui.help("name another place with --state, or choose the right profile and region")?;
                return Err(Stop::Said(Exit::Input));
            }
        }
        Ok(())
    }

    /// Takes the lock.
    ///
    /// # Errors
    /// When another run has it; that has been said.
    pub async fn lock(&mut self, ui: &Ui) -> Result<(), Stop> {
        match self.store.lock().await {
            Ok(()) => Ok(()),
            Err(fault) => Err(self.store_refused(ui, &fault)?),
        }
    }

    /// Says why the state cannot be had.
    ///
    /// # Errors
    /// When standard error cannot be written.
    pub fn store_refused(&self, ui: &Ui, fault: &StoreError) -> Result<Stop, Stop> {
        let place = self.store.place();
        if let StoreError::Aws(fault) = fault {
            return refused(ui, fault);
        }
        fail(ui, &format!("{fault} ({place})"))?;
        let (help, exit) = match fault {
            StoreError::Locked(_) if !self.store.leaves_locks() => (
                "wait for it, or end it there: its lock goes with it".into(),
                Exit::Aws,
            ),
            StoreError::Locked(holder) => (
                format!(
                    "wait for it, or end it there. If it is gone ({} ago): hoist unlock {}",
                    ago(holder.since),
                    self.place.stack
                ),
                Exit::Aws,
            ),
            StoreError::Moved => ("run the command again".into(), Exit::Aws),
            StoreError::Unreadable(Unreadable::Newer(_)) => {
                ("update Hoist: a newer version deployed this stack".into(), Exit::Input)
            }
            StoreError::Unreadable(Unreadable::Damaged(_)) => (
                "have an earlier version back (the bucket keeps them), or move this one away: `hoist deploy` then finds the stack's resources by their tags".into(),
                Exit::Input,
            ),
            _ => return Ok(Stop::Said(Exit::Input)),
        };
        ui.help(&help)?;
        Ok(Stop::Said(exit))
    }
}

/// Says that AWS refused, and what can be done.
///
/// # Errors
/// When standard error cannot be written.
pub fn refused(ui: &Ui, fault: &Fault) -> Result<Stop, Stop> {
    ui.error(&fault.to_string())?;
    if let Some(help) = help(fault) {
        ui.help(&help)?;
    }
    if ui.format() == Format::Json {
        ui.data_json(&json!({ "error": fault_json(fault) }))?;
    }
    Ok(Stop::Said(Exit::Aws))
}

/// A fault for scripts.
pub fn fault_json(fault: &Fault) -> serde_json::Value {
    json!({
        "service": fault.service,
        "operation": fault.operation,
        "code": fault.code,
        "message": fault.message,
        "requestId": fault.request_id,
    })
}

/// What can be done about a fault of AWS.
pub fn help(fault: &Fault) -> Option<String> {
    let code = fault.code.as_deref().unwrap_or_default();
    Some(match fault.kind {
        FaultKind::Denied => format!(
            "the credentials in use need the permission `{}`; `aws sts get-caller-identity` says whose they are, `hoist policy` prints all permissions that the stack needs",
            fault.action()
        ),
        FaultKind::Credentials => help_with_credentials(fault),
        FaultKind::Unreachable if fault.request_id.is_some() => {
            "the answer broke off, or is not as AWS answers: run the command again. What stands at AWS_ENDPOINT_URL or HTTPS_PROXY may not know this call".into()
        }
        FaultKind::Unreachable => {
            "no answer came: check the network, the proxy (HTTPS_PROXY), the region's name (--region, AWS_REGION) and AWS_ENDPOINT_URL, then run the command again".into()
        }
        FaultKind::Throttled => "AWS takes no more calls at the moment; run the command again in a minute".into(),
        FaultKind::Server => "that is a fault on AWS's side; run the command again, see https://health.aws.amazon.com".into(),
        _ if matches!(
            code,
            "AuthorizationHeaderMalformed" | "PermanentRedirect" | "IllegalLocationConstraintException"
        ) =>
        {
            "the bucket is in another region: --region or AWS_REGION names it".into()
        }
        _ => return None,
    })
}

fn help_with_credentials(fault: &Fault) -> String {
    let code = fault.code.as_deref().unwrap_or_default();
    if code.contains("Skewed")
        || code == "RequestInTheFuture"
        || fault.message.contains("Signature not yet current")
    {
        return "this machine's clock differs from AWS's by minutes: set it, then run the command again".into();
    }
    if code == "OptInRequired" {
        return "the region has to be enabled for the account first (`aws account enable-region`), or --region names another".into();
    }
    if code.contains("Expired") || fault.message.contains("xpired") {
        return "the credentials are too old: `aws login` or `aws sso login`, or have new ones put into the environment".into();
    }
    if code.is_empty() || code.starts_with("Missing") {
        return "there are no good credentials: `aws configure`, `aws login`, `aws sso login --profile NAME`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `hoist doctor` says which are found".into();
    }
    "AWS does not know these credentials, or not in this region (some have to be enabled for the account first): `aws sts get-caller-identity` tries them, `hoist doctor` says where they come from; --profile and --region name others".into()
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or(Duration::ZERO).as_secs()
}

/// `3 minutes`.
pub fn ago(since: u64) -> String {
    let seconds = now().saturating_sub(since);
    let (count, unit) = match seconds {
        0..=119 => (seconds, "second"),
        120..=7199 => (seconds / 60, "minute"),
        7200..=172_799 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    match count {
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_stacks_follow_cloudformation() {
        for good in ["orders", "Orders-2", "a"] {
            assert_eq!(fault_of_name(good), None, "{good}");
        }
        for bad in ["", "2nd", "my_stack", "a b", &"a".repeat(129)] {
            assert!(fault_of_name(bad).is_some(), "{bad}");
        }
    }
}
