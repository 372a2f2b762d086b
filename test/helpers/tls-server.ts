/** A PostgreSQL of its own that speaks TLS with one of the tests' certificates, or not at all. */
import { chmodSync, chownSync, copyFileSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { startEmbedded } from "./embedded-postgres.ts";

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
  const server = await startEmbedded(folder, {
    listen_addresses: "127.0.0.1,127.0.0.2",
    fsync: "off",
  });
  const { uid, gid } = statSync(join(folder, "PG_VERSION"));
  for (const name of ["here", "elsewhere", "expired", "self", "server-key"] as const) {
    const path = join(folder, `${name}.pem`);
    copyFileSync(tlsFile(name), path);
    chmodSync(path, 0o600);
    chownSync(path, uid, gid);
  }
  const run = async (...statements: string[]): Promise<void> => {
    const client = new Client({ connectionString: server.url.replace("localhost", "127.0.0.1") });
    await client.connect();
    for (const sql of statements) await client.query(sql);
    await client.end();
  };
  return {
    port: server.port,
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
    stop: () => server.remove(),
  };
}
