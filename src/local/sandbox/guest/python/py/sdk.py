"""boto3 in the image: imported, with the models of the services that functions use most."""

import importlib
import os

# The services whose clients are made while the image is, so that their models are parsed in it.
_SERVICES = ("dynamodb", "s3", "sqs", "sns", "lambda", "sts", "events", "ssm", "secretsmanager", "stepfunctions")

# Nothing of these reaches an environment: each sets its own variables before it makes a client.
_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "image",
    "AWS_SECRET_ACCESS_KEY": "image",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def prepare():
    """Imports boto3 and warms what every client needs."""
    os.environ.update(_VARIABLES)
    boto3 = importlib.import_module("boto3")
    importlib.import_module("boto3.dynamodb.conditions")
    importlib.import_module("botocore.exceptions")
    importlib.import_module("botocore.config")
    for name in _VARIABLES:
        os.environ.pop(name, None)
