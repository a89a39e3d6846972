// report.html in a real browser: node report.cjs PAGE TEXTS [SHOTS]. TEXTS is a JSON list of what a reader must find on it; with
// SHOTS, a folder, pictures are left there for people to look at. Stands beside the mock's stage.cjs when it runs.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { assert, withBrowser } = require("./stage.cjs");

const [file, texts, shots] = process.argv.slice(2);
const PAGE = pathToFileURL(path.resolve(file)).href;
const TEXTS = JSON.parse(fs.readFileSync(texts, "utf8"));
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const shoot = (page, name, fullPage = true) => shots && page.screenshot({ path: path.join(shots, `${name}.png`), fullPage });
const plain = (text) => text.replace(/\s+/gu, " ").trim();

/** What stands out of the page to the right, unless it is in a box that scrolls by itself or is meant for listeners only. */
const sticksOut = () => {
  const wide = [...document.body.querySelectorAll("*")].filter((element) => !element.closest(".scroll, pre, svg, .skip, .unseen"))
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
  return { page: document.documentElement.scrollWidth, wide: wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 200)) };
};

async function fits(page, width, where) {
  const { page: scroll, wide } = await page.evaluate(sticksOut);
  assert.ok(scroll <= width, `${where}: the page is ${scroll} wide at ${width}`);
  assert.deepEqual(wide, [], `${where}: sticks out at ${width}`);
}

/** Everything that a reader must find can be seen. */
async function reads(page, where) {
  const seen = plain(await page.evaluate(() => document.body.innerText)).toLowerCase();
  const missing = TEXTS.filter((text) => !seen.includes(plain(text).toLowerCase()));
  assert.deepEqual(missing, [], `${where}: cannot be read`);
}

async function hasNoBarrier(page, where) {
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join(" | ")}`), [], where);
  assert.ok(passes.length > 10, `${where}: axe looked`);
}

async function withScript() {
  await withBrowser(async ({ page, complaints }) => {
    const papers = new Set();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1280, 400]) {
        const where = `${width}-${colorScheme}`;
        await page.setViewportSize({ width, height: 900 });
        await page.goto(PAGE);
        await shoot(page, where);
        await fits(page, width, where);
        await reads(page, where);
        // Evaluated by the debugger, which the policy of the page does not bind.
        await page.evaluate(AXE);
        await hasNoBarrier(page, where);
        // And what can be opened: the first stories with all that is in them.
        await page.evaluate(() => document.querySelectorAll("details").forEach((d, n) => { d.open = n < 40; }));
        await fits(page, width, `${where}, opened`);
        await hasNoBarrier(page, `${where}, opened`);
        papers.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      }
    }
    assert.equal(papers.size, 2, "light and dark differ");

    await page.emulateMedia({ media: "print", colorScheme: "light" });
    // The width of a sheet of A4 between its margins.
    await page.setViewportSize({ width: 688, height: 1000 });
    await page.goto(PAGE);
    await fits(page, 688, "in print");
    await reads(page, "in print");
    const story = page.locator("details.story:not([open]) .body").first();
    if (await story.count()) assert.ok(await story.isVisible(), "paper cannot be unfolded: every story is printed");
    await page.emulateMedia({ media: null });
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true, path: shots && path.join(shots, "print.pdf") });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.length > 10_000, `${pdf.length} bytes are no report`);
    assert.deepEqual(complaints, [], "the browser complains of nothing");
  });
}

async function withoutScript() {
  await withBrowser(async ({ page, complaints }) => {
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(PAGE);
      await shoot(page, `${width}-no-script`, false);
      await reads(page, `without script at ${width}`);
    }
    const folded = page.locator("details.story details > summary").first();
    if (await folded.count()) {
      await folded.click();
      assert.ok(await page.locator("details.story details[open] > :not(summary)").first().isVisible(), "it unfolds");
    }
    const evidence = page.locator(".compare a[href^='#']").first();
    if (await evidence.count()) {
      const target = page.locator(await evidence.getAttribute("href"));
      await evidence.click();
      await target.waitFor({ state: "visible" });
    }
    assert.deepEqual(complaints, [], "the browser complains of nothing");
  }, { javaScriptEnabled: false });
}

withScript().then(withoutScript).catch((error) => {
  console.error(error);
  process.exit(1);
});
