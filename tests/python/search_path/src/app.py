import sys

import both
import in_layer
import in_site
import own


def handler(event, context):
    return [sys.path[:3], both.place, own.place, in_layer.place, in_site.place]
