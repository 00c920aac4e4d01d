try:
    from ._core import kind
except ImportError:
    kind = "pure"
