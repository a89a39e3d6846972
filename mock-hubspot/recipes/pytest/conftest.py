"""A fake HubSpot for the tests of a calling integration.

`hubspot` is reset before each test; one process serves the whole session, on a port of its own. Set MOCK_HUBSPOT where the
binary is not in PATH.
"""

import json
import os
import subprocess
import urllib.parse
import urllib.request

import pytest


class HubSpot:
    """What a test asks of the mock itself; `url` is the base URL for the app."""

    def __init__(self, ready):
        self.url = ready["url"]
        self.ui = ready["ui"]

    def ask(self, path, method="GET", **query):
        address = f"{self.url}/_mock/{path}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(address, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
            return json.load(reply) if reply.status != 204 else None

    def call(self, external_id, wait="5s"):
        """The call with this external id, as soon as it is logged; its journal in the message where it is not."""
        calls = self.ask("calls", external_id=external_id, wait=wait)
        assert calls, f"no call {external_id} was logged within {wait}; {self.journal()}"
        return self.ask(f"calls/{calls[0]['id']}")

    def journal(self, **query):
        """What was asked, in order, and how it was answered."""
        def line(entry):
            status = (entry.get("reply") or {}).get("status")
            return f"{entry['request']['method']} {entry['request']['target']} -> {status}: {entry['outcome']}"

        lines = [line(entry) for entry in self.ask("journal", **query)]
        return "\n".join([f"{len(lines)} requests arrived", *lines])


@pytest.fixture(scope="session")
def hubspot_process(tmp_path_factory):
    ready_file = tmp_path_factory.mktemp("hubspot") / "ready.json"
    program = os.environ.get("MOCK_HUBSPOT", "mock-hubspot")
    command = [program, "--listen", "127.0.0.1:0", "--strict", "--ready-file", str(ready_file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        # One line, once it is up. None means that it could not start; stderr says why.
        line = process.stdout.readline()
        assert line, f"{program} ended with {process.wait(timeout=10)} before it was up"
        yield HubSpot(json.loads(line))
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def hubspot(hubspot_process):
    hubspot_process.ask("reset", method="POST")
    return hubspot_process
