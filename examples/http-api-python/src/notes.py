"""Notes in a DynamoDB table, behind an HTTP API."""

import base64
import json
import logging
import os
import uuid
from datetime import datetime, timezone
from decimal import Decimal

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])

MAX_TITLE_LENGTH = 80


def create(event, context):
    """POST /notes {"title": "…", "text": "…", "stars": 1}"""
    body = parse_body(event)
    title = body.get("title")
    if not isinstance(title, str) or not 0 < len(title) <= MAX_TITLE_LENGTH:
        return reply(400, {"message": f"title must be a string of 1 to {MAX_TITLE_LENGTH} characters"})
    note = {
        "id": str(uuid.uuid4()),
        "title": title,
        "text": body.get("text", ""),
        "stars": Decimal(str(body.get("stars", 0))),
        "created_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    table.put_item(Item=note)
    logger.info("kept note %s", note["id"])
    return reply(201, note, {"location": f"/notes/{note['id']}"})


def read(event, context):
    """GET /notes/{id}"""
    note_id = event["pathParameters"]["id"]
    note = table.get_item(Key={"id": note_id}).get("Item")
    if note is None:
        return reply(404, {"message": f"there is no note {note_id}"})
    return reply(200, note)


def list_all(event, context):
    """GET /notes"""
    notes = table.scan()["Items"]
    return reply(200, {"notes": sorted(notes, key=lambda note: note["created_at"])})


def parse_body(event):
    """The object in a request's body. Binary clients send it in base64."""
    text = event.get("body") or "{}"
    if event.get("isBase64Encoded"):
        text = base64.b64decode(text)
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def reply(status, body, headers=None):
    """An answer of an HTTP API. DynamoDB's numbers are Decimals, which JSON has none of."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", **(headers or {})},
        "body": json.dumps(body, default=number, ensure_ascii=False),
    }


def number(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
