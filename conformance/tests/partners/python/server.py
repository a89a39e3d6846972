"""A small HubSpot calling integration: the official Python SDK and Flask, nothing else.

It is here to be examined: it shares no code with the kit, and speaks only HTTP with it.
"""

import os
import sys
from threading import Lock

from flask import Flask, abort, jsonify, request, send_file, url_for
from hubspot import HubSpot
from hubspot.crm.extensions.calling import MarkRecordingAsReadyRequest, RecordingSettingsRequest
from hubspot.crm.objects.calls import SimplePublicObjectInputForCreate
from itsdangerous import BadSignature, URLSafeTimedSerializer
from urllib3.util.retry import Retry

BASE = os.environ["HUBSPOT_BASE_URL"]
APP_ID = os.environ["HUBSPOT_APP_ID"]
PORT = int(os.environ["PORT"])

retry = Retry(total=5, backoff_factor=0.2, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None)
portal = HubSpot(access_token=os.environ["HUBSPOT_ACCESS_TOKEN"], host=BASE, base_url=BASE, retry=retry)
developer = HubSpot(api_key=os.environ["HUBSPOT_DEVELOPER_KEY"], host=BASE)

app = Flask(__name__)
signer = URLSafeTimedSerializer(os.urandom(32))
recordings = {}
lock = Lock()


@app.get("/healthz")
def healthz():
    return "ok"


@app.post("/simulate-call")
def simulate_call():
    told = request.get_json()
    with lock:
        recordings[(told["externalId"], told["externalAccountId"])] = told["recording"]
    call = portal.crm.objects.calls.basic_api.create(
        SimplePublicObjectInputForCreate(
            properties={
                "hs_timestamp": "2026-01-15T09:30:00Z",
                "hs_call_title": "A call from Flask",
                "hubspot_owner_id": told["ownerId"],
                "hs_call_duration": told["durationMs"],
                "hs_call_direction": told["direction"],
                "hs_call_from_number": told["fromNumber"],
                "hs_call_to_number": told["toNumber"],
                "hs_call_source": "INTEGRATIONS_PLATFORM",
                "hs_call_status": "COMPLETED",
                "hs_call_app_id": APP_ID,
                "hs_call_external_id": told["externalId"],
                "hs_call_external_account_id": told["externalAccountId"],
            }
        )
    )
    portal.crm.associations.v4.basic_api.create_default("calls", call.id, "contacts", told["contactId"])
    portal.crm.extensions.calling.recording_settings_api.mark_as_ready(
        MarkRecordingAsReadyRequest(engagement_id=int(call.id))
    )
    return jsonify(callId=call.id)


@app.get("/retrieve/recording/<path:external_id>")
def authenticated_url(external_id):
    key = (external_id, request.args.get("externalAccountId"))
    if key not in recordings or request.args.get("appId") != APP_ID:
        abort(404)
    token = signer.dumps(list(key))
    return jsonify(authenticatedUrl=url_for("recording", token=token, _external=True))


@app.get("/recordings")
def recording():
    try:
        key = tuple(signer.loads(request.args.get("token", ""), max_age=3600))
    except BadSignature:
        abort(403)
    return send_file(recordings[key], mimetype="application/octet-stream", conditional=True)


if __name__ == "__main__":
    developer.crm.extensions.calling.recording_settings_api.register_url_format(
        int(APP_ID),
        RecordingSettingsRequest(
            url_to_retrieve_authed_recording=f"http://127.0.0.1:{PORT}/retrieve/recording/%s"
        ),
    )
    print("registered", file=sys.stderr, flush=True)
    app.run(host="127.0.0.1", port=PORT, threaded=True)
