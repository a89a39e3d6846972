"""Search and the batch verbs of records, partial failure included, through HubSpot's current Python SDK."""

import json

import hubspot.crm.contacts as contacts
import hubspot.crm.objects.calls as calls
from hubspot import HubSpot

import mock
from mock import equal, failure

hs = HubSpot(access_token=mock.ACCESS_TOKEN, host=mock.URL)


def search():
    for external_id in ("a", "b", "b"):
        properties = mock.call(hs_call_external_id=external_id)
        hs.crm.objects.calls.basic_api.create(calls.SimplePublicObjectInputForCreate(properties=properties))
    group = {"filters": [{"propertyName": "hs_call_external_id", "operator": "EQ", "value": "b"}]}
    request = {"filter_groups": [group], "properties": ["hs_call_external_id"], "limit": 1}
    api = hs.crm.objects.calls.search_api
    page = api.do_search(calls.PublicObjectSearchRequest(**request))
    equal((page.total, len(page.results), page.paging.next.after), (2, 1, "1"))
    rest = api.do_search(calls.PublicObjectSearchRequest(after="1", **request))
    equal((len(rest.results), rest.paging), (1, None))


def batches():
    api = hs.crm.objects.calls.batch_api
    inputs = [calls.SimplePublicObjectBatchInputForCreate(properties=mock.call()) for _ in range(2)]
    made = api.create(calls.BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs))
    equal((made.status, len(made.results)), ("COMPLETE", 2))
    one, two = (r.id for r in made.results)

    def ids(*wanted):
        return [calls.SimplePublicObjectId(id=id) for id in wanted]

    def read(*wanted):
        return api.read(
            calls.BatchReadInputSimplePublicObjectId(
                inputs=ids(*wanted), properties=["hs_call_title"], properties_with_history=[]
            )
        )

    some = read(one, "424242")
    equal((len(some.results), some.num_errors), (1, 1))
    equal((some.errors[0].category, some.errors[0].context["ids"]), ("OBJECT_NOT_FOUND", ["424242"]))
    changes = [calls.SimplePublicObjectBatchInput(id=id, properties={"hs_call_body": "x"}) for id in (one, "424242")]
    changed = api.update(calls.BatchInputSimplePublicObjectBatchInput(inputs=changes))
    equal((changed.results[0].properties["hs_call_body"], changed.num_errors), ("x", 1))
    upserts = [
        contacts.SimplePublicObjectBatchInputUpsert(id=email, id_property="email", properties={"firstname": "Up"})
        for email in ("ada@customer.example", "new@customer.example")
    ]
    merged = hs.crm.contacts.batch_api.upsert(contacts.BatchInputSimplePublicObjectBatchInputUpsert(inputs=upserts))
    equal(sorted(r.new for r in merged.results), [False, True])
    api.archive(calls.BatchInputSimplePublicObjectId(inputs=ids(one, two, "424242")))
    equal(read(one, two).results, [])
    empty = failure(
        calls.ApiException, api.create, calls.BatchInputSimplePublicObjectBatchInputForCreate(inputs=[])
    )
    equal(json.loads(empty.body)["message"], "Batch input provided should have at least one object.")


if __name__ == "__main__":
    mock.run(search, batches)
