import os


def handler(event, context):
    os.environ["ADDED"] = "1"
    return {
        "own": os.environ["COLOUR"],
        "lambda": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        "get": os.getenv("AWS_REGION"),
        "image": sorted(name for name in os.environ if name.startswith("PYTHON")),
        "trace": os.environ.get("_X_AMZN_TRACE_ID"),
        "added": os.getenv("ADDED"),
    }
