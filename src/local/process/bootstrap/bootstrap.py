"""Lambda's Python runtime under the machine's own python3: asks for events, calls the handler, posts its answers.

The model is AWS's own client, awslambdaric. Frames of this file are left out of the traces that functions see, as those
of AWS's bootstrap.py are.
"""

import decimal
import http.client
import importlib
import json
import logging
import math
import os
import re
import sys
import time
import traceback
import uuid

ROOT = "/2018-06-01/runtime"
# Every line of an error's trace begins with these instead of blanks, as in Lambda's log.
INDENT = "\u00a0"
IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
LOG_LEVEL = {"": "", "TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}

request_id = None


class Fault(Exception):
    """An error of the runtime itself: its payload names it `Runtime.<name>`."""

    def __init__(self, name, message, trace=None):
        super().__init__(message)
        self.type = f"Runtime.{name}"
        self.message = message
        self.trace = trace


# --- The log ---------------------------------------------------------------------------------------------------------


class Unbuffered:
    """A stream that writes at once: what a function prints is in the log before its answer."""

    def __init__(self, stream):
        self.stream = stream

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, text):
        self.stream.write(text)
        self.stream.flush()

    def writelines(self, lines):
        self.stream.writelines(lines)
        self.stream.flush()


class Sink:
    """Writes records to Lambda's descriptor for framed ones, so that a record may hold line ends."""

    FRAME_TYPE = (0xA55A0003).to_bytes(4, "big")

    def __init__(self):
        self.file = os.fdopen(int(os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD")), "wb", 0)

    def log(self, text):
        data = text.encode("utf-8", "backslashreplace")
        when = int(time.time_ns() / 1000).to_bytes(8, "big")
        frame = self.FRAME_TYPE + len(data).to_bytes(4, "big") + when + data
        while frame:
            frame = frame[self.file.write(frame) or 0 :]


class Handler(logging.Handler):
    def __init__(self, sink):
        super().__init__()
        self.log_sink = sink

    def emit(self, record):
        self.log_sink.log(self.format(record))


class RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = request_id or ""
        record.tenant_id = None
        return True


class JsonFormatter(logging.Formatter):
    """A record as Lambda's JSON log format has it."""

    USUAL = set(vars(logging.makeLogRecord({}))) | {"aws_request_id", "tenant_id", "message", "asctime"}

    def format(self, record):
        level = min(50, max(0, record.levelno)) // 10 * 10
        error = record.exc_info or (None, None, None)
        members = {
            "timestamp": timestamp(record.created) + f".{int(record.msecs):03d}Z",
            "level": logging.getLevelName(level),
            "message": record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(error[2]) if error[0] else None,
            "errorType": error[0].__name__ if error[0] else None,
            "errorMessage": str(error[1]) if error[0] else None,
            "requestId": record.aws_request_id,
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if error[0] else None,
        }
        for name, value in vars(record).items():
            if name not in self.USUAL and name not in members:
                members[name] = value
        members = {name: value for name, value in members.items() if value is not None}
        return json.dumps(members, ensure_ascii=False) + "\n"


def timestamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def set_up_logging(sink):
    logging.Formatter.converter = time.gmtime
    handler = Handler(sink)
    if IS_JSON:
        handler.setFormatter(JsonFormatter())
    else:
        layout = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
        handler.setFormatter(logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(RequestIdFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = LOG_LEVEL.get(level, level)
    if level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        root.setLevel(level)


def log_error(error, sink):
    if IS_JSON:
        sink.log(to_json({"timestamp": timestamp(time.time()), "level": "ERROR", **error}))
        return
    head = "[ERROR]"
    if error["errorType"]:
        head += " " + error["errorType"]
    if error["errorMessage"]:
        head += (":" if error["errorType"] else "") + " " + error["errorMessage"]
    lines = [head, "Traceback (most recent call last):"]
    for element in error["stackTrace"]:
        for line in element.splitlines() or [""]:
            text = line.lstrip(" ")
            lines.append(INDENT * (len(line) - len(text)) + text)
    sink.log("\n".join(lines))


# --- Errors and values -----------------------------------------------------------------------------------------------


def payload(kind, message, trace, invocation=""):
    return {
        "errorMessage": message or "",
        "errorType": kind or "",
        "requestId": invocation,
        "stackTrace": trace or [],
    }


def payload_of(error, invocation=""):
    if isinstance(error, Fault):
        return payload(error.type, error.message, error.trace, invocation)
    frames = [
        (frame.filename, frame.lineno, frame.name, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    first = next((at for at, frame in enumerate(frames) if "/bootstrap.py" not in frame[0]), 0)
    return payload(type(error).__name__, str(error), traceback.format_list(frames[first:]), invocation)


# Stands before a decimal number's digits until the text around it is there: json itself would round it.
DECIMAL = f"decimal-{uuid.uuid4()}-"
DECIMALS = re.compile(f'"{DECIMAL}([^"]*)"')


class Encoder(json.JSONEncoder):
    def __init__(self):
        # Since 3.12 Lambda leaves other scripts as they are.
        version = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("python3.")[2]
        super().__init__(ensure_ascii=not (version.isdigit() and int(version) >= 12))

    def default(self, value):
        if isinstance(value, decimal.Decimal):
            return math.nan if value.is_nan() else f"{DECIMAL}{value}"
        return super().default(value)


def to_json(value):
    text = Encoder().encode(value)
    return DECIMALS.sub(r"\1", text) if DECIMAL in text else text


# --- The context -----------------------------------------------------------------------------------------------------


def members(kind, given):
    """An object of `kind` with the members of its class; those not given are None."""
    if given is None:
        return None
    made = kind()
    for name in kind.__slots__:
        setattr(made, name, given.get(name))
    return made


def described(one, names):
    return f"{type(one).__name__}([" + ",".join(f"{name}={getattr(one, name)}" for name in names) + "])"


class CognitoIdentity:
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]

    def __repr__(self):
        return described(self, self.__slots__)


class Client:
    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]

    def __repr__(self):
        return described(self, self.__slots__)


class ClientContext:
    __slots__ = ["custom", "env", "client"]

    def __repr__(self):
        return described(self, self.__slots__)


class LambdaContext:
    SHOWN = [
        "aws_request_id",
        "log_group_name",
        "log_stream_name",
        "function_name",
        "memory_limit_in_mb",
        "function_version",
        "invoked_function_arn",
        "client_context",
        "identity",
        "tenant_id",
    ]

    def __init__(self, headers):
        environ = os.environ.get
        self.aws_request_id = headers.get("Lambda-Runtime-Aws-Request-Id")
        self.log_group_name = environ("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environ("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environ("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self.client_context = members(ClientContext, parsed(headers, "Client-Context", "Client Context"))
        if self.client_context is not None:
            self.client_context.client = members(Client, self.client_context.client)
        identity = parsed(headers, "Cognito-Identity", "Cognito Identity") or {}
        self.identity = members(CognitoIdentity, {})
        self.identity.cognito_identity_id = identity.get("cognitoIdentityId")
        self.identity.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")
        self._epoch_deadline_time_in_ms = int(headers.get("Lambda-Runtime-Deadline-Ms"))

    def get_remaining_time_in_millis(self):
        left = self._epoch_deadline_time_in_ms - int(time.time() * 1000)
        return left if left > 0 else 0

    def log(self, message):
        for handler in logging.getLogger().handlers:
            if hasattr(handler, "log_sink"):
                handler.log_sink.log(str(message))
                return
        sys.stdout.write(str(message))

    def __repr__(self):
        return described(self, self.SHOWN)


def parsed(headers, name, title):
    text = headers.get(f"Lambda-Runtime-{name}")
    if not text:
        return None
    try:
        return json.loads(text)
    except Exception as error:
        raise Fault("LambdaContextUnmarshalError", f"Unable to parse {title} JSON: {error}") from None


# --- The handler -----------------------------------------------------------------------------------------------------


def load(name):
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            raise Fault(
                "BuiltInModuleConflict",
                f"Cannot use built-in module {module_name} as a handler module",
            )
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("UserCodeSyntaxError", message, trace) from None
    try:
        return getattr(module, function_name)
    except AttributeError:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise Fault("HandlerNotFound", message) from None


class Runtime:
    """The Lambda Runtime API, as a client sees it."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address)

    def call(self, method, path, body=None, headers=None):
        self.connection.request(method, ROOT + path, body, headers or {})
        response = self.connection.getresponse()
        return response, response.read()

    def next(self):
        response, body = self.call("GET", "/invocation/next")
        if response.status != 200:
            raise RuntimeError(f"The Runtime API answered {response.status}: {body.decode()}")
        return response.headers, body

    def respond(self, invocation, body, content_type):
        self.call("POST", f"/invocation/{invocation}/response", body, {"Content-Type": content_type})

    def fail(self, path, error):
        kind = error["errorType"].encode("ascii", "replace").decode()
        headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}
        self.call("POST", path, to_json(error).encode(), headers)


def marshalled(value):
    if isinstance(value, bytes):
        return value, "application/unknown"
    try:
        return to_json(value).encode(), "application/json"
    except Exception as error:
        raise Fault("MarshalError", f"Unable to marshal response: {error}") from None


def unmarshalled(body):
    try:
        return json.loads(body)
    except Exception as error:
        raise Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from None


def serve(runtime, handler, sink):
    global request_id
    headers, body = runtime.next()
    request_id = headers.get("Lambda-Runtime-Aws-Request-Id")
    trace_id = headers.get("Lambda-Runtime-Trace-Id")
    if trace_id is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    try:
        context = LambdaContext(headers)
        answer, content_type = marshalled(handler(unmarshalled(body), context))
    except Exception as error:
        failure = payload_of(error, request_id)
        log_error(failure, sink)
        runtime.fail(f"/invocation/{request_id}/error", failure)
    else:
        runtime.respond(request_id, answer, content_type)


def search_paths(layers):
    """The function's folder comes first, then its layers. Nothing is found beside this file."""
    task = os.environ["LAMBDA_TASK_ROOT"]
    version = "python%d.%d" % sys.version_info[:2]
    first = [task, f"{layers}/python/lib/{version}/site-packages", f"{layers}/python"]
    own = os.path.dirname(os.path.abspath(__file__))
    # What is installed on this machine is not found, because it would not be in Lambda either. Lambda's own packages
    # come last: boto3, say.
    installed = ("site-packages", "dist-packages")
    rest = [path for path in sys.path if path != own and not path.endswith(installed)]
    sys.path[:] = first + rest + [os.path.join(own, "site-packages")]


def main():
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    sink = Sink()
    runtime = Runtime(os.environ["AWS_LAMBDA_RUNTIME_API"])
    search_paths(sys.argv.pop())
    set_up_logging(sink)
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        failure = payload_of(error)
        log_error(failure, sink)
        runtime.fail("/init/error", failure)
        sys.exit(1)
    while True:
        serve(runtime, handler, sink)


main()
