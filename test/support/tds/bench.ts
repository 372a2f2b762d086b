/** What the tests of the TDS server share: a server with the small backend, and clients of the real driver for it. */
import sql from "mssql";
import { startTdsServer } from "./server.ts";
import type { TdsServer, TdsServerOptions } from "./server.ts";
import { Notes, PASSWORD, smallBackend } from "./small-backend.ts";

/** A server and its clients, for one test. */
export class Bench {
  readonly notes = new Notes();
  #server: TdsServer | undefined;
  #clients: sql.ConnectionPool | undefined;

  get server(): TdsServer {
    if (!this.#server) throw new Error("no server has started");
    return this.#server;
  }

  async start(options: Omit<TdsServerOptions, "backend"> = {}): Promise<void> {
    this.#server = await startTdsServer({ backend: smallBackend(this.notes), ...options });
  }

  /** Connects one client, to a server that it starts if there is none. */
  async connect(overrides: Partial<sql.config> = {}): Promise<sql.ConnectionPool> {
    if (!this.#server) await this.start();
    const clients = new sql.ConnectionPool({
      server: "127.0.0.1",
      port: this.server.port,
      user: "sa",
      password: PASSWORD,
      database: "Kunden",
      options: { encrypt: false, appName: "the tests", cancelTimeout: 120_000 },
      pool: { max: 1 },
      // A busy machine takes its time; what never ends is found by the test's own limit.
      requestTimeout: 0,
      connectionTimeout: 120_000,
      ...overrides,
    });
    clients.on("error", () => {});
    this.#clients = await clients.connect();
    return clients;
  }

  async close(): Promise<void> {
    this.notes.over.abort();
    await this.#clients?.close();
    await this.#server?.close();
  }
}

/** A request that hands out its rows and errors as they come. */
export function streaming(clients: sql.ConnectionPool): {
  request: sql.Request;
  seen: { rows: unknown[]; errors: unknown[]; end: Promise<unknown> };
} {
  const request = clients.request();
  request.stream = true;
  const rows: unknown[] = [];
  const errors: unknown[] = [];
  request.on("row", (row: unknown) => rows.push(row));
  request.on("error", (error: unknown) => errors.push(error));
  const end = new Promise((resolve) => request.once("done", resolve));
  return { request, seen: { rows, errors, end } };
}

/** A table of every type that a bulk load may have. */
export function bulkTable(name: string): sql.Table {
  const table = new sql.Table(name);
  table.columns.add("place", sql.BigInt, { nullable: false });
  table.columns.add("count", sql.Int, { nullable: true });
  table.columns.add("name [x", sql.NVarChar(30), { nullable: true });
  table.columns.add("text", sql.NVarChar(sql.MAX), { nullable: true });
  table.columns.add("flag", sql.Bit, { nullable: true });
  return table;
}
