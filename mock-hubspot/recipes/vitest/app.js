// Stands in the place of your app: it logs one call, as the guide says.
export async function logCall(baseUrl, token, externalId) {
  const reply = await fetch(`${baseUrl}/crm/v3/objects/calls`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      properties: {
        hs_timestamp: "2026-01-15T09:30:00Z",
        hs_call_source: "INTEGRATIONS_PLATFORM",
        hs_call_app_id: "12345",
        hs_call_external_id: externalId,
        hs_call_external_account_id: "account-1",
      },
    }),
  });
  if (!reply.ok) throw new Error(`HubSpot answered ${reply.status}`);
  return (await reply.json()).id;
}
