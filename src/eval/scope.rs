//! What is known outside the template: where it runs, and what its resources turned into.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value as Json;

use crate::template::Reason;

/// What a scope says about one thing.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Its value.
    Known(Json),
    /// It exists, and its value is not known now.
    Unknown(Reason),
    /// The scope has never heard of it.
    Absent,
}

/// What is known outside the template. Implemented where a template is deployed, where it runs locally, and in tests.
///
/// Parameters and conditions are not asked for here: they follow from the template and the values given for it.
pub trait Scope {
    /// A pseudo parameter other than `AWS::NoValue`, by its full name: `AWS::Region`.
    fn pseudo(&self, name: &str) -> Answer;

    /// What `Ref` of a resource gives. It is also asked for ids that the template does not declare, because SAM and
    /// macros make resources of their own.
    fn reference(&self, logical_id: &str) -> Answer;

    /// What `Fn::GetAtt` of a resource gives; the attribute as written, dots included.
    fn attribute(&self, logical_id: &str, attribute: &str) -> Answer;

    /// An export of another stack.
    fn import(&self, name: &str) -> Answer;

    /// The availability zones of a region.
    fn zones(&self, region: &str) -> Answer;
}

/// The pseudo parameters.
/// Source: CloudFormation user guide, "Pseudo parameters reference".
pub const PSEUDO_PARAMETERS: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// A ready-made scope: a region, what was told about the stack, and the resources that are known so far.
#[derive(Clone, Default)]
pub struct TemplateScope {
    region: String,
    account: Option<String>,
    stack_name: Option<String>,
    stack_id: Option<String>,
    notifications: Vec<String>,
    references: HashMap<String, Json>,
    attributes: HashMap<String, HashMap<String, Json>>,
    imports: HashMap<String, Json>,
}

impl TemplateScope {
    /// A scope in a region (`eu-central-1`), knowing nothing else: partition and URL suffix follow from the region.
    pub fn new(region: impl Into<String>) -> Self {
        TemplateScope {
            region: region.into(),
            ..TemplateScope::default()
        }
    }

    /// The account's 12 digits.
    pub fn account(mut self, id: impl Into<String>) -> Self {
        self.account = Some(id.into());
        self
    }

    /// The stack's name. Its id is made from it when none is told.
    pub fn stack_name(mut self, name: impl Into<String>) -> Self {
        self.stack_name = Some(name.into());
        self
    }

    /// The stack's ARN.
    pub fn stack_id(mut self, id: impl Into<String>) -> Self {
        self.stack_id = Some(id.into());
        self
    }

    /// The topics that hear about the stack.
    pub fn notifications(mut self, arns: impl IntoIterator<Item = String>) -> Self {
        self.notifications = arns.into_iter().collect();
        self
    }

    /// What `Ref` of a resource gives.
    pub fn reference(mut self, logical_id: impl Into<String>, value: impl Into<Json>) -> Self {
        self.references.insert(logical_id.into(), value.into());
        self
    }

    /// What `Fn::GetAtt` of a resource gives.
    pub fn attribute(
        mut self,
        logical_id: impl Into<String>,
        attribute: impl Into<String>,
        value: impl Into<Json>,
    ) -> Self {
        self.attributes
            .entry(logical_id.into())
            .or_default()
            .insert(attribute.into(), value.into());
        self
    }

    /// An export of another stack.
    pub fn import(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.imports.insert(name.into(), value.into());
        self
    }

    fn stack_arn(&self) -> Option<String> {
        if self.stack_id.is_some() {
            return self.stack_id.clone();
        }
        let (account, name) = (self.account.as_ref()?, self.stack_name.as_ref()?);
        Some(format!(
            "arn:{}:cloudformation:{}:{account}:stack/{name}/00000000-0000-0000-0000-000000000000",
            partition(&self.region),
            self.region
        ))
    }
}

impl Scope for TemplateScope {
    fn pseudo(&self, name: &str) -> Answer {
        let known = match name {
            "AWS::Region" => Some(self.region.clone()),
            "AWS::Partition" => Some(partition(&self.region).to_owned()),
            "AWS::URLSuffix" => Some(url_suffix(&self.region).to_owned()),
            "AWS::AccountId" => self.account.clone(),
            "AWS::StackName" => self.stack_name.clone(),
            "AWS::StackId" => self.stack_arn(),
            "AWS::NotificationARNs" => return Answer::Known(self.notifications.clone().into()),
            _ => return Answer::Absent,
        };
        known.map_or_else(
            || Answer::Unknown(Reason::Pseudo(name.to_owned())),
            |text| Answer::Known(Json::String(text)),
        )
    }

    fn reference(&self, logical_id: &str) -> Answer {
        self.references
            .get(logical_id)
            .map_or(Answer::Absent, |value| Answer::Known(value.clone()))
    }

    fn attribute(&self, logical_id: &str, attribute: &str) -> Answer {
        self.attributes
            .get(logical_id)
            .and_then(|attributes| attributes.get(attribute))
            .map_or(Answer::Absent, |value| Answer::Known(value.clone()))
    }

    fn import(&self, name: &str) -> Answer {
        self.imports
            .get(name)
            .map_or(Answer::Absent, |value| Answer::Known(value.clone()))
    }

    fn zones(&self, region: &str) -> Answer {
        let zones: Vec<Json> = ["a", "b", "c"]
            .iter()
            .map(|zone| Json::String(format!("{region}{zone}")))
            .collect();
        Answer::Known(Json::Array(zones))
    }
}

impl fmt::Debug for TemplateScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values of resources may be secrets; only their names are shown.
        f.debug_struct("TemplateScope")
            .field("region", &self.region)
            .field("account", &self.account)
            .field("stack_name", &self.stack_name)
            .field("references", &self.references.keys())
            .finish_non_exhaustive()
    }
}

/// The partition a region belongs to.
/// Source: AWS SDKs' `partitions.json`.
pub fn partition(region: &str) -> &'static str {
    partition_facts(region).0
}

/// The domain of a region's services.
/// Source: AWS SDKs' `partitions.json`.
pub fn url_suffix(region: &str) -> &'static str {
    partition_facts(region).1
}

fn partition_facts(region: &str) -> (&'static str, &'static str) {
    const PARTITIONS: [(&str, &str, &str); 7] = [
        ("cn-", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-", "aws-us-gov", "amazonaws.com"),
        ("us-iso-", "aws-iso", "c2s.ic.gov"),
        ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
        ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
        ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
        ("eusc-", "aws-eusc", "amazonaws.eu"),
    ];
    PARTITIONS
        .iter()
        .find(|(prefix, _, _)| region.starts_with(prefix))
        .map_or(("aws", "amazonaws.com"), |(_, name, suffix)| (name, suffix))
}
