//! What AWS's error codes mean for whoever called.

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

/// What a code means. Two services mean different things by one code: then its message tells.
/// Sources: the error lists of the services' API references; the retry classes of the SDKs' reference guide.
pub(super) fn kind(code: &str, message: &str, status: Option<u16>) -> FaultKind {
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

pub(super) fn is_about_credentials(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("credential") || text.contains("identity") || text.contains("sso")
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
