//! What a request on the wire is called: its service and operation, as Hoist's faults name them.
//!
//! `operations.tsv` has the operations of the services in question from botocore's service models: service, method, address, operation.

static OPERATIONS: &str = include_str!("operations.tsv");

/// Operations of Amazon S3 that a parameter or a header tells from the plain one at the same address. Hoist makes none of them.
const TOLD_BY_MORE: [&str; 7] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "ListParts",
    "RenameObject",
    "UploadPart",
    "UploadPartCopy",
];

/// One operation of a service's model.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// As Hoist names it: `eventbridge`.
    pub service: &'static str,
    method: &'static str,
    address: &'static str,
    /// `CreateFunction`.
    pub operation: &'static str,
}

/// Every operation of the models.
pub fn known() -> impl Iterator<Item = Known> {
    OPERATIONS.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some(Known {
            service: fields.next()?,
            method: fields.next()?,
            address: fields.next()?,
            operation: fields.next()?,
        })
    })
}

/// A request: what it is signed for, its method, its path as it was sent, the names in its query, and the operation where a
/// header or the body says it.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub signed_for: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub query: Vec<&'a str>,
    pub said: Option<&'a str>,
}

/// `("lambda", "CreateFunction")`. None when no model has it.
pub fn operation(request: &Request<'_>) -> Option<(&'static str, String)> {
    let service = match request.signed_for {
        "states" => "sfn",
        "events" => "eventbridge",
        "tagging" => "resourcegroupstagging",
        "cloudcontrolapi" => "cloudcontrol",
        "monitoring" => "cloudwatch",
        "apigateway" if request.path.starts_with("/v2/") => "apigatewayv2",
        other => [
            "apigateway",
            "cloudwatch",
            "dynamodb",
            "iam",
            "lambda",
            "logs",
            "s3",
            "scheduler",
            "secretsmanager",
            "sns",
            "sqs",
            "ssm",
            "sts",
        ]
        .into_iter()
        .find(|service| *service == other)?,
    };
    // Smithy's CBOR protocol: `/service/…/operation/GetMetricData`.
    if let Some((_, name)) = request.path.split_once("/operation/") {
        return Some((service, name.to_owned()));
    }
    if let Some(said) = request.said {
        return Some((service, said.to_owned()));
    }
    let found = known()
        .filter(|one| one.service == service && one.method == request.method)
        .filter(|one| !TOLD_BY_MORE.contains(&one.operation))
        .filter_map(|one| Some((fit(&one, request)?, one)))
        .max_by_key(|(fit, _)| *fit)?;
    Some((service, found.1.operation.to_owned()))
}

/// How well an address fits: the words of the query count first, then those of the path. None when it does not.
fn fit(one: &Known, request: &Request<'_>) -> Option<(usize, usize)> {
    let (path, query) = one.address.split_once('?').unwrap_or((one.address, ""));
    let wanted: Vec<&str> = query.split('&').filter(|word| !word.is_empty()).collect();
    let has = |word: &&str| {
        request
            .query
            .contains(&word.split('=').next().unwrap_or(word))
    };
    if !wanted.iter().all(has) {
        return None;
    }
    let segments: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let pattern: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut literal = 0;
    for (at, part) in pattern.iter().enumerate() {
        let segment = *segments.get(at)?;
        if part.ends_with("+}") {
            return (!segment.is_empty()).then_some((wanted.len(), literal));
        }
        match part.starts_with('{') {
            true if segment.is_empty() => return None,
            true => {}
            false if *part == segment => literal += 1,
            false => return None,
        }
    }
    (segments.len() == pattern.len()).then_some((wanted.len(), literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_known_by_method_path_and_query() {
        for (signed_for, method, path, query, expected) in [
            (
                "lambda",
                "POST",
                "/2015-03-31/functions",
                vec![],
                "CreateFunction",
            ),
            (
                "lambda",
                "PUT",
                "/2015-03-31/functions/f/code",
                vec![],
                "UpdateFunctionCode",
            ),
            ("s3", "PUT", "/b", vec!["versioning"], "PutBucketVersioning"),
            ("s3", "PUT", "/b/", vec![], "CreateBucket"),
            (
                "s3",
                "GET",
                "/b/stack/life/state.json",
                vec!["x-id"],
                "GetObject",
            ),
            ("apigateway", "POST", "/v2/apis", vec![], "CreateApi"),
            (
                "apigateway",
                "GET",
                "/restapis/a/resources",
                vec![],
                "GetResources",
            ),
            (
                "scheduler",
                "DELETE",
                "/schedules/a",
                vec![],
                "DeleteSchedule",
            ),
        ] {
            let request = Request {
                signed_for,
                method,
                path,
                query,
                said: None,
            };
            let (_, found) = operation(&request).unwrap();
            assert_eq!(found, expected, "{request:?}");
        }
    }
}
