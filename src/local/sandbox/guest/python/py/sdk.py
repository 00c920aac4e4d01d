"""boto3 in the image: imported, with the models of the services that functions use most already read."""

import importlib
import os

# A model that is not among them is read when its first client is made, as in Lambda.
_CLIENTS = ("dynamodb", "s3", "sqs", "sns", "sts", "ssm", "secretsmanager", "lambda", "events", "stepfunctions")
_RESOURCES = ("dynamodb", "s3")

# So that clients can be made at all. Nothing of it stays: every environment has variables of its own.
_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "image",
    "AWS_SECRET_ACCESS_KEY": "image",
    "AWS_DEFAULT_REGION": "us-east-1",
}

_IMPORTS = (
    "boto3.dynamodb.conditions",
    "boto3.dynamodb.types",
    "boto3.s3.transfer",
    "botocore.config",
    "botocore.exceptions",
    "botocore.httpsession",
)


def prepare():
    """Imports boto3 and reads the models; what it made on the way is forgotten."""
    boto3 = importlib.import_module("boto3")
    for name in _IMPORTS:
        importlib.import_module(name)
    os.environ.update(_VARIABLES)
    session = boto3.session.Session()
    for name in _CLIENTS:
        session.client(name)
    for name in _RESOURCES:
        session.resource(name)
    for name in _VARIABLES:
        del os.environ[name]
    _share(session._session.get_component("data_loader")._cache)


def _share(models):
    """Gives every session of botocore what the image has read; its own loader would begin with nothing."""
    session = importlib.import_module("botocore.session")
    create = session.create_loader

    def create_loader(search_path=None):
        loader = create(search_path)
        if not search_path:
            loader._cache.update(models)
        return loader

    session.create_loader = create_loader
