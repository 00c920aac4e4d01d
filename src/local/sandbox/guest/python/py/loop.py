"""asyncio's event loop for a guest without selectors and without a second thread."""

import asyncio
import time
from asyncio import base_events, events, unix_events


class _Sleeper:
    """A selector that watches nothing, so that it can only wait for the next timer."""

    def select(self, timeout):
        if timeout is None:
            # Nothing is scheduled and nobody else can schedule anything.
            while True:
                time.sleep(60)
        if timeout > 0:
            time.sleep(timeout)
        return []

    def close(self):
        pass


class Loop(base_events.BaseEventLoop):
    """Runs coroutines, timers and callbacks; executors run their work at once."""

    def __init__(self):
        super().__init__()
        self._selector = _Sleeper()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass

    def run_in_executor(self, executor, function, *arguments):
        self._check_closed()
        future = self.create_future()
        try:
            future.set_result(function(*arguments))
        except StopIteration as fault:
            error = RuntimeError("StopIteration interacts badly with generators")
            error.__cause__ = fault
            future.set_exception(error)
        except Exception as fault:
            future.set_exception(fault)
        return future

    async def getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
        import socket

        return socket.getaddrinfo(host, port, family, type, proto, flags)

    def add_signal_handler(self, *arguments):
        raise NotImplementedError("Hoist's sandbox has no signals")


def install():
    """Makes it the loop of `asyncio.run` and its like."""
    unix_events._DefaultEventLoopPolicy._loop_factory = Loop
    asyncio.SelectorEventLoop = asyncio.EventLoop = Loop
    events._set_running_loop(None)


def as_before_3_14():
    """`get_event_loop` makes a loop where there is none, as it did until Python 3.13."""
    strict = events.get_event_loop

    def get_event_loop():
        try:
            return strict()
        except RuntimeError:
            asyncio.set_event_loop(asyncio.new_event_loop())
            return strict()

    asyncio.get_event_loop = events.get_event_loop = get_event_loop
