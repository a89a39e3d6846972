// A small HubSpot calling integration: the official Node SDK and Express, nothing else.
//
// It is here to be examined: it shares no code with the kit, and speaks only HTTP with it.
// `node server.js` serves recordings with Express; `node server.js copied-range.js` with the given module instead.
// With `TLS_CERT` and `TLS_KEY`, two PEM files, it serves HTTPS.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Client } from '@hubspot/api-client';
import express from 'express';

const { HUBSPOT_BASE_URL, HUBSPOT_ACCESS_TOKEN, HUBSPOT_DEVELOPER_KEY, HUBSPOT_APP_ID, PORT, TLS_CERT, TLS_KEY } = process.env;
const PUBLIC_URL = `${TLS_CERT ? 'https' : 'http'}://127.0.0.1:${PORT}`;

const retries = { numberOfApiCallRetries: 5, basePath: HUBSPOT_BASE_URL };
const portal = new Client({ accessToken: HUBSPOT_ACCESS_TOKEN, ...retries });
const developer = new Client({ developerApiKey: HUBSPOT_DEVELOPER_KEY, ...retries });

const withExpress = (_request, response, file) =>
  response.sendFile(file, { dotfiles: 'allow', headers: { 'Content-Type': 'application/octet-stream' } });
const module = process.argv[2];
const sendRecording = module ? (await import(`./${module}`)).default : withExpress;

const secret = randomBytes(32);
const recordings = new Map();
const nameOf = (account, externalId) => JSON.stringify([account, externalId]);

/** What stands behind `expires` for this recording; only this process can say it. */
function sign(name, expires) {
  return createHmac('sha256', secret).update(`${expires}\n${name}`).digest('base64url');
}

function isSigned(name, { expires = '', signature = '' }) {
  const [given, right] = [Buffer.from(String(signature)), Buffer.from(sign(name, expires))];
  return given.length === right.length && timingSafeEqual(given, right) && Number(expires) > Date.now() / 1000;
}

const app = express();
app.use(express.json());

app.get('/healthz', (_request, response) => response.send('ok'));

app.post('/simulate-call', async (request, response) => {
  const told = request.body;
  recordings.set(nameOf(told.externalAccountId, told.externalId), told.recording);
  const call = await portal.crm.objects.calls.basicApi.create({
    properties: {
      hs_timestamp: '2026-01-15T09:30:00Z',
      hs_call_title: 'A call from Express',
      hubspot_owner_id: told.ownerId,
      hs_call_duration: told.durationMs,
      hs_call_direction: told.direction,
      hs_call_from_number: told.fromNumber,
      hs_call_to_number: told.toNumber,
      hs_call_source: 'INTEGRATIONS_PLATFORM',
      hs_call_status: 'COMPLETED',
      hs_call_app_id: HUBSPOT_APP_ID,
      hs_call_external_id: told.externalId,
      hs_call_external_account_id: told.externalAccountId,
    },
    associations: [{
      to: { id: told.contactId },
      types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 194 }],
    }],
  });
  await portal.crm.extensions.calling.recordingSettingsApi.markAsReady({ engagementId: Number(call.id) });
  response.json({ callId: call.id });
});

app.get('/retrieve/recording/:externalId', (request, response) => {
  const name = nameOf(request.query.externalAccountId, request.params.externalId);
  if (!recordings.has(name) || request.query.appId !== HUBSPOT_APP_ID) return response.sendStatus(404);
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const query = new URLSearchParams({ name, expires, signature: sign(name, expires) });
  response.json({ authenticatedUrl: `${PUBLIC_URL}/recordings?${query}` });
});

app.get('/recordings', (request, response) => {
  const { name } = request.query;
  if (!isSigned(name, request.query)) return response.sendStatus(403);
  sendRecording(request, response, recordings.get(name));
});

const server = TLS_CERT
  ? createSecureServer({ cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }, app)
  : createServer(app);
server.listen(PORT, '127.0.0.1', () => console.error(`listening on ${PUBLIC_URL}`));
await developer.crm.extensions.calling.recordingSettingsApi.registerUrlFormat(Number(HUBSPOT_APP_ID), {
  urlToRetrieveAuthedRecording: `${PUBLIC_URL}/retrieve/recording/%s`,
});
