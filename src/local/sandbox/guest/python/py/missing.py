"""Parts of the standard library that need OpenSSL or processes: what the host can do instead, and what to do."""

import errno
import hashlib
import json
import multiprocessing.process
import os
import subprocess

import hoist_channel as channel


def _derive(operation, arguments, password, salt):
    password, salt = bytes(password), bytes(salt)
    head = {"operation": operation, "arguments": arguments, "password": len(password)}
    channel.send(b"D", json.dumps(head).encode() + b"\n" + password + salt)
    result = channel.read()
    if result[:1] != b"+":
        raise ValueError(result[1:].decode())
    return result[1:]


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """`hashlib.pbkdf2_hmac`."""
    if not isinstance(hash_name, str):
        raise TypeError(f"expected 'str' for name, but got {type(hash_name).__name__}")
    name = hash_name.lower().replace("-", "")
    try:
        size = hashlib.new(name).digest_size
    except ValueError:
        raise ValueError(f"unsupported hash type {hash_name}") from None
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    length = size if dklen is None else dklen
    if length < 1:
        raise ValueError("key length must be greater than 0.")
    arguments = {"digest": name, "iterations": iterations, "length": length}
    return _derive("pbkdf2", arguments, password, salt)


def scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64):
    """`hashlib.scrypt`."""
    cost = {"n": n, "r": r, "p": p, "maxmem": maxmem or 32 << 20}
    return _derive("scrypt", {"cost": cost, "length": dklen}, password, salt)


def _starts_nothing(*arguments, **options):
    raise OSError(
        errno.ENOTSUP,
        "Hoist's sandbox starts no processes; run the function with --process if it needs them",
    )


def install():
    """Puts it where handlers look."""
    hashlib.pbkdf2_hmac = pbkdf2_hmac
    hashlib.scrypt = scrypt
    subprocess.Popen.__init__ = _starts_nothing
    os.system = _starts_nothing
    multiprocessing.process.BaseProcess.start = _starts_nothing
