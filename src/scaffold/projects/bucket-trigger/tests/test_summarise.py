import io
import json
import os
import unittest
from unittest.mock import patch

import summarise


class S3:
    """As much of boto3's client as the function uses, in memory."""

    def __init__(self, objects):
        self.objects = objects

    def get_object(self, Bucket, Key):
        return {"Body": io.BytesIO(self.objects[Bucket, Key])}

    def put_object(self, Bucket, Key, Body, ContentType):
        self.objects[Bucket, Key] = Body


def record(key, size):
    return {"s3": {"bucket": {"name": "uploads"}, "object": {"key": key, "size": size}}}


class SummariseTest(unittest.TestCase):
    def test_a_column_of_numbers_has_a_lowest_and_a_highest(self):
        self.assertEqual(
            summarise.summarise("city,degrees\nOslo,-3.5\nRome,12\nOslo,\n"),
            {"rows": 3, "columns": {"city": {"different": 2}, "degrees": {"lowest": -3.5, "highest": 12.0}}},
        )

    def test_a_file_without_rows_has_no_columns(self):
        self.assertEqual(summarise.summarise("city,degrees\n"), {"rows": 0, "columns": {}})

    def test_the_summary_lies_under_the_key_of_the_file(self):
        s3 = S3({("uploads", "my report.csv"): b"a\n1\n"})
        with patch.object(summarise, "s3", lambda: s3), patch.dict(os.environ, SUMMARIES_BUCKET="summaries"):
            answer = summarise.handler({"Records": [record("my+report.csv", 4)]}, None)
        self.assertEqual(answer, {"summarised": ["my report.csv"], "skipped": []})
        self.assertEqual(json.loads(s3.objects["summaries", "my report.csv.json"])["rows"], 1)

    def test_empty_and_huge_files_are_not_read(self):
        with patch.object(summarise, "s3", lambda: self.fail("S3 is not needed")), self.assertLogs(level="WARNING"):
            answer = summarise.handler({"Records": [record("empty.csv", 0), record("huge.csv", 10**9)]}, None)
        self.assertEqual(answer, {"summarised": [], "skipped": ["empty.csv", "huge.csv"]})


if __name__ == "__main__":
    unittest.main()
