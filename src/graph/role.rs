//! Roles, and permissions to call a function.

use crate::template::Node;

use super::fields::Fields;
use super::setting::{Link, Setting};

/// `AWS::IAM::Role`.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// `RoleName`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// As written.
    pub trust: Option<Node>,
    /// The inline policies, as written.
    pub policies: Vec<Node>,
    /// ARNs.
    pub managed_policies: Vec<Setting<String>>,
}

/// `AWS::Lambda::Permission`.
#[derive(Debug, Clone, PartialEq)]
pub struct Permission {
    /// The name or ARN of the function that may be called.
    pub function: Option<Link>,
    /// `lambda:InvokeFunction`.
    pub action: Option<Setting<String>>,
    /// `sns.amazonaws.com`, or an account.
    pub principal: Option<Setting<String>>,
    /// The ARN on whose behalf it may be called.
    pub source: Option<Link>,
}

pub(super) fn role(fields: &Fields<'_>) -> Role {
    if !fields.has("AssumeRolePolicyDocument") {
        fields.missing(
            "AssumeRolePolicyDocument",
            "It says who may take the role on, such as the service `lambda.amazonaws.com`.",
        );
    }
    Role {
        name: fields.text("RoleName"),
        trust: fields.node("AssumeRolePolicyDocument").cloned(),
        policies: fields
            .items("Policies")
            .into_iter()
            .map(|item| item.value.clone())
            .collect(),
        managed_policies: fields.texts("ManagedPolicyArns"),
    }
}

pub(super) fn permission(fields: &Fields<'_>) -> Permission {
    for (property, help) in [
        (
            "FunctionName",
            "It is the name or the ARN of the function that may be called.",
        ),
        ("Action", "In most cases it is `lambda:InvokeFunction`."),
        (
            "Principal",
            "It is who may call, such as `sns.amazonaws.com`.",
        ),
    ] {
        if !fields.has(property) {
            fields.missing(property, help);
        }
    }
    Permission {
        function: fields.link("FunctionName"),
        action: fields.text("Action"),
        principal: fields.text("Principal"),
        source: fields.link("SourceArn"),
    }
}
