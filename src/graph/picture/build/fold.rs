//! Which resources belong to others, so that the picture shows those others only.

use std::collections::{HashMap, HashSet};

use super::{Extent, Part, names};

/// How the owners of a resource are found.
struct Rule {
    /// They stand in these properties.
    properties: &'static [&'static str],
    /// They refer to it.
    referrers: Referrers,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Referrers {
    No,
    Any,
    /// Under a key that says it is their role.
    AsRole,
}

/// For types that have no item of their own unless they have no owner.
fn rule(resource_type: &str) -> Option<Rule> {
    let of = |properties| {
        Some(Rule {
            properties,
            referrers: Referrers::No,
        })
    };
    let (service, name) = resource_type.strip_prefix("AWS::")?.split_once("::")?;
    match (service, name) {
        ("IAM", "Role") => Some(Rule {
            properties: &[],
            referrers: Referrers::AsRole,
        }),
        ("IAM", "Policy" | "ManagedPolicy" | "RolePolicy") => Some(Rule {
            properties: &["Roles", "RoleName"],
            referrers: Referrers::Any,
        }),
        ("IAM", "InstanceProfile")
        | ("Lambda", "LayerVersion" | "CodeSigningConfig")
        | ("CertificateManager", "Certificate")
        | ("EC2", "EIP" | "InternetGateway")
        | ("RDS", "DBSubnetGroup" | "DBParameterGroup" | "DBClusterParameterGroup")
        | ("ElastiCache", "SubnetGroup" | "ParameterGroup")
        | ("Scheduler", "ScheduleGroup")
        | ("ElasticLoadBalancingV2", "TargetGroup") => any(&[]),
        ("CloudFront", "Distribution" | "Function" | "KeyValueStore") => None,
        ("CloudFront", _) => any(&[]),
        ("Lambda", "LayerVersionPermission") => of(&["LayerVersionArn"]),
        (
            "Lambda",
            "Permission" | "Version" | "Alias" | "EventInvokeConfig" | "EventSourceMapping",
        ) => of(&["FunctionName"]),
        ("ApiGateway", "RestApi" | "VpcLink" | "Account") | ("ApiGatewayV2", "Api" | "VpcLink") => {
            None
        }
        ("ApiGateway", _) => any(&["RestApiId", "ApiStages", "UsagePlanId", "StageKeys"]),
        ("ApiGatewayV2", _) => any(&["ApiId"]),
        ("AppSync", "GraphQLApi" | "Api") => None,
        ("AppSync", _) => of(&["ApiId"]),
        ("SNS", "Subscription" | "TopicInlinePolicy") => of(&["TopicArn"]),
        ("SNS", "TopicPolicy") => of(&["Topics"]),
        ("SQS", "QueuePolicy") => of(&["Queues"]),
        ("SQS", "QueueInlinePolicy") => of(&["Queue"]),
        ("S3", "BucketPolicy") => of(&["Bucket"]),
        ("Events", "EventBusPolicy") => of(&["EventBusName"]),
        ("Events", "Archive") => of(&["SourceArn"]),
        ("Logs", "LogGroup") => any(&["LogGroupName"]),
        ("Logs", "LogStream" | "SubscriptionFilter" | "MetricFilter") => of(&["LogGroupName"]),
        ("SecretsManager", "ResourcePolicy" | "RotationSchedule" | "SecretTargetAttachment") => {
            of(&["SecretId"])
        }
        ("CodeDeploy", _) => any(&["ApplicationName"]),
        ("Cognito", "UserPool" | "IdentityPool") => None,
        ("Cognito", _) => of(&["UserPoolId", "IdentityPoolId"]),
        ("EC2", "VPC" | "Instance") => None,
        ("EC2", _) => of(&["VpcId", "GroupId", "RouteTableId", "SubnetId"]),
        ("EFS", "MountTarget" | "AccessPoint") => of(&["FileSystemId"]),
        ("KMS", "Alias") => of(&["TargetKeyId"]),
        ("Kinesis", "StreamConsumer") => of(&["StreamARN"]),
        ("ApplicationAutoScaling", _) => of(&["ResourceId", "ScalingTargetId"]),
        ("StepFunctions", "StateMachineVersion" | "StateMachineAlias") => of(&[
            "StateMachineArn",
            "StateMachineRevisionId",
            "RoutingConfiguration",
            "DeploymentPreference",
        ]),
        ("ElasticLoadBalancingV2", "Listener") => of(&["LoadBalancerArn"]),
        ("ElasticLoadBalancingV2", "ListenerRule") => of(&["ListenerArn"]),
        ("Route53", "RecordSet" | "RecordSetGroup") => {
            of(&["AliasTarget", "RecordSets", "ResourceRecords"])
        }
        ("WAFv2", "WebACLAssociation") => of(&["ResourceArn"]),
        _ => None,
    }
}

fn any(properties: &'static [&'static str]) -> Option<Rule> {
    Some(Rule {
        properties,
        referrers: Referrers::Any,
    })
}

/// Who belongs to whom.
pub(super) struct Folding {
    places: HashMap<String, usize>,
    /// For each part, the parts that stand for it in the picture: itself, or its owners.
    owners: Vec<Vec<usize>>,
    none: Vec<usize>,
}

impl Folding {
    /// Reads who belongs to whom.
    pub(super) fn new(parts: &[Part<'_>], extent: Extent) -> Folding {
        let places: HashMap<String, usize> = parts
            .iter()
            .enumerate()
            .map(|(place, part)| (part.id.to_owned(), place))
            .collect();
        let direct = match extent {
            Extent::All => vec![Vec::new(); parts.len()],
            Extent::Main => direct(parts, &places),
        };
        let owners = (0..parts.len()).map(|place| last(place, &direct)).collect();
        Folding {
            places,
            owners,
            none: Vec::new(),
        }
    }

    /// What stands for a resource in the picture; nothing for a name that is no resource.
    pub(super) fn owners(&self, name: &str) -> &[usize] {
        self.places
            .get(name)
            .map_or(&self.none, |&place| &self.owners[place])
    }

    /// Whether a part has an item of its own.
    pub(super) fn is_shown(&self, place: usize) -> bool {
        self.owners[place] == [place]
    }

    /// What is folded into a part.
    pub(super) fn inside(&self, place: usize) -> impl Iterator<Item = usize> {
        let inside = move |other: &usize| *other != place && self.owners[*other].contains(&place);
        (0..self.owners.len()).filter(inside)
    }
}

/// For each part its owners, which may have owners themselves.
fn direct(parts: &[Part<'_>], places: &HashMap<String, usize>) -> Vec<Vec<usize>> {
    let mut referrers: Vec<Vec<(usize, bool)>> = vec![Vec::new(); parts.len()];
    for (place, part) in parts.iter().enumerate() {
        let Some(node) = part.structure else { continue };
        let mut add = |name: &str, as_role: bool| {
            if let Some(&other) = places.get(name).filter(|&&other| other != place) {
                referrers[other].push((place, as_role));
            }
        };
        roles(node, &mut |name| add(name, true));
        names(node).iter().for_each(|name| add(name, false));
    }
    let subscribed: HashSet<usize> = parts
        .iter()
        .filter(|part| part.resource_type == "AWS::Logs::SubscriptionFilter")
        .flat_map(|part| part.names(&["LogGroupName"]))
        .filter_map(|name| places.get(&name).copied())
        .collect();
    let mut owners = Vec::with_capacity(parts.len());
    for (place, part) in parts.iter().enumerate() {
        // A log group that starts something is more than the logs of a function.
        let rule = rule(part.resource_type).filter(|_| !subscribed.contains(&place));
        let mut found: Vec<usize> = Vec::new();
        if let Some(rule) = rule {
            let named = rule.properties.iter().flat_map(|key| part.names(&[key]));
            found.extend(named.filter_map(|name| places.get(&name).copied()));
            if found.is_empty() || rule.referrers == Referrers::AsRole {
                let wanted = |as_role: bool| match rule.referrers {
                    Referrers::No => false,
                    Referrers::Any => !as_role,
                    Referrers::AsRole => as_role,
                };
                found.extend(
                    referrers[place]
                        .iter()
                        .filter(|(_, as_role)| wanted(*as_role))
                        .map(|(other, _)| other),
                );
            }
        }
        found.retain(|&other| other != place);
        found.sort_unstable();
        found.dedup();
        owners.push(found);
    }
    owners
}

/// What a value refers to as a role: under a key that says so.
fn roles(node: &crate::template::Node, add: &mut impl FnMut(&str)) {
    for (key, value) in node.as_map().into_iter().flat_map(|map| map.iter()) {
        match key.contains("Role")
            || key.contains("role")
            || key == "Credentials"
            || key == "credentials"
        {
            true => names(value).iter().for_each(|name| add(name)),
            false => roles(value, add),
        }
    }
    node.as_list()
        .into_iter()
        .flatten()
        .for_each(|item| roles(item, add));
}

/// The owners that have none. A part that is only owned in a circle stands for itself.
fn last(place: usize, direct: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = HashSet::from([place]);
    let mut waiting = vec![place];
    let mut found = Vec::new();
    while let Some(part) = waiting.pop() {
        if direct[part].is_empty() {
            found.push(part);
        }
        waiting.extend(direct[part].iter().filter(|&&owner| seen.insert(owner)));
    }
    if found.is_empty() {
        found.push(place);
    }
    found.sort_unstable();
    found
}
