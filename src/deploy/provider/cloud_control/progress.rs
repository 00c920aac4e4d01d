//! Requests that Cloud Control works on after it has answered.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_sdk_cloudcontrol::types::{HandlerErrorCode, OperationStatus, ProgressEvent};
use serde_json::Value as Json;

use crate::aws::{Fault, FaultKind};
use crate::deploy::provider::{Wanted, tag};
use crate::deploy::wait;
use crate::graph::facts::Facts;

use super::{CloudControl, model};

/// How long a resource may take: a database or a distribution takes the better part of an hour.
const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);
/// How often a creation is begun anew after earlier tries that failed. Each try has a token of its own.
const TRIES: u32 = 20;

impl CloudControl {
    /// Begins the creation, or goes on with the one that a killed run began: Cloud Control knows it by its token. A try that failed
    /// is answered by its failure for 36 hours, so that the next one has another token.
    /// Source: Cloud Control API user guide, "Ensuring resource operation requests are unique when using Cloud Control API".
    pub(super) async fn begin_creation(
        &self,
        facts: &Facts,
        wanted: &Wanted,
        desired: &Json,
    ) -> Result<ProgressEvent, Fault> {
        let mut earlier = None;
        for number in 0..TRIES {
            let token = match number {
                0 => wanted.token.clone(),
                _ => format!("{}-{number}", wanted.token),
            };
            let answer = self
                .client
                .create_resource()
                .type_name(facts.name)
                .desired_state(desired.to_string())
                .client_token(token)
                .send()
                .await;
            let event = match answer {
                Ok(answer) => answer.progress_event,
                Err(error) => {
                    let fault = Fault::of("cloudcontrol", "CreateResource", &error);
                    match fault.code.as_deref() {
                        Some("ClientTokenConflictException") => continue,
                        _ => return Err(fault),
                    }
                }
            };
            // What is begun now is answered as under way: a failure at once is that of an earlier try.
            if let Some(Err(fault)) = event
                .as_ref()
                .and_then(|event| settled("CreateResource", event))
            {
                earlier = Some(fault);
                continue;
            }
            let event = self.last("CreateResource", event).await?;
            return match settled("CreateResource", &event) {
                Some(Err(fault)) => Err(self.cleared(facts, wanted, event, fault).await),
                _ => Ok(event),
            };
        }
        Err(earlier.unwrap_or_else(|| {
            let text = "all its tokens have been used for something else: wait for 36 hours";
            Fault::invalid("cloudcontrol", "CreateResource", text.to_owned())
        }))
    }

    /// Waits until a request is done.
    pub(super) async fn finished(
        &self,
        operation: &'static str,
        begun: Option<ProgressEvent>,
    ) -> Result<ProgressEvent, Fault> {
        let event = self.last(operation, begun).await?;
        match settled(operation, &event) {
            Some(Err(fault)) => Err(fault),
            _ => Ok(event),
        }
    }

    /// What is said of a request when it is done, well or not.
    async fn last(
        &self,
        operation: &'static str,
        begun: Option<ProgressEvent>,
    ) -> Result<ProgressEvent, Fault> {
        let Some(begun) = begun else {
            let text = "the answer says nothing of the request";
            return Err(Fault::unexpected("cloudcontrol", operation, text));
        };
        if settled(operation, &begun).is_some() {
            return Ok(begun);
        }
        let token = begun.request_token().unwrap_or_default().to_owned();
        let not_before = Mutex::new(retry_after(&begun));
        wait::until("request", PATIENCE, || async {
            let moment = *not_before.lock().unwrap_or_else(PoisonError::into_inner);
            if moment.is_some_and(|moment| SystemTime::now() < moment) {
                return Ok(None);
            }
            let answer = self
                .client
                .get_resource_request_status()
                .request_token(&token)
                .send()
                .await
                .map_err(|error| Fault::of("cloudcontrol", "GetResourceRequestStatus", &error))?;
            let Some(event) = answer.progress_event else {
                return Ok(None);
            };
            *not_before.lock().unwrap_or_else(PoisonError::into_inner) = retry_after(&event);
            Ok(settled(operation, &event).is_some().then_some(event))
        })
        .await
    }

    /// Takes away what a creation that failed left behind, as CloudFormation does when it rolls back: only what has our tags.
    async fn cleared(
        &self,
        facts: &Facts,
        wanted: &Wanted,
        event: ProgressEvent,
        fault: Fault,
    ) -> Fault {
        let may_be_half_made = !matches!(
            fault.kind,
            FaultKind::Exists | FaultKind::Missing | FaultKind::Denied | FaultKind::Unreachable
        );
        let is_worth_a_look = may_be_half_made && facts.handlers.read();
        let Some(identifier) = event.identifier().filter(|_| is_worth_a_look) else {
            return fault;
        };
        let Ok(Some(live)) = self.model(facts, identifier, None).await else {
            return fault;
        };
        let tags = model::tags(facts, &live).unwrap_or_default();
        if !tag::are_of(&wanted.tags, super::pairs(&tags)) {
            return fault;
        }
        let deleted = self
            .client
            .delete_resource()
            .type_name(facts.name)
            .identifier(identifier)
            .send()
            .await;
        let event = deleted.ok().and_then(|answer| answer.progress_event);
        match self.finished("DeleteResource", event).await {
            Ok(_) => fault,
            Err(_) => Fault {
                message: format!(
                    "{} (`{identifier}` was left behind half made: delete it by hand)",
                    fault.message
                ),
                ..fault
            },
        }
    }
}

/// The moment before which there is no use in asking.
fn retry_after(event: &ProgressEvent) -> Option<SystemTime> {
    SystemTime::try_from(*event.retry_after()?).ok()
}

/// What came of a request. None while it is worked on.
fn settled(operation: &'static str, event: &ProgressEvent) -> Option<Result<ProgressEvent, Fault>> {
    match event.operation_status()? {
        OperationStatus::Success => Some(Ok(event.clone())),
        OperationStatus::Failed | OperationStatus::CancelComplete => {
            Some(Err(fault(operation, event)))
        }
        _ => None,
    }
}

/// Source: Cloud Control API reference, `ProgressEvent`, and the handler error codes of CloudFormation's CLI user guide.
fn fault(operation: &'static str, event: &ProgressEvent) -> Fault {
    let code = event.error_code();
    let kind = match code {
        Some(HandlerErrorCode::NotFound) => FaultKind::Missing,
        Some(HandlerErrorCode::AlreadyExists) => FaultKind::Exists,
        Some(HandlerErrorCode::ResourceConflict) => FaultKind::NotYet,
        Some(HandlerErrorCode::Throttling) => FaultKind::Throttled,
        Some(HandlerErrorCode::AccessDenied | HandlerErrorCode::UnauthorizedTaggingOperation) => {
            FaultKind::Denied
        }
        Some(HandlerErrorCode::InvalidCredentials) => FaultKind::Credentials,
        Some(
            HandlerErrorCode::InvalidRequest
            | HandlerErrorCode::NotUpdatable
            | HandlerErrorCode::ServiceLimitExceeded,
        ) => FaultKind::Invalid,
        Some(HandlerErrorCode::NetworkFailure) => FaultKind::Unreachable,
        Some(
            HandlerErrorCode::ServiceInternalError
            | HandlerErrorCode::InternalFailure
            | HandlerErrorCode::ServiceTimeout,
        ) => FaultKind::Server,
        _ => FaultKind::Other,
    };
    let text = event.status_message().unwrap_or("no reason given");
    Fault {
        kind,
        code: code.map(|code| code.as_str().to_owned()),
        request_id: event.request_token().map(str::to_owned),
        ..Fault::unexpected("cloudcontrol", operation, text)
    }
}
