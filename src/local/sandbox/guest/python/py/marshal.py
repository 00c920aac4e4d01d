"""Events and answers as JSON.

Lambda's runtime writes answers with simplejson, which does a few things otherwise than Python's own module:
a Decimal is a number, bytes are text, a named tuple is an object, and NaN is an error.
"""

import decimal
import json
import re
import secrets


class Encoder:
    """Writes JSON as Lambda's runtime does."""

    def __init__(self, ascii_only):
        # Stands in front of a Decimal's digits until the quotes around them are taken off.
        self._mark = f"hoist-{secrets.token_hex(8)}:"
        self._marked = re.compile(f'"{self._mark}([^"]*)"')
        self._encoder = json.JSONEncoder(
            ensure_ascii=ascii_only, allow_nan=False, default=self._default
        )

    def encode(self, value):
        text = self._encoder.encode(_plain(value))
        if self._mark in text:
            text = self._marked.sub(r"\1", text)
        return text

    def _default(self, value):
        if isinstance(value, decimal.Decimal):
            if value.is_nan():
                raise ValueError("Out of range float values are not JSON compliant: nan")
            return self._mark + str(value)
        if isinstance(value, bytes):
            return value.decode("utf-8")
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _plain(value, above=()):
    """The value with named tuples as dictionaries and keys of bytes as text; itself where there are none."""
    if isinstance(value, tuple) and callable(getattr(value, "_asdict", None)):
        value = value._asdict()
    if isinstance(value, dict):
        if id(value) in above:
            raise ValueError("Circular reference detected")
        above = (*above, id(value))
        changed = {}
        different = False
        for key, item in value.items():
            new_item = _plain(item, above) if isinstance(item, (dict, list, tuple)) else item
            new_key = key.decode("utf-8") if isinstance(key, bytes) else key
            different = different or new_item is not item or new_key is not key
            changed[new_key] = new_item
        return changed if different else value
    if isinstance(value, (list, tuple)):
        if id(value) in above:
            raise ValueError("Circular reference detected")
        above = (*above, id(value))
        changed = [
            _plain(item, above) if isinstance(item, (dict, list, tuple)) else item
            for item in value
        ]
        different = any(new is not old for new, old in zip(changed, value))
        return changed if different else value
    return value
