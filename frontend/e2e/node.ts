import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";

import { binary, freePort, stop, untilSaid } from "./program";

/** A second node of the installation that the tests run against: it serves, the first one delivers. It can be stopped and started. */
export interface Node {
  url: string;
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Where the first node's embedded PostgreSQL is: internal/pg/embedded/doc.go tells what lies in its folder. */
function databaseURL(data: string): string {
  const password = readFileSync(join(data, "postgres.password"), "utf8").trim();
  const port = readFileSync(join(data, "postgres/data/postmaster.pid"), "utf8").split("\n")[3]?.trim() ?? "";
  return `postgres://postrider:${password}@127.0.0.1:${port}/postrider?sslmode=disable`;
}

export async function startNode(): Promise<Node> {
  const data = process.env["POSTRIDER_E2E_DATA"];
  if (data === undefined) throw new Error("POSTRIDER_E2E_DATA is not set");
  const address = `127.0.0.1:${String(await freePort())}`;
  const url = `http://${address}`;
  const env = {
    ...process.env,
    DATABASE_URL: databaseURL(data),
    POSTRIDER_DATA: data,
    POSTRIDER_ADDR: address,
    POSTRIDER_PUBLIC_URL: url,
    POSTRIDER_ALLOW_PRIVATE_TARGETS: "true",
  };
  let program: ChildProcess | null = null;
  const node = {
    url,
    start: async () => {
      const log = createWriteStream("test-results/node.log", { flags: "a" });
      const started = spawn(binary, ["serve"], { env });
      started.stdout.pipe(log);
      started.stderr.pipe(log);
      program = started;
      await untilSaid(started, '"listening"');
    },
    stop: async () => {
      const running = program;
      program = null;
      if (running) await stop(running);
    },
  };
  await node.start();
  return node;
}
