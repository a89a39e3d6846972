import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { logCall } from "./app.js";
import { HubSpot } from "./hubspot.js";

// The token of the mock's default portal; `--portal FILE` gives it another.
const TOKEN = "mock-access-token-2f9c";
let hubspot;

beforeAll(async () => { hubspot = await HubSpot.start(); });
beforeEach(() => hubspot.reset());
afterAll(() => hubspot?.stop());

test("a call is logged", async () => {
  await logCall(hubspot.url, TOKEN, "call-1");
  const call = await hubspot.call("call-1");
  expect(call.properties.hs_call_source).toBe("INTEGRATIONS_PLATFORM");
  expect(call.marked_ready).toBe(0);
});

test("another test starts with nothing", async () => {
  expect(await hubspot.ask("calls")).toEqual([]);
});

test("a wrong token is told by the journal", async () => {
  await expect(logCall(hubspot.url, "no-such-token", "call-2")).rejects.toThrow("401");
  await expect(hubspot.call("call-2", "0s")).rejects.toThrow("POST /crm/v3/objects/calls -> 401");
});
