"""Lists everything there is on an emulated AWS, in a form in which two stacks of the same template are the same.

Reads the server's address from each line of standard input, and answers each with a line of JSON. What the server makes by chance
(ids, times) is left out, or named by what it stands for.
"""

import json
import re
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

CHANCE = {
    "AliasRoutingConfiguration", "ApiEndpoint", "CodeSize", "CreateDate", "CreatedDate", "CreatedTimestamp",
    "CreationDate", "CreationDateTime", "ItemCount", "LastModified", "LastModifiedTimestamp", "LastProcessingResult",
    "LastUpdateToPayPerRequestDateTime", "LastUpdated", "LastUpdatedDate", "LastUpdateStatus", "ResponseMetadata", "RevisionId", "RoleId",
    "RoleLastUsed", "SubscriptionArn", "TableId", "TableSizeBytes", "UUID", "EventSourceMappingArn", "creationTime",
    "storedBytes", "Location", "DeploymentId", "StateTransitionReason", "LastDeploymentStatusMessage",
    # Numbers of what goes through a queue, not of the queue.
    "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible",
}


def plain(value):
    """The value without what is there by chance. Nothing at all and an empty value are the same; lists are sorted."""
    if isinstance(value, dict):
        items = {key: plain(item) for key, item in value.items() if key not in CHANCE}
        return {key: item for key, item in items.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    if isinstance(value, str) and value.startswith("{"):
        try:
            return plain(json.loads(value))
        except ValueError:
            return value
    return value


def asked(call, **arguments):
    """The answer; none where there is no such thing."""
    try:
        return call(**arguments)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status in (404, 400):
            return None
        raise


class Listing:
    def __init__(self, url):
        self.clients = {}
        self.url = url
        self.names = {}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service, endpoint_url=self.url, region_name="eu-central-1", aws_access_key_id="test",
                aws_secret_access_key="test", config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
            )
        return self.clients[service]

    def all(self):
        self.names = {}
        found = {
            name: getattr(self, name)()
            for name in ("functions", "mappings", "roles", "queues", "tables", "buckets", "topics", "rules", "logs", "apis", "layers")
        }
        text = json.dumps(plain(found), sort_keys=True, default=str)
        for chance, name in self.names.items():
            text = re.sub(rf"\b{re.escape(chance)}\b", name, text)
        return text

    def functions(self):
        client = self.client("lambda")
        found = []
        for function in client.list_functions()["Functions"]:
            name = function["FunctionName"]
            policy = asked(client.get_policy, FunctionName=name)
            found.append({
                "configuration": client.get_function_configuration(FunctionName=name),
                "policy": policy and policy["Policy"],
                "tags": client.list_tags(Resource=function["FunctionArn"])["Tags"],
                "versions": client.list_versions_by_function(FunctionName=name)["Versions"],
                "aliases": client.list_aliases(FunctionName=name)["Aliases"],
            })
        return found

    def mappings(self):
        return self.client("lambda").list_event_source_mappings()["EventSourceMappings"]

    def layers(self):
        return self.client("lambda").list_layers()["Layers"]

    def roles(self):
        client = self.client("iam")
        return [
            {
                "role": client.get_role(RoleName=role["RoleName"])["Role"],
                "policies": [
                    client.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)
                    for policy in client.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
                ],
                "attached": client.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"],
                "tags": client.list_role_tags(RoleName=role["RoleName"])["Tags"],
            }
            for role in client.list_roles()["Roles"]
        ]

    def queues(self):
        client = self.client("sqs")
        return [
            {
                "attributes": client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"],
                "tags": client.list_queue_tags(QueueUrl=url).get("Tags"),
            }
            for url in client.list_queues().get("QueueUrls", [])
        ]

    def tables(self):
        client = self.client("dynamodb")
        tables = [client.describe_table(TableName=name)["Table"] for name in client.list_tables()["TableNames"]]
        return [
            {"table": table, "tags": client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]} for table in tables
        ]

    def buckets(self):
        client = self.client("s3")
        found = []
        for bucket in client.list_buckets()["Buckets"]:
            name = bucket["Name"]
            keys = [item["Key"] for item in client.list_objects_v2(Bucket=name).get("Contents", [])]
            tags = asked(client.get_bucket_tagging, Bucket=name)
            found.append({
                "name": name,
                "notification": [
                    {**one, "Id": None}
                    for one in client.get_bucket_notification_configuration(Bucket=name).get("LambdaFunctionConfigurations", [])
                ],
                "tags": tags and tags["TagSet"],
                # How many deployments there were is another matter than what there is now; the lock of a run that has ended counts
                # for nothing while there is a stack.
                "keys": [
                    key for key in keys
                    if "/deployment/" not in key and key.replace("lock.json", "state.json") not in set(keys) - {key}
                ],
            })
        return found

    def topics(self):
        client = self.client("sns")
        return [
            {
                "attributes": client.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"],
                "subscriptions": client.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"],
                "tags": client.list_tags_for_resource(ResourceArn=topic["TopicArn"])["Tags"],
            }
            for topic in client.list_topics()["Topics"]
        ] + client.list_subscriptions()["Subscriptions"]

    def rules(self):
        client = self.client("events")
        return [
            {
                "rule": rule,
                "targets": client.list_targets_by_rule(Rule=rule["Name"])["Targets"],
                "tags": client.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"],
            }
            for rule in client.list_rules()["Rules"]
        ]

    def logs(self):
        client = self.client("logs")
        return [
            {"group": group, "tags": client.list_tags_log_group(logGroupName=group["logGroupName"])["tags"]}
            for group in client.describe_log_groups()["logGroups"]
            # What a running function writes is not the stack's.
            if not group["logGroupName"].startswith("/aws/lambda/")
        ]

    def apis(self):
        client = self.client("apigatewayv2")
        found = []
        for number, api in enumerate(client.get_apis()["Items"]):
            id = api["ApiId"]
            self.names[id] = f"API{number}"
            integrations = client.get_integrations(ApiId=id)["Items"]
            integrations.sort(key=lambda one: one.get("IntegrationUri", ""))
            for place, integration in enumerate(integrations):
                self.names[integration["IntegrationId"]] = f"INTEGRATION{place}"
            routes = client.get_routes(ApiId=id)["Items"]
            for route in routes:
                self.names[route["RouteId"]] = "ROUTE"
            found.append({
                "api": api,
                "integrations": integrations,
                "routes": routes,
                "stages": client.get_stages(ApiId=id)["Items"],
            })
        return found


listings = {}
for line in sys.stdin:
    url = line.strip()
    listing = listings.setdefault(url, Listing(url))
    print(listing.all(), flush=True)
