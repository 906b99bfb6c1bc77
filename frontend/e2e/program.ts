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
  integrations: { key: string; token: string; hmacSecret: string; offerId: string }[];
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

/** Waits until a program has said these words, on either of its streams; that it ends first is a failure. */
export function untilSaid(program: ChildProcess, words: string): Promise<void> {
  return new Promise((said, fail) => {
    const late = setTimeout(() => {
      fail(new Error(`the program did not say "${words}" within two minutes; see its log in test-results`));
    }, 120_000);
    for (const stream of [program.stdout, program.stderr]) {
      // The words may come in two pieces.
      let end = "";
      stream?.on("data", (chunk: Buffer) => {
        const text = end + chunk.toString();
        end = text.slice(-words.length);
        if (!text.includes(words)) return;
        clearTimeout(late);
        said();
      });
    }
    program.once("exit", (code) => {
      clearTimeout(late);
      fail(new Error(`the program ended with ${String(code)}; see its log in test-results`));
    });
  });
}

/** Asks a program to end, and waits until it has. */
export async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const ended = new Promise((done) => {
    program.once("exit", done);
  });
  program.kill("SIGTERM");
  await ended;
}

/** A program that runs over a database of its own. */
export interface Running {
  url: string;
  /** What subcommands need to join it. */
  env: NodeJS.ProcessEnv;
  data: string;
  stop: () => Promise<void>;
}

/** Starts the program on a free port over an empty database, and waits until it has said that it answers. */
export async function startProgram(name: string, args: string[], ready: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), "postrider-e2e-"));
  // Where root runs the tests, PostgreSQL runs as somebody else, who has to get through here.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const data = join(folder, "data");
  const env = {
    ...process.env,
    POSTRIDER_DATA: data,
    POSTRIDER_ADDR: `127.0.0.1:${String(port)}`,
    POSTRIDER_PUBLIC_URL: url,
    POSTRIDER_ALLOW_PRIVATE_TARGETS: "true",
  };
  mkdirSync("test-results", { recursive: true });
  const log = createWriteStream(`test-results/${name}.log`);
  const program = spawn(binary, ["all", ...args], { env });
  program.stdout.pipe(log);
  program.stderr.pipe(log);
  const takeDown = async () => {
    await stop(program);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilSaid(program, ready);
  } catch (error) {
    await takeDown();
    throw error;
  }
  return { url, env, data, stop: takeDown };
}

/** Starts the program that the tests share, fills it, and takes it down afterwards. */
export default async function start(): Promise<() => Promise<void>> {
  if (process.env["POSTRIDER_E2E_URL"] !== undefined && process.env["POSTRIDER_E2E_DEMO"] !== undefined) {
    return async () => undefined;
  }
  const program = await startProgram("postrider", ["--demo", "--demo-rate=0"], "Postrider with demo data on");
  try {
    const { stdout } = await promisify(execFile)(binary, ["demo", "--json"], {
      env: program.env,
      maxBuffer: 16 * 1024 * 1024,
    });
    process.env["POSTRIDER_E2E_URL"] = program.url;
    process.env["POSTRIDER_E2E_DEMO"] = stdout;
    process.env["POSTRIDER_E2E_DATA"] = program.data;
  } catch (error) {
    await program.stop();
    throw error;
  }
  return program.stop;
}
