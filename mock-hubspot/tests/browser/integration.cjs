// A small integration: the registered endpoint, and recordings with Range. It writes down what it was asked.
"use strict";
const http = require("node:http");

/** Serves `recordings`: external id → { type, bytes }. */
async function integration(recordings) {
  const asked = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://here");
    const [, folder, name] = url.pathname.split("/").map(decodeURIComponent);
    const recording = recordings[name];
    asked.push({ folder, name, method: request.method, range: request.headers.range, accept: request.headers.accept, query: url.search });
    if (!recording) {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such call");
    } else if (folder === "recording") {
      const base = `http://${request.headers.host}`;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ authenticatedUrl: `${base}/sound/${encodeURIComponent(name)}?sig=canary-signature-4471` }));
    } else {
      serve(request, response, recording);
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const base = `http://127.0.0.1:${server.address().port}`;
  return {
    base,
    asked,
    sounds: (name) => asked.filter((a) => a.folder === "sound" && a.name === name),
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

/** RFC 9110 §14.2, one range. */
function serve(request, response, { type, bytes }) {
  const headers = { "content-type": type, "accept-ranges": "bytes" };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!range) {
    response.writeHead(200, { ...headers, "content-length": bytes.length }).end(bytes);
    return;
  }
  const from = Number(range[1]);
  const to = range[2] ? Math.min(Number(range[2]), bytes.length - 1) : bytes.length - 1;
  if (from >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${to}/${bytes.length}`, "content-length": to - from + 1 });
  response.end(bytes.subarray(from, to + 1));
}

module.exports = { integration };
