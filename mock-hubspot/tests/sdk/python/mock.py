"""What every script needs: the mock's address and credentials, and a way to run one part by its name."""

import os
import sys

URL = os.environ["MOCK_URL"]
ACCESS_TOKEN = os.environ["MOCK_ACCESS_TOKEN"]
DEVELOPER_KEY = os.environ["MOCK_DEVELOPER_KEY"]
APP_ID = int(os.environ["MOCK_APP_ID"])
CLIENT_ID = os.environ["MOCK_CLIENT_ID"]
CLIENT_SECRET = os.environ["MOCK_CLIENT_SECRET"]
REFRESH_TOKEN = os.environ["MOCK_REFRESH_TOKEN"]
AUTHORIZATION_CODE = os.environ["MOCK_AUTHORIZATION_CODE"]

# The type of link from a call to a contact.
TO_CONTACT = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}


def run(*parts):
    """Runs the part that the command line names."""
    by_name = {part.__name__: part for part in parts}
    by_name[sys.argv[1]]()
    print(f"{sys.argv[1]}: as expected")


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def failure(kind, ask, *args, **kwargs):
    """The exception with which something failed; its absence is one."""
    try:
        result = ask(*args, **kwargs)
    except kind as error:
        return error
    raise AssertionError(f"it did not fail: {result!r}")


def call(**more):
    return {
        # A JSON number, which this SDK passes through.
        "hs_timestamp": 1698400800000,
        "hs_call_title": "Example Call",
        "hs_call_source": "INTEGRATIONS_PLATFORM",
        "hs_call_app_id": str(APP_ID),
        "hs_call_external_id": "test-call-01",
        "hs_call_external_account_id": "test-account-01",
        "hs_call_duration": 60000,
        **more,
    }
