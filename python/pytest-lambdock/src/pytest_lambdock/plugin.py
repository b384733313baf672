"""Fixtures, options, and the logs of a test that fails."""

import os
import time

import pytest

from pytest_lambdock.emulator import Lambdock

_running = pytest.StashKey[Lambdock]()
_started = pytest.StashKey[float]()


def pytest_addoption(parser):
    group = parser.getgroup("lambdock")
    group.addoption("--lambdock-endpoint", help="address of a running lambdock, which is used instead of a new one")
    parser.addini("lambdock_template", "file that names the functions, relative to the root folder", default="lambdock.yaml")
    parser.addini("lambdock_command", "how lambdock is run (default: npx lambdock)", default="")


@pytest.fixture(scope="session")
def lambdock(request):
    """A running lambdock with the functions of the template."""
    config = request.config
    endpoint = config.getoption("--lambdock-endpoint") or os.environ.get("LAMBDOCK_ENDPOINT")
    if endpoint:
        running = Lambdock(endpoint.rstrip("/"))
        running.wait_until_ready()
    else:
        command = config.getini("lambdock_command") or os.environ.get("LAMBDOCK_COMMAND") or "npx lambdock"
        running = Lambdock.start(command, config.getini("lambdock_template"), config.rootpath)
    config.stash[_running] = running
    yield running
    del config.stash[_running]
    running.stop()


@pytest.fixture(scope="session")
def lambda_client(lambdock):
    """A boto3 client for Lambda."""
    return lambdock.client("lambda")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.stash[_started] = time.time()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    running = item.config.stash.get(_running, None)
    if not report.failed or running is None:
        return
    try:
        lines = running.logs(since=item.stash.get(_started, None))
    except OSError as error:
        lines = [f"(not available: {error})"]
    if lines:
        report.sections.append(("lambdock logs", "\n".join(lines)))
