# The same as extension.mjs, for images with Python.
import json
import os
import re
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlparse

clients, cache = {}, {}


def call(service, command, request, seconds):
    key = json.dumps([command, request])
    value, until = cache.get(key, (None, 0))
    if until > time.time():
        return value
    if service not in clients:
        import boto3  # It takes a while, and not every function asks.

        clients[service] = boto3.client(service)
    value = getattr(clients[service], command)(**request)
    if "Configuration" in value:
        value = value["Configuration"].read()
    cache[key] = value, time.time() + float(seconds)
    return value


def plain(value):
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(value):
    shown = {name: each for name, each in value.items() if name != "ResponseMetadata"}
    return json.dumps({**shown, "ResultMetadata": {}}, default=plain).encode()


def parameters_and_secrets(path, query):
    if path == "/secretsmanager/get":
        names = {"SecretId": "secretId", "VersionId": "versionId", "VersionStage": "versionStage"}
        request = {name: query[key] for name, key in names.items() if key in query}
        ttl = os.environ.get("SECRETS_MANAGER_TTL", 300)
        return as_json(call("secretsmanager", "get_secret_value", request, ttl))
    if path.rstrip("/") != "/systemsmanager/parameters/get":
        return None
    suffix = query.get("version", query.get("label"))
    request = {
        "Name": query.get("name", "") + (":" + suffix if suffix else ""),
        "WithDecryption": query.get("withDecryption") == "true",
    }
    return as_json(call("ssm", "get_parameter", request, os.environ.get("SSM_PARAMETER_STORE_TTL", 300)))


def configuration(path, query):
    parts = re.fullmatch("/applications/([^/]+)/environments/([^/]+)/configurations/([^/]+)", path)
    if not parts:
        return None
    names = ["ApplicationIdentifier", "EnvironmentIdentifier", "ConfigurationProfileIdentifier"]
    seconds = os.environ.get("AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS", 45)
    request = dict(zip(names, map(unquote, parts.groups())))
    session = call("appconfigdata", "start_configuration_session", request, seconds)
    token = {"ConfigurationToken": session["InitialConfigurationToken"]}
    return call("appconfigdata", "get_latest_configuration", token, seconds)


def serve(port, needs_token, answer):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            token = self.headers.get("X-Aws-Parameters-Secrets-Token")
            if needs_token and token != os.environ.get("AWS_SESSION_TOKEN"):
                return self.end(401, b"The header X-Aws-Parameters-Secrets-Token is not the session token.")
            url = urlparse(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            try:
                body = answer(url.path, query)
            except Exception as error:
                response = getattr(error, "response", {})
                status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
                return self.end(status, ("%s: %s" % (type(error).__name__, error)).encode())
            return self.end(200, body) if body is not None else self.end(404, b"not found")

        def end(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    Thread(target=server.serve_forever, daemon=True).start()


serve(os.environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", 2773), True, parameters_and_secrets)
serve(os.environ.get("AWS_APPCONFIG_EXTENSION_HTTP_PORT", 2772), False, configuration)
api = "http://%s/2020-01-01/extension" % os.environ["AWS_LAMBDA_RUNTIME_API"]
body = json.dumps({"events": ["SHUTDOWN"]}).encode()
register = urllib.request.Request(api + "/register", body, {"Lambda-Extension-Name": sys.argv[1]})
identifier = urllib.request.urlopen(register).headers["Lambda-Extension-Identifier"]
urllib.request.urlopen(
    urllib.request.Request(api + "/event/next", headers={"Lambda-Extension-Identifier": identifier})
).read()
os._exit(0)
