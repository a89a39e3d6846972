// Pictures of every view, wide and narrow, light and dark, into the folder SHOTS: for people to look at.
"use strict";
const { MOCK, ask, calls, sound, withBrowser } = require("./stage.cjs");

const VIEWS = {
  calls: "/_mock/ui", call: "/_mock/ui/calls/1001", failed: "/_mock/ui/calls/1002", records: "/_mock/ui/records",
  timeline: "/_mock/ui/records/contacts/101", journal: "/_mock/ui/journal", exchange: "/_mock/ui/journal/2",
  miss: "/_mock/ui/journal/15", settings: "/_mock/ui/settings", weather: "/_mock/ui/weather",
};

withBrowser(async ({ page, serve }) => {
  await page.goto(`${MOCK}/_mock/ui`);
  await page.screenshot({ path: `${process.env.SHOTS}/empty-1280-light.png` });
  const server = await serve({ "call-7f3a": { type: "audio/wav", bytes: sound.wav(sound.speech(21)) } });
  await calls.register(server.base);
  const first = await calls.log("call-7f3a");
  await calls.link(first);
  await ask("PUT", `/crm/v3/objects/calls/${first}/associations/company/201/182`);
  await calls.ready(first);
  await calls.became(first);
  await ask("PATCH", `/crm/v3/objects/calls/${first}`, { properties: { hs_call_title: "Renewal with Ada Adams" } });
  const second = await calls.log("call-9b20", { hs_call_title: "Missed call", hs_call_direction: "INBOUND", hs_call_duration: "4200", hs_call_status: "NO_ANSWER" });
  await calls.link(second, 102);
  await calls.ready(second);
  await calls.became(second);
  await ask("POST", "/_mock/weather", { operation: "log-call", strike: { failing: { status: 503 } }, times: 1 });
  await ask("POST", "/crm/v3/objects/calls", { properties: { hs_timestamp: "2026-10-27T10:00:00Z" } });
  await ask("POST", "/_mock/weather", { operation: "mark-ready", strike: { delayed: { ms: 1500 } }, times: 3 });
  await ask("POST", "/crm/v3/objects/calls", { properties: { hs_call_titel: "x" } });
  await ask("PUT", `/crm/v3/objects/calls/${first}/associations/contact/101`);
  await calls.log("call-a001", { hs_call_title: "Onboarding, second session", hs_call_duration: "3723000" });
  // The two of the README.
  await page.setViewportSize({ width: 1120, height: 720 });
  await page.goto(`${MOCK}/_mock/ui/calls/1001`);
  await page.waitForSelector("#live[data-state=on]");
  await page.screenshot({ path: `${process.env.SHOTS}/readme-call.png` });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${MOCK}/_mock/ui/journal?direction=arrived`);
  await page.waitForSelector("#live[data-state=on]");
  await page.screenshot({ path: `${process.env.SHOTS}/readme-journal.png` });
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: width === 400 ? 860 : 900 });
      for (const [name, target] of Object.entries(VIEWS)) {
        await page.goto(MOCK + target);
        await page.waitForSelector("#live[data-state=on]");
        if (name === "call" && process.env.PLAY) {
          await page.evaluate(() => new Promise((done) => { const a = document.getElementById("audio"); a.addEventListener("seeked", done, { once: true }); a.addEventListener("loadedmetadata", () => { a.currentTime = 8.4; }, { once: true }); a.preload = "auto"; a.load(); }));
        }
        await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${scheme}.png`, fullPage: !["call", "journal"].includes(name) || width === 400 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) console.log(`${name} is ${wide} wide at ${width}`);
      }
    }
  }
});
