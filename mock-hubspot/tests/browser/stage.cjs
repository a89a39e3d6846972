// What every part needs: the browser, the mock as an integration sees it, and the mock as a person sees it.
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { chromium } = require("playwright-core");
const { integration } = require("./integration.cjs");
const sound = require("./sound.cjs");

const MOCK = process.env.MOCK_URL;
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
];

/** Where a program is that the shell would find. */
function found(program) {
  if (program.includes("/")) return program;
  const places = process.env.PATH.split(path.delimiter).map((folder) => path.join(folder, program));
  return places.find((place) => fs.existsSync(place)) ?? program;
}

async function ask(method, target, body) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(MOCK + target, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), redirect: "manual" });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: () => JSON.parse(text) };
}

const calls = {
  register: (base) => ask("POST", "/crm/v3/extensions/calling/12345/settings/recording", { urlToRetrieveAuthedRecording: `${base}/recording/%s` }),
  /** Logs a call and gives its id. */
  async log(externalId, properties = {}) {
    const reply = await ask("POST", "/crm/v3/objects/calls", { properties: {
      hs_timestamp: "2026-10-27T10:00:00Z", hs_call_title: "Renewal with Ada", hubspot_owner_id: "71",
      hs_call_body: "Talked about thirty more seats.", hs_call_duration: "20000", hs_call_from_number: "+15551234567",
      hs_call_to_number: "+15557654321", hs_call_direction: "OUTBOUND", hs_call_source: "INTEGRATIONS_PLATFORM",
      hs_call_status: "COMPLETED", hs_call_app_id: "12345", hs_call_external_id: externalId,
      hs_call_external_account_id: "test-account-01", ...properties,
    } });
    assert.equal(reply.status, 201);
    return reply.json().id;
  },
  link: (id, contact = 101) => ask("PUT", `/crm/v3/objects/calls/${id}/associations/contact/${contact}/194`),
  ready: (id) => ask("POST", "/crm/v3/extensions/calling/recordings/ready", { engagementId: Number(id) }),
  /** What became of it, without sleeping. */
  became: async (id) => (await ask("GET", `/_mock/calls/${id}?wait=20s`)).json(),
};

/** Runs a part with a browser of its own, with these further options, and nothing left behind. */
async function withBrowser(part, options = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "mock-page-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: found(process.env.CHROMIUM ?? "chromium"), headless: true, args: FLAGS, viewport: { width: 1280, height: 900 }, timeout: 60000, ...options,
  });
  context.setDefaultTimeout(20000);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  const servers = [];
  const serve = async (recordings) => {
    const server = await integration(recordings);
    servers.push(server);
    return server;
  };
  try {
    await part({ page, context, serve, complaints });
  } finally {
    await context.close();
    servers.forEach((server) => server.close());
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

module.exports = { MOCK, ask, assert, calls, sound, withBrowser };
