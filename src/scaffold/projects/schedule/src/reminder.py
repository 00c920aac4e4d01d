"""Says each morning what is due within the next days."""

import json
import logging
import os
from datetime import date, datetime, timedelta
from pathlib import Path

logger = logging.getLogger(__name__)

DEADLINES = json.loads(Path(__file__).with_name("deadlines.json").read_text("utf-8"))


def handler(event, context):
    # The time that the run was meant for: a run that is tried again later gives the same answer.
    now = datetime.fromisoformat(event["scheduledTime"])
    notice = timedelta(days=int(os.environ["NOTICE_DAYS"]))
    found = due(DEADLINES, now.date(), notice)
    for deadline in found:
        logger.warning("due soon", extra=deadline)
    print(metric(len(found), now, os.environ["NAMESPACE"]))
    return {"date": now.date().isoformat(), "due": found}


def due(deadlines, today, notice):
    """The deadlines that lie at most `notice` ahead or are missed, the nearest first, with the days that are left."""
    found = []
    for deadline in deadlines:
        left = date.fromisoformat(deadline["date"]) - today
        if left <= notice:
            found.append({**deadline, "daysLeft": left.days})
    return sorted(found, key=lambda deadline: deadline["daysLeft"])


def metric(count, time, namespace):
    """A line of log that CloudWatch makes a metric of (the "embedded metric format")."""
    metrics = [{"Name": "DeadlinesDue", "Unit": "Count"}]
    directive = {"Namespace": namespace, "Dimensions": [[]], "Metrics": metrics}
    return json.dumps(
        {
            "_aws": {"Timestamp": int(time.timestamp() * 1000), "CloudWatchMetrics": [directive]},
            "DeadlinesDue": count,
        }
    )
