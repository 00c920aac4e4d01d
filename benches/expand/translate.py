"""translate.py TEMPLATE RUNS: prints the median time in ms that AWS's own translator takes, reading included, as JSON."""

import json
import logging
import os
import statistics
import sys
import time

logging.disable(logging.CRITICAL)
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


def once(path):
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    session = boto3.session.Session(region_name="us-east-1")
    return Translator({}, Parser(), boto_session=session).translate(template, {})


path, runs = sys.argv[1], int(sys.argv[2])
times = []
for _ in range(runs):
    started = time.perf_counter()
    resources = once(path)["Resources"]
    times.append((time.perf_counter() - started) * 1000)
print(json.dumps({"ms": statistics.median(times), "resources": len(resources)}))
