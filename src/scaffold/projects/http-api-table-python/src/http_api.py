"""Requests and answers of an HTTP API."""

import base64
import json


def reply(status, body, headers=None):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", **(headers or {})},
        "body": json.dumps(body, ensure_ascii=False),
    }


def object_of(event):
    """The object in a request's body; an empty one when there is none."""
    text = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            text = base64.b64decode(text)
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
