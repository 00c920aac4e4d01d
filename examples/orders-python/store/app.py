"""Keeps the orders that wait in the queue."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
archive = boto3.client("s3")


def handler(event, context):
    failed = []
    for record in event["Records"]:
        try:
            order = json.loads(record["body"])
            table.put_item(Item=order)
            archive.put_object(
                Bucket=os.environ["ARCHIVE"], Key=f"{order['id']}.json", Body=record["body"]
            )
        except Exception as error:
            print(f"order in message {record['messageId']} cannot be kept: {error!r}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
