// Plays the recording that it is given, and tells what the audio element says of it. Judges nothing.
"use strict";

const audio = document.querySelector("audio");
// As long as one of them is heard the player is not stuck.
const SIGNS = ["progress", "loadedmetadata", "durationchange", "canplay", "playing", "timeupdate", "seeked", "ended"];
const LISTENED = 0.8;

const ms = (seconds) => (Number.isFinite(seconds) ? Math.round(seconds * 1000) : null);

// Resolves to "reached", "error", or "nothing" where for `quiet` milliseconds nothing was heard of the player.
function until(reached, quiet) {
  return new Promise((resolve) => {
    let heard = performance.now();
    const sign = () => { heard = performance.now(); };
    for (const event of SIGNS) audio.addEventListener(event, sign);
    const timer = setInterval(() => {
      const end = audio.error ? "error" : reached() ? "reached" : performance.now() - heard > quiet ? "nothing" : null;
      if (!end) return;
      clearInterval(timer);
      for (const event of SIGNS) audio.removeEventListener(event, sign);
      resolve(end);
    }, 20);
  });
}

// What one moment showed: whether the event came, where the playhead stood then, and how far it went on.
async function moment(reached, quiet, target) {
  const began = performance.now();
  const end = await until(reached, quiet);
  const [at, came] = [audio.currentTime, performance.now()];
  const shown = { end, target_ms: ms(target), at_ms: ms(at), took_ms: Math.round(came - began) };
  if (end === "reached") {
    audio.play().catch((why) => { shown.refused = String(why); });
    const enough = Math.min(LISTENED, Number.isFinite(audio.duration) ? audio.duration * 0.05 : LISTENED);
    shown.listening = await until(() => audio.ended || audio.currentTime - at >= enough, quiet);
    shown.moved_ms = ms(audio.currentTime - at);
    shown.listened_ms = Math.round(performance.now() - came);
    shown.ended = audio.ended;
  }
  const ranges = audio.seekable;
  shown.duration_ms = ms(audio.duration);
  shown.seekable_ms = ranges.length ? ms(ranges.end(ranges.length - 1)) : 0;
  if (audio.error) shown.error = { code: audio.error.code, message: audio.error.message };
  return shown;
}

function open(url, quiet) {
  audio.src = url;
  return moment(() => audio.readyState >= HTMLMediaElement.HAVE_METADATA, quiet, 0);
}

function seek(part, quiet) {
  const target = audio.duration * part;
  let seeked = false;
  audio.addEventListener("seeked", () => { seeked = true; }, { once: true });
  audio.currentTime = target;
  return moment(() => seeked, quiet, target);
}
