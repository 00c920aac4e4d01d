"""Imports that do not work in the sandbox, and what to do about each."""

import os
import sys

import hoist_channel as channel

_ENDINGS = (".so", ".pyd", ".dylib")

# Parts of the standard library that need a system below them.
_NEEDS_A_SYSTEM = frozenset(
    """_bz2 bz2 _lzma lzma _ctypes ctypes _curses curses _posixshmem _multiprocessing _tkinter tkinter fcntl
    grp mmap nis pwd readline resource syslog termios _crypt _dbm _gdbm spwd""".split()
)

# When each was taken out of Python. Source: "What's New" of 3.12 and 3.13.
_REMOVED = {
    **dict.fromkeys("asynchat asyncore distutils imp smtpd".split(), "3.12"),
    **dict.fromkeys(
        """aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nntplib ossaudiodev pipes
        sndhdr sunau telnetlib uu xdrlib""".split(),
        "3.13",
    ),
}

_SDK = frozenset("boto3 botocore s3transfer jmespath".split())


class NativeImportError(ImportError):
    """A module that is machine code."""


class Finder:
    """Asked last: a module that lies there as machine code gets an error that says so."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        name = fullname.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            if not isinstance(folder, str) or folder.startswith("/python-stdlib"):
                continue
            try:
                files = os.listdir(folder)
            except OSError:
                continue
            for file in files:
                if file.startswith(name + ".") and file.endswith(_ENDINGS):
                    raise NativeImportError(
                        f"{fullname} is native code ({folder}/{file}), which Hoist's sandbox does not run; "
                        "run the function with --process, or bring the package in pure Python",
                        name=fullname,
                        path=f"{folder}/{file}",
                    )
        return None


def explain(error):
    """Says in the log what an import error has to do with the sandbox, if it has."""
    seen = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, NativeImportError):
            channel.tell(str(error))
            return
        if isinstance(error, ModuleNotFoundError) and error.name and _explain_missing(error.name):
            return
        error = error.__cause__ or error.__context__


def _explain_missing(name):
    root = name.partition(".")[0]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if root in _REMOVED:
        channel.tell(
            f"the module {root} was taken out of Python in {_REMOVED[root]}; the sandbox's Python is {version}: "
            "run the function with --process to use the Python of this machine"
        )
    elif root in _NEEDS_A_SYSTEM:
        channel.tell(
            f"Python's module {root.lstrip('_')} is not in the sandbox; run the function with --process if it needs it"
        )
    elif root in _SDK:
        channel.tell(
            f"Lambda brings {root} along, and this machine has none for the sandbox: get it with `hoist runtime add boto3`"
        )
    else:
        return False
    return True
