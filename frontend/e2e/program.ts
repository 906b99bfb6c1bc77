import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export const binary = resolve(import.meta.dirname, "../../bin/postrider");

/** What `postrider demo --json` prints. */
export interface Demo {
  users: { email: string; password: string; role: string; affiliateId: string | null; token: string }[];
  links: { code: string; url: string; email: string; campaignId: string | null; offerId: string }[];
  sources: { key: string; token: string; hmacSecret: string; offerId: string }[];
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  await new Promise((done) => {
    server.close(done);
  });
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

/** Waits for the line with which the program says where it is; it says so when it answers. */
function untilReady(program: ChildProcess): Promise<void> {
  return new Promise((ready, fail) => {
    const late = setTimeout(() => {
      fail(new Error("postrider was not ready within two minutes; see test-results/postrider.log"));
    }, 120_000);
    program.stdout?.on("data", (chunk: Buffer) => {
      if (!chunk.includes("Postrider with demo data on")) return;
      clearTimeout(late);
      ready();
    });
    program.once("exit", (code) => {
      clearTimeout(late);
      fail(new Error(`postrider ended with ${String(code)}; see test-results/postrider.log`));
    });
  });
}

/** Starts the program on a free port over a database of its own, fills it, and takes it down afterwards. */
export default async function start(): Promise<() => Promise<void>> {
  if (process.env["POSTRIDER_E2E_URL"] !== undefined && process.env["POSTRIDER_E2E_DEMO"] !== undefined) {
    return async () => undefined;
  }
  const data = mkdtempSync(join(tmpdir(), "postrider-e2e-"));
  // Where root runs the tests, PostgreSQL runs as somebody else, who has to get through here.
  chmodSync(data, 0o755);
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const env = {
    ...process.env,
    POSTRIDER_DATA: join(data, "data"),
    POSTRIDER_ADDR: `127.0.0.1:${String(port)}`,
    POSTRIDER_PUBLIC_URL: url,
    POSTRIDER_ALLOW_PRIVATE_TARGETS: "true",
  };
  mkdirSync("test-results", { recursive: true });
  const log = createWriteStream("test-results/postrider.log");
  const program = spawn(binary, ["all", "--demo", "--demo-rate=0"], { env });
  program.stdout.pipe(log);
  program.stderr.pipe(log);
  const stop = async () => {
    if (program.exitCode === null) {
      const ended = new Promise((done) => {
        program.once("exit", done);
      });
      program.kill("SIGTERM");
      await ended;
    }
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await untilReady(program);
    const { stdout } = await promisify(execFile)(binary, ["demo", "--json"], {
      env,
      maxBuffer: 16 * 1024 * 1024,
    });
    process.env["POSTRIDER_E2E_URL"] = url;
    process.env["POSTRIDER_E2E_DEMO"] = stdout;
    process.env["POSTRIDER_E2E_DATA"] = env.POSTRIDER_DATA;
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
