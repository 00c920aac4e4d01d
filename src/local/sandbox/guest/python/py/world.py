"""What a function finds around it: its variables, its paths, and the parts of Python that need a system."""

import importlib
import os
import random
import select
import sys
import tempfile

import hoist_channel as channel
import hoist_native as native

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
    argparse array asyncio base64 binascii bisect calendar collections collections.abc concurrent.futures
    concurrent.futures.thread contextlib contextvars copy csv dataclasses datetime decimal difflib email
    email.header email.message email.mime.application email.mime.multipart email.mime.text email.parser
    email.policy email.utils encodings.ascii encodings.idna encodings.latin_1 encodings.utf_8 enum errno
    fnmatch fractions functools getpass gettext glob gzip hashlib heapq hmac html html.parser http.client
    http.cookies importlib.metadata importlib.resources inspect io ipaddress itertools json locale logging
    logging.config logging.handlers math mimetypes multiprocessing numbers operator os pathlib pickle platform pprint queue
    random re secrets selectors shlex shutil signal socket sqlite3 ssl stat statistics string struct subprocess tempfile
    textwrap threading time traceback types typing unicodedata urllib.error urllib.parse urllib.request uuid
    warnings weakref xml.dom.minidom xml.etree.ElementTree zipfile zlib zoneinfo
""".split()

# Modules of boto3 and what it needs, and the first part of the name of every module in the image.
_packages = frozenset()
_roots = frozenset()


def prepare(sdk):
    """Runs while the image is made."""
    _install_network()
    for name in _MODULES:
        importlib.import_module(name)
    import hoist_threads

    hoist_threads.install()
    import hoist_missing

    hoist_missing.install()
    select.poll = _Poll
    _install_loop()
    before = set(sys.modules)
    if sdk:
        import hoist_sdk

        hoist_sdk.prepare()
    global _packages
    _packages = frozenset(name for name in sys.modules if name not in before)
    global _roots
    _roots = frozenset(name.partition(".")[0] for name in sys.modules)


def _install_network():
    """Puts Python's own socket and ssl modules over ours, instead of the interpreter's substitutes."""
    import hoist_sockets
    import hoist_tls

    for name in ("socket", "ssl", "selectors"):
        sys.modules.pop(name, None)
    sys.modules["_socket"] = hoist_sockets
    sys.modules["_ssl"] = hoist_tls
    # asyncio is there already and cannot be imported again: its part in C knows it.
    new = {name: importlib.import_module(name) for name in ("socket", "ssl", "selectors")}
    for name, module in list(sys.modules.items()):
        if name.startswith("asyncio."):
            for member in new.keys() & vars(module).keys():
                setattr(module, member, new[member])


def _install_loop():
    import asyncio

    import hoist_loop

    hoist_loop.install()
    asyncio.events._event_loop_policy = None


class _Poll:
    """`select.poll` for connections of the host: libraries ask it whether an idle connection has died."""

    def register(self, *arguments):
        pass

    modify = unregister = register

    def poll(self, timeout=None):
        return []


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
    _give_way()
    sys.meta_path.append(native.Finder)
    if settings["minor"] < 14:
        sys.modules["hoist_loop"].as_before_3_14()


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
    library = [path for path in sys.path if path.startswith("/python-stdlib")]
    packages = [path for path in sys.path if path.startswith("/var/runtime")]
    sys.path[:] = ["/var/task", site, "/opt/python", *packages, *library]
    sys.argv = ["/var/runtime/bootstrap.py", settings["handler"]]
    os.chdir("/var/task")
    sys.path_importer_cache.pop("/var/task", None)


def as_in_lambda(path):
    """The name a file has in Lambda."""
    library = "/python-stdlib/"
    if path.startswith(library):
        return f"/var/lang/lib/python3.{sys.version_info.minor}/" + path[len(library) :]
    return path


def _give_way():
    """Forgets modules of the image that the function has under the same name, as in Lambda its own come first.

    Not so what Lambda's runtime has loaded by itself before it looks for the handler. A function that brings
    boto3 brings it with all it needs; one that brings only such a need keeps the image's boto3 as it is.
    """
    taken = {name for name in _own_modules() if name not in _LOADED_IN_LAMBDA}
    if taken & {"boto3", "botocore"}:
        taken |= {name.partition(".")[0] for name in _packages}
    for name in list(sys.modules):
        if name.partition(".")[0] in taken:
            del sys.modules[name]


def _own_modules():
    """The function's and its layers' modules that the image has as well."""
    for folder in sys.path[:3]:
        try:
            files = os.listdir(folder)
        except OSError:
            continue
        for file in files:
            name = file.removesuffix(".py")
            # A folder without an __init__ does not come before Python's own module.
            if name in _roots and (name != file or os.path.exists(f"{folder}/{name}/__init__.py")):
                yield name
