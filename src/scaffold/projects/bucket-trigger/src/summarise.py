"""Summarises each CSV file that is put into a bucket."""

import csv
import functools
import io
import json
import logging
import os
from urllib.parse import unquote_plus

logger = logging.getLogger(__name__)

# What a file may have, in bytes: it is read into memory whole.
MAX_SIZE = 50_000_000


@functools.cache
def s3():
    """The client. boto3 is loaded by the first file that is read."""
    import boto3

    return boto3.client("s3")


def handler(event, context):
    """Puts a summary for each file of the event into the other bucket, under the file's key and `.json`."""
    summarised, skipped = [], []
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        # Keys are encoded as in a form: a space is a plus.
        key = unquote_plus(record["s3"]["object"]["key"])
        size = record["s3"]["object"].get("size", 0)
        if not 0 < size <= MAX_SIZE:
            logger.warning("file skipped", extra={"key": key, "size": size})
            skipped.append(key)
            continue
        text = s3().get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8-sig")
        summary = summarise(text)
        s3().put_object(
            Bucket=os.environ["SUMMARIES_BUCKET"],
            Key=f"{key}.json",
            Body=json.dumps(summary).encode(),
            ContentType="application/json",
        )
        logger.info("file summarised", extra={"key": key, "rows": summary["rows"]})
        summarised.append(key)
    return {"summarised": summarised, "skipped": skipped}


def summarise(text):
    """How many rows there are, and of each column the lowest and highest number, or how many different texts."""
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = {}
    for name in rows[0] if rows else []:
        values = [row[name] for row in rows if row[name]]
        numbers = [number for number in map(number_of, values) if number is not None]
        if numbers and len(numbers) == len(values):
            columns[name] = {"lowest": min(numbers), "highest": max(numbers)}
        else:
            columns[name] = {"different": len(set(values))}
    return {"rows": len(rows), "columns": columns}


def number_of(text):
    try:
        return float(text)
    except ValueError:
        return None
