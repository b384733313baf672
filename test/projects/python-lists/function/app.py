import iniconfig
import ours


def handler(event, context):
    return [iniconfig.__name__, ours.name]
