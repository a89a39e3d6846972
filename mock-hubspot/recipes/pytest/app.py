"""Stands in the place of your app: it logs one call, as the guide says."""

import json
import urllib.request


def log_call(base_url, token, external_id):
    properties = {
        "hs_timestamp": "2026-01-15T09:30:00Z",
        "hs_call_source": "INTEGRATIONS_PLATFORM",
        "hs_call_app_id": "12345",
        "hs_call_external_id": external_id,
        "hs_call_external_account_id": "account-1",
    }
    request = urllib.request.Request(
        f"{base_url}/crm/v3/objects/calls",
        data=json.dumps({"properties": properties}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as reply:
        return json.load(reply)["id"]
