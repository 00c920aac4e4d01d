"""Threads without a second thread: what is started runs to its end at once.

The guest has one thread. A `Thread` therefore runs inside its `start()`, and a `ThreadPoolExecutor` inside
its `submit()`: the results are the same, the time is the sum. Waiting for what only another thread could do
waits as long as it was asked to, or until the function's timeout.
"""

import concurrent.futures
import concurrent.futures.thread
import itertools
import threading
import time

import hoist_channel as channel

_idents = itertools.count(1 << 20)


def _start(self):
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    if self._started.is_set():
        raise RuntimeError("threads can only be started once")
    if isinstance(self, threading.Timer):
        channel.tell("a threading.Timer does not fire in the sandbox, which has one thread")
        self._started.set()
        return
    channel.tell("the sandbox has one thread: Thread.start() returns when the thread has ended")
    here = threading.get_ident()
    above = threading._active.get(here)
    self._ident = next(_idents)
    self._started.set()
    threading._active[here] = self
    try:
        self.run()
    except SystemExit:
        pass
    except Exception:
        self._invoke_excepthook(self)
    finally:
        threading._active[here] = above
        self._hoist_ended = True


def _is_alive(self):
    if not self._started.is_set() or getattr(self, "_hoist_ended", False):
        return False
    return self is threading._active.get(threading.get_ident())


def _join(self, timeout=None):
    if not self._started.is_set():
        raise RuntimeError("cannot join thread before it is started")
    if self is threading.current_thread():
        raise RuntimeError("cannot join current thread")


def _wait(self, timeout=None):
    """`Condition.wait`: nobody else is there to notify."""
    if not self._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    if timeout is None:
        channel.tell("the sandbox has one thread: waiting for another one never ends")
        while True:
            time.sleep(60)
    time.sleep(max(0, timeout))
    return False


def _submit(self, function, /, *arguments, **options):
    with self._shutdown_lock:
        if self._broken:
            raise concurrent.futures.thread.BrokenThreadPool(self._broken)
        if self._shutdown:
            raise RuntimeError("cannot schedule new futures after shutdown")
    if not getattr(self, "_hoist_initialized", False):
        self._hoist_initialized = True
        initializer, values = self._hoist_initializer
        if initializer is not None:
            initializer(*values)
    future = concurrent.futures.Future()
    future.set_running_or_notify_cancel()
    try:
        result = function(*arguments, **options)
    except BaseException as fault:
        future.set_exception(fault)
    else:
        future.set_result(result)
    return future


def install():
    """Replaces what would start a thread."""
    threading.Thread.start = _start
    threading.Thread.is_alive = _is_alive
    threading.Thread.join = _join
    threading.Condition.wait = _wait
    pool = concurrent.futures.thread.ThreadPoolExecutor
    construct = pool.__init__

    def initialize(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=(), **options):
        construct(self, max_workers, thread_name_prefix, initializer, initargs, **options)
        self._hoist_initializer = (initializer, initargs)

    initialize.__wrapped__ = construct
    pool.__init__ = initialize
    pool.submit = _submit
