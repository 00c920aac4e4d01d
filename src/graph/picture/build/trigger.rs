//! What starts what.

use crate::template::Node;

use super::super::Flow;
use super::{Builder, Part, names, route};

impl Builder<'_> {
    /// Everything that a resource's type says about what it starts, or is started by.
    pub(super) fn triggers(&mut self) {
        let paths = route::paths(self.parts);
        for part in self.parts {
            match part.resource_type {
                "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => self.document_routes(part),
                "AWS::ApiGatewayV2::Route" => self.route_resource(part),
                "AWS::ApiGateway::Method" => self.method_resource(part, &paths),
                "AWS::ApiGateway::Authorizer" | "AWS::ApiGatewayV2::Authorizer" => {
                    self.starts(part, &["AuthorizerUri"], "authorizer");
                }
                "AWS::Lambda::EventSourceMapping" => self.mapping(part),
                "AWS::Lambda::Url" => self.starts(part, &["TargetFunctionArn"], ""),
                "AWS::SNS::Subscription" => {
                    self.started_by(part, &["TopicArn"]);
                    self.starts(part, &["Endpoint"], "");
                }
                "AWS::Events::Rule" => self.rule(part),
                "AWS::Scheduler::Schedule" => self.starts(part, &["Target", "Arn"], ""),
                "AWS::S3::Bucket" => self.bucket(part),
                "AWS::Logs::SubscriptionFilter" => {
                    self.started_by(part, &["LogGroupName"]);
                    self.starts(part, &["DestinationArn"], "");
                }
                "AWS::Cognito::UserPool" => self.user_pool(part),
                "AWS::SecretsManager::RotationSchedule" => {
                    self.starts(part, &["RotationLambdaARN"], "rotation");
                }
                "AWS::Pipes::Pipe" => self.pipe(part),
                "AWS::IoT::TopicRule" => self.starts(part, &["TopicRulePayload", "Actions"], ""),
                "AWS::AppSync::DataSource" => self.starts(part, &["LambdaConfig"], ""),
                "AWS::ElasticLoadBalancingV2::TargetGroup" => self.starts(part, &["Targets"], ""),
                "AWS::StepFunctions::StateMachine" => {
                    self.starts(part, &["DefinitionSubstitutions"], "")
                }
                "AWS::CloudWatch::Alarm" => self.alarm(part),
                _ if part.node(&["ServiceToken"]).is_some() => {
                    self.starts(part, &["ServiceToken"], "on deployment");
                }
                _ => {}
            }
        }
    }

    /// The part (or its owner) starts what a property names.
    fn starts(&mut self, part: &Part<'_>, property: &[&str], label: &str) {
        let names = part.names(property);
        let names: Vec<String> = match part.resource_type {
            // Tables and addresses stand there, too; only what runs is started.
            "AWS::StepFunctions::StateMachine" | "AWS::ElasticLoadBalancingV2::TargetGroup" => {
                names.into_iter().filter(|name| self.runs(name)).collect()
            }
            _ => names,
        };
        if !names.is_empty() {
            self.arrows_between(part.id, &names, Flow::Triggers, label);
        }
    }

    /// What a property names starts the part.
    fn started_by(&mut self, part: &Part<'_>, property: &[&str]) {
        for source in part.names(property) {
            self.arrows_between(&source, &[part.id.to_owned()], Flow::Triggers, "");
        }
    }

    fn runs(&self, name: &str) -> bool {
        let runs = [
            "AWS::Lambda::Function",
            "AWS::StepFunctions::StateMachine",
            "AWS::Lambda::Alias",
            "AWS::Lambda::Version",
        ];
        self.parts
            .iter()
            .any(|part| part.id == name && runs.contains(&part.resource_type))
    }

    fn mapping(&mut self, part: &Part<'_>) {
        let functions = part.names(&["FunctionName"]);
        if functions.is_empty() {
            return;
        }
        for source in part.names(&["EventSourceArn"]) {
            self.arrows_between(&source, &functions, Flow::Triggers, "");
        }
    }

    fn rule(&mut self, part: &Part<'_>) {
        self.started_by(part, &["EventBusName"]);
        let targets = part.node(&["Targets"]).and_then(Node::as_list);
        for target in targets
            .into_iter()
            .flatten()
            .filter_map(|target| target.get("Arn"))
        {
            let names = names(target);
            if !names.is_empty() {
                self.arrows_between(part.id, &names, Flow::Triggers, "");
            }
        }
    }

    fn bucket(&mut self, part: &Part<'_>) {
        const LISTS: [(&str, &str); 3] = [
            ("LambdaConfigurations", "Function"),
            ("QueueConfigurations", "Queue"),
            ("TopicConfigurations", "Topic"),
        ];
        for (list, end) in LISTS {
            let entries = part
                .node(&["NotificationConfiguration", list])
                .and_then(Node::as_list);
            for entry in entries.into_iter().flatten() {
                let names = entry.get(end).map(names).unwrap_or_default();
                let event = entry
                    .get("Event")
                    .and_then(Node::scalar_text)
                    .unwrap_or_default();
                let event = event.strip_prefix("s3:").unwrap_or(&event);
                if !names.is_empty() {
                    self.arrows_between(part.id, &names, Flow::Triggers, event);
                }
            }
        }
    }

    fn user_pool(&mut self, part: &Part<'_>) {
        let triggers = part.node(&["LambdaConfig"]).and_then(Node::as_map);
        for (name, function) in triggers.into_iter().flat_map(|map| map.iter()) {
            let names = names(function);
            if !names.is_empty() {
                self.arrows_between(part.id, &names, Flow::Triggers, name);
            }
        }
    }

    fn pipe(&mut self, part: &Part<'_>) {
        self.started_by(part, &["Source"]);
        self.starts(part, &["Enrichment"], "enrichment");
        self.starts(part, &["Target"], "");
    }

    fn alarm(&mut self, part: &Part<'_>) {
        for property in ["AlarmActions", "OKActions", "InsufficientDataActions"] {
            let names = part.names(&[property]);
            if !names.is_empty() {
                self.arrows_between(part.id, &names, Flow::Sends, "");
            }
        }
    }
}
