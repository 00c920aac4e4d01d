"""Lambda's Python runtime: loads the handler, then takes events and gives answers."""

import gc
import importlib
import json
import logging
import os
import sys
import traceback

import hoist_channel as channel
import hoist_marshal as marshal
import hoist_native as native
from hoist_context import LambdaContext
from hoist_log import Log
import hoist_world as world

_TASK = "/var/task"
_OWN = "/var/runtime/bootstrap.py"

# Source: AWS's runtime interface client, which logs it before every fault of the init phase.
_INIT_WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. "
    "However, in rare cases, a Lambda runtime update can cause unexpected function behavior. "
    "For functions using managed runtimes, runtime updates can be triggered by a function change, "
    "or can be applied automatically. To determine if the runtime has been updated, check the "
    "runtime version in the INIT_START log entry. If this error correlates with a change in the "
    "runtime version, you may be able to mitigate this error by temporarily rolling back to the "
    "previous runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


class Fault(Exception):
    """An error of the runtime itself, not of the function's code."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = f"Runtime.{kind}"
        self.message = message
        self.trace = trace or []


def _error(message, kind, trace, request_id=""):
    return {
        "errorMessage": message or "",
        "errorType": kind or "",
        "requestId": request_id,
        "stackTrace": trace,
    }


def _error_of(exception, request_id=""):
    """The payload for what the function raised, without the runtime's own frames in front."""
    cause = exception.__cause__ if isinstance(exception, Fault) else exception
    if isinstance(cause, ImportError):
        native.explain(cause)
    if isinstance(exception, Fault):
        return _error(exception.message, exception.kind, exception.trace, request_id)
    frames = [
        (frame.filename, frame.lineno, frame.name, frame.line)
        for frame in traceback.extract_tb(exception.__traceback__)
    ]
    for index, frame in enumerate(frames):
        if frame[0] != _OWN:
            frames = frames[index:]
            break
    frames = [(world.as_in_lambda(name), *rest) for name, *rest in frames]
    trace = traceback.format_list(frames)
    return _error(str(exception), type(exception).__name__, trace, request_id)


def _load(handler):
    """The function that `Handler` names."""
    module_name, dot, name = handler.rpartition(".")
    if not dot:
        message = "not enough values to unpack (expected 2, got 1)"
        raise Fault("MalformedHandlerName", f"Bad handler '{handler}': {message}")
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            message = f"Cannot use built-in module {module_name} as a handler module"
            raise Fault("BuiltInModuleConflict", message)
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise Fault("ImportModuleError", message) from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("UserCodeSyntaxError", message, trace) from None
    try:
        return getattr(module, name)
    except AttributeError:
        message = f"Handler '{name}' missing on module '{module_name}'"
        raise Fault("HandlerNotFound", message) from None


class Runtime:
    """One execution environment's side of the runtime."""

    def __init__(self, settings):
        self._handler_name = settings["handler"]
        self._log = Log(
            os.environ.get("AWS_LAMBDA_LOG_FORMAT"), os.environ.get("AWS_LAMBDA_LOG_LEVEL")
        )
        # Source: AWS's documentation of Python 3.12 and later: characters are not escaped.
        self._encoder = marshal.Encoder(ascii_only=settings["minor"] < 12)
        self._handler = None

    def load(self):
        """Imports the handler; false when that failed, which the host then knows."""
        try:
            self._handler = _load(self._handler_name)
        except Exception as exception:
            error = _error_of(exception)
            logging.warning(_INIT_WARNING)
            self._fail(error)
            return False
        return True

    def invoke(self, invocation, event):
        """Runs the handler once and sends what came of it."""
        request_id = invocation["id"]
        self._log.request(request_id)
        if invocation.get("trace") is None:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        else:
            os.environ["_X_AMZN_TRACE_ID"] = invocation["trace"]
        try:
            context = LambdaContext(invocation, _client_context(invocation))
            answer = self._handler(_event(event), context)
            answer = self._answer(answer)
        except Exception as exception:
            self._fail(_error_of(exception, request_id))
            return
        channel.send(b"A", answer)

    def _answer(self, value):
        if isinstance(value, bytes):
            return value
        try:
            return self._encoder.encode(value).encode("utf-8")
        except Exception as error:
            raise Fault("MarshalError", f"Unable to marshal response: {error}") from None

    def _fail(self, error):
        self._log.error(error)
        channel.send(b"E", json.dumps(error).encode("utf-8"))


def _event(text):
    try:
        return json.loads(text)
    except Exception as error:
        raise Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from None


def _client_context(invocation):
    text = invocation.get("client_context")
    if not text:
        return None
    try:
        return json.loads(text)
    except Exception as error:
        message = f"Unable to parse Client Context JSON: {error}"
        raise Fault("LambdaContextUnmarshalError", message) from None


def prepare(sdk):
    """Brings everything into the image that does not depend on a function."""
    world.prepare(sdk)
    gc.collect()
    # What is in the image never becomes garbage; looking at it would only copy its pages.
    gc.freeze()


def run():
    """Serves one execution environment until the host ends it."""
    sys.settrace(None)
    settings = json.loads(channel.read())
    world.enter(settings)
    try:
        runtime = Runtime(settings)
        if not runtime.load():
            return
        channel.send(b"L")
        while True:
            invocation = json.loads(channel.read())
            runtime.invoke(invocation, channel.read())
    except SystemExit as end:
        world.leave(end.code)
    except BaseException as end:
        # What is no Exception passes Lambda's runtime and ends its process: KeyboardInterrupt, GeneratorExit.
        traceback.print_exception(end)
        world.leave(1)
