//! What went wrong with a call to AWS, by what can be done about it.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;

use super::action;

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As in IAM's actions: `lambda`.
    pub service: &'static str,
    /// `CreateFunction`.
    pub operation: &'static str,
    /// What it means for the caller.
    pub kind: FaultKind,
    /// `ResourceConflictException`; none when no answer came.
    pub code: Option<String>,
    /// In AWS's words, or the SDK's when no answer came.
    pub message: String,
    /// What AWS's support asks for.
    pub request_id: Option<String>,
}

/// What can be done about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// There is no such thing.
    Missing,
    /// There is one already.
    Exists,
    /// Something else is being done with it, or what it needs is not ready: the same call may succeed later.
    NotYet,
    /// Too many calls.
    Throttled,
    /// The credentials do not permit it.
    Denied,
    /// There are no credentials, or they are no longer valid.
    Credentials,
    /// The request is wrong as it stands.
    Invalid,
    /// No answer came: the network, a name, a proxy, a time limit.
    Unreachable,
    /// A fault on AWS's side.
    Server,
    /// Anything else.
    Other,
}

/// Gives the name of a service error, which each service's crate has under its own type.
pub trait Refused: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static {}
impl<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static> Refused for E {}

impl Fault {
    /// What the SDK's error means.
    pub fn of<E: Refused>(
        service: &'static str,
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let metadata = error.meta();
        let status = error
            .raw_response()
            .map(|response| response.status().as_u16());
        let code = metadata.code().map(str::to_owned);
        // An answer that says all is well and yet is a fault was torn off on its way, or somebody else gave it.
        let is_torn = code.is_none() && status.is_some_and(|status| status < 300);
        let text = match metadata.message() {
            Some(message) => message.to_owned(),
            None if !is_torn && status.is_some() => {
                code.clone().unwrap_or_else(|| "no reason given".into())
            }
            None => without_repeats(&DisplayErrorContext(error).to_string()),
        };
        let kind = match (&code, status) {
            (None, None) if is_about_credentials(&text) => FaultKind::Credentials,
            (None, None) => FaultKind::Unreachable,
            _ if is_torn => FaultKind::Unreachable,
            _ => kind(code.as_deref().unwrap_or_default(), &text, status),
        };
        Fault {
            service,
            operation,
            kind,
            code,
            message: text,
            request_id: request_id(error, &metadata.extra("aws_request_id")),
        }
    }

    /// An answer that says less than it must.
    pub fn unexpected(service: &'static str, operation: &'static str, message: &str) -> Self {
        Fault {
            service,
            operation,
            kind: FaultKind::Other,
            code: None,
            message: message.to_owned(),
            request_id: None,
        }
    }

    /// A refusal that came inside an answer, not as one: of one entry of several, or of something that was begun earlier.
    pub fn answered(
        service: &'static str,
        operation: &'static str,
        code: &str,
        message: &str,
    ) -> Self {
        Fault {
            kind: kind(code, message, None),
            code: Some(code.to_owned()),
            ..Fault::unexpected(service, operation, message)
        }
    }

    /// None when there is no such thing, and else the fault.
    ///
    /// # Errors
    /// The fault itself.
    pub fn unless_missing<T>(self) -> Result<Option<T>, Fault> {
        match self.kind {
            FaultKind::Missing => Ok(None),
            _ => Err(self),
        }
    }

    /// Something about the request itself that can be said without asking.
    pub fn invalid(service: &'static str, operation: &'static str, message: String) -> Self {
        Fault {
            kind: FaultKind::Invalid,
            message,
            ..Fault::unexpected(service, operation, "")
        }
    }

    /// Whether the same call may succeed a little later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            FaultKind::NotYet | FaultKind::Throttled | FaultKind::Server | FaultKind::Unreachable
        )
    }

    /// What is missing in the user's policies, as IAM writes it: `lambda:CreateFunction`.
    pub fn action(&self) -> String {
        action::action(self.service, self.operation)
    }
}

/// What came of deleting something: that it is not there any more is what was wanted.
///
/// # Errors
/// Every other fault.
pub fn gone<T>(result: Result<T, Fault>) -> Result<(), Fault> {
    match result {
        Ok(_) => Ok(()),
        Err(fault) => fault.unless_missing().map(|_: Option<()>| ()),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.service, self.operation)?;
        if let Some(code) = &self.code {
            write!(out, " {code}")?;
        }
        write!(out, ": {}", self.message)?;
        match &self.request_id {
            Some(id) => write!(out, " (request id {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

impl From<BuildError> for Fault {
    /// A value from the template lacks a part without which it cannot be sent.
    fn from(error: BuildError) -> Self {
        let chain = DisplayErrorContext(&error).to_string();
        Fault::invalid("template", "property", without_repeats(&chain))
    }
}

/// Sources: the error lists of the services' API references; the retry classes of the SDKs' reference guide.
fn kind(code: &str, message: &str, status: Option<u16>) -> FaultKind {
    let has = |text: &str| message.contains(text);
    match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "BandwidthLimitExceeded"
        | "LimitExceededException"
            if code != "LimitExceededException" || has("simultaneous") || has("concurrent") =>
        {
            FaultKind::Throttled
        }
        // What stands behind Lambda, which answers 502 for it though it is the caller's to mend.
        "EC2ThrottledException" => FaultKind::Throttled,
        "EC2AccessDeniedException" | "KMSAccessDeniedException" => FaultKind::Denied,
        "ENILimitReachedException"
        | "InvalidSecurityGroupIDException"
        | "InvalidSubnetIDException"
        | "InvalidZipFileException"
        | "KMSDisabledException"
        | "KMSInvalidStateException"
        | "KMSNotFoundException"
        | "SubnetIPAddressLimitReachedException" => FaultKind::Invalid,
        "PriorRequestNotComplete" | "SlowDown" | "ProvisionedThroughputExceededException" => {
            FaultKind::Throttled
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "RequestInTheFuture"
        | "OptInRequired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "AuthFailure" => FaultKind::Credentials,
        // Step Functions' words for a role that was just made, and for one whose policies were.
        "AccessDeniedException"
            if has("authorized to assume the provided role")
                || has("not authorized to access the Log Destination") =>
        {
            FaultKind::NotYet
        }
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "NotAuthorizedException"
        | "AuthorizationErrorException"
        | "AuthorizationError" => FaultKind::Denied,
        // A role that was just made: Lambda, Step Functions, Scheduler and EventBridge do not see it for some seconds.
        "InvalidParameterValueException" | "ValidationException" | "BadRequestException"
            if has("cannot be assumed")
                || has("must allow AWS EventBridge Scheduler to assume")
                || has("does not have permissions to call")
                || has("Cannot access stream")
                || has("ARN does not refer to a valid principal")
                || has("key is invalid for CreateGrant")
                || has("throttled by EC2")
                // API Gateway's role for logs.
                || has("The role ARN does not have required permissions")
                || has("could not successfully write to CloudWatch Logs") =>
        {
            FaultKind::NotYet
        }
        "InvalidParameterValueException" if has("is not authorized to perform") => {
            FaultKind::NotYet
        }
        "AccessDeniedForDependencyException" => FaultKind::NotYet,
        // A permission that was just made: S3 asks each destination of notifications, CloudWatch Logs that of a filter.
        "InvalidArgument" if has("Unable to validate the following destination configurations") => {
            FaultKind::NotYet
        }
        "InvalidParameterException"
            if has("Could not execute the lambda function")
                || has("Could not deliver test message")
                || has("permission to assume") =>
        {
            FaultKind::NotYet
        }
        // DynamoDB begins to keep backups some seconds after a table is there.
        "ContinuousBackupsUnavailableException" => FaultKind::NotYet,
        "MalformedPolicyDocument" | "InvalidPolicyDocument" | "MalformedPolicy"
            if has("Invalid principal") =>
        {
            FaultKind::NotYet
        }
        "ResourceInUseException"
        | "OperationAborted"
        | "ConcurrentModification"
        | "ConcurrentModificationException"
        | "ConcurrentUpdateException"
        | "QueueDeletedRecently"
        | "AWS.SimpleQueueService.QueueDeletedRecently"
        | "StateMachineDeleting"
        | "ResourceNotReadyException"
        | "ConcurrentOperationException"
        | "TransactionInProgressException" => match has("already exists") {
            true => FaultKind::Exists,
            false => FaultKind::NotYet,
        },
        "ResourceConflictException" | "ConflictException" | "ConflictExceptionException" => {
            // Of a function's address Lambda says "FunctionUrlConfig exists for this Lambda function". The last two are API
            // Gateway's: a path below the same parent, a key in its usage plan.
            let texts = [
                "already exist",
                "FunctionUrlConfig exists",
                "already has this name",
                "already subscribed",
            ];
            match texts.iter().any(|text| has(text)) {
                true => FaultKind::Exists,
                false => FaultKind::NotYet,
            }
        }
        // Amazon SNS: a topic or a subscription that is there with other attributes or tags.
        "InvalidParameter" | "InvalidParameterException"
            if has("already exists with different") =>
        {
            FaultKind::Exists
        }
        "EntityAlreadyExists"
        | "EntityAlreadyExistsException"
        | "ResourceAlreadyExistsException"
        | "BucketAlreadyOwnedByYou"
        | "BucketAlreadyExists"
        | "QueueNameExists"
        | "QueueAlreadyExists"
        | "StateMachineAlreadyExists"
        | "ActivityAlreadyExists"
        | "AlreadyExistsException"
        | "TableAlreadyExistsException" => FaultKind::Exists,
        "NoSuchEntity"
        | "NoSuchEntityException"
        | "NoSuchBucket"
        | "NoSuchKey"
        | "NotFound"
        | "NotFoundException"
        | "ResourceNotFound"
        | "ResourceNotFoundException"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue"
        | "StateMachineDoesNotExist"
        | "ActivityDoesNotExist"
        | "TableNotFoundException"
        | "NoSuchTagSet"
        | "NoSuchBucketPolicy"
        | "TypeNotFoundException" => FaultKind::Missing,
        _ => match status {
            Some(404) => FaultKind::Missing,
            Some(403) => FaultKind::Denied,
            Some(401) => FaultKind::Credentials,
            Some(429) => FaultKind::Throttled,
            Some(400..=499) => FaultKind::Invalid,
            Some(500..=599) => FaultKind::Server,
            _ => FaultKind::Other,
        },
    }
}

fn is_about_credentials(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("credential") || text.contains("identity") || text.contains("sso")
}

fn request_id<E>(error: &SdkError<E, HttpResponse>, recorded: &Option<&str>) -> Option<String> {
    let header = |name| {
        error
            .raw_response()
            .and_then(|response| response.headers().get(name))
    };
    recorded
        .or_else(|| header("x-amzn-requestid"))
        .or_else(|| header("x-amz-request-id"))
        .or_else(|| header("x-amzn-request-id"))
        .map(str::to_owned)
}

/// The SDK's chain of reasons, without saying anything twice.
fn without_repeats(chain: &str) -> String {
    let chain = chain.split(" (").next().unwrap_or(chain);
    let mut parts: Vec<&str> = Vec::new();
    for part in chain.split(": ") {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_is_not_seen_yet_is_worth_waiting_for() {
        let message = "The role defined for the function cannot be assumed by Lambda.";
        let found = kind("InvalidParameterValueException", message, Some(400));
        assert_eq!(found, FaultKind::NotYet);
        let found = kind(
            "InvalidParameterValueException",
            "Memory must be …",
            Some(400),
        );
        assert_eq!(found, FaultKind::Invalid);
    }

    #[test]
    fn a_permission_that_is_not_seen_yet_is_worth_waiting_for() {
        let s3 = "Unable to validate the following destination configurations";
        assert_eq!(kind("InvalidArgument", s3, Some(400)), FaultKind::NotYet);
        assert_eq!(
            kind("InvalidArgument", "Invalid storage class", Some(400)),
            FaultKind::Invalid
        );
        let logs = "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.";
        assert_eq!(
            kind("InvalidParameterException", logs, Some(400)),
            FaultKind::NotYet
        );
        assert_eq!(
            kind("MalformedPolicy", "Invalid principal in policy", Some(400)),
            FaultKind::NotYet
        );
    }

    #[test]
    fn a_conflict_is_told_from_what_exists() {
        let busy = "The operation cannot be performed at this time. An update is in progress";
        assert_eq!(
            kind("ResourceConflictException", busy, Some(409)),
            FaultKind::NotYet
        );
        let exists = "Function already exist: f";
        assert_eq!(
            kind("ResourceConflictException", exists, Some(409)),
            FaultKind::Exists
        );
        let table = "Table already exists: t";
        assert_eq!(
            kind("ResourceInUseException", table, Some(400)),
            FaultKind::Exists
        );
    }

    /// Messages as Lambda's users quote them.
    #[test]
    fn faults_of_lambda_are_told_apart() {
        let wrong = "InvalidParameterValueException";
        let grant = "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. Please check your KMS key settings. KMS Exception: InvalidArnException KMS Message: ARN does not refer to a valid principal";
        let queue =
            "The provided execution role does not have permissions to call ReceiveMessage on SQS";
        let pending = "The operation cannot be performed at this time. The function is currently in the following state: Pending";
        let address = "Failed to create function url config for [functionArn = arn:aws:lambda:eu-central-1:1:function:f]. Error message:  FunctionUrlConfig exists for this Lambda function";
        let mapping = "An event source mapping with SQS arn (\" q \") and function (\" f \") already exists. Please update or delete the existing mapping with UUID 1";
        let statement = "The statement id (s) provided already exists. Please provide a new statement id, or remove the existing statement.";
        let edge = "Lambda was unable to delete arn:aws:lambda:us-east-1:1:function:f:1 because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.";
        let conflict = "ResourceConflictException";
        for (code, message, status, expected) in [
            (wrong, grant, 400, FaultKind::NotYet),
            (wrong, queue, 400, FaultKind::NotYet),
            (wrong, edge, 400, FaultKind::Invalid),
            (conflict, pending, 409, FaultKind::NotYet),
            (conflict, address, 409, FaultKind::Exists),
            (conflict, mapping, 409, FaultKind::Exists),
            (conflict, statement, 409, FaultKind::Exists),
            (
                "ResourceInUseException",
                "Cannot update the event source mapping because it is in use.",
                400,
                FaultKind::NotYet,
            ),
            (
                "CodeStorageExceededException",
                "Code storage limit exceeded.",
                400,
                FaultKind::Invalid,
            ),
            (
                "ProvisionedConcurrencyConfigNotFoundException",
                "",
                404,
                FaultKind::Missing,
            ),
            (
                "CodeSigningConfigNotFoundException",
                "",
                404,
                FaultKind::Missing,
            ),
            (
                "SubnetIPAddressLimitReachedException",
                "",
                502,
                FaultKind::Invalid,
            ),
            ("ServiceException", "", 500, FaultKind::Server),
        ] {
            assert_eq!(
                kind(code, message, Some(status)),
                expected,
                "{code}: {message}"
            );
        }
    }

    #[test]
    fn api_gateway_says_in_its_own_words_what_is_there_and_what_is_not_seen_yet() {
        let path = "Another resource with the same parent already has this name: orders";
        let found = kind("ConflictException", path, Some(409));
        assert_eq!(found, FaultKind::Exists);
        let busy =
            "Unable to complete operation due to concurrent modification. Please try again later.";
        let found = kind("ConflictException", busy, Some(409));
        assert_eq!(found, FaultKind::NotYet);
        let role = "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.";
        let found = kind("BadRequestException", role, Some(400));
        assert_eq!(found, FaultKind::NotYet);
    }

    #[test]
    fn unknown_codes_go_by_their_status() {
        assert_eq!(kind("Odd", "", Some(404)), FaultKind::Missing);
        assert_eq!(kind("Odd", "", Some(503)), FaultKind::Server);
        assert_eq!(
            kind("LimitExceededException", "too many tables", Some(400)),
            FaultKind::Invalid
        );
    }
}
