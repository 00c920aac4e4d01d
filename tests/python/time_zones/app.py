import datetime
import time
import zoneinfo


def handler(event, context):
    moment = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.timezone.utc)
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    drift = abs(time.time() - datetime.datetime.now(datetime.timezone.utc).timestamp())
    return [moment.astimezone(zone).isoformat(), time.tzname[0], drift < 5]
