import fast


def handler(event, context):
    return fast.kind
