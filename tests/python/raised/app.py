def handler(event, context):
    deeper()


def deeper():
    raise Exception("something is wrong")
