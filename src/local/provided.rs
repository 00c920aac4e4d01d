//! What Lambda's runtimes bring along, so that functions do not have it in their packages: the AWS SDK.

/// The Python packages of Lambda's runtimes that functions may import: boto3 with all it needs.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/python-package.html> ("Runtime dependencies in
/// Python"), and what `pip list` shows in `public.ecr.aws/lambda/python`.
pub const PYTHON: [&str; 7] = [
    "boto3",
    "botocore",
    "jmespath",
    "python-dateutil",
    "s3transfer",
    "six",
    "urllib3",
];

/// The scopes of version 3 of the AWS SDK for JavaScript and its own dependencies.
const SDK_SCOPES: [&str; 4] = ["@aws-sdk/", "@smithy/", "@aws-crypto/", "@aws/"];

/// Node's first major version whose runtime has version 3 of the SDK; those before have version 2, `aws-sdk`.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html> ("Runtime-included SDK versions").
const FIRST_WITH_VERSION_3: u32 = 18;

/// Which version of the AWS SDK for JavaScript a package belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sdk {
    /// `aws-sdk`.
    V2,
    /// `@aws-sdk/client-s3` and its like.
    V3,
}

impl Sdk {
    /// The SDK that the npm package `name` is part of, if it is.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        if name == "aws-sdk" {
            return Some(Self::V2);
        }
        SDK_SCOPES
            .iter()
            .any(|scope| {
                name.strip_prefix(scope)
                    .is_some_and(|rest| !rest.is_empty())
            })
            .then_some(Self::V3)
    }

    /// The SDK in Lambda's runtime of Node's major version `major`.
    #[must_use]
    pub fn of_node(major: u32) -> Self {
        if major < FIRST_WITH_VERSION_3 {
            Self::V2
        } else {
            Self::V3
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_is_known_by_its_names() {
        for (name, sdk) in [
            ("@aws-sdk/client-s3", Some(Sdk::V3)),
            ("@smithy/types", Some(Sdk::V3)),
            ("@aws/lambda-invoke-store", Some(Sdk::V3)),
            ("@aws-crypto/crc32", Some(Sdk::V3)),
            ("aws-sdk", Some(Sdk::V2)),
            ("@aws-sdk/", None),
            ("@aws-lambda-powertools/logger", None),
            ("aws-sdk-mock", None),
            ("lodash", None),
        ] {
            assert_eq!(Sdk::of(name), sdk, "{name}");
        }
    }

    #[test]
    fn runtimes_up_to_node_16_have_version_2() {
        assert_eq!(Sdk::of_node(16), Sdk::V2);
        assert_eq!(Sdk::of_node(18), Sdk::V3);
        assert_eq!(Sdk::of_node(24), Sdk::V3);
    }
}
