#!/usr/bin/env python3
"""Asks an installed AWS SAM CLI what it makes of the cases here, and which parameters its commands have.

    python3 -m venv /tmp/sam && /tmp/sam/bin/pip install aws-sam-cli
    /tmp/sam/bin/python tests/config/record.py

Writes `sam.json` into every case that a command of SAM can answer, and `schema/samconfig.tsv`.
"""

import contextlib
import importlib
import io
import json
import logging
import os
import sys
from pathlib import Path

os.environ["SAM_CLI_TELEMETRY"] = "0"
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

import boto3
import click
import samcli
from samcli.cli.command import _SAM_CLI_COMMAND_PACKAGES
from samcli.cli.context import Context

# The command of SAM that a command of Hoist is compared with.
COMMANDS = {
    "invoke": ("samcli.commands.local.invoke.cli", ["local", "invoke"]),
    "validate": ("samcli.commands.validate.validate", ["validate"]),
    "deploy": ("samcli.commands.deploy.command", ["deploy"]),
}
WANTED = ["template_file", "parameter_overrides", "event", "env_vars", "function_logical_id"]
OF_DEPLOY = ["stack_name", "s3_bucket", "s3_prefix", "capabilities", "tags", "confirm_changeset"]


def leaves(command, words):
    if hasattr(command, "list_commands"):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from leaves(command.get_command(context, name), words + [name])
    else:
        yield "_".join(word.replace("-", "_") for word in words), command


def table():
    lines = [f"# The commands of AWS SAM CLI {samcli.__version__} and their parameters, as samconfig.toml spells them."]
    for package in _SAM_CLI_COMMAND_PACKAGES:
        command = importlib.import_module(package).cli
        for name, leaf in leaves(command, [package.split(".")[-1]]):
            names = {p.name for p in leaf.params if p.name} - {"config_file", "config_env"}
            # The events that SAM can generate are no settings.
            if names and not name.startswith("local_generate_event"):
                lines.append(name + "\t" + " ".join(sorted(names)))
    lines[1:] = sorted(lines[1:])
    (ROOT / "schema" / "samconfig.tsv").write_text("\n".join(lines) + "\n")


def answer(command, arguments):
    module, words = COMMANDS[command]
    parent = click.Context(click.Group("sam"), info_name="sam")
    parent.obj = Context()
    for word in words[:-1]:
        parent = click.Context(click.Group(word), info_name=word, parent=parent)
    try:
        leaf = importlib.import_module(module).cli
        context = leaf.make_context(words[-1], arguments, parent=parent)
    except Exception as error:
        return {"error": type(error).__name__}
    found = {}
    for name in WANTED + (OF_DEPLOY if command == "deploy" else []):
        source = context.get_parameter_source(name)
        if source and source.name != "DEFAULT" and context.params.get(name) not in (None, "", {}, ()):
            found[name] = context.params[name]
    if "template_file" in found:
        found["template_file"] = os.path.relpath(found["template_file"])
    try:
        session = boto3._get_default_session()
        found["region"] = session.region_name
    except Exception as error:
        return {"error": type(error).__name__}
    if session.profile_name != "default":
        found["profile"] = session.profile_name
    return found


def record(case):
    settings = json.loads((case / "case.json").read_text())
    if settings.get("sam") is False or settings["command"] not in COMMANDS:
        return
    os.chdir(case / "project")
    kept = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("AWS_", "SAM_", "HOIST_")):
            del os.environ[name]
    os.environ["SAM_CLI_TELEMETRY"] = "0"
    os.environ["HOME"] = str(case / "project")
    os.environ.update(settings.get("environment", {}))
    boto3.DEFAULT_SESSION = None
    with contextlib.redirect_stderr(io.StringIO()):
        found = answer(settings["command"], settings.get("arguments", []))
    os.environ.clear()
    os.environ.update(kept)
    (case / "sam.json").write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    table()
    for case in sorted(HERE.iterdir()):
        if (case / "case.json").is_file():
            record(case)
    sys.exit(0)
