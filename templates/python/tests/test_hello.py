"""Calls the functions of a running lambdock. Start it first: npx lambdock start"""

import json
import os
import unittest
from urllib.request import Request, urlopen

ENDPOINT = os.environ.get("LAMBDOCK_ENDPOINT", "http://127.0.0.1:9000")


def invoke(name, event):
    url = f"{ENDPOINT}/2015-03-31/functions/{name}/invocations"
    with urlopen(Request(url, json.dumps(event).encode(), method="POST")) as response:
        return response.headers.get("X-Amz-Function-Error"), json.load(response)


class Hello(unittest.TestCase):
    def test_greets_by_name(self):
        error, payload = invoke("hello", {"name": "Ada"})
        self.assertIsNone(error)
        self.assertEqual(payload, {"message": "Hello, Ada!"})


if __name__ == "__main__":
    unittest.main()
