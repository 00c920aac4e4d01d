//! Invoking a deployed function: `hoist invoke FUNCTION` without `--local`.

use clap::Args;
use serde_json::{Value, json};

use super::project::fail;
use super::stack::{Configured, Connected, refused};
use super::{Exit, Stop};
use crate::aws::{Answer, Call, Wait};
use crate::config::Environment;
use crate::deploy::state::State;
use crate::diag::did_you_mean;
use crate::ui::{Format, Ui};

/// How a deployed function is invoked.
#[derive(Debug, Args)]
pub struct RemoteArguments {
    /// Do not wait for the answer: Lambda queues the event
    #[arg(long = "async", conflicts_with = "local")]
    asynchronous: bool,

    /// Only check whether it could be invoked
    #[arg(long, conflicts_with_all = ["local", "asynchronous"])]
    dry_run: bool,

    /// A version or an alias [default: $LATEST]
    #[arg(long, value_name = "VERSION|ALIAS", conflicts_with = "local")]
    qualifier: Option<String>,
}

/// A deployed function and the connection to it.
pub struct Remote {
    connected: Connected,
    /// Its name or ARN.
    function: String,
}

impl Remote {
    /// Finds the function: by its logical id in the deployed stack, or by its name or ARN.
    ///
    /// # Errors
    /// When it is not clear which one is meant, or AWS refuses; that has been said.
    pub async fn find(
        configured: &Configured,
        name: Option<&str>,
        environment: &Environment,
        ui: &Ui,
    ) -> Result<Self, Stop> {
        let mut connected = match configured.connect(environment, ui).await {
            Ok(connected) => connected,
            Err(stop) => {
                ui.help("--local runs the function of your template on this machine, without AWS")?;
                return Err(stop);
            }
        };
        if let Some(arn) = name.filter(|name| name.contains(':')) {
            let function = arn.to_owned();
            return Ok(Remote {
                connected,
                function,
            });
        }
        let state = connected.state(ui).await?;
        let functions: Vec<(&str, &str)> = functions(&state).collect();
        let function = match (name, functions.as_slice()) {
            (Some(name), _) => functions
                .iter()
                .find(|(id, reference)| *id == name || *reference == name)
                .map_or(name, |(_, reference)| *reference),
            (None, [(_, only)]) => only,
            (None, _) => {
                fail(ui, "say which function to invoke")?;
                let stack = &connected.place.stack;
                let mut ids: Vec<&str> = functions.iter().map(|(id, _)| *id).collect();
                // The state has them as they were made.
                ids.sort_unstable();
                ui.help(&match ids.is_empty() {
                    true => format!("the stack `{stack}` is not deployed or has no functions; --local runs those of the template here"),
                    false => format!("functions of the stack `{stack}`: {}", ids.join(", ")),
                })?;
                return Err(Stop::Said(Exit::Usage));
            }
        };
        let function = function.to_owned();
        Ok(Remote {
            connected,
            function,
        })
    }

    /// Invokes it.
    ///
    /// # Errors
    /// When Lambda does not take it; that has been said.
    pub async fn invoke(
        &mut self,
        arguments: &RemoteArguments,
        event: &str,
        ui: &Ui,
    ) -> Result<Answer, Stop> {
        let call = Call {
            function: &self.function,
            qualifier: arguments.qualifier.as_deref(),
            wait: match (arguments.asynchronous, arguments.dry_run) {
                (true, _) => Wait::Acceptance,
                (_, true) => Wait::Check,
                _ => Wait::Answer,
            },
            payload: event,
        };
        match self.connected.cloud.invoke(&call).await {
            Ok(answer) => Ok(answer),
            Err(fault) => {
                let stop = refused(ui, &fault)?;
                if fault.kind == crate::aws::FaultKind::Missing {
                    self.say_what_there_is(ui).await?;
                }
                Err(stop)
            }
        }
    }

    async fn say_what_there_is(&mut self, ui: &Ui) -> Result<(), Stop> {
        let state = self.connected.state(ui).await?;
        let names = functions(&state).flat_map(|(id, reference)| [id, reference]);
        match did_you_mean(&self.function, names) {
            Some(help) => ui.help(&help)?,
            None => ui.help(&format!(
                "looked for in {}, by the ids of the stack `{}` and by name",
                self.connected.place.region, self.connected.place.stack
            ))?,
        }
        Ok(())
    }

    /// Prints what came back as `--local` does: the answer on standard output, the log on standard error.
    ///
    /// # Errors
    /// When an output cannot be written.
    pub fn print(&self, answer: &Answer, ui: &Ui) -> Result<Exit, Stop> {
        ui.talk(answer.log.as_bytes())?;
        if !answer.log.is_empty() && !answer.log.ends_with('\n') {
            ui.talk(b"\n")?;
        }
        match ui.format() {
            Format::Json => ui.data_json(&self.json(answer))?,
            Format::Text if answer.status == 202 => {
                ui.talk_line(&format!(
                    "Lambda took the event{}.",
                    answer
                        .request_id
                        .as_ref()
                        .map_or_else(String::new, |id| format!(" (request {id})"))
                ))?;
            }
            Format::Text if answer.status == 204 => ui.talk_line("It can be invoked.")?,
            Format::Text => {
                ui.data(&answer.payload)?;
                if !answer.payload.ends_with(b"\n") {
                    ui.data(b"\n")?;
                }
            }
        }
        Ok(match answer.error {
            Some(_) => Exit::Function,
            None => Exit::Ok,
        })
    }

    /// The same members as of a local invocation.
    pub fn json(&self, answer: &Answer) -> Value {
        json!({
            "requestId": answer.request_id,
            "function": self.function,
            "functionError": answer.error,
            "statusCode": answer.status,
            "executedVersion": answer.version,
            "payload": payload(&answer.payload),
            "metrics": {
                "durationMs": answer.figure("Duration"),
                "billedDurationMs": answer.figure("Billed Duration"),
                "memorySizeMB": answer.figure("Memory Size"),
                "maxMemoryUsedMB": answer.figure("Max Memory Used"),
                "initDurationMs": answer.figure("Init Duration"),
                "roundTripMs": answer.took.as_secs_f64() * 1000.0,
            },
        })
    }
}

/// The answer as JSON; what is none is text.
pub fn payload(bytes: &[u8]) -> Value {
    match bytes.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned())),
    }
}

/// The functions of a stack: logical id and name.
fn functions(state: &State) -> impl Iterator<Item = (&str, &str)> {
    state
        .resources
        .iter()
        .filter(|(_, recorded)| recorded.resource_type == "AWS::Lambda::Function")
        .map(|(id, recorded)| (id.as_str(), recorded.reference.as_str()))
}
