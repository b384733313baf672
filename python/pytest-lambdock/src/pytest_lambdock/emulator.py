"""A lambdock that runs as a process of its own, or elsewhere."""

import base64
import json
import os
import re
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, List, Optional
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

READY_WITHIN_SECONDS = 600
STOP_WITHIN_SECONDS = 30


class LambdockError(Exception):
    """lambdock did not start, or refused a request."""


@dataclass(frozen=True)
class Invocation:
    payload: Any
    """The response, parsed as JSON where it is JSON."""
    function_error: Optional[str]
    """`Unhandled` where the function failed."""
    request_id: str
    log: List[str]
    """The last 4 KB of the log, by line."""


class Lambdock:
    def __init__(self, endpoint, region="us-east-1"):
        self.endpoint = endpoint
        self.region = region
        self._process = None

    @classmethod
    def start(cls, command, template, folder):
        """Starts `lambdock start` at a free port and waits until every function is ready."""
        words = [*shlex.split(command), "start", "--port", "0", "--template", template]
        try:
            # A process group of its own: Ctrl-C in pytest must not end it before the tests have.
            process = subprocess.Popen(
                words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
            )
        except OSError as error:
            raise LambdockError(
                f"Cannot run {words[0]}: {error.strerror}. Install lambdock (npm i -D lambdock), or set lambdock_command."
            ) from error
        output = _Output(process)
        endpoint = output.endpoint()
        if endpoint is None:
            process.wait()
            raise LambdockError(f"lambdock did not start. It printed:\n{output.tail()}")
        self = cls(endpoint)
        self._process = process
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def wait_until_ready(self):
        end = time.monotonic() + READY_WITHIN_SECONDS
        while True:
            functions = json.loads(self._get("/_lambdock/functions"))["functions"]
            failed = [f"{each['name']}: {each.get('reason')}" for each in functions if each["state"] == "failed"]
            if failed:
                raise LambdockError("Functions failed:\n" + "\n".join(failed))
            preparing = [each["name"] for each in functions if each["state"] == "preparing"]
            if not preparing:
                return
            if time.monotonic() > end:
                raise LambdockError(f"Not ready after {READY_WITHIN_SECONDS} s: {', '.join(preparing)}")
            time.sleep(0.1)

    def client(self, service="lambda", **options):
        """A boto3 client of this lambdock."""
        import boto3

        return boto3.client(
            service,
            **{
                "endpoint_url": self.endpoint,
                "region_name": self.region,
                "aws_access_key_id": "test",
                "aws_secret_access_key": "test",
                **options,
            },
        )

    def invoke(self, name, event=None):
        """Invokes a function and waits for its response."""
        body = json.dumps({} if event is None else event).encode()
        url = f"{self.endpoint}/2015-03-31/functions/{quote(name, safe='')}/invocations"
        request = Request(url, body, {"X-Amz-Log-Type": "Tail"}, method="POST")
        try:
            with urlopen(request) as response:
                headers, text = response.headers, response.read().decode()
        except HTTPError as error:
            raise LambdockError(f"Cannot invoke {name}: {error.code} {error.read().decode()}") from None
        log = base64.b64decode(headers.get("X-Amz-Log-Result", "")).decode(errors="replace")
        return Invocation(
            payload=_parsed(text),
            function_error=headers.get("X-Amz-Function-Error"),
            request_id=headers.get("X-Amzn-RequestId", ""),
            log=[line for line in log.split("\n") if line],
        )

    def logs(self, since=None, name=None):
        """Log lines as `FUNCTION TEXT`, oldest first. `since` is in seconds since the epoch."""
        query = {"tail": "10000"}
        if name is not None:
            query["function"] = name
        if since is not None:
            query["since"] = str(int(since * 1000))
        lines = self._get(f"/_lambdock/logs?{urlencode(query)}").split("\n")
        rows = [json.loads(line) for line in lines if line]
        return [f"{row['functionName']} {row['text'].rstrip()}" for row in rows]

    def retire(self, name):
        """Makes the next call of a function cold."""
        url = f"{self.endpoint}/_lambdock/functions/{quote(name, safe='')}/retire"
        with urlopen(Request(url, method="POST")):
            pass

    def stop(self):
        """Ends it, if it was started here; the functions' containers go with it."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _get(self, path):
        with urlopen(self.endpoint + path) as response:
            return response.read().decode()


class _Output:
    """Reads what lambdock prints, so that it never has to wait for a reader, and keeps the last lines."""

    def __init__(self, process):
        self._lines = deque(maxlen=30)
        self._endpoint = None
        self._known = threading.Event()
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            self._lines.append(line)
            found = re.search(r"listening at (\S+)", line)
            if found:
                self._endpoint = found.group(1)
                self._known.set()
        self._known.set()

    def endpoint(self):
        """The address, or None where lambdock ended before."""
        self._known.wait()
        return self._endpoint

    def tail(self):
        return "".join(self._lines)


def _parsed(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
