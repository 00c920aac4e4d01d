//! On which resources a permission is needed: ARNs made from the names that a stack's resources have.
//!
//! Source: the services' pages of the Service Authorization Reference, "Resource types defined by …". A permission that no ARN can
//! narrow has `*`, and a statement whose name says why.

use std::collections::{BTreeMap, BTreeSet};

use crate::deploy::name::Owner;
use crate::deploy::provider::Providers;
use crate::template::{Node, Template, Value};

/// Where a stack is, for ARNs.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// `aws`.
    pub partition: String,
    /// `eu-central-1`.
    pub region: String,
    /// 12 digits, or `*`.
    pub account: String,
    /// The stack's name.
    pub stack: String,
    /// The services that the stack's roles are passed to.
    pub(super) passed_to: BTreeSet<String>,
    /// Names and patterns of the resources, by the service in their type: `Lambda`.
    names: BTreeMap<String, BTreeSet<String>>,
    /// Role names behind their paths.
    roles: BTreeSet<String>,
    /// ARNs written in the template, by service: `sns`.
    written: BTreeMap<String, BTreeSet<String>>,
    /// Resource types of the template.
    types: BTreeSet<String>,
}

/// What a permission applies to.
pub struct Place {
    /// The statement's name.
    pub sid: String,
    /// ARNs.
    pub resources: BTreeSet<String>,
}

/// Keys whose values say what resources may do, and not what the deployment does.
const GRANTS: [&str; 5] = [
    "AssumeRolePolicyDocument",
    "Policies",
    "PolicyDocument",
    "ManagedPolicyArns",
    "Environment",
];

impl Scope {
    /// A stack in a region; `account` is `*` when it is not known.
    pub fn new(stack: &str, region: &str, account: &str) -> Self {
        Scope {
            partition: crate::eval::partition(region).to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            stack: stack.to_owned(),
            ..Scope::default()
        }
    }

    /// The same, knowing what the template names.
    pub(super) fn of_template(&self, template: &Template, providers: &Providers) -> Self {
        let mut scope = self.clone();
        for (id, resource) in &template.resources {
            let resource_type = resource.resource_type.as_str();
            scope.types.insert(resource_type.to_owned());
            let service = resource_type.split("::").nth(1).unwrap_or_default();
            scope.passed_to.extend(receiver(service).map(str::to_owned));
            let property = |name: &str| resource.properties.as_ref().and_then(|all| all.get(name));
            let rule = providers
                .of_type(resource_type)
                .and_then(|(_, kind)| kind.name);
            let mut names = BTreeSet::new();
            match rule {
                Some(rule) => match property(rule.property).map(|node| &node.value) {
                    None | Some(Value::Null) => {
                        names.insert(made(&rule, &self.stack, id));
                    }
                    Some(_) => names.extend(written_name(property(rule.property))),
                },
                None => {
                    let named = match service {
                        "Lambda" => "FunctionName",
                        _ if resource_type.ends_with("GroupPolicy") => "GroupName",
                        _ if resource_type.ends_with("UserPolicy") => "UserName",
                        _ => "Name",
                    };
                    let written = written_name(property(named));
                    names.extend(written.filter(|name| !name.starts_with("arn:")));
                }
            }
            if resource_type == "AWS::IAM::Role" {
                let path = property("Path").and_then(Node::as_str).unwrap_or("/");
                scope
                    .roles
                    .extend(names.iter().map(|name| format!("{path}{name}")));
            }
            scope
                .names
                .entry(resource_type.to_owned())
                .or_default()
                .extend(names);
            if let Some(properties) = &resource.properties {
                collect(properties, &mut scope.written);
            }
        }
        scope
    }

    /// On what a permission is needed.
    pub(super) fn place(&self, action: &str) -> Place {
        let (service, name) = action.split_once(':').unwrap_or((action, ""));
        let (sid, resources) = match service {
            "lambda" => self.lambda(name),
            "s3" => ("Buckets", self.buckets(name)),
            "dynamodb" => (
                "Tables",
                self.named("dynamodb", "AWS::DynamoDB", &["table/{}", "table/{}/*"]),
            ),
            "sqs" => ("Queues", self.named("sqs", "AWS::SQS", &["{}"])),
            "sns" => self.sns(name),
            "events" => self.events(),
            "states" => self.states(),
            "scheduler" => (
                "Schedules",
                self.named(
                    "scheduler",
                    "AWS::Scheduler",
                    &[
                        "schedule/*/{}",
                        "schedule-group/{}",
                        "schedule-group/default",
                    ],
                ),
            ),
            "logs" => self.logs(name),
            "iam" => self.iam(name),
            "apigateway" => ("ApisHaveIdsThatAwsMakes", self.apis()),
            "cloudwatch" => ("MetricsHaveNoArns", everything()),
            "cloudformation" => ("CloudControlHasNoArns", everything()),
            "tag" => ("TagsAreSoughtEverywhere", everything()),
            "sts" => ("WhoAmI", everything()),
            "ssm" => (
                "Parameters",
                [self.arn("ssm", "parameter/*")].into_iter().collect(),
            ),
            "secretsmanager" if name == "GetSecretValue" => (
                "Secrets",
                [self.arn("secretsmanager", "secret:*")]
                    .into_iter()
                    .collect(),
            ),
            "secretsmanager" => (
                "SecretsOfConnections",
                [self.arn("secretsmanager", "secret:events!connection/*")]
                    .into_iter()
                    .collect(),
            ),
            "kinesis" => (
                "StreamsOfTables",
                [self.arn("kinesis", "stream/*")].into_iter().collect(),
            ),
            _ => ("NoArnIsKnown", everything()),
        };
        match resources.is_empty() {
            true => Place {
                sid: format!("{sid}NamedElsewhere"),
                resources: everything(),
            },
            false => Place {
                sid: sid.to_owned(),
                resources,
            },
        }
    }

    fn arn(&self, service: &str, rest: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{rest}",
            self.partition, self.region, self.account
        )
    }

    /// The names of the resources whose type begins so.
    fn names(&self, prefix: &str) -> BTreeSet<&str> {
        let fitting = self.names.iter().filter(|(one, _)| one.starts_with(prefix));
        fitting
            .flat_map(|(_, names)| names.iter().map(String::as_str))
            .collect()
    }

    fn written(&self, service: &str) -> impl Iterator<Item = String> {
        self.written
            .get(service)
            .cloned()
            .unwrap_or_default()
            .into_iter()
    }

    /// ARNs with each name put into each form, and those that the template writes.
    fn named(&self, service: &str, types: &str, forms: &[&str]) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = self.written(service).collect();
        for name in self.names(types) {
            all.extend(
                forms
                    .iter()
                    .map(|form| self.arn(service, &form.replace("{}", name))),
            );
        }
        // `a-*` covers what stands behind it.
        let covers: Vec<String> = all
            .iter()
            .filter(|arn| arn.ends_with('*'))
            .cloned()
            .collect();
        all.retain(|arn| {
            !covers
                .iter()
                .any(|cover| cover != arn && arn.starts_with(cover.trim_end_matches('*')))
        });
        all
    }

    fn lambda(&self, name: &str) -> (&'static str, BTreeSet<String>) {
        if matches!(
            name,
            "CreateEventSourceMapping"
                | "ListEventSourceMappings"
                | "ListCodeSigningConfigs"
                | "CreateCodeSigningConfig"
                | "ListLayerVersions"
                | "ListLayers"
        ) {
            return ("LambdaTakesNoArnHere", everything());
        }
        if name.contains("EventSourceMapping") {
            let all = self.arn("lambda", "event-source-mapping:*");
            return ("SourceMappingsHaveIdsThatAwsMakes", [all].into());
        }
        let signing = self.arn("lambda", "code-signing-config:*");
        if name.contains("Layer") {
            let layers = "AWS::Lambda::LayerVersion";
            let mut all = self.named("lambda", layers, &["layer:{}", "layer:{}:*"]);
            all.retain(|arn| arn.contains(":layer:"));
            return ("Layers", all);
        }
        if name.ends_with("CodeSigningConfig") && !name.contains("Function") {
            return ("SigningConfigsHaveIdsThatAwsMakes", [signing].into());
        }
        let mut all = self.named("lambda", "AWS::Lambda", &["function:{}", "function:{}:*"]);
        all.retain(|arn| !arn.contains(":layer:"));
        if name.contains("Tag") {
            all.insert(self.arn("lambda", "event-source-mapping:*"));
            all.insert(signing);
            return ("TagsOfFunctions", all);
        }
        if name.ends_with("FunctionCodeSigningConfig") {
            all.insert(signing);
            return ("SigningOfFunctions", all);
        }
        ("Functions", all)
    }

    fn buckets(&self, name: &str) -> BTreeSet<String> {
        let is_object = matches!(name, "GetObject" | "PutObject" | "DeleteObject");
        let arn = |bucket: &str| match is_object {
            true => format!("arn:{}:s3:::{bucket}/*", self.partition),
            false => format!("arn:{}:s3:::{bucket}", self.partition),
        };
        let mut all: BTreeSet<String> = self.names("AWS::S3::").into_iter().map(arn).collect();
        let bucket = super::bucket_name(&self.account, &self.region);
        if is_object {
            all = [format!("arn:{}:s3:::{bucket}/artifact/*", self.partition)].into();
            all.extend(
                self.written
                    .get("code")
                    .into_iter()
                    .flatten()
                    .map(|one| arn(one)),
            );
        }
        all
    }

    fn sns(&self, name: &str) -> (&'static str, BTreeSet<String>) {
        match name {
            "Unsubscribe" | "GetSubscriptionAttributes" | "SetSubscriptionAttributes" => {
                ("SubscriptionsHaveNoArnForIam", everything())
            }
            _ => ("Topics", self.named("sns", "AWS::SNS", &["{}"])),
        }
    }

    fn events(&self) -> (&'static str, BTreeSet<String>) {
        let mut all: BTreeSet<String> = self.written("events").collect();
        let forms: [(&str, &[&str]); 5] = [
            ("AWS::Events::Rule", &["rule/{}", "rule/*/{}"]),
            ("AWS::Events::EventBus", &["event-bus/{}"]),
            (
                "AWS::Events::Connection",
                &["connection/{}", "connection/{}/*"],
            ),
            (
                "AWS::Events::ApiDestination",
                &["api-destination/{}", "api-destination/{}/*"],
            ),
            ("AWS::Events::Archive", &["archive/{}"]),
        ];
        for (types, forms) in forms {
            all.extend(self.named("events", types, forms));
        }
        all.insert(self.arn("events", "event-bus/default"));
        ("Events", all)
    }

    fn states(&self) -> (&'static str, BTreeSet<String>) {
        let machines: &[&str] = &["stateMachine:{}", "stateMachine:{}:*"];
        let mut all = self.named("states", "AWS::StepFunctions::StateMachine", machines);
        all.extend(self.named("states", "AWS::StepFunctions::Activity", &["activity:{}"]));
        ("StateMachines", all)
    }

    fn logs(&self, name: &str) -> (&'static str, BTreeSet<String>) {
        if name.contains("LogDelivery")
            || name.contains("LogDeliveries")
            || name.contains("ResourcePolic")
            || name.contains("QueryDefinition")
        {
            return ("LogsTakeNoArnHere", everything());
        }
        if name == "DescribeLogGroups" {
            return (
                "LogGroupsAreListed",
                [self.arn("logs", "log-group:*")].into(),
            );
        }
        let groups: &[&str] = &["log-group:{}", "log-group:{}:*"];
        let mut all = self.named("logs", "AWS::Logs::LogGroup", groups);
        for function in self.names("AWS::Lambda::Function") {
            all.insert(self.arn("logs", &format!("log-group:/aws/lambda/{function}:*")));
        }
        ("LogGroups", all)
    }

    fn iam(&self, name: &str) -> (&'static str, BTreeSet<String>) {
        let arn = |rest: &str| format!("arn:{}:iam::{}:{rest}", self.partition, self.account);
        if name == "CreateServiceLinkedRole" {
            return ("RolesOfServices", [arn("role/aws-service-role/*")].into());
        }
        if matches!(name, "ListPolicies") {
            return ("PoliciesAreListed", everything());
        }
        if name.contains("User") {
            let users = self.names("AWS::IAM::UserPolicy");
            return (
                "Users",
                users
                    .iter()
                    .map(|name| arn(&format!("user/{name}")))
                    .collect(),
            );
        }
        if name.contains("Group") {
            let groups = self.names("AWS::IAM::GroupPolicy");
            return (
                "Groups",
                groups
                    .iter()
                    .map(|name| arn(&format!("group/{name}")))
                    .collect(),
            );
        }
        if name.contains("Role") {
            let own = self.roles.iter().map(|role| arn(&format!("role{role}")));
            let mut all: BTreeSet<String> = own.collect();
            if name != "PassRole" {
                return ("Roles", all);
            }
            all.extend(self.written("iam").filter(|arn| arn.contains(":role/")));
            return ("PassRoles", all);
        }
        let policies = self.names("AWS::IAM::ManagedPolicy");
        (
            "Policies",
            policies
                .iter()
                .map(|name| arn(&format!("policy/*{name}")))
                .collect(),
        )
    }

    fn apis(&self) -> BTreeSet<String> {
        let has = |prefix: &str| self.types.iter().any(|one| one.starts_with(prefix));
        let mut paths = vec!["/tags/*"];
        for (types, more) in [
            ("AWS::ApiGateway::", &["/restapis", "/restapis/*"][..]),
            (
                "AWS::ApiGatewayV2::",
                &["/apis", "/apis/*", "/domainnames/*"],
            ),
            ("AWS::ApiGatewayV2::DomainName", &["/domainnames"]),
            ("AWS::ApiGatewayV2::VpcLink", &["/vpclinks", "/vpclinks/*"]),
            ("AWS::ApiGateway::Account", &["/account"]),
            ("AWS::ApiGateway::ApiKey", &["/apikeys", "/apikeys/*"]),
            (
                "AWS::ApiGateway::UsagePlan",
                &["/usageplans", "/usageplans/*", "/apikeys/*"],
            ),
        ] {
            if has(types) {
                paths.extend(more);
            }
        }
        let arn =
            |path: &&str| format!("arn:{}:apigateway:{}::{path}", self.partition, self.region);
        paths.iter().map(arn).collect()
    }
}

fn everything() -> BTreeSet<String> {
    ["*".to_owned()].into()
}

/// Which service takes roles from resources of this one.
fn receiver(service: &str) -> Option<&'static str> {
    Some(match service {
        "ApiGateway" | "ApiGatewayV2" => "apigateway.amazonaws.com",
        "Events" => "events.amazonaws.com",
        "Lambda" => "lambda.amazonaws.com",
        "Logs" => "logs.amazonaws.com",
        "S3" => "s3.amazonaws.com",
        "Scheduler" => "scheduler.amazonaws.com",
        "StepFunctions" => "states.amazonaws.com",
        _ => return None,
    })
}

/// `orders-*`: how the names begin that Hoist makes. Long names are cut.
fn made(rule: &crate::deploy::name::NameRule, stack: &str, id: &str) -> String {
    let owner = Owner {
        account: "",
        region: "",
        stack,
        id,
        generation: 0,
    };
    let name = rule.name(&owner, "");
    let whole = match rule.lower {
        true => stack.to_lowercase(),
        false => stack.to_owned(),
    };
    let same = name
        .chars()
        .zip(whole.chars())
        .take_while(|(one, other)| one == other)
        .count();
    match same < whole.len() {
        true => format!("{}*", &whole[..same]),
        false => format!("{whole}-*"),
    }
}

/// A name as the template writes it; `*` where it is not known before the deployment.
fn written_name(node: Option<&Node>) -> Option<String> {
    let node = node?;
    match node.scalar_text() {
        Some(text) => Some(text),
        // What refers to another resource has that one's name.
        None => match &node.value {
            Value::Unknown(_) | Value::Call(_) => None,
            _ => None,
        },
    }
}

/// The ARNs that the template writes, and the buckets that code lies in.
fn collect(node: &Node, found: &mut BTreeMap<String, BTreeSet<String>>) {
    match &node.value {
        Value::String(text) => {
            let mut parts = text.splitn(6, ':');
            if parts.next() == Some("arn")
                && let Some(service) = parts.nth(1).filter(|service| !service.is_empty())
                && parts.count() == 3
            {
                found
                    .entry(service.to_owned())
                    .or_default()
                    .insert(text.clone());
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Map(map) => {
            for (key, item) in map.iter() {
                if matches!(key, "S3Bucket" | "BodyS3Location")
                    && let Some(bucket) = item.as_str().filter(|name| !name.contains("::"))
                {
                    found
                        .entry("code".into())
                        .or_default()
                        .insert(bucket.to_owned());
                }
                if !GRANTS.contains(&key) {
                    collect(item, found);
                }
            }
        }
        _ => {}
    }
}
