"""Takes orders in, and tells what became of one."""

import json
import os
import uuid

import boto3

sqs = boto3.client("sqs")
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body, default=str)}


def handler(event, context):
    if event["requestContext"]["http"]["method"] == "GET":
        item = table.get_item(Key={"id": event["pathParameters"]["id"]}).get("Item")
        return answer(200, item) if item else answer(404, {"message": "no such order"})
    order = json.loads(event.get("body") or "{}")
    if not order.get("customer"):
        return answer(400, {"message": "an order needs a customer"})
    order["id"] = order.get("id") or str(uuid.uuid4())
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(order))
    return answer(202, {"id": order["id"], "message": os.environ["GREETING"]})
