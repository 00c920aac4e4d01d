"""The functions behind /notes."""

import functools
import logging
import os
import re
import uuid
from datetime import UTC, datetime

from http_api import object_of, reply

logger = logging.getLogger(__name__)

MAX_TEXT = 1000
MAX_PAGE = 100


@functools.cache
def table():
    """The table. boto3 is loaded by the first request that needs it: one that is refused never waits for it."""
    import boto3

    return boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def create(event, context):
    """POST /notes with {"text": "…"}"""
    text = object_of(event).get("text")
    if not isinstance(text, str) or not 0 < len(text) <= MAX_TEXT:
        return reply(400, {"message": f"text must be a string of 1 to {MAX_TEXT} characters"})
    note = {
        "id": str(uuid.uuid4()),
        "text": text,
        "createdAt": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    table().put_item(Item=note, ConditionExpression="attribute_not_exists(id)")
    logger.info("note created", extra={"note_id": note["id"]})
    return reply(201, note, {"location": f"/notes/{note['id']}"})


def read(event, context):
    """GET /notes/{id}"""
    note_id = event["pathParameters"]["id"]
    note = table().get_item(Key={"id": note_id}).get("Item")
    if note is None:
        return reply(404, {"message": f"there is no note {note_id}"})
    return reply(200, note)


def list_page(event, context):
    """GET /notes?limit=20&after=…"""
    query = event.get("queryStringParameters") or {}
    limit = query.get("limit", "20")
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= MAX_PAGE:
        return reply(400, {"message": f"limit must be a number from 1 to {MAX_PAGE}"})
    start = {"ExclusiveStartKey": {"id": query["after"]}} if "after" in query else {}
    found = table().scan(Limit=int(limit), **start)
    page = {"notes": found["Items"]}
    if "LastEvaluatedKey" in found:
        page["next"] = found["LastEvaluatedKey"]["id"]
    return reply(200, page)
