import contextlib
import io
import json
import os
import unittest
from datetime import date, timedelta
from unittest.mock import patch

import reminder

DOMAIN = {"what": "Renew the domain", "date": "2027-03-01"}
KEY = {"what": "Rotate the key", "date": "2027-01-15"}


class ReminderTest(unittest.TestCase):
    def test_what_is_due_comes_with_the_days_left_the_nearest_first(self):
        found = reminder.due([DOMAIN, KEY], date(2027, 1, 10), timedelta(days=60))
        self.assertEqual(found, [{**KEY, "daysLeft": 5}, {**DOMAIN, "daysLeft": 50}])

    def test_what_is_further_ahead_than_the_notice_is_not_due(self):
        self.assertEqual(reminder.due([DOMAIN], date(2027, 2, 14), timedelta(days=14)), [])

    def test_what_was_missed_stays_due(self):
        found = reminder.due([KEY], date(2027, 1, 17), timedelta(days=14))
        self.assertEqual(found, [{**KEY, "daysLeft": -2}])

    def test_a_run_writes_the_metric_of_its_scheduled_time(self):
        variables = {"NOTICE_DAYS": "14", "NAMESPACE": "reminders"}
        written = io.StringIO()
        with patch.dict(os.environ, variables), contextlib.redirect_stdout(written):
            with patch.object(reminder, "DEADLINES", [KEY]), self.assertLogs(level="WARNING"):
                answer = reminder.handler({"scheduledTime": "2027-01-14T06:00:00Z"}, None)
        self.assertEqual(answer, {"date": "2027-01-14", "due": [{**KEY, "daysLeft": 1}]})
        metric = json.loads(written.getvalue())
        self.assertEqual(metric["DeadlinesDue"], 1)
        self.assertEqual(metric["_aws"]["Timestamp"], 1_799_906_400_000)


if __name__ == "__main__":
    unittest.main()
