/** A PostgreSQL of a test's own, which it may kill and start again, and which keeps what it has committed. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbedded } from "./embedded-postgres.ts";
import type { EmbeddedServer } from "./embedded-postgres.ts";
import { until } from "./until.ts";

/** What is met while it does not run, and while it starts, recovers or stops (57P03: cannot_connect_now). */
const TAKES_NOBODY: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "57P03"]);

/** A server, and what is asked of it beside the loads. */
export class OwnPostgres {
  readonly url: string;
  readonly #server: EmbeddedServer;

  readonly #folder: string;

  private constructor(server: EmbeddedServer, folder: string) {
    this.url = server.url;
    this.#folder = folder;
    this.#server = server;
  }

  /** Makes one and starts it. */
  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), "upsurge-own-postgres-"));
    return new OwnPostgres(await startEmbedded(folder), folder);
  }

  /** Ends it at once, and every session with it. */
  async kill(): Promise<void> {
    await this.#server.kill();
  }

  /** Starts it again; it recovers by itself. */
  async restart(): Promise<void> {
    await this.#server.start();
    await this.sql("select 1");
  }

  /** Starts it again as a standby, of a primary that writes nothing; `select pg_promote()` makes it one. */
  async becomeStandby(): Promise<void> {
    await this.#server.stop();
    writeFileSync(join(this.#folder, "standby.signal"), "");
    // The library waits until it takes writes.
    this.#server.start().catch(() => {});
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
      if (!(error instanceof Error && "code" in error)) throw error;
      if (!TAKES_NOBODY.has(error.code)) throw error;
      return error;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Stops and removes it. */
  async remove(): Promise<void> {
    await this.#server.remove();
  }
}
