import base64
import json
import unittest
from unittest.mock import patch

import notes

TEA = {"id": "1", "text": "Buy tea", "createdAt": "2026-01-01T00:00:00+00:00"}


class Table:
    """As much of boto3's Table as the functions use, in memory."""

    def __init__(self, *items):
        self.items = list(items)

    def put_item(self, Item, ConditionExpression):
        self.items.append(Item)

    def get_item(self, Key):
        found = [item for item in self.items if item["id"] == Key["id"]]
        return {"Item": found[0]} if found else {}

    def scan(self, Limit):
        page = {"Items": self.items[:Limit]}
        if len(self.items) > Limit:
            page["LastEvaluatedKey"] = {"id": self.items[Limit - 1]["id"]}
        return page


def call(function, table, **event):
    """The status and the body of a function's answer."""
    with patch.object(notes, "table", lambda: table):
        answer = function(event, None)
    return answer["statusCode"], json.loads(answer["body"])


class NotesTest(unittest.TestCase):
    def test_a_note_is_kept_and_given_back(self):
        table = Table()
        status, note = call(notes.create, table, body='{"text": "Buy tea"}')
        self.assertEqual(status, 201)
        self.assertEqual(table.items, [note])

    def test_a_body_in_base64_is_read(self):
        body = base64.b64encode(b'{"text": "Buy tea"}').decode()
        status, _ = call(notes.create, Table(), body=body, isBase64Encoded=True)
        self.assertEqual(status, 201)

    def test_a_note_without_a_text_is_refused(self):
        for body in [None, "", "no JSON", "null", "{}", '{"text": ""}', '{"text": 1}']:
            with self.subTest(body=body):
                status, _ = call(notes.create, None, body=body)
                self.assertEqual(status, 400)

    def test_a_note_is_found_by_its_id_and_another_is_not(self):
        table = Table(TEA)
        self.assertEqual(call(notes.read, table, pathParameters={"id": "1"}), (200, TEA))
        status, _ = call(notes.read, table, pathParameters={"id": "2"})
        self.assertEqual(status, 404)

    def test_a_page_says_where_the_next_one_starts(self):
        query = {"limit": "2"}
        status, page = call(notes.list_page, Table(TEA, TEA, TEA), queryStringParameters=query)
        self.assertEqual((status, page), (200, {"notes": [TEA, TEA], "next": "1"}))

    def test_a_page_of_no_or_too_many_notes_is_refused(self):
        for limit in ["0", "101", "1.5", "many"]:
            with self.subTest(limit=limit):
                status, _ = call(notes.list_page, None, queryStringParameters={"limit": limit})
                self.assertEqual(status, 400)


if __name__ == "__main__":
    unittest.main()
