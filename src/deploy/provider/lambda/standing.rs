//! How far Lambda is with a function, which it makes and changes behind the answer to a call.

use std::time::Duration;

use aws_sdk_lambda::operation::create_function::CreateFunctionOutput;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::operation::publish_version::PublishVersionOutput;
use aws_sdk_lambda::operation::update_function_code::UpdateFunctionCodeOutput;
use aws_sdk_lambda::operation::update_function_configuration::UpdateFunctionConfigurationOutput;
use aws_sdk_lambda::types::{FunctionConfiguration, LastUpdateStatus, SnapStartResponse, State};

use crate::aws::Fault;
use crate::deploy::wait;

use super::Lambda;

/// How long a function is waited for. One in a VPC takes a minute or two, a snapshot up to several.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// What an answer says of a function or of a version of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub arn: String,
    pub version: String,
    pub snap_start: Option<SnapStartResponse>,
    state: Option<State>,
    state_reason: Option<(String, String)>,
    update: Option<LastUpdateStatus>,
    update_reason: Option<(String, String)>,
}

macro_rules! standing {
    ($($answer:ty),*) => {$(
        impl From<&$answer> for Standing {
            fn from(answer: &$answer) -> Self {
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                Standing {
                    arn: text(answer.function_arn()),
                    version: text(answer.version()),
                    snap_start: answer.snap_start().cloned(),
                    state: answer.state().cloned(),
                    state_reason: answer
                        .state_reason_code()
                        .map(|code| (code.as_str().to_owned(), text(answer.state_reason()))),
                    update: answer.last_update_status().cloned(),
                    update_reason: answer.last_update_status_reason_code().map(|code| {
                        (code.as_str().to_owned(), text(answer.last_update_status_reason()))
                    }),
                }
            }
        }
    )*};
}

// Six shapes of the same answer.
standing!(
    CreateFunctionOutput,
    FunctionConfiguration,
    GetFunctionConfigurationOutput,
    PublishVersionOutput,
    UpdateFunctionCodeOutput,
    UpdateFunctionConfigurationOutput
);

impl Standing {
    /// Whether it can be used. An answer that does not say counts as yes.
    fn is_ready(&self) -> Result<bool, Fault> {
        if self.state == Some(State::Failed) {
            return Err(failed("CreateFunction", self.state_reason.as_ref()));
        }
        if self.update == Some(LastUpdateStatus::Failed) {
            let reason = self.update_reason.as_ref();
            return Err(failed("UpdateFunctionConfiguration", reason));
        }
        Ok(self.state != Some(State::Pending) && self.update != Some(LastUpdateStatus::InProgress))
    }
}

fn failed(operation: &'static str, reason: Option<&(String, String)>) -> Fault {
    let (code, text) = reason.cloned().unwrap_or_default();
    Fault {
        code: (!code.is_empty()).then_some(code),
        ..Fault::unexpected(
            "lambda",
            operation,
            match text.as_str() {
                "" => "Lambda took the call and then failed, and does not say why",
                text => text,
            },
        )
    }
}

impl Lambda {
    /// Waits until a function, or the version `qualifier` of it, can be used. `standing` is what the call answered: often there
    /// is nothing to wait for.
    pub(super) async fn ready(
        &self,
        name: &str,
        qualifier: Option<&str>,
        standing: Standing,
    ) -> Result<Standing, Fault> {
        if standing.is_ready()? {
            return Ok(standing);
        }
        wait::until("GetFunctionConfiguration", PATIENCE, || async {
            let answer = self
                .client
                .get_function_configuration()
                .function_name(name)
                .set_qualifier(qualifier.map(str::to_owned))
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "GetFunctionConfiguration", &error))?;
            let standing = Standing::from(&answer);
            Ok(standing.is_ready()?.then_some(standing))
        })
        .await
    }
}
