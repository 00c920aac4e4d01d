"""GET /health"""

import os

from http_api import reply


def handler(event, context):
    return reply(200, {"status": "ok", "region": os.environ["AWS_REGION"]})
