import os


def handler(event, context):
    names = ("PREFIX", "TABLE", "WORKER")
    return {name: os.environ[name] for name in names if name in os.environ}
