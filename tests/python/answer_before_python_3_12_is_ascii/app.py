def handler(event, context):
    return "hü"
