import logging
import sys

logger = logging.getLogger("shop")


def handler(event, context):
    print("one", 2, sep="-")
    print("to standard error", file=sys.stderr)
    print("in two", end=" ")
    print("pieces")
    logger.warning("a %s", "warning")
    logger.info("not shown")
    logging.getLogger().setLevel(logging.INFO)
    logger.info("shown\nin two lines")
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("caught")
    context.log("through the context")
    sys.stdout.buffer.write("bytes: ü\n".encode())
    print("without an end", end="")
