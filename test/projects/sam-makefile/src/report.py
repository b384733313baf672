from formats import bold
from version import VERSION


def handler(event, context):
    return bold(VERSION)
