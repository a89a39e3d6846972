// A fake HubSpot for the tests of a calling integration: one process, on a port of its own.
// Set MOCK_HUBSPOT where the binary is not in PATH.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class HubSpot {
  static async start(...options) {
    const folder = await mkdtemp(join(tmpdir(), "hubspot-"));
    const program = process.env.MOCK_HUBSPOT ?? "mock-hubspot";
    const ready = join(folder, "ready.json");
    const child = spawn(program, ["--listen", "127.0.0.1:0", "--strict", "--ready-file", ready, ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    // One line, once it is up.
    const line = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("error", (why) => reject(new Error(`${program} cannot be started: ${why.message}`)));
      child.once("exit", (code) => reject(new Error(`${program} ended with ${code} before it was up`)));
    });
    return new HubSpot(JSON.parse(line), child, folder);
  }

  constructor(ready, child, folder) {
    Object.assign(this, ready, { child, folder });
  }

  async ask(path, { method = "GET", ...query } = {}) {
    const reply = await fetch(`${this.url}/_mock/${path}?${new URLSearchParams(query)}`, { method });
    if (!reply.ok) throw new Error(`/_mock/${path} answered ${reply.status}: ${await reply.text()}`);
    return reply.status === 204 ? null : reply.json();
  }

  reset() {
    return this.ask("reset", { method: "POST" });
  }

  // The call with this external id, as soon as it is logged; what arrived instead stands in the error.
  async call(externalId, wait = "5s") {
    const [call] = await this.ask("calls", { external_id: externalId, wait });
    if (!call) throw new Error(`no call ${externalId} was logged within ${wait}\n${await this.journal()}`);
    return this.ask(`calls/${call.id}`);
  }

  async journal(query = {}) {
    const entries = await this.ask("journal", query);
    const line = ({ request, reply, outcome }) =>
      `${request.method} ${request.target} -> ${reply?.status}: ${JSON.stringify(outcome)}`;
    return [`${entries.length} requests arrived`, ...entries.map(line)].join("\n");
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
