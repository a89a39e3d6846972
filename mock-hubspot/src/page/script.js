// Live updates, the player's keys, copying, local time. Everything works without it, but for these.
"use strict";

// --- Time as the reader's clock shows it -------------------------------------------------------------------------
function localise(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
    const today = at.toDateString() === new Date().toDateString();
    time.textContent = today ? clock : `${at.toLocaleDateString()} ${clock}`;
  }
}

// --- Live updates: the page asks for itself again and exchanges the regions that changed --------------------------
const regions = new Map();
for (const region of document.querySelectorAll("[data-live]")) regions.set(region.id, region.outerHTML);

function isInUse(region) {
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed && region.contains(selection.anchorNode)) return true;
  return [...region.querySelectorAll("audio")].some((audio) => !audio.paused);
}

function exchange(region, fresh) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && [...region.querySelectorAll("a, button, summary, input, select, pre, audio")].indexOf(focused);
  for (const open of region.querySelectorAll("details[open]")) {
    const other = open.id && fresh.querySelector(`#${CSS.escape(open.id)}`);
    if (other) other.open = true;
  }
  // A recording that was loaded stays as it is.
  for (const audio of region.querySelectorAll("audio[src]")) {
    const other = audio.readyState > 0 && [...fresh.querySelectorAll("audio")].find((a) => a.getAttribute("src") === audio.getAttribute("src"));
    if (other) other.replaceWith(audio);
  }
  const known = new Set([...region.querySelectorAll("tbody tr a[href]")].map((a) => a.getAttribute("href")));
  if (known.size > 0) {
    for (const row of fresh.querySelectorAll("tbody tr")) {
      const link = row.querySelector("a[href]");
      if (link && !known.has(link.getAttribute("href"))) row.dataset.fresh = "";
    }
  }
  localise(fresh);
  region.replaceWith(fresh);
  if (focused) fresh.querySelectorAll("a, button, summary, input, select, pre, audio")[place]?.focus();
}

function speak(fresh, stale) {
  const news = fresh.dataset.news;
  if (news && news !== stale.dataset.news) document.getElementById("news").textContent = news;
}

async function refresh() {
  const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const next of page.querySelectorAll("[data-live]")) {
    const region = document.getElementById(next.id);
    const html = next.outerHTML;
    if (!region || regions.get(next.id) === html || isInUse(region)) continue;
    regions.set(next.id, html);
    const fresh = document.adoptNode(next);
    speak(fresh, region);
    exchange(region, fresh);
  }
  document.dispatchEvent(new Event("refreshed"));
}

let running = false;
let again = false;
async function news() {
  again = true;
  if (running || document.hidden) return;
  running = true;
  try {
    while (again && !document.hidden) {
      again = false;
      await refresh();
      await new Promise((done) => setTimeout(done, 150));
    }
  } catch {
    // The mock has stopped; the stream says so.
  } finally {
    running = false;
  }
}

function listen() {
  const live = document.getElementById("live");
  const show = (on) => {
    live.dataset.state = on ? "on" : "off";
    live.querySelector(".word").textContent = on ? "live" : "not live";
  };
  const stream = new EventSource("/_mock/ui/events");
  stream.addEventListener("open", () => show(true));
  stream.addEventListener("error", () => show(false));
  stream.addEventListener("change", news);
  document.addEventListener("visibilitychange", () => { if (again) news(); });
  addEventListener("pagehide", () => stream.close());
  // A page that comes back from the browser's memory has no stream any more.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

// --- The player ---------------------------------------------------------------------------------------------------
function play(player) {
  const audio = player.querySelector("audio");
  const trouble = player.querySelector("[data-trouble]");
  const to = (seconds) => {
    const go = () => { audio.currentTime = Math.max(0, Math.min(seconds, audio.duration || seconds)); };
    if (audio.readyState > 0) return go();
    audio.addEventListener("loadedmetadata", go, { once: true });
    audio.preload = "metadata";
    audio.load();
  };
  const head = () => {
    const waves = document.querySelector("[data-waves]");
    if (!waves || !(audio.duration > 0)) return;
    waves.toggleAttribute("data-playing", audio.currentTime > 0);
    for (const line of waves.querySelectorAll(".head")) {
      const x = (1000 * audio.currentTime) / audio.duration;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    }
  };
  for (const event of ["timeupdate", "seeking", "loadedmetadata"]) audio.addEventListener(event, head);
  document.addEventListener("refreshed", head);
  player.addEventListener("click", (event) => {
    const key = event.target.closest("[data-seek]");
    if (key) to(audio.currentTime + Number(key.dataset.seek));
  });
  player.querySelector("[data-speed]").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
  document.addEventListener("click", (event) => {
    const wave = event.target.closest("svg.wave");
    const turn = event.target.closest("[data-to]");
    if (turn) to(Number(turn.dataset.to) / 1000);
    if (!wave) return;
    const box = wave.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    if (audio.duration > 0) return to(part * audio.duration);
    audio.addEventListener("loadedmetadata", () => to(part * audio.duration), { once: true });
    audio.preload = "metadata";
    audio.load();
  });
  audio.addEventListener("playing", () => { trouble.hidden = true; });
  audio.addEventListener("error", async () => {
    const words = { 2: "the connection broke", 3: "it cannot be decoded", 4: "it was not found, or is no format that browsers play" };
    let why = words[audio.error?.code] ?? "it was given up";
    try {
      const call = await (await fetch(`/_mock/calls/${player.dataset.player}`)).json();
      if (call.recording.stage === "failed") why = call.recording.why;
    } catch {
      // What the browser said has to do.
    }
    trouble.textContent = `The recording could not be played: ${why}.`;
    trouble.hidden = false;
  });
}

// --- Copying ------------------------------------------------------------------------------------------------------
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    // Without the right to the clipboard: select it, so that a key copies it.
    document.getSelection().selectAllChildren(source);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});

localise(document);
for (const player of document.querySelectorAll("[data-player]")) play(player);
listen();
