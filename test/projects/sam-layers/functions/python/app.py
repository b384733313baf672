import six

from inner import where
from own import own
from plain import plain


def handler(event, context):
    return [own(), where(), plain(), six.__name__]
