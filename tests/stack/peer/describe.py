"""Describes the resources of a stack in a form in which two deployments of one template can be compared.

describe.py GIVEN, which is JSON: {"resources": [{"id", "type", "reference"}], "outputs": {NAME: VALUE}}.
It prints {"resources": {"ID": {"type": …, property: …}}, "outputs": …}. Every name, ARN and URL of a resource of the stack is
written as <ID>, so that what refers to what is compared too. What is a time, or numbered by AWS, is left out.
"""

import hashlib
import io
import json
import re
import sys
import urllib.request
import zipfile

import boto3
from botocore.exceptions import ClientError

# Times, and what AWS makes up anew for every resource and every change.
LEFT_OUT = {
    "ResponseMetadata", "CreateDate", "CreationDate", "CreationTime", "CreationDateTime", "CreatedDate", "CreatedTimestamp",
    "LastModifiedTimestamp", "LastModified", "LastModifiedTime", "LastModifiedDate", "LastUpdatedDate", "LastUpdateDateTime",
    "LastUpdateToPayPerRequestDateTime", "EarliestRestorableDateTime", "LatestRestorableDateTime", "LatestStreamLabel",
    "creationDate", "creationTime", "createdDate", "updateDate", "RevisionId", "revisionId", "RoleId", "TableId", "IndexId",
    "UUID", "Id", "IntegrationId", "RouteId", "DeploymentId", "AuthorizerId", "CodeSha256", "CodeSize", "ETag", "nextToken",
    "NextToken", "HTTPStatusCode", "RequestId", "HostId", "StateTransitionReason", "LastModificationDate", "FunctionUrl",
}  # fmt: skip
# Their logical ids end with a hash of what they hold.
HASHED = {"AWS::Lambda::LayerVersion", "AWS::Lambda::Version", "AWS::ApiGateway::Deployment"}


def client(name, made={}):
    if name not in made:
        made[name] = boto3.client(name)
    return made[name]


def ask(service, operation, member=None, **arguments):
    """One answer; None where there is no such setting."""
    try:
        answer = getattr(client(service), operation)(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code.startswith("NoSuch") or "NotFound" in code or code == "404":
            return None
        raise
    return answer.get(member) if member else answer


def contents(location):
    """What is in a zip file: the names, whether they can be executed, and the SHA-256 of each."""
    data = urllib.request.urlopen(location, timeout=20).read()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            one.filename: [bool(one.external_attr >> 16 & 0o111), hashlib.sha256(archive.read(one)).hexdigest()]
            for one in archive.infolist()
            if not one.is_dir()
        }


def policy(text):
    document = json.loads(text) if isinstance(text, str) else text
    for statement in document.get("Statement", []):
        statement.pop("Sid", None)
    document.pop("Id", None)
    document["Statement"] = sorted(document["Statement"], key=lambda one: json.dumps(one, sort_keys=True))
    return document


def permissions(name, qualifier=None):
    """The policy of a function, of one of its aliases or of a layer's version."""
    extra = {"Qualifier": qualifier} if qualifier else {}
    text = ask("lambda", "get_policy", "Policy", FunctionName=name, **extra)
    return policy(text) if text else None


def function(name):
    whole = ask("lambda", "get_function", FunctionName=name)
    return {
        "configuration": ask("lambda", "get_function_configuration", FunctionName=name),
        "code": contents(whole["Code"]["Location"]),
        "repository": whole["Code"]["RepositoryType"],
        "tags": whole.get("Tags"),
        "concurrency": ask("lambda", "get_function_concurrency", FunctionName=name),
        "permissions": permissions(name),
    }


def layer(arn):
    name, version = arn.split(":")[-2:]
    whole = ask("lambda", "get_layer_version", LayerName=name, VersionNumber=int(version))
    whole["Content"] = contents(whole["Content"]["Location"])
    return whole


def alias(arn):
    name, alias = arn.split(":")[-2:]
    whole = ask("lambda", "get_alias", FunctionName=name, Name=alias)
    return whole | {"permissions": permissions(name, alias)}


def qualified(reference):
    """`function:alias`, `function|alias`, an ARN of either, or a function alone, as arguments."""
    parts = re.split("[:|]", reference.split(":function:")[-1])
    return {"FunctionName": parts[0]} | ({"Qualifier": parts[1]} if len(parts) > 1 else {})


def role(name):
    whole = ask("iam", "get_role", "Role", RoleName=name)
    names = ask("iam", "list_role_policies", "PolicyNames", RoleName=name)
    inline = {one: ask("iam", "get_role_policy", "PolicyDocument", RoleName=name, PolicyName=one) for one in names}
    attached = ask("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    tags = ask("iam", "list_role_tags", "Tags", RoleName=name)
    return whole | {"Tags": tags, "inline": inline, "attached": sorted(one["PolicyArn"] for one in attached)}


def queue(url):
    attributes = ask("sqs", "get_queue_attributes", "Attributes", QueueUrl=url, AttributeNames=["All"])
    for name in ("Policy", "RedrivePolicy"):
        if name in attributes:
            attributes[name] = json.loads(attributes[name])
    # How many messages there are, roughly, is no setting.
    attributes = {name: value for name, value in attributes.items() if not name.startswith("Approximate")}
    return attributes | {"tags": ask("sqs", "list_queue_tags", "Tags", QueueUrl=url)}


def table(name):
    whole = ask("dynamodb", "describe_table", "Table", TableName=name)
    arn = whole["TableArn"]
    backups = ask("dynamodb", "describe_continuous_backups", "ContinuousBackupsDescription", TableName=name)
    return whole | {
        "tags": ask("dynamodb", "list_tags_of_resource", "Tags", ResourceArn=arn),
        "ttl": ask("dynamodb", "describe_time_to_live", "TimeToLiveDescription", TableName=name),
        "backups": backups,
    }


def bucket(name):
    one = {"Bucket": name}
    return {
        "encryption": ask("s3", "get_bucket_encryption", "ServerSideEncryptionConfiguration", **one),
        "versioning": ask("s3", "get_bucket_versioning", "Status", **one),
        "public access": ask("s3", "get_public_access_block", "PublicAccessBlockConfiguration", **one),
        "ownership": ask("s3", "get_bucket_ownership_controls", "OwnershipControls", **one),
        "lifecycle": ask("s3", "get_bucket_lifecycle_configuration", "Rules", **one),
        "cors": ask("s3", "get_bucket_cors", "CORSRules", **one),
        "website": ask("s3", "get_bucket_website", **one),
        "logging": ask("s3", "get_bucket_logging", "LoggingEnabled", **one),
        "notifications": ask("s3", "get_bucket_notification_configuration", **one),
        "policy": ask("s3", "get_bucket_policy", "Policy", **one),
        "tags": ask("s3", "get_bucket_tagging", "TagSet", **one),
    }


def http_api(api):
    integrations = {
        f"integrations/{one['IntegrationId']}": one for one in ask("apigatewayv2", "get_integrations", "Items", ApiId=api)
    }
    routes = ask("apigatewayv2", "get_routes", "Items", ApiId=api)
    for route in routes:
        route["Target"] = integrations.get(route.get("Target"), route.get("Target"))
    authorizers = ask("apigatewayv2", "get_authorizers", "Items", ApiId=api) or []
    return ask("apigatewayv2", "get_api", ApiId=api) | {
        "routes": {route["RouteKey"]: route for route in routes},
        "authorizers": {one["Name"]: one for one in authorizers},
    }


def topic(arn):
    attributes = ask("sns", "get_topic_attributes", "Attributes", TopicArn=arn)
    for name in ("Policy", "EffectiveDeliveryPolicy", "DeliveryPolicy"):
        if name in attributes:
            attributes[name] = json.loads(attributes[name])
    return attributes | {"tags": ask("sns", "list_tags_for_resource", "Tags", ResourceArn=arn)}


def subscription(arn):
    attributes = ask("sns", "get_subscription_attributes", "Attributes", SubscriptionArn=arn)
    for name in ("FilterPolicy", "RedrivePolicy", "DeliveryPolicy", "EffectiveDeliveryPolicy"):
        if name in attributes:
            attributes[name] = json.loads(attributes[name])
    return attributes


def rule(reference):
    """`Ref` of a rule on another bus than the default one is `bus|rule`."""
    found = []
    for bus in ask("events", "list_event_buses", "EventBuses"):
        found += ask("events", "list_rules", "Rules", EventBusName=bus["Name"])
    whole = next(one for one in found if one["Name"] == reference.split("|")[-1])
    if "EventPattern" in whole:
        whole["EventPattern"] = json.loads(whole["EventPattern"])
    targets = ask("events", "list_targets_by_rule", "Targets", Rule=whole["Name"], EventBusName=whole["EventBusName"])
    # The target's id is the template's, unlike most things of that name.
    return whole | {
        "targets": [target | {"name": target["Id"]} for target in targets],
        "tags": ask("events", "list_tags_for_resource", "Tags", ResourceARN=whole["Arn"]),
    }


def bus(name):
    whole = ask("events", "describe_event_bus", Name=name)
    return whole | {"tags": ask("events", "list_tags_for_resource", "Tags", ResourceARN=whole["Arn"])}


def log_group(name):
    groups = ask("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    whole = next(one for one in groups if one["logGroupName"] == name)
    return whole | {"tags": ask("logs", "list_tags_log_group", "tags", logGroupName=name)}


def state_machine(arn):
    whole = ask("stepfunctions", "describe_state_machine", stateMachineArn=arn)
    whole["definition"] = json.loads(whole["definition"])
    return whole | {"tags": ask("stepfunctions", "list_tags_for_resource", "tags", resourceArn=arn)}


# What a permission or a queue's policy does is seen in the policy of what it is for.
ELSEWHERE = {"AWS::Lambda::Permission", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"}
DESCRIBED = {
    "AWS::Lambda::Function": function,
    "AWS::Lambda::LayerVersion": layer,
    "AWS::Lambda::Version": lambda arn: ask("lambda", "get_function_configuration", **qualified(arn)),
    "AWS::Lambda::Alias": alias,
    "AWS::Lambda::Url": lambda it: ask(
        "lambda", "list_function_url_configs", "FunctionUrlConfigs", FunctionName=qualified(it)["FunctionName"]
    ),
    "AWS::Lambda::EventInvokeConfig": lambda it: ask("lambda", "get_function_event_invoke_config", **qualified(it)),
    "AWS::Lambda::EventSourceMapping": lambda it: ask("lambda", "get_event_source_mapping", UUID=it),
    "AWS::IAM::Role": role,
    "AWS::SQS::Queue": queue,
    "AWS::DynamoDB::Table": table,
    "AWS::S3::Bucket": bucket,
    "AWS::ApiGatewayV2::Api": http_api,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::Subscription": subscription,
    "AWS::Events::Rule": rule,
    "AWS::Events::EventBus": bus,
    "AWS::Scheduler::Schedule": lambda it: ask("scheduler", "get_schedule", Name=it.split("|")[-1]),
    "AWS::Logs::LogGroup": log_group,
    "AWS::StepFunctions::StateMachine": state_machine,
}


def logical(resource):
    return re.sub("[0-9a-f]{10}$", "", resource["id"]) if resource["type"] in HASHED else resource["id"]


def names(resources):
    """Every physical name with the logical id it stands for."""
    found = {}
    for resource in resources:
        # What these are called is what another resource is called.
        if resource["type"] in ELSEWHERE | {"AWS::ApiGatewayV2::Stage", "AWS::Lambda::Url", "AWS::Lambda::EventInvokeConfig"}:
            continue
        last = re.split("[/|]|:(?=[^:]*$)", resource["reference"])[-1]
        for name in (resource["reference"], last):
            if len(name) > 5:
                found.setdefault(name, f"<{logical(resource)}>")
    return found


def clean(value, known, key=None):
    """The value with the stack's own names replaced and without what is left out or empty."""
    if isinstance(value, dict):
        cleaned = {
            clean(name, known): clean(inner, known, name) for name, inner in value.items() if name not in LEFT_OUT
        }
        return {name: inner for name, inner in cleaned.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        if key in ("Tags", "tags", "TagSet"):
            pairs = [{name.lower(): inner for name, inner in one.items()} for one in value]
            return clean({one["key"]: one["value"] for one in pairs}, known)
        cleaned = [clean(inner, known) for inner in value]
        # Lists that AWS gives in any order.
        return sorted(cleaned, key=lambda one: json.dumps(one, sort_keys=True)) if key != "definition" else cleaned
    if isinstance(value, str):
        if known:
            longest = sorted(known, key=len, reverse=True)
            value = re.sub("|".join(map(re.escape, longest)), lambda found: known[found[0]], value)
        # A stream is named by the moment it was made.
        return re.sub(r"/stream/\d{4}-[0-9T:.-]+Z?", "/stream/<time>", value)
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)


given = json.loads(sys.argv[1])
resources = given["resources"]
known = names(resources)
described = {}
for resource in resources:
    kind, reference = resource["type"], resource["reference"]
    found = {"type": kind}
    if kind == "AWS::ApiGatewayV2::Stage":
        apis = [one["reference"] for one in resources if one["type"] == "AWS::ApiGatewayV2::Api"]
        stages = [ask("apigatewayv2", "get_stage", ApiId=api, StageName=reference) for api in apis]
        found |= next(stage for stage in stages if stage)
    elif kind not in ELSEWHERE:
        if kind not in DESCRIBED:
            sys.exit(f"describe.py cannot describe a {kind}")
        answer = DESCRIBED[kind](reference)
        if answer is None:
            sys.exit(f"{resource['id']}: there is no {kind} {reference}")
        found |= answer if isinstance(answer, dict) else {"all": answer}
    described[logical(resource)] = clean(found, known)
print(json.dumps({"resources": described, "outputs": clean(given["outputs"], known)}))
