"""What a function finds around it: its variables, its paths, and the parts of Python that need a system."""

import importlib.machinery
import os
import random
import sys
import tempfile
import time

import hoist_channel as channel

# Modules that Lambda's own runtime has loaded before a handler: a function's file of that name is not found there.
_LOADED_IN_LAMBDA = frozenset(
    """abc argparse ast base64 bisect builtins bz2 calendar codecs collections concurrent contextlib contextvars
    copy copyreg datetime decimal dis email encodings enum errno fnmatch functools genericpath heapq http importlib
    inspect io ipaddress itertools json keyword linecache locale logging lzma math numbers opcode operator os
    pathlib posix posixpath quopri random re reprlib select selectors shutil signal site socket ssl stat string
    struct sys tempfile textwrap threading time token tokenize traceback types typing urllib uuid warnings weakref
    zipimport zlib""".split()
)

# Imported into the image: what handlers import most.
_MODULES = """
    argparse array base64 binascii bisect calendar collections collections.abc concurrent.futures
    concurrent.futures.thread contextlib contextvars copy csv dataclasses datetime decimal difflib email
    email.header email.message email.mime.application email.mime.multipart email.mime.text email.parser
    email.policy email.utils encodings.ascii encodings.idna encodings.latin_1 encodings.utf_8 enum errno
    fnmatch fractions functools getpass gettext glob gzip hashlib heapq hmac html html.parser http.client
    http.cookies importlib.metadata importlib.resources inspect io ipaddress itertools json locale logging
    logging.config logging.handlers math mimetypes numbers operator os pathlib pickle platform pprint queue
    random re secrets shlex shutil signal socket ssl stat statistics string struct subprocess tempfile
    textwrap threading time traceback types typing unicodedata urllib.error urllib.parse urllib.request uuid
    warnings weakref xml.dom.minidom xml.etree.ElementTree zipfile zlib zoneinfo
""".split()

_ours = frozenset()


def prepare(sdk):
    """Runs while the image is made."""
    import importlib

    global _ours
    for name in _MODULES:
        importlib.import_module(name)
    _ours = frozenset(name.partition(".")[0] for name in sys.modules)


def enter(settings):
    """Turns the image's interpreter into the one of a function."""
    # What the image was made with must not come back in every environment.
    random.seed()
    tempfile._name_sequence = None
    tempfile.tempdir = None
    sys.stdin = open(os.devnull) if os.path.exists(os.devnull) else None
    sys.stdout = sys.__stdout__ = channel.Output("<stdout>", 1)
    sys.stderr = sys.__stderr__ = channel.Output("<stderr>", 2)
    os._exit = _exit
    _set_environment(settings["env"])
    _set_paths(settings)


def leave(code):
    """Ends the process as `sys.exit(code)` does."""
    if code is None:
        status = 0
    elif isinstance(code, int):
        status = code & 0xFF
    else:
        sys.stderr.write(f"{code}\n")
        status = 1
    _exit(status)


def _exit(status):
    channel.send(b"X", str(status).encode())


def _set_environment(variables):
    for name in list(os.environ):
        del os.environ[name]
    os.environ.update(variables)


def _set_paths(settings):
    site = f"/opt/python/lib/python3.{settings['minor']}/site-packages"
    own = ["/var/task", site, "/opt/python"]
    sys.path[:] = own + [path for path in sys.path if path not in own and path != ""]
    sys.argv = ["/var/runtime/bootstrap.py", settings["handler"]]
    os.chdir("/var/task")
    sys.path_importer_cache.pop("/var/task", None)


def as_in_lambda(path):
    """The name a file has in Lambda."""
    library = "/python-stdlib/"
    if path.startswith(library):
        return f"/var/lang/lib/python3.{sys.version_info.minor}/" + path[len(library) :]
    return path


def explain(error):
    """Says in the log what an import error has to do with the sandbox."""
