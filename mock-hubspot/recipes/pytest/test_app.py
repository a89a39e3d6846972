import urllib.error

import pytest

from app import log_call

# The token of the mock's default portal; `--portal FILE` gives it another.
TOKEN = "mock-access-token-2f9c"


def test_a_call_is_logged(hubspot):
    log_call(hubspot.url, TOKEN, "call-1")
    call = hubspot.call("call-1")
    assert call["properties"]["hs_call_source"] == "INTEGRATIONS_PLATFORM"
    assert call["marked_ready"] == 0, "nobody said that its recording is ready"


def test_another_test_starts_with_nothing(hubspot):
    assert hubspot.ask("calls") == []


def test_a_wrong_token_is_told_by_the_journal(hubspot):
    with pytest.raises(urllib.error.HTTPError):
        log_call(hubspot.url, "no-such-token", "call-2")
    with pytest.raises(AssertionError, match="POST /crm/v3/objects/calls -> 401"):
        hubspot.call("call-2", wait="0s")
