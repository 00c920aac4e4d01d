"""Run first while the image is made: makes our own modules importable, and imports them.

SOURCES and SDK stand in front of this text.
"""

import importlib.util
import sys

sys.settrace(None)


class Own:
    """Finds and loads `hoist_*` modules; tracebacks show them as files of Lambda's runtime."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        name = fullname.removeprefix("hoist_")
        if name == fullname or name not in SOURCES:
            return None
        return importlib.util.spec_from_loader(fullname, cls, origin=f"/var/runtime/{name}.py")

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        name = module.__name__.removeprefix("hoist_")
        exec(compile(SOURCES[name], module.__spec__.origin, "exec"), module.__dict__)


sys.meta_path.insert(0, Own)
import hoist_bootstrap

hoist_bootstrap.prepare(SDK)
sys.meta_path.remove(Own)
del hoist_bootstrap, Own, SOURCES, SDK
