import logging

logger = logging.getLogger("shop")


def handler(event, context):
    print("plain")
    logger.debug("fine %d", 1, extra={"order": 7, "tags": ["a", "ü"]})
    try:
        {}["missing"]
    except KeyError:
        logger.exception("caught")
    raise ValueError("bad order")
