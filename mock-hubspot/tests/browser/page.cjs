// The page in a real browser, part by part: node page.cjs PART. Each part has a mock and a browser of its own.
"use strict";
const fs = require("node:fs");
const { MOCK, ask, assert, calls, sound, withBrowser } = require("./stage.cjs");

const UI = `${MOCK}/_mock/ui`;
const WAV = () => ({ type: "audio/wav", bytes: sound.wav(sound.speech(21)) });
const live = (page) => page.waitForSelector("#live[data-state=on]");

/** A call that went all the way, on Ada's timeline. */
async function whole(serve, recording = WAV(), externalId = "call-7f3a") {
  const server = await serve({ [externalId]: recording });
  await calls.register(server.base);
  const id = await calls.log(externalId);
  await calls.link(id);
  await calls.ready(id);
  assert.equal((await calls.became(id)).recording.stage, "fetched");
  return { id, server };
}

/** Loads, plays, and seeks to 80 % and to 20 %; says how long it is. */
async function playAndSeek(page) {
  return page.evaluate(async () => {
    const audio = document.getElementById("audio");
    const next = (event) => new Promise((done, fail) => {
      audio.addEventListener(event, done, { once: true });
      audio.addEventListener("error", () => fail(new Error(`${event}: ${audio.error?.message}`)), { once: true });
    });
    const past = (time) => new Promise((done) => {
      const look = () => { if (audio.currentTime > time) { audio.removeEventListener("timeupdate", look); done(); } };
      audio.addEventListener("timeupdate", look);
    });
    const playing = next("playing");
    await audio.play();
    await playing;
    await past(0.1);
    for (const part of [0.8, 0.2]) {
      const target = audio.duration * part;
      const seeked = next("seeked");
      audio.currentTime = target;
      await seeked;
      if (Math.abs(audio.currentTime - target) > 1) throw new Error(`at ${audio.currentTime} instead of ${target}`);
      await past(target + 0.1);
    }
    audio.pause();
    const end = audio.seekable.end(audio.seekable.length - 1);
    return { duration: audio.duration, end };
  });
}

const PARTS = {
  async "a call arrives while the page is open"({ page, serve }) {
    const server = await serve({ "call-7f3a": WAV() });
    await page.goto(MOCK);
    assert.equal(page.url(), UI);
    await live(page);
    await page.getByText("No calls yet.").waitFor();
    await page.evaluate(() => { window.notReloaded = true; });
    await calls.register(server.base);
    const id = await calls.log("call-7f3a");
    await page.getByRole("link", { name: "Renewal with Ada" }).waitFor();
    await page.getByRole("status").filter({ hasText: "1 calls; the newest is Renewal with Ada" }).waitFor({ state: "attached" });
    const row = page.getByRole("row", { name: /Renewal with Ada/ });
    await row.getByText("not ready").waitFor();
    await calls.link(id);
    await row.getByRole("link", { name: "Ada Adams" }).waitFor();
    await calls.ready(id);
    await row.getByText("fetched").waitFor();
    assert.equal(await page.evaluate(() => window.notReloaded), true);

    await page.getByRole("link", { name: "Renewal with Ada" }).click();
    await page.getByRole("heading", { name: "Renewal with Ada", level: 1 }).waitFor();
    const story = page.locator("#story");
    for (const step of ["log call", "associate", "mark ready", "asked for the authenticated URL", "fetched the recording, 672.0 kB"]) {
      await story.getByRole("link", { name: step, exact: true }).waitFor();
    }
    await page.evaluate(() => { window.notReloaded = true; });
    await ask("PATCH", `/crm/v3/objects/calls/${id}`, { properties: { hs_call_title: "Renewal, signed" } });
    await page.getByRole("heading", { name: "Renewal, signed", level: 1 }).waitFor();
    const title = page.locator("#properties tr", { hasText: "hs_call_title" });
    await title.getByText("2 versions").click();
    await title.getByText("Renewal with Ada").waitFor();
    // What a reader opened stays open when the page changes under it.
    await ask("PATCH", `/crm/v3/objects/calls/${id}`, { properties: { hs_call_title: "Renewal, paid" } });
    await title.getByText("3 versions").waitFor();
    await title.getByText("Renewal with Ada").waitFor();
    assert.equal(await page.evaluate(() => window.notReloaded), true);
  },

  async "a record's timeline shows its calls and plays them"({ page, serve }) {
    await page.goto(`${UI}/records/contacts/101`);
    await live(page);
    await page.getByText("No call is associated with this record.").waitFor();
    const { server } = await whole(serve);
    const card = page.getByRole("article", { name: "Renewal with Ada" });
    await card.getByText("fetched").waitFor();
    await card.getByText("Talked about thirty more seats.").waitFor();
    server.asked.length = 0;
    await card.locator("audio").evaluate(async (audio) => {
      const playing = new Promise((done) => audio.addEventListener("playing", done, { once: true }));
      await audio.play();
      await playing;
      // It goes on playing while the page changes around it.
      window.played = audio;
    });
    await calls.log("another");
    await calls.link("1002");
    assert.equal(server.asked[0].folder, "recording");
    assert.equal(await page.evaluate(() => window.played.isConnected && !window.played.paused), true);
    await page.evaluate(() => window.played.pause());
    await page.goto(`${UI}/records`);
    await page.getByRole("row", { name: /Ada Adams/ }).getByRole("cell", { name: "2", exact: true }).waitFor();
  },

  async "a WAV plays and seeks as in HubSpot"({ page, serve, complaints }) {
    const long = sound.wav(sound.speech(600));
    const { id, server } = await whole(serve, { type: "audio/wav", bytes: long });
    await page.goto(`${UI}/calls/${id}`);
    await page.getByText("WAV · pcm_s16le · 8 kHz · 2 channels · 10:00 · 19.2 MB").waitFor();
    assert.equal(await page.locator("svg.wave").count(), 2);
    assert.ok((await page.locator("svg.wave[data-channel='1'] .turn").count()) > 100);
    server.asked.length = 0;
    const { duration, end } = await playAndSeek(page);
    assert.ok(Math.abs(duration - 600) < 0.1, `${duration}`);
    assert.ok(Math.abs(end - duration) < 0.1, `${end}`);
    const [callback] = server.asked;
    assert.deepEqual([callback.folder, callback.accept], ["recording", "application/json"]);
    assert.equal(callback.query, "?appId=12345&externalAccountId=test-account-01");
    const ranges = server.sounds("call-7f3a").map((a) => a.range);
    assert.equal(ranges[0], "bytes=0-");
    const far = ranges.map((range) => Number(/^bytes=(\d+)-/.exec(range)[1]));
    assert.ok(far.some((from) => from > 0.75 * long.length), `${ranges}`);
    assert.ok((await page.locator("svg.wave .head").first().getAttribute("x1")) > 190);
    assert.deepEqual(complaints, []);
  },

  async "a FLAC plays and seeks"({ page, serve }) {
    const { id } = await whole(serve, { type: "audio/flac", bytes: sound.flac(sound.speech(60)) });
    await page.goto(`${UI}/calls/${id}`);
    await page.getByText("FLAC · flac · 8 kHz · 2 channels · 1:00").waitFor();
    assert.ok(Math.abs((await playAndSeek(page)).duration - 60) < 0.1);
  },

  async "an MP4 plays and seeks"({ page, serve }) {
    const { id } = await whole(serve, { type: "audio/mp4", bytes: sound.mp4(sound.speech(60)) });
    await page.goto(`${UI}/calls/${id}`);
    await page.getByText("MP4 · flac · 8 kHz · 2 channels · 1:00").waitFor();
    assert.ok(Math.abs((await playAndSeek(page)).duration - 60) < 0.1);
  },

  async "what cannot be played says why"({ page, serve }) {
    const server = await serve({});
    await calls.register(server.base);
    const id = await calls.log("gone");
    await calls.ready(id);
    assert.equal((await calls.became(id)).recording.stage, "failed");
    await page.goto(`${UI}/calls/${id}`);
    await page.locator("#sound").getByText("HubSpot could not fetch it: the endpoint answered 404.").waitFor();
    await page.evaluate(() => document.getElementById("audio").play().catch(() => {}));
    await page.getByRole("alert").getByText("The recording could not be played: the endpoint answered 404.").waitFor();
    await page.getByRole("button", { name: "Fetch again" }).click();
    await page.locator("#story li", { hasText: "asked for the authenticated URL" }).nth(2).waitFor();
  },

  async "a transcript is shown by its turns"({ page, serve }) {
    const { id } = await whole(serve);
    await page.goto(`${UI}/calls/${id}`);
    await live(page);
    // HubSpot's own first: who is heard when, on which channel.
    for (const who of ["Caller", "Recipient"]) {
      const turns = page.locator("#transcript li", { hasText: who });
      await turns.filter({ hasText: /\[speech [\d.]+–[\d.]+ s\]/ }).first().waitFor();
    }
    const reply = await ask("POST", "/crm/v3/extensions/calling/transcripts", { engagementId: Number(id), transcriptCreateUtterances: [
      { speaker: { id: "1", name: "Sally Sales" }, text: "Good morning, Ada.", languageCode: "en-US", startTimeMillis: 100, endTimeMillis: 2000 },
      { speaker: { id: "2", name: "Ada Adams" }, text: "Good morning.", languageCode: "en-US", startTimeMillis: 4300, endTimeMillis: 6000 },
    ] });
    assert.equal(reply.status, 200);
    await page.locator("#transcript").getByText("Good morning, Ada.").waitFor();
    await page.getByRole("button", { name: "0:04" }).click();
    await page.waitForFunction(() => Math.abs(document.getElementById("audio").currentTime - 4.3) < 0.2);
  },

  async "the journal finds the nearest miss and repeats an exchange"({ page, context }) {
    await page.goto(`${UI}/journal`);
    await live(page);
    await calls.log("c-1");
    await ask("PUT", "/crm/v3/objects/calls/1001/associations/contact/101");
    const miss = page.getByText("PUT /crm/v3/objects/calls/1001/associations/contact/101 lacks the association type: …/194");
    await miss.waitFor();
    await page.getByRole("combobox", { name: "Outcome" }).selectOption("unmatched");
    await page.getByRole("button", { name: "Filter" }).click();
    await miss.waitFor();
    assert.equal(await page.locator("#journal tbody tr").count(), 1);
    await page.getByRole("link", { name: "Exchange 2" }).click();
    await page.getByRole("heading", { name: "Exchange 2" }).waitFor();
    await page.getByRole("link", { name: "← 1" }).click();
    await page.locator("#request-body").getByText('"hs_call_external_id": "c-1"').waitFor();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("[data-copy=curl]").click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(command, /^curl -g -i -X 'POST' .*--url 'http:\/\/127\.0\.0\.1:\d+\/crm\/v3\/objects\/calls'\n$/s);
    const { execFileSync } = require("node:child_process");
    const said = execFileSync("sh", ["-c", command.replace("curl ", "curl -s ")], { encoding: "utf8" });
    assert.match(said, /^HTTP\/1\.1 201 Created/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download as HAR" }).click()]);
    const har = JSON.parse(fs.readFileSync(await download.path(), "utf8"));
    assert.deepEqual([har.log.version, har.log.entries[0].response.status], ["1.2", 201]);
  },

  async "weather is ordered, hit and ended from the page"({ page }) {
    await page.goto(`${UI}/weather`);
    await live(page);
    await page.getByText("Fine weather.").waitFor();
    await page.getByLabel("What happens").selectOption({ label: "503" });
    await page.getByLabel("Times").fill("2");
    await page.getByRole("button", { name: "Order" }).click();
    const row = page.getByRole("row", { name: /log call/ });
    await row.getByText("0 of 2").waitFor();
    const log = () => ask("POST", "/crm/v3/objects/calls", { properties: { hs_timestamp: "2026-10-27T10:00:00Z" } });
    assert.equal((await log()).status, 503);
    await row.getByText("1 of 2").waitFor();
    await row.getByRole("button", { name: "End" }).click();
    await page.getByText("Fine weather.").waitFor();
    assert.equal((await log()).status, 201);
    await page.getByRole("button", { name: "Expire all tokens" }).click();
    await page.getByText("tokens expired").waitFor();
    const old = await fetch(`${MOCK}/crm/v3/owners`, { headers: { authorization: "Bearer mock-access-token-2f9c" } });
    assert.equal(old.status, 401);
    await page.getByLabel("Times").fill("0");
    await page.getByLabel("Times").evaluate((input) => input.removeAttribute("min"));
    await page.getByRole("button", { name: "Order" }).click();
    await page.getByRole("alert").getByText("`times` is between 1 and 1000000").waitFor();
    await page.getByRole("button", { name: "Forget" }).click();
    await page.getByText("Fine weather.").waitFor();
    assert.deepEqual((await ask("GET", "/_mock/calls")).json(), []);
  },

  async "faults of the registered endpoint are marked"({ page }) {
    await page.goto(`${UI}/settings`);
    await live(page);
    await page.getByText("None is registered").waitFor();
    await ask("POST", "/crm/v3/extensions/calling/12345/settings/recording", { urlToRetrieveAuthedRecording: "http://app.example/recording?x=1" });
    const endpoint = page.locator(".endpoint");
    await endpoint.getByText("There is no %s").waitFor();
    await endpoint.getByText("It is http; HubSpot wants https.").waitFor();
    await endpoint.getByText("It has a query").waitFor();
    assert.equal(await endpoint.getByText("fault", { exact: true }).count(), 2);
  },

  async "whatever an integration sends is text"({ page, serve, complaints }) {
    const hostile = `"'><script>window.pwned=1</script><img src=x onerror="window.pwned=2"><svg onload=window.pwned=3></svg>{{7*7}}`;
    const server = await serve({ [hostile]: { type: "text/html", bytes: Buffer.from(hostile) } });
    await calls.register(server.base);
    const id = await calls.log(hostile, { hs_call_title: hostile, hs_call_body: hostile, hs_call_from_number: hostile });
    await calls.link(id);
    await calls.ready(id);
    await calls.became(id);
    await ask("PATCH", `/crm/v3/objects/contacts/101`, { properties: { firstname: hostile, lastname: hostile } });
    await ask("POST", "/crm/v3/extensions/calling/12345/settings", { name: hostile, url: "https://x.example/?" + encodeURIComponent(hostile) });
    await ask("POST", "/crm/v3/extensions/calling/transcripts", { engagementId: Number(id), transcriptCreateUtterances: [
      { speaker: { id: hostile, name: hostile }, text: hostile, languageCode: "en-US", startTimeMillis: 1, endTimeMillis: 2 } ] });
    await ask("POST", "/crm/v3/extensions/calling/12345/settings/recording", { urlToRetrieveAuthedRecording: `javascript:window.pwned=4//%s${hostile}` });
    await fetch(`${MOCK}/crm/${encodeURIComponent(hostile)}?q=<script>`, { method: "POST", headers: { "x-hostile": hostile }, body: hostile });
    const exchanges = (await ask("GET", "/_mock/journal")).json().length;
    const views = ["", `/calls/${id}`, "/records", "/records/contacts/101", "/settings", "/journal", "/journal?text=" + encodeURIComponent(hostile), "/journal?operation=" + encodeURIComponent(hostile)];
    for (let n = 1; n <= exchanges; n++) views.push(`/journal/${n}`);
    let shown = 0;
    for (const view of views) {
      await page.goto(UI + view);
      await live(page);
      shown += (await page.locator("main").innerText()).includes("<script>window.pwned=1</script>") ? 1 : 0;
      const alien = await page.evaluate(() => document.querySelectorAll("main script, main img, main [onload], main [onerror], main a[href^='javascript']").length);
      assert.deepEqual([alien, await page.evaluate(() => window.pwned)], [0, undefined], view);
    }
    assert.ok(shown > 8, `${shown} views show it`);
    assert.deepEqual(complaints.filter((c) => !c.includes("status of 400")), []);
  },

  async "a page of another origin can do nothing"({ page, serve }) {
    const server = await serve({ page: { type: "text/html", bytes: Buffer.from("<title>stranger</title>") } });
    const stranger = server.base.replace("127.0.0.1", "localhost");
    await page.goto(`${stranger}/sound/page`);
    const id = await calls.log("c-1");
    const outcome = await page.evaluate(async ([mock, id]) => {
      const read = await fetch(`${mock}/_mock/journal`).then((r) => r.status, () => "unreadable");
      await fetch(`${mock}/_mock/reset`, { method: "POST", mode: "no-cors" }).catch(() => {});
      const sent = document.createElement("iframe");
      sent.name = "sent";
      document.body.append(sent);
      const form = document.createElement("form");
      Object.assign(form, { method: "POST", action: `${mock}/_mock/ui/reset`, target: "sent" });
      form.innerHTML = '<input name="scope" value="state">';
      document.body.append(form);
      const loaded = new Promise((done) => { sent.onload = done; });
      form.submit();
      await loaded;
      const audio = new Audio(`${mock}/_mock/calls/${id}/recording`);
      const failed = new Promise((done) => { audio.onerror = done; });
      audio.load();
      await failed;
      return read;
    }, [MOCK, id]);
    assert.equal(outcome, "unreadable");
    assert.equal((await ask("GET", "/_mock/calls")).json().length, 1, "nothing was reset");
    const asked = (await ask("GET", "/_mock/journal?direction=asked-for-url")).json();
    assert.deepEqual(asked, []);
  },

  async "a keyboard is enough"({ page, serve }) {
    const { id } = await whole(serve);
    await page.goto(UI);
    await live(page);
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    assert.equal(await focused(), "Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Renewal with Ada");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid");
    // The focus stays where it is when the page changes under it.
    await calls.log("another", { hs_call_title: "Another" });
    await page.getByRole("link", { name: "Another" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForURL(/\/calls\/100\d$/);
    await page.goto(`${UI}/calls/${id}`);
    await page.locator("#audio").focus();
    await page.keyboard.press("Space");
    await page.waitForFunction(() => !document.getElementById("audio").paused);
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.getElementById("audio").paused);
    await page.getByRole("button", { name: "+10 s" }).focus();
    const before = await page.evaluate(() => document.getElementById("audio").currentTime);
    await page.keyboard.press("Enter");
    await page.waitForFunction((t) => document.getElementById("audio").currentTime >= t + 9.9, before);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction((t) => document.getElementById("audio").currentTime < t + 1, before);
  },

  async "no view has a serious barrier, light or dark, wide or narrow"({ page, serve }) {
    const { id } = await whole(serve);
    await ask("PUT", "/crm/v3/objects/calls/1001/associations/contact/101");
    await ask("POST", "/_mock/weather", { operation: "archive-call", strike: "cut" });
    const failed = await calls.log("gone", { hs_call_title: "Gone" });
    await calls.ready(failed);
    const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
    const views = ["", `/calls/${id}`, "/records", "/records/contacts/101", "/journal", "/journal/1", "/journal/4", "/settings", "/weather", "/calls/9"];
    const papers = new Set();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 900 });
        for (const view of views) {
          await page.goto(UI + view);
          await live(page);
          // Evaluated by the debugger, which the policy of the page does not bind.
          await page.evaluate(axe);
          const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
          const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
          const told = serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
          assert.deepEqual(told, [], `${view} ${colorScheme} ${width}`);
          assert.ok(passes.length > 10, "axe looked");
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${view} is ${wide} wide at ${width}`);
        }
        papers.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      }
    }
    assert.equal(papers.size, 2, "light and dark differ");
  },
};

const part = process.argv[2];
if (part === undefined) {
  console.log(Object.keys(PARTS).join("\n"));
} else if (PARTS[part]) {
  withBrowser(PARTS[part]).catch((error) => {
    console.error(error);
    process.exit(1);
  });
} else {
  console.error(`there is no part "${part}"`);
  process.exit(2);
}
