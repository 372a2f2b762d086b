/** The network fails in every way between a load and PostgreSQL: no load hangs, none is lost, and none is applied twice. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { untilLockWaits } from "../helpers/lock-waits.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";
import type { Fault } from "../support/proxy/proxy.ts";
import { useProxy } from "./network-support.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const database = useDatabase(postgres);
const behind = useProxy(database);

/** Small limits, so that tests need not wait for the large ones; a server that is not silent answers much sooner. */
const SOON = "connect_timeout=2";
const LIMITS = ["--statement-timeout", "2s", "--retry-timeout"];
const ONCE = [...LIMITS, "0"];
const EVERY = { times: Infinity } as const;
/** How COPY into the stage begins. */
const COPY = /^copy /i;

describe("a server that falls silent", () => {
  test.each<[string, Fault, string]>([
    ["from the first byte on", { kind: "black-hole" }, "TARGET_UNREACHABLE"],
    ["when it is told who calls", { kind: "black-hole", on: "message" }, "TARGET_UNREACHABLE"],
    ["at the password", { kind: "black-hole", on: "message", nth: 2 }, "TARGET_UNREACHABLE"],
    ["so slowly that it might as well", { kind: "trickle" }, "TARGET_UNREACHABLE"],
    ["at the first question", { kind: "black-hole", on: /_version_num/ }, "TARGET_UNREACHABLE"],
    ["while the table is looked up", { kind: "black-hole", on: /pg_attribute/ }, "TARGET_LOST"],
    ["while statements are tried out", { kind: "black-hole", on: /^explain/i }, "TARGET_LOST"],
    ["at the beginning of the load", { kind: "black-hole", on: /read write\b/ }, "TARGET_LOST"],
    ["while rows are copied", { kind: "black-hole", on: COPY }, "TARGET_LOST"],
    ["after a copy has begun", { kind: "silence", on: COPY }, "TARGET_LOST"],
    ["but for a byte a second", { kind: "trickle", on: COPY }, "TARGET_LOST"],
    [
      "while rows are merged",
      { kind: "black-hole", on: /^\s*(with|merge|insert|do)\s/i },
      "TARGET_LOST",
    ],
  ])("%s is given up", async (_, fault, code) => {
    behind.proxy.arm({ ...fault, ...EVERY });
    const settings = code === "TARGET_UNREACHABLE" ? SOON : "";
    expect(await behind.load({ flags: ONCE, settings })).toMatchObject({ exit: 75, code });
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(0);
    behind.proxy.arm(null);
    expect(await behind.load()).toMatchObject({ exit: 0 });
    await behind.expectApplied(1);
  });

  test("in the middle of TLS is given up", async () => {
    // Says that it encrypts, and nothing more.
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.write("S"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const to = `postgres://u:p@127.0.0.1:${port}/d?sslmode=require&${SOON}`;
    const { exitCode, stderr } = await runUpsurge(["inspect", "--to", to]);
    expect([exitCode, stderr]).toEqual([75, expect.stringContaining("TARGET_UNREACHABLE")]);
    server.close();
  });

  test.each(["inspect", "plan"])("ends `upsurge %s` as well", async (command) => {
    behind.proxy.arm({ kind: "black-hole" });
    const to = `${behind.proxy.url(database.url)}?${SOON}`;
    const source = command === "plan" ? ["--key", "id", "-f", "csv", "-"] : [];
    const args = [command, "--to", to, "--table", "t", ...source];
    const { exitCode, stderr } = await runUpsurge(args, { stdin: "id,n\n" });
    expect([exitCode, stderr]).toEqual([75, expect.stringContaining("TARGET_UNREACHABLE")]);
  });
});

describe("a server that falls silent, or is slow", () => {
  test("is tried again until time is up, and says for how long it was waited", async () => {
    behind.proxy.arm({ kind: "black-hole", on: COPY, ...EVERY });
    // The first wait between two tries is shorter than that.
    const result = await behind.load({ flags: [...LIMITS, "300ms"] });
    expect(result).toMatchObject({ exit: 75, code: "TARGET_LOST", cause: "no answer in 2 s" });
    expect(behind.proxy.hits).toBeGreaterThan(1);
    await behind.expectApplied(0);
  });

  test("once is tried again, and with success", async () => {
    behind.proxy.arm({ kind: "black-hole", on: COPY });
    expect(await behind.load({ flags: [...LIMITS, "10m"] })).toMatchObject({ exit: 0 });
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(1);
  });

  test("when all is done does not undo it", async () => {
    expect(await behind.load()).toMatchObject({ exit: 0 });
    await behind.startOver();
    const { length } = behind.proxy.messages;
    expect(behind.proxy.messages.at(-1)).toMatchObject({ kind: "X" });
    behind.proxy.arm({ kind: "black-hole", on: "message", nth: length });
    expect(await behind.load()).toMatchObject({ exit: 0 });
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(1);
  });

  test("while a load is undone is not waited for", async () => {
    behind.proxy.arm({ kind: "black-hole", on: /^rollback$/, nth: 3 });
    const result = await behind.load({ flags: ["--dry-run", "--statement-timeout", "10m"] });
    expect(result).toMatchObject({ exit: 0 });
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(0);
  });

  test("while the locks of several writers are let go is not waited for", async () => {
    await behind.forgetAudit();
    behind.proxy.arm({ kind: "black-hole", on: /^rollback$/, nth: 3 });
    const flags = ["--writers", "2", "--commit", "1000", "--statement-timeout", "10m"];
    expect(await behind.load({ flags })).toMatchObject({ exit: 0 });
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(1);
  });

  test("is not one that is merely at work: the limit is that of each statement", async () => {
    await database.exec(`create function slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.5); return null; end $$;
      create trigger slow after insert or update on t for each statement execute function slow()`);
    // Six batches take longer than that together, and none of them alone.
    const flags = ["--statement-timeout", "2500ms", "--batch-rows", "1", "--retry-timeout", "0"];
    expect(await behind.load({ flags })).toMatchObject({ exit: 0 });
    await behind.expectApplied(1);
  });
});

test("a session that waits for its source is not given up", async () => {
  const into = ["--to", behind.proxy.url(database.url), "--table", "t", "--key", "id"];
  const flags = ["-f", "csv", ...ONCE];
  const { child, ended } = spawnUpsurge(["-", ...into, ...flags], tempDir());
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.write("id,n\n7,1\n");
  const idle =
    "select count(*) from pg_stat_activity where application_name = 'upsurge' and datname = current_database() and state_change < now() - interval '4 s'";
  await until(
    "a session that waits for longer than a statement may take",
    async () => await database.rows(idle),
    (rows) => rows[0]?.[0] === "1",
  );
  child.stdin.end("8,1\n");
  const { exitCode, stderr } = await ended;
  expect(exitCode, stderr).toBe(0);
});

describe("a connection whose client is gone", () => {
  test("keeps the next try waiting, and is then undone", async () => {
    const meanwhile = untilLockWaits.bind(null, database, 1);
    behind.proxy.arm({ kind: "half-open", on: COPY, meanwhile });
    expect(await behind.load()).toMatchObject({ exit: 0 });
    expect([behind.proxy.hits, behind.proxy.connections]).toEqual([1, 2]);
    await behind.expectApplied(1);
  });
});

describe("bytes that come in pieces", () => {
  test("are put together", async () => {
    behind.proxy.arm({ kind: "slice", ...EVERY });
    expect(await behind.load()).toMatchObject({ exit: 0 });
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(1);
  });
});
