def handler(event, context):
    return {"when": {1, 2}}
