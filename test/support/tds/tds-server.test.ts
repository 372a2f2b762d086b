/** The tests' TDS server, spoken to by the driver that the loader uses. Its backend answers a few texts only. */
import sql from "mssql";
import { afterEach, expect, test } from "vitest";
import { TdsError } from "./backend.ts";
import type { TdsBackend, TdsBulk, TdsEvent, TdsParameter, TdsSession } from "./backend.ts";
import { startTdsServer } from "./server.ts";
import type { TdsServer, TdsServerOptions } from "./server.ts";
import { certificate } from "./tls.ts";

const LONG = "long ".repeat(20_000);
const UNICODE = "Grüße, 世界 \u{1f680}";

/** What the sessions were asked to do besides running statements. */
const log: string[] = [];
const loads: TdsBulk[] = [];

class SmallSession implements TdsSession {
  inTransaction = false;

  async *execute(text: string, parameters: readonly TdsParameter[]): AsyncGenerator<TdsEvent> {
    if (text.startsWith("set ")) yield { kind: "done", rowCount: null };
    else if (text === "parameters") yield* rows(["name", "value"], parameters.map(nameAndValue));
    else if (text === "results") {
      yield* rows(
        ["a", "b"],
        [
          ["1", null],
          [LONG, UNICODE],
          ["", "x"],
        ],
      );
      yield { kind: "done", rowCount: 7 };
      yield* typedRows();
    } else if (text.startsWith("many ")) yield* many(Number(text.slice(5)));
    else if (text === "fails") {
      yield { kind: "columns", columns: [{ name: "a", type: "nvarchar" }] };
      yield { kind: "row", values: ["1"] };
      yield { kind: "error", number: 8134, message: "Divide by zero.", severity: 16 };
    } else if (text === "dies") throw new Error("out of order");
    else if (text === "waits") await new Promise((resolve) => setTimeout(resolve, 2000).unref());
    else if (text === "begin transaction") await this.begin();
    else if (text === "commit transaction") await this.commit();
    else if (text === "rollback transaction") await this.rollback();
    else
      yield {
        kind: "error",
        number: 102,
        message: `Incorrect syntax near '${text}'.`,
        severity: 15,
      };
  }

  async bulk(load: TdsBulk): Promise<number> {
    if (load.table.includes("refused")) throw new TdsError(2627, "Violation of a key.", 14);
    loads.push(load);
    return load.rows.length;
  }

  async begin(): Promise<void> {
    log.push("begin");
    this.inTransaction = true;
  }

  async commit(): Promise<void> {
    log.push("commit");
    this.inTransaction = false;
  }

  async rollback(): Promise<void> {
    log.push("rollback");
    this.inTransaction = false;
  }

  async save(name: string): Promise<void> {
    log.push(`save ${name}`);
  }

  async close(): Promise<void> {
    log.push("close");
  }
}

const backend: TdsBackend = {
  async login({ user, password }) {
    if (password === "Secret 1ß") return new SmallSession();
    throw new TdsError(18456, `Login failed for user '${user}'.`, 14);
  },
};

function nameAndValue({ name, value }: TdsParameter): (string | null)[] {
  return [name, value];
}

function* rows(names: readonly string[], values: (string | null)[][]): Generator<TdsEvent> {
  yield { kind: "columns", columns: names.map((name) => ({ name, type: "nvarchar" })) };
  for (const row of values) yield { kind: "row", values: row };
  yield { kind: "done", rowCount: values.length };
}

function* typedRows(): Generator<TdsEvent> {
  const columns = [
    { name: "i", type: "int" },
    { name: "l", type: "bigint" },
    { name: "b", type: "bit" },
  ] as const;
  yield { kind: "columns", columns };
  yield { kind: "row", values: ["-5", "9223372036854775807", "1"] };
  yield { kind: "row", values: [null, null, null] };
  yield { kind: "done", rowCount: 2 };
}

function* many(count: number): Generator<TdsEvent> {
  yield {
    kind: "columns",
    columns: [
      { name: "n", type: "int" },
      { name: "t", type: "nvarchar" },
    ],
  };
  for (let n = 1; n <= count; n++) yield { kind: "row", values: [String(n), `text ${n}`] };
  yield { kind: "done", rowCount: count };
}

let server: TdsServer | undefined;
let pool: sql.ConnectionPool | undefined;

afterEach(async () => {
  await pool?.close();
  await server?.close();
  pool = undefined;
  server = undefined;
  log.length = 0;
  loads.length = 0;
});

async function start(options: Omit<TdsServerOptions, "backend"> = {}): Promise<TdsServer> {
  server = await startTdsServer({ backend, ...options });
  return server;
}

async function connect(overrides: Partial<sql.config> = {}): Promise<sql.ConnectionPool> {
  const running = server ?? (await start());
  const config: sql.config = {
    server: "127.0.0.1",
    port: running.port,
    user: "sa",
    password: "Secret 1ß",
    database: "Kunden",
    options: { encrypt: false, appName: "the tests" },
    pool: { max: 1 },
    ...overrides,
  };
  pool = await new sql.ConnectionPool(config).connect();
  pool.on("error", () => {});
  return pool;
}

test("a client logs in with its password, and the server remembers who it was", async () => {
  await connect();
  expect(server?.logins).toMatchObject([
    { user: "sa", database: "Kunden", application: "the tests", packetSize: 4096 },
  ]);
  expect(server?.connections).toBe(1);
});

test("a wrong password is refused with the server's words", async () => {
  await expect(connect({ password: "wrong" })).rejects.toMatchObject({
    code: "ELOGIN",
    message: "Login failed for user 'sa'.",
  });
});

test("a batch answers with several results, with NULLs, long and foreign text, and its counts", async () => {
  const result = await (await connect()).request().batch("results");
  expect(result.recordsets).toEqual([
    [
      { a: "1", b: null },
      { a: LONG, b: UNICODE },
      { a: "", b: "x" },
    ],
    [
      { i: -5, l: "9223372036854775807", b: true },
      { i: null, l: null, b: null },
    ],
  ]);
  expect(result.rowsAffected).toEqual([3, 7, 2]);
});
