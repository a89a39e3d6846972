"""The guide's association call, through the last Python SDK that had it."""

import json

import hubspot.crm.objects.calls as calls
from hubspot import HubSpot

import mock
from mock import equal, failure

hs = HubSpot(access_token=mock.ACCESS_TOKEN).crm.objects.calls


def at_mock(api):
    """This version takes no host."""
    api.api_client.configuration.host = mock.URL
    return api


def association():
    made = at_mock(hs.basic_api).create(calls.SimplePublicObjectInput(properties=mock.call()))
    api = at_mock(hs.associations_api)
    for kind in ("194", "call_to_contact"):
        linked = api.create(made.id, "contacts", "101", kind)
        equal((linked.id, linked.associations["contacts"].results[0].type), (made.id, "call_to_contact"))
    equal([(r.id, r.type) for r in api.get_all(made.id, "contacts").results], [("101", "call_to_contact")])
    wrong = failure(calls.ApiException, api.create, made.id, "contacts", "424242", "194")
    equal((wrong.status, json.loads(wrong.body)["category"]), (400, "VALIDATION_ERROR"))
    for _ in range(2):
        equal(api.archive(made.id, "contacts", "101", "call_to_contact"), None)
    equal(api.get_all(made.id, "contacts").results, [])


if __name__ == "__main__":
    mock.run(association)
