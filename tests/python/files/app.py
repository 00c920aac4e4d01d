import json
import os
import pathlib
import shutil
import tempfile


def handler(event, context):
    with open("data/prices.json") as file:
        price = json.load(file)["tea"]
    with tempfile.NamedTemporaryFile("w+", dir="/tmp", delete=False) as file:
        file.write("kept")
    path = pathlib.Path(file.name)
    text = path.read_text()
    shutil.copy(path, "/tmp/copy")
    os.remove("/tmp/copy")
    try:
        open("/var/task/new", "w")
    except OSError as error:
        refused = isinstance(error, OSError)
    return [price, text, os.getcwd(), tempfile.gettempdir(), os.listdir("/tmp") == [path.name], refused]
