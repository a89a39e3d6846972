"""HubSpot's current Python SDK against the mock; one part a run: python current.py PART"""

import json

import hubspot.crm.associations as v3
import hubspot.crm.associations.v4 as v4
import hubspot.crm.associations.v4.schema as schema
import hubspot.crm.extensions.calling as calling
import hubspot.crm.objects.calls as calls
import hubspot.crm.owners as owners_sdk
import hubspot.oauth as oauth_sdk
from hubspot import HubSpot

import mock
from mock import equal, failure

developer = HubSpot(api_key=mock.DEVELOPER_KEY, host=mock.URL).crm.extensions.calling
hs = HubSpot(access_token=mock.ACCESS_TOKEN, host=mock.URL)


def log(**more):
    return hs.crm.objects.calls.basic_api.create(calls.SimplePublicObjectInputForCreate(**more or {"properties": mock.call()}))


def registration():
    api = developer.recording_settings_api
    equal(failure(calling.ApiException, api.get_url_format, mock.APP_ID).status, 404)
    url = "https://e.example/retrieve/recording/%s"
    made = api.register_url_format(mock.APP_ID, calling.RecordingSettingsRequest(url_to_retrieve_authed_recording=url))
    equal(made.url_to_retrieve_authed_recording, url)
    moved = calling.RecordingSettingsPatchRequest(url_to_retrieve_authed_recording="https://e.example/v2/%s")
    equal(api.update_url_format(mock.APP_ID, moved).url_to_retrieve_authed_recording, "https://e.example/v2/%s")
    refused = failure(
        calling.ApiException,
        hs.crm.extensions.calling.recording_settings_api.update_url_format,
        mock.APP_ID,
        moved,
    )
    equal((refused.status, json.loads(refused.body)["category"]), (401, "INVALID_AUTHENTICATION"))


def settings():
    api = developer.settings_api
    made = api.create(mock.APP_ID, calling.SettingsRequest(name="demo", url="https://e.example/w", is_ready=True))
    equal((made.name, made.is_ready, made.uses_remote, made.created_at.year > 2020), ("demo", True, False, True))
    equal(api.update(mock.APP_ID, calling.SettingsPatchRequest(is_ready=False)).is_ready, False)
    equal(api.archive(mock.APP_ID), None)
    equal(failure(calling.ApiException, api.get_by_id, mock.APP_ID).status, 404)


def channel():
    api = developer.channel_connection_settings_api
    made = api.create(mock.APP_ID, calling.ChannelConnectionSettingsRequest(url="https://e.example/c", is_ready=True))
    equal((made.url, made.is_ready), ("https://e.example/c", True))
    equal(api.update(mock.APP_ID, calling.ChannelConnectionSettingsPatchRequest(is_ready=False)).is_ready, False)
    equal(api.get_by_id(mock.APP_ID).url, "https://e.example/c")
    api.archive(mock.APP_ID)
    equal(failure(calling.ApiException, api.get_by_id, mock.APP_ID).status, 404)


def calls_():
    api = hs.crm.objects.calls.basic_api
    made = log(properties=mock.call(), associations=[{"to": {"id": "101"}, "types": [mock.TO_CONTACT]}])
    equal((made.properties["hs_call_duration"], made.properties["hs_timestamp"]), ("60000", "2023-10-27T10:00:00Z"))
    read = api.get_by_id(made.id, properties=["hs_call_title", "hs_call_body"], associations=["contacts"], archived=False)
    equal((read.properties["hs_call_title"], read.properties["hs_call_body"]), ("Example Call", None))
    equal([(r.id, r.type) for r in read.associations["contacts"].results], [("101", "call_to_contact")])
    changed = api.update(made.id, calls.SimplePublicObjectInput(properties={"hs_call_body": "talked"}))
    equal(changed.properties["hs_call_body"], "talked")
    equal(api.archive(made.id), None)
    gone = failure(calls.exceptions.NotFoundException, api.get_by_id, made.id)
    body = json.loads(gone.body)
    equal((body["message"], body["correlationId"]), ("resource not found", gone.headers["x-hubspot-correlation-id"]))
    equal(api.get_by_id(made.id, archived=True).archived, True)
    bad = failure(calls.ApiException, log, properties=mock.call(colour="red"))
    equal((bad.status, json.loads(bad.body)["errors"][0]["code"]), (400, "PROPERTY_DOESNT_EXIST"))


def paging():
    api, seen, after, pages = hs.crm.objects.calls.basic_api, set(), None, 0
    while True:
        page = api.get_page(limit=100, properties=["hs_call_external_id"], **({"after": after} if after else {}))
        seen.update(r.properties["hs_call_external_id"] for r in page.results)
        pages += 1
        if page.paging is None:
            break
        after = page.paging.next.after
    equal((pages, len(seen)), (3, 250))
    equal(len(hs.crm.contacts.get_all()), 2)


def associations():
    api, batch = hs.crm.associations.v4.basic_api, hs.crm.associations.v4.batch_api
    one, two = log().id, log().id
    made = api.create("calls", one, "contacts", "101", [v4.AssociationSpec("HUBSPOT_DEFINED", 194)])
    equal((made.from_object_type_id, str(made.to_object_id)), ("0-48", "101"))
    both = api.create_default("calls", two, "contacts", "101")
    equal([r.association_spec.association_type_id for r in both.results], [194, 193])
    seen = api.get_page("contacts", "101", "calls")
    equal([str(r.to_object_id) for r in seen.results], [one, two])
    equal(seen.results[0].association_types[0].type_id, 193)
    inputs = [v4.PublicFetchAssociationsBatchRequest(id=id) for id in (one, "424242")]
    read = batch.get_page("calls", "contacts", v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=inputs))
    equal((read.results[0]._from.id, read.num_errors), (one, 1))
    equal(read.errors[0].sub_category, "crm.associations.NO_ASSOCIATIONS_FOUND")
    api.archive("calls", one, "contacts", "101")
    equal(api.get_page("calls", one, "contacts").results, [])

    def pairs(*ids, **more):
        return [v4.PublicAssociationMultiPost(_from={"id": one}, to={"id": id}, **more) for id in ids]

    types = [v4.AssociationSpec("HUBSPOT_DEFINED", 182)]
    companies = v4.BatchInputPublicAssociationMultiPost(inputs=pairs("201", "424242", types=types))
    some = batch.create("calls", "companies", companies)
    equal((some.results[0].to_object_type_id, some.num_errors), ("0-2", 1))
    equal(some.errors[0].context["objectId"], ["424242"])
    equal(batch.archive_labels("calls", "companies", companies), None)
    equal(api.get_page("calls", one, "companies").results, [])
    plain = [v4.PublicDefaultAssociationMultiPost(_from={"id": one}, to={"id": "201"})]
    fallback = v4.BatchInputPublicDefaultAssociationMultiPost(inputs=plain)
    equal(len(batch.create_default("calls", "companies", fallback).results), 2)
    gone = [v4.PublicAssociationMultiArchive(_from={"id": one}, to=[{"id": "201"}])]
    equal(batch.archive("calls", "companies", v4.BatchInputPublicAssociationMultiArchive(inputs=gone)), None)
    equal(api.get_page("calls", one, "companies").results, [])

    labels = hs.crm.associations.v4.schema.definitions_api
    wanted = schema.PublicAssociationDefinitionCreateRequest(label="Witness", name="witness")
    label = labels.create("calls", "contacts", wanted).results[0]
    renamed = schema.PublicAssociationDefinitionUpdateRequest(association_type_id=label.type_id, label="Bystander")
    equal(labels.update("calls", "contacts", renamed), None)
    equal([l.label for l in labels.get_all("calls", "contacts").results], [None, "Bystander"])
    equal(labels.remove("calls", "contacts", label.type_id), None)

    typed = [v3.PublicAssociation(_from={"id": one}, to={"id": "102"}, type="call_to_contact")]
    typed = v3.BatchInputPublicAssociation(inputs=typed)
    old = hs.crm.associations.batch_api
    equal(old.create("calls", "contacts", typed).results[0].type, "call_to_contact")
    read = old.read("calls", "contacts", v3.BatchInputPublicObjectId(inputs=[{"id": one}]))
    equal(read.results[0].to[0].id, "102")
    equal(old.archive("calls", "contacts", typed), None)

    spec = v4.AssociationSpec("HUBSPOT_DEFINED", 182)
    wrong = failure(v4.ApiException, api.create, "calls", one, "contacts", "101", [spec])
    equal((wrong.status, json.loads(wrong.body)["context"]["objectType"]), (400, ["COMPANY"]))


def owners():
    api = hs.crm.owners.owners_api
    page = api.get_page(limit=2, archived=False)
    equal([o.id for o in page.results], ["71", "72"])
    equal([o.id for o in api.get_page(limit=2, after=page.paging.next.after).results], ["73"])
    equal(api.get_page(email="sally@portal.example").results[0].user_id, 9071)
    equal(api.get_page(archived=True).results[0].id, "79")
    equal(api.get_by_id(9071, id_property="userId").id, "71")
    equal(failure(owners_sdk.ApiException, api.get_by_id, 9071, id_property="id").status, 404)


def oauth():
    api = HubSpot(host=mock.URL).oauth
    who = {"client_id": mock.CLIENT_ID, "client_secret": mock.CLIENT_SECRET}
    refresh = {"grant_type": "refresh_token", "refresh_token": mock.REFRESH_TOKEN, **who}
    first = api.tokens_api.create(
        grant_type="authorization_code", code=mock.AUTHORIZATION_CODE, redirect_uri="https://e.example/cb", **who
    )
    equal((first.refresh_token, first.expires_in), (mock.REFRESH_TOKEN, 1800))
    token = api.tokens_api.create(**refresh).access_token
    info = api.access_tokens_api.get(token)
    equal((info.token_type, info.hub_id), ("access", 62515))
    equal(api.refresh_tokens_api.get(mock.REFRESH_TOKEN).client_id, mock.CLIENT_ID)
    equal(HubSpot(access_token=token, host=mock.URL).crm.objects.calls.basic_api.get_page().results, [])
    equal(api.refresh_tokens_api.archive(mock.REFRESH_TOKEN), None)
    dead = failure(oauth_sdk.ApiException, api.tokens_api.create, **refresh)
    equal((dead.status, json.loads(dead.body)["status"]), (400, "BAD_REFRESH_TOKEN"))


def ready():
    api = hs.crm.extensions.calling.recording_settings_api
    made = log(properties=mock.call(), associations=[{"to": {"id": "101"}, "types": [mock.TO_CONTACT]}])
    equal(api.mark_as_ready(calling.MarkRecordingAsReadyRequest(engagement_id=int(made.id))), None)
    unknown = calling.MarkRecordingAsReadyRequest(engagement_id=424242)
    equal(failure(calling.ApiException, api.mark_as_ready, unknown).status, 404)


calls_.__name__ = "calls"
if __name__ == "__main__":
    mock.run(registration, settings, channel, calls_, paging, associations, owners, oauth, ready)
