"""The handler on the root logger, and the records of errors, as Lambda's runtime writes them."""

import json
import logging
import time
import traceback
from datetime import datetime, timezone

import hoist_channel as channel

_SECONDS = "%Y-%m-%dT%H:%M:%S"

# Members that a record has without the caller's `extra`.
_OWN = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {
    "aws_request_id",
    "tenant_id",
    "_frame_type",
    "message",
    "asctime",
}
_OWN.discard("taskName")  # Lambda's own list does not have it

_encode = json.JSONEncoder(ensure_ascii=False).encode


class Sink:
    """Where records go; `context.log` looks for it."""

    def log(self, text, frame_type=None):
        channel.record(text if text.endswith("\n") else text + "\n")


class LambdaLoggerHandler(logging.Handler):
    def __init__(self, sink):
        super().__init__()
        self.log_sink = sink

    def emit(self, record):
        self.log_sink.log(self.format(record))


class _RequestFilter(logging.Filter):
    """Gives each record the id of the invocation."""

    request_id = ""

    def filter(self, record):
        record.aws_request_id = self.request_id
        record.tenant_id = None
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record):
        record.levelno = min(50, max(0, record.levelno)) // 10 * 10
        record.levelname = logging.getLevelName(record.levelno)
        time_of = datetime.fromtimestamp(record.created, tz=timezone.utc)
        error = record.exc_info or None
        members = {
            "timestamp": time_of.strftime(_SECONDS + ".%f")[:-3] + "Z",
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(error[2]) if error else None,
            "errorType": error[0].__name__ if error and error[0] else None,
            "errorMessage": str(error[1]) if error else None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if error else None,
        }
        for name, value in record.__dict__.items():
            if name not in _OWN and name not in members:
                members[name] = value
        return _encode({name: value for name, value in members.items() if value is not None}) + "\n"


class Log:
    """Lambda's logging for one environment."""

    def __init__(self, log_format, log_level):
        self.json = bool(log_format) and log_format.upper() == "JSON"
        level = {None: "", "TRACE": "DEBUG"}.get(log_level, log_level).upper()
        self._filter = _RequestFilter()
        # Lambda counts from the start of the runtime, not from that of the image.
        if hasattr(logging, "_startTime"):
            logging._startTime = time.time_ns()
        logging.Formatter.converter = time.gmtime
        handler = LambdaLoggerHandler(Sink())
        if self.json:
            handler.setFormatter(JsonFormatter())
        else:
            text = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
            handler.setFormatter(logging.Formatter(text, _SECONDS))
        handler.addFilter(self._filter)
        root = logging.getLogger()
        if level in logging.getLevelNamesMapping():
            root.setLevel(level)
        root.addHandler(handler)

    def request(self, request_id):
        self._filter.request_id = request_id

    def error(self, error):
        """Writes the record of an error payload."""
        if self.json:
            now = time.strftime(_SECONDS, time.gmtime())
            channel.record(_encode({"timestamp": now, "level": "ERROR", **error}) + "\n")
            return
        head = "[ERROR]"
        if error["errorType"]:
            head += f" {error['errorType']}"
        if error["errorMessage"]:
            head += (":" if error["errorType"] else "") + f" {error['errorMessage']}"
        lines = [head, "Traceback (most recent call last):"]
        for frame in error["stackTrace"]:
            for line in frame.splitlines() or [""]:
                text = line.lstrip(" ")
                lines.append("\u00a0" * (len(line) - len(text)) + text)
        channel.record("\n".join(lines) + "\n")
