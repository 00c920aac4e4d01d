"""Asks an account what is in it.

account.py list: the names of everything, by kind, as JSON.
account.py call SERVICE OPERATION ARGUMENTS: one call's answer, as JSON.
"""

import json
import sys

import boto3


def pages(service, operation, member, name=None):
    """What every page of a listing has under `member`; of each the part `name`."""
    client = boto3.client(service)
    if client.can_paginate(operation):
        answers = client.get_paginator(operation).paginate()
    else:
        answers = [getattr(client, operation)()]
    for answer in answers:
        for one in answer.get(member) or []:
            yield one[name] if name else one


def of_each(parents, service, operation, argument, member, name):
    """The listing `operation` of each parent."""
    client = boto3.client(service)
    for parent in parents:
        for one in getattr(client, operation)(**{argument: parent}).get(member) or []:
            yield f"{parent}/{one[name]}"


def local_policies():
    for answer in boto3.client("iam").get_paginator("list_policies").paginate(Scope="Local"):
        for policy in answer["Policies"]:
            yield policy["Arn"]


KINDS = {
    "lambda function": lambda: pages("lambda", "list_functions", "Functions", "FunctionName"),
    "lambda layer": lambda: pages("lambda", "list_layers", "Layers", "LayerName"),
    "lambda event source mapping": lambda: pages("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "iam role": lambda: pages("iam", "list_roles", "Roles", "RoleName"),
    "iam policy": local_policies,
    "iam user": lambda: pages("iam", "list_users", "Users", "UserName"),
    "iam instance profile": lambda: pages("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    "sqs queue": lambda: pages("sqs", "list_queues", "QueueUrls"),
    "dynamodb table": lambda: pages("dynamodb", "list_tables", "TableNames"),
    "s3 bucket": lambda: pages("s3", "list_buckets", "Buckets", "Name"),
    "apigateway api": lambda: pages("apigateway", "get_rest_apis", "items", "id"),
    "apigateway key": lambda: pages("apigateway", "get_api_keys", "items", "id"),
    "apigateway usage plan": lambda: pages("apigateway", "get_usage_plans", "items", "id"),
    "apigateway domain": lambda: pages("apigateway", "get_domain_names", "items", "domainName"),
    "apigatewayv2 api": lambda: pages("apigatewayv2", "get_apis", "Items", "ApiId"),
    "apigatewayv2 domain": lambda: pages("apigatewayv2", "get_domain_names", "Items", "DomainName"),
    "sns topic": lambda: pages("sns", "list_topics", "Topics", "TopicArn"),
    "sns subscription": lambda: pages("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    "event bus": lambda: pages("events", "list_event_buses", "EventBuses", "Name"),
    "event rule": lambda: of_each(
        pages("events", "list_event_buses", "EventBuses", "Name"), "events", "list_rules", "EventBusName", "Rules", "Name"
    ),
    "event archive": lambda: pages("events", "list_archives", "Archives", "ArchiveName"),
    "schedule": lambda: pages("scheduler", "list_schedules", "Schedules", "Arn"),
    "schedule group": lambda: pages("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"),
    "log group": lambda: pages("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "state machine": lambda: pages("stepfunctions", "list_state_machines", "stateMachines", "name"),
    "activity": lambda: pages("stepfunctions", "list_activities", "activities", "name"),
    "cloudformation stack": lambda: pages("cloudformation", "list_stacks", "StackSummaries", "StackName"),
    "alarm": lambda: pages("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboard": lambda: pages("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "parameter": lambda: pages("ssm", "describe_parameters", "Parameters", "Name"),
    "secret": lambda: pages("secretsmanager", "list_secrets", "SecretList", "Name"),
    "kinesis stream": lambda: pages("kinesis", "list_streams", "StreamNames"),
    "firehose stream": lambda: pages("firehose", "list_delivery_streams", "DeliveryStreamNames"),
    "kms key": lambda: pages("kms", "list_keys", "Keys", "KeyId"),
    "user pool": lambda: (
        pool["Name"] for pool in boto3.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    ),
    "tagged resource": lambda: pages(
        "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", "ResourceARN"
    ),
}

if sys.argv[1] == "list":
    found = {kind: sorted(names()) for kind, names in KINDS.items()}
else:
    service, operation, arguments = sys.argv[2:]
    found = getattr(boto3.client(service), operation)(**json.loads(arguments))
    found.pop("ResponseMetadata", None)
print(json.dumps(found, default=str))
