import html
import queue

import statistics


def handler(event, context):
    return [queue.whose, statistics.whose, html.escape("<")]
