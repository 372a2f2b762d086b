/** A TDS server that answers a few texts only, and connections to it. */
import { once } from "node:events";
import { connect as dial, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { onTestFinished, vi } from "vitest";
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import { SqlServerConnection } from "../../../src/targets/sqlserver/connect/connection.ts";
import { TdsError } from "../../support/tds/backend.ts";
import type { TdsBulk, TdsEvent, TdsParameter, TdsSession } from "../../support/tds/backend.ts";
import { startTdsServer } from "../../support/tds/server.ts";
import type { TdsServer, TdsServerOptions } from "../../support/tds/server.ts";

/** The servers of the test that runs. */
export const servers: TdsServer[] = [];
const connections: SqlServerConnection[] = [];
/** The bulk loads they were asked for. */
export const loads: TdsBulk[] = [];
/** The statements they were asked for. */
export const statements: string[] = [];

/** Requests that are at work: they end with the test, whoever has given them up. */
let atWork = new AbortController();

/** Ends what a test has opened. */
export async function cleanUp(): Promise<void> {
  atWork.abort();
  atWork = new AbortController();
  await Promise.all(connections.splice(0).map((each) => each.close()));
  await Promise.all(servers.splice(0).map((each) => each.close()));
  loads.length = 0;
  statements.length = 0;
}

class Session implements TdsSession {
  inTransaction = false;
  #commitFails = false;

  async *execute(sql: string, parameters: readonly TdsParameter[]): AsyncGenerator<TdsEvent> {
    statements.push(sql);
    if (/^set /i.test(sql)) yield { kind: "done", rowCount: null };
    else if (sql === "one") yield* ONE;
    else if (sql === "two results") yield* TWO;
    else if (sql === "parameters") {
      yield {
        kind: "columns",
        columns: ["name", "value"].map((name) => ({ name, type: "nvarchar" })),
      };
      for (const { name, value } of parameters) yield { kind: "row", values: [name, value] };
      yield { kind: "done", rowCount: null };
    } else if (sql === "fails") yield refusal(8134);
    else if (sql === "waits") await once(atWork.signal, "abort");
    else if (sql === "works") yield* this.#work();
    else if (sql === "dooms") {
      this.inTransaction = false;
      yield refusal(1205);
    } else if (sql === "doom the commit") this.#commitFails = true;
    else yield* this.#transaction(sql);
  }

  /** Gives the server a chance to interrupt it now and then. */
  async *#work(): AsyncGenerator<TdsEvent> {
    for (const { signal } = atWork; !signal.aborted;) {
      await nextTurn();
      yield { kind: "done", rowCount: 1 };
    }
  }

  *#transaction(sql: string): Generator<TdsEvent> {
    if (sql === "COMMIT TRANSACTION" && this.#commitFails) yield refusal(41_305);
    else if (sql === "COMMIT TRANSACTION" && !this.inTransaction) yield refusal(3902);
    this.inTransaction = sql === "BEGIN TRANSACTION";
    yield { kind: "done", rowCount: null };
  }

  async bulk(load: TdsBulk): Promise<number> {
    loads.push(load);
    return load.rows.length;
  }

  async begin(): Promise<void> {}
  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
  async save(): Promise<void> {}
  async close(): Promise<void> {}
}

const ONE: readonly TdsEvent[] = [
  { kind: "columns", columns: [{ name: "i", type: "int" }] },
  { kind: "row", values: ["1"] },
  { kind: "done", rowCount: null },
];

const TWO: readonly TdsEvent[] = [
  {
    kind: "columns",
    columns: [
      { name: "n", type: "bigint" },
      { name: "t", type: "nvarchar" },
    ],
  },
  { kind: "row", values: ["9007199254740993", "ü"] },
  { kind: "row", values: [null, null] },
  { kind: "done", rowCount: 2 },
  ...ONE,
];

function refusal(number: number): TdsEvent {
  return { kind: "error", number, message: "no", severity: 16 };
}

const REFUSALS: Readonly<Record<string, number>> = { wrong: 18_456, nowhere: 4060, busy: 40_613 };

/** Starts a server and connects to it; its passwords choose how it refuses. */
export async function connect(
  options: Partial<TdsServerOptions> = {},
  { password = "right", query = "?encrypt=false" } = {},
): Promise<SqlServerConnection> {
  const server = await startTdsServer({
    backend: {
      async login({ password: given }) {
        const number = REFUSALS[given];
        if (number !== undefined) throw new TdsError(number, "not you");
        return new Session();
      },
    },
    ...options,
  });
  servers.push(server);
  return open(`sqlserver://sa:${password}@localhost:${server.port}/shop${query}`);
}

async function open(url: string): Promise<SqlServerConnection> {
  const connection = await SqlServerConnection.open(url, {});
  connections.push(connection);
  return connection;
}

/** A connection by way of a wire that can be cut, and can go dead without closing. */
export async function connectThrough(): Promise<{
  connection: SqlServerConnection;
  /** How many bytes the client has sent. */
  sent: () => number;
  cut: () => void;
  /** From now on nothing that the server says arrives. */
  freeze: () => void;
}> {
  await connect();
  const sockets: Socket[] = [];
  let isFrozen = false;
  let sent = 0;
  const proxy = createServer((client) => {
    const server = dial(servers[0]?.port ?? 0, "127.0.0.1");
    sockets.push(client, server);
    client.on("data", ({ length }: Buffer) => (sent += length)).pipe(server);
    server.on("data", (bytes: Buffer) => void (isFrozen || client.write(bytes)));
    server.on("end", () => client.end());
    for (const socket of [client, server]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  proxy.unref();
  const port = portOf(proxy.address());
  const connection = await open(`sqlserver://sa:x@127.0.0.1:${port}/shop?encrypt=false`);
  return {
    connection,
    sent: () => sent,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    freeze: () => void (isFrozen = true),
  };
}

/** The port of a listening server. */
export function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Does `work` while no timer of this process ever goes off: what waits for one does not end. */
export async function withoutTimers(work: () => Promise<unknown>): Promise<void> {
  // Also where it does not end.
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
  await work();
  vi.useRealTimers();
}

/** The error of ours that `work` fails with. */
export async function failure(work: Promise<unknown>): Promise<UpsurgeError> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof UpsurgeError) return error;
  throw error;
}
