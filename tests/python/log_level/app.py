import logging


def handler(event, context):
    logging.getLogger("a").info("info")
    logging.getLogger("a").debug("debug")
