/** The proxy does what each fault says, as seen from both ends of it: by a plain client, and in the database. */
import { once } from "node:events";
import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../../helpers/engines.ts";
import { until } from "../../helpers/until.ts";
import { startProxy } from "./proxy.ts";
import type { Fault, Proxy } from "./proxy.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");

/** Inserts a row in a transaction; what comes of its commit. */
async function commitOver(client: Client): Promise<string> {
  await client.query("begin");
  await client.query("insert into t values (1)");
  return await client.query("COMMIT").then(
    () => "answered",
    (error: Error) => ("code" in error ? String(error.code) : error.message),
  );
}

/** What a fault lasts for: until the test says that it is over. */
class Lasting {
  readonly #over = new AbortController();

  readonly meanwhile = async (): Promise<void> => {
    const { signal } = this.#over;
    if (!signal.aborted) await once(signal, "abort");
  };

  end(): void {
    this.#over.abort();
  }
}

const database = useDatabase(postgres);
let proxy: Proxy;
let clients: Client[] = [];

beforeEach(async () => {
  await database.reset();
  await database.exec("create table t (id int primary key, n int not null default 0)");
  const { hostname, port } = new URL(database.url);
  proxy = await startProxy(hostname, Number(port), { seed: 7 });
});
afterEach(async () => {
  await proxy.close();
  for (const client of clients.splice(0)) await client.end();
  clients = [];
});

/** A client over the proxy; what breaks is told to the query that meets it. */
async function connected(more = {}): Promise<Client> {
  const client = new Client({ connectionString: proxy.url(database.url), ...more });
  client.on("error", () => {});
  clients.push(client);
  await client.connect();
  return client;
}

/** The same, with a fault from then on. */
async function open(fault: Fault | null = null): Promise<Client> {
  const client = await connected();
  proxy.arm(fault);
  return client;
}

const rows = async (): Promise<number> =>
  Number((await database.rows("select count(*) from t"))[0]?.[0]);
const backends = async (): Promise<number> =>
  Number(
    (
      await database.rows(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'",
      )
    )[0]?.[0],
  );
const terminate = (): Promise<void> =>
  database.exec(
    "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
const untilBackends = (count: number): Promise<unknown> =>
  until(`${count} sessions of clients`, backends, (seen) => seen === count);
const untilRows = (count: number): Promise<unknown> =>
  until(`${count} rows`, rows, (seen) => seen === count);
const untilHits = (count: number): Promise<unknown> =>
  until(
    `strike ${count}`,
    () => proxy.hits,
    (seen) => seen === count,
  );

describe("a proxy", () => {
  test("without a fault is not noticed, and sees every statement", async () => {
    const client = await open();
    const big = "x".repeat(300_000);
    const { rows } = await client.query("select length($1::text) as n", [big]);
    expect(rows).toEqual([{ n: 300_000 }]);
    expect(await commitOver(client)).toBe("answered");
    expect(proxy.messages.map(({ text }) => text).filter((text) => text !== "")).toEqual([
      "select length($1::text) as n",
      "begin",
      "insert into t values (1)",
      "COMMIT",
    ]);
    await client.end();
    await untilBackends(0);
    expect([proxy.connections, proxy.clients, proxy.hits]).toEqual([1, 0, 0]);
  });

  test("resets before a message: it never arrives", async () => {
    expect(await commitOver(await open({ kind: "reset-before", on: "commit" }))).toBe("ECONNRESET");
    await untilBackends(0);
    expect([await rows(), proxy.hits]).toEqual([0, 1]);
  });

  test("resets after a message: its answer is lost", async () => {
    expect(await commitOver(await open({ kind: "reset-after", on: "commit" }))).toBe("ECONNRESET");
    expect([await rows(), proxy.hits]).toEqual([1, 1]);
    await untilBackends(0);
  });

  test("strikes the n-th message, statement or byte, so often as it is told", async () => {
    const client = await open({ kind: "reset-before", on: /^select/, nth: 2 });
    await client.query("select 1");
    await client.query("show server_version");
    await expect(client.query("select 2")).rejects.toMatchObject({ code: "ECONNRESET" });
    // From the first message of a connection on: the last one before it is open.
    const more = { kind: "reset-before", on: "message" } as const;
    proxy.arm(null);
    await connected();
    const kinds = proxy.messages.map(({ kind }) => kind);
    expect(kinds.slice(0, 2)).toEqual(["startup", "p"]);
    proxy.arm({ ...more, nth: kinds.length });
    await expect(connected()).rejects.toMatchObject({ code: "ECONNRESET" });
    proxy.arm({ ...more, nth: kinds.length + 1 });
    const last = await connected();
    await expect(last.query("select 3")).rejects.toMatchObject({ code: "ECONNRESET" });

    const third = await open({ kind: "black-hole", on: "bytes", nth: 10_000 });
    const before = proxy.hits;
    const lost = third.query("select $1::text", ["x".repeat(20_000)]);
    expect(before).toBe(0);
    await untilHits(1);
    clients = [];
    await third.end();
    await expect(lost).rejects.toThrow("Connection terminated");
  });

  test("sees chunks where it cannot read, and the server's end as well", async () => {
    const { hostname, port } = new URL(database.url);
    const other = await startProxy(hostname, Number(port), { protocol: "unknown" });
    other.arm({ kind: "reset-before", on: "commit" });
    const socket = createConnection(other.port, "127.0.0.1");
    const ended = new Promise((resolve) => {
      socket.once("close", resolve).once("error", () => {});
    });
    socket.write(Buffer.from("COMMIT TRANSACTION", "utf16le"));
    await ended;
    expect(other.messages.map(({ text }) => text)).toEqual(["COMMIT TRANSACTION"]);
    expect(other.hits).toBe(1);
    await other.close();

    const client = await open();
    const closed = new Promise((resolve) => client.once("end", resolve));
    await terminate();
    await closed;
    clients = [];
  });
});

describe("a proxy that lets a message, or an answer, go no further", () => {
  test("delivers late: nothing at first, and then what was sent", async () => {
    const lasting = new Lasting();
    const { meanwhile } = lasting;
    expect(await commitOver(await open({ kind: "late", on: "commit", meanwhile }))).toBe(
      "ECONNRESET",
    );
    expect([await rows(), await backends()]).toEqual([0, 1]);
    lasting.end();
    await untilBackends(0);
    expect(await rows()).toBe(1);
  });

  test("never delivers: the transaction stays open a while, with its locks, and is undone", async () => {
    const lasting = new Lasting();
    const { meanwhile } = lasting;
    expect(await commitOver(await open({ kind: "never", on: "commit", meanwhile }))).toBe(
      "ECONNRESET",
    );
    await expect(
      database.exec("begin; set local lock_timeout = '50ms'; lock table t"),
    ).rejects.toMatchObject({ code: "55P03" });
    await database.exec("rollback");
    lasting.end();
    await untilBackends(0);
    expect(await rows()).toBe(0);
  });

  test("delivers and lets the server's side stay", async () => {
    const lasting = new Lasting();
    const { meanwhile } = lasting;
    expect(await commitOver(await open({ kind: "half-open", on: "commit", meanwhile }))).toBe(
      "ECONNRESET",
    );
    await untilRows(1);
    expect(await backends()).toBe(1);
    lasting.end();
    await untilBackends(0);
  });

  test("is a black hole: from a message on nobody hears anything", async () => {
    const lasting = new Lasting();
    const { meanwhile } = lasting;
    const client = await open({ kind: "black-hole", on: "commit", meanwhile });
    const committed = commitOver(client);
    await untilHits(1);
    expect([await rows(), await backends(), proxy.clients]).toEqual([0, 1, 1]);
    clients = [];
    await client.end();
    // It was still waiting: neither an answer nor an end had come.
    expect(await committed).toBe("Connection terminated");
    expect(await backends()).toBe(1);
    lasting.end();
    await untilBackends(0);
    // And the commit is not on its way.
    expect(await rows()).toBe(0);
  });

  test("is a black hole from the first byte on, for every connection", async () => {
    proxy.arm({ kind: "black-hole", times: Infinity });
    for (const seen of [1, 2]) {
      const late = connected({ connectionTimeoutMillis: 200 });
      await expect(late).rejects.toThrow("timeout");
      await untilHits(seen);
    }
    clients = [];
  });

  test("delivers, and is silent from then on", async () => {
    const client = await open({ kind: "silence", on: "commit", after: { kind: "reset-before" } });
    const committed = commitOver(client);
    await untilRows(1);
    // The server has told that it is done, and is told of another client's end.
    const idle = "select count(*) from pg_stat_activity where state = 'idle' and query = 'COMMIT'";
    await until(
      "the answer to the commit",
      async () => (await database.rows(idle))[0]?.[0] === "1",
    );
    await expect(connected()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect([proxy.hits, proxy.connections]).toEqual([2, 2]);
    await client.end();
    expect(await committed).toBe("Connection terminated");
    clients = [];
  });
});

describe("a proxy that slows down what passes", () => {
  test("lets a message wait", async () => {
    let seen = -1;
    const meanwhile = async (): Promise<void> => {
      // A message that is on its way would have come long ago.
      for (let trips = 0; trips < 50; trips += 1) seen = Math.max(seen, await rows());
    };
    expect(await commitOver(await open({ kind: "wait", on: "commit", meanwhile }))).toBe(
      "answered",
    );
    expect([seen, await rows()]).toEqual([0, 1]);
  });

  test("lets an answer wait, for what follows it", async () => {
    const client = await open({ kind: "answer-waits", on: "commit", meanwhile: terminate });
    const broken = new Promise((resolve) => client.once("error", resolve));
    expect(await commitOver(client)).toBe("answered");
    expect(await broken).toMatchObject({ code: "57P01" });
    expect(await rows()).toBe(1);
    clients = [];
  });

  test("lets a byte pass at a time", async () => {
    const client = await open({ kind: "trickle", on: "message", everyMs: 5 });
    const pieces: number[] = [];
    const { connection } = client as unknown as { connection: { stream: Socket } };
    connection.stream.on("data", ({ length }: Buffer) => pieces.push(length));
    const answer = await client.query("select 1 as one");
    expect(answer.rows).toEqual([{ one: 1 }]);
    expect(proxy.hits).toBe(1);
    // Two may meet where the reader is late.
    expect(pieces.length).toBeGreaterThan(30);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(2);
  });

  test("cuts everything into pieces, and loses none", async () => {
    proxy.arm({ kind: "slice", times: Infinity });
    const client = await connected();
    const text = "0123456789".repeat(500);
    const { rows } = await client.query("select $1::text as same", [text]);
    expect(rows).toEqual([{ same: text }]);
    expect(proxy.hits).toBe(1);
  });
});
