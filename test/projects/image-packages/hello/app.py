import sys

import iniconfig


def handler(event, context):
    return [iniconfig.__name__, "%d.%d" % sys.version_info[:2]]
