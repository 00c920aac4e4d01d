import decimal
from collections import OrderedDict, namedtuple

Point = namedtuple("Point", "x y")


def handler(event, context):
    return {
        "price": decimal.Decimal("12.50"),
        "body": b"text",
        "point": Point(1, [Point(2, 3)]),
        "pair": (1, 2),
        "ordered": OrderedDict(b=1, a="hü"),
        1: None,
    }
