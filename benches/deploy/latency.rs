//! How long AWS takes for the calls of a deployment.
//!
//! These are assumptions, not measurements: no AWS account is reachable where this was written. They are of the size that
//! is seen from a machine in the region's continent, where nobody else uses the account. What counts for the figures is their relation:
//! storing an object is quick, making a role or a function is slow, and what was made takes seconds until it can be used.

use std::time::Duration;

/// Until Lambda can assume a role that was just made. Terraform's and the CDK's own waits for it are 5 to 15 s.
pub const ROLE: Duration = Duration::from_secs(6);
/// Until a table that was just made is ACTIVE.
pub const TABLE: Duration = Duration::from_secs(6);
/// Until a function that was just made is Active.
pub const FUNCTION: Duration = Duration::from_millis(1200);

/// By service and the beginning of the operation's name, in milliseconds; the first that fits counts.
const TABLE_OF_CALLS: [(&str, &str, u64); 23] = [
    ("sts", "", 100),
    ("s3", "CreateBucket", 400),
    ("s3", "GET", 50),
    ("s3", "", 80),
    ("iam", "CreateRole", 350),
    ("iam", "Get", 120),
    ("iam", "List", 120),
    ("iam", "", 250),
    ("lambda", "CreateFunction", 700),
    ("lambda", "UpdateFunctionCode", 600),
    ("lambda", "Get", 100),
    ("lambda", "", 300),
    ("dynamodb", "CreateTable", 200),
    ("dynamodb", "", 80),
    ("sqs", "CreateQueue", 150),
    ("sqs", "", 60),
    ("apigateway", "ReimportApi", 500),
    ("apigateway", "GetApi", 100),
    ("apigateway", "emulated", 0),
    ("apigateway", "", 300),
    ("sns", "", 80),
    ("tagging", "", 200),
    ("", "", 150),
];

/// How long AWS takes to answer.
///
/// The emulator cannot import HTTP APIs, so that they are made there route by route: that is what AWS does by itself while it
/// imports, and costs nothing more.
pub fn of(service: &str, operation: &str) -> Duration {
    let fits = |line: &&(&str, &str, u64)| {
        (line.0.is_empty() || service == line.0) && operation.starts_with(line.1)
    };
    let (_, _, millis) = TABLE_OF_CALLS.iter().find(fits).unwrap();
    Duration::from_millis(*millis)
}
