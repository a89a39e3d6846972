"""Search, the batch verbs of records with their partial failures, merging, forgetting, and definitions of properties,
through HubSpot's current Python SDK."""

import json

import hubspot.crm.contacts as contacts
import hubspot.crm.objects.calls as calls
import hubspot.crm.properties as props
from hubspot import HubSpot

import mock
from mock import equal, failure

crm = HubSpot(access_token=mock.ACCESS_TOKEN, host=mock.URL).crm
api = crm.objects.calls.batch_api


def log(**more):
    return crm.objects.calls.basic_api.create(calls.SimplePublicObjectInputForCreate(properties=mock.call(**more)))


def two():
    return log(hs_call_title="one").id, log(hs_call_title="two").id


def said(error):
    return json.loads(error.body)


def search():
    for external_id, seconds in (("a", 10), ("b", 20), ("b", 30), ("c", 40)):
        log(hs_call_external_id=external_id, hs_call_duration=seconds * 1000)

    def find(*groups, **more):
        groups = [{"filters": [dict(zip(("propertyName", "operator", "value"), f)) for f in g]} for g in groups]
        request = {"properties": ["hs_call_external_id", "hs_call_duration"], **more}
        return crm.objects.calls.search_api.do_search(calls.PublicObjectSearchRequest(filter_groups=groups, **request))

    def durations(page):
        return [int(r.properties["hs_call_duration"]) // 1000 for r in page.results]

    b = [("hs_call_external_id", "EQ", "b")]
    page = find(b, sorts=["-hs_call_duration"], limit=1)
    equal((page.total, durations(page), page.paging.next.after), (2, [30], "1"))
    rest = find(b, sorts=["-hs_call_duration"], limit=1, after="1")
    equal((durations(rest), rest.paging), ([20], None))
    equal(durations(find([("hs_call_duration", "GTE", "30000")])), [30, 40])
    equal(durations(find([("hs_call_external_id", "EQ", "a")], [("hs_call_duration", "GT", "30000")])), [10, 40])
    equal(durations(find(b + [("hs_call_duration", "LT", "30000")])), [20])
    equal(find().total, 4)
    bad = failure(calls.ApiException, find, [("colour", "EQ", "red")])
    equal((bad.status, said(bad)["message"]), (400, "There was a problem with the request."))
    equal(failure(calls.ApiException, find, after="10000").status, 400)


def read(*ids, **more):
    inputs = [calls.SimplePublicObjectId(id=id) for id in ids]
    wanted = {"properties": ["hs_call_title", "hs_call_body"], "properties_with_history": []}
    return api.read(calls.BatchReadInputSimplePublicObjectId(inputs=inputs, **wanted), **more)


def batch_read():
    one, other = two()
    both = read(one, other)
    equal((both.status, [r.properties["hs_call_title"] for r in both.results]), ("COMPLETE", ["one", "two"]))
    equal(both.completed_at.year > 2020, True)
    some = read(one, "424242", "9")
    equal((len(some.results), some.num_errors, len(some.errors)), (1, 1, 1))
    equal((some.errors[0].category, some.errors[0].context["ids"]), ("OBJECT_NOT_FOUND", ["424242", "9"]))
    empty = failure(calls.ApiException, read)
    equal((empty.status, said(empty)["message"]), (400, "Batch input provided should have at least one object."))


def batch_create():
    def create(*inputs):
        inputs = [calls.SimplePublicObjectBatchInputForCreate(properties=mock.call(**p), **more) for p, more in inputs]
        return api.create(calls.BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs))

    link = {"associations": [{"to": {"id": "101"}, "types": [mock.TO_CONTACT]}]}
    made = create(({"hs_call_title": "a"}, link), ({"hs_call_title": "b"}, link))
    equal((made.status, [r.properties["hs_call_title"] for r in made.results]), ("COMPLETE", ["a", "b"]))
    linked = crm.associations.v4.basic_api.get_page("contacts", "101", "calls").results
    equal([str(r.to_object_id) for r in linked], [r.id for r in made.results])
    bad = failure(calls.ApiException, create, ({}, {}), ({"colour": "red"}, {}))
    equal((bad.status, said(bad)["errors"][0]["code"]), (400, "PROPERTY_DOESNT_EXIST"))
    equal(len(crm.objects.calls.basic_api.get_page(limit=100).results), 2)
    some = create(({}, {"object_write_trace_id": "t-1"}), ({"colour": "red"}, {"object_write_trace_id": "t-2"}))
    equal((some.results[0].object_write_trace_id, some.num_errors), ("t-1", 1))
    equal((some.errors[0].category, some.errors[0].context["objectWriteTraceId"]), ("VALIDATION_ERROR", ["t-2"]))
    equal(len(crm.objects.calls.basic_api.get_page(limit=100).results), 3)


def batch_update():
    one, other = two()

    def update(*inputs):
        inputs = [calls.SimplePublicObjectBatchInput(id=id, properties=p, **more) for id, p, more in inputs]
        return api.update(calls.BatchInputSimplePublicObjectBatchInput(inputs=inputs))

    some = update((one, {"hs_call_body": "x"}, {}), ("424242", {"hs_call_body": "x"}, {}))
    equal((some.results[0].properties["hs_call_body"], some.num_errors), ("x", 1))
    equal(some.errors[0].context["ids"], ["424242"])
    bad = failure(calls.ApiException, update, (one, {"hs_call_body": "no"}, {}), (other, {"hs_call_status": "no"}, {}))
    equal((bad.status, said(bad)["errors"][0]["code"]), (400, "INVALID_OPTION"))
    equal(read(one).results[0].properties["hs_call_body"], "x")
    traces = [{"object_write_trace_id": t} for t in ("t-1", "t-2")]
    each = update((one, {"hs_call_body": "yes"}, traces[0]), (other, {"hs_call_status": "no"}, traces[1]))
    equal((each.results[0].object_write_trace_id, each.results[0].properties["hs_call_body"]), ("t-1", "yes"))
    equal((each.num_errors, each.errors[0].context["objectWriteTraceId"]), (1, ["t-2"]))


def batch_upsert():
    def upsert(*inputs):
        inputs = [
            contacts.SimplePublicObjectBatchInputUpsert(id=id, id_property="email", properties={"firstname": "Up"}, **more)
            for id, more in inputs
        ]
        return crm.contacts.batch_api.upsert(contacts.BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs))

    merged = upsert(("ada@customer.example", {}), ("new@customer.example", {}))
    equal([(r.id == "101", r.new) for r in merged.results], [(True, False), (False, True)])
    bad = failure(contacts.ApiException, upsert, ("c@customer.example", {}), ("not an address", {}))
    equal((bad.status, said(bad)["errors"][0]["code"]), (400, "INVALID_EMAIL"))
    traces = [{"object_write_trace_id": t} for t in ("t-1", "t-2")]
    each = upsert(("c@customer.example", traces[0]), ("not an address", traces[1]))
    equal(([r.object_write_trace_id for r in each.results], each.num_errors), (["t-1"], 1))
    equal(each.errors[0].context["objectWriteTraceId"], ["t-2"])


def batch_archive():
    one, other = two()
    inputs = [calls.SimplePublicObjectId(id=id) for id in (one, "424242")]
    equal(api.archive(calls.BatchInputSimplePublicObjectId(inputs=inputs)), None)
    left = read(one, other)
    equal(([r.id for r in left.results], left.errors[0].context["ids"]), ([other], [one]))
    gone = read(one, archived=True).results
    equal([(r.id, r.archived, r.archived_at.year > 2020) for r in gone], [(one, True, True)])


def contacts_():
    basic = crm.contacts.basic_api
    twin = failure(
        contacts.ApiException, basic.create, contacts.SimplePublicObjectInputForCreate(properties={"email": "ADA@customer.example"})
    )
    equal((twin.status, said(twin)["message"]), (409, "Contact already exists. Existing ID: 101"))
    kept = basic.merge(contacts.PublicMergeInput(primary_object_id="101", object_id_to_merge="102"))
    equal(kept.id, "101")
    equal(failure(contacts.exceptions.NotFoundException, basic.get_by_id, "102").status, 404)
    equal(basic.purge(contacts.PublicGdprDeleteInput(object_id="ada@customer.example", id_property="email")), None)
    equal(crm.contacts.get_all(), [])


def properties():
    core, batch = crm.properties.core_api, crm.properties.batch_api
    wanted = {"label": "Tone", "type": "string", "field_type": "text", "group_name": "call", "has_unique_value": True}
    made = core.create("calls", props.PropertyCreate(name="tone", **wanted))
    equal((made.name, made.has_unique_value, made.hubspot_defined), ("tone", True, False))
    first = log(tone="kind")
    equal(first.properties["tone"], "kind")
    equal(failure(calls.ApiException, log, tone="KIND").status, 409)
    found = crm.objects.calls.basic_api.get_by_id("kind", id_property="tone")
    equal(found.id, first.id)
    again = failure(props.ApiException, core.create, "calls", props.PropertyCreate(name="tone", **wanted))
    equal((again.status, said(again)["subCategory"]), (409, "Properties.PROPERTY_WITH_NAME_EXISTS"))
    equal(core.update("calls", "tone", props.PropertyUpdate(label="Tone of voice")).label, "Tone of voice")
    equal("tone" in [p.name for p in core.get_all("calls").results], True)
    names = [props.PropertyName(name=name) for name in ("tone", "colour")]
    some = batch.read("calls", props.BatchReadInputPropertyName(archived=False, inputs=names))
    equal(([p.name for p in some.results], some.num_errors), (["tone"], 1))
    equal(core.archive("calls", "tone"), None)
    equal(failure(props.ApiException, core.get_by_name, "calls", "tone").status, 404)


contacts_.__name__ = "contacts"
if __name__ == "__main__":
    mock.run(search, batch_read, batch_create, batch_update, batch_upsert, batch_archive, contacts_, properties)
