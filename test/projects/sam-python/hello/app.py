import json

import six


def lambda_handler(event, context):
    body = {"message": "hello world", "text": six.ensure_text(b"bytes")}
    return {"statusCode": 200, "body": json.dumps(body)}
