/**
 * A pooler between a load and PostgreSQL says for itself that it cannot go on: what may pass is tried again, what cannot is told with
 * what helps, and nothing is taken for a statement of the load's. The words are those of PgBouncer 1.18, which stands in no test.
 */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Fault } from "../support/proxy/proxy.ts";
import { useProxy } from "./network-support.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const database = useDatabase(postgres);
const behind = useProxy(database);

const EVERY = { times: Infinity } as const;
const ONCE = ["--retry-timeout", "0"];
const JOB = ["--commit", "2", "--job", "pooled"];
/** A login, and what a load asks in its transactions. */
const LOGIN = { on: "message" } as const;
const FIRST_BEGIN = { on: /^begin/i } as const;
const COPY = { on: /^copy /i } as const;

describe("what cannot pass is told, and not tried again", () => {
  test.each<[string, Omit<Fault, "kind">, string, string]>([
    ["no such database: nodb", LOGIN, "TARGET_NO_DATABASE", "check the name of the database"],
    ["no such user: me", LOGIN, "TARGET_LOGIN", "check user, password"],
    ["unsupported startup parameter: options", LOGIN, "TARGET_POOLER", "leave options= out"],
    [
      "transaction blocks not allowed in statement pooling mode",
      FIRST_BEGIN,
      "TARGET_POOLER",
      "set pool_mode to transaction",
    ],
  ])("%s", async (saying, when, code, fix) => {
    behind.proxy.arm({ kind: "refused", saying, ...when, ...EVERY });
    const result = await behind.load();
    expect(result).toMatchObject({ exit: 2, code });
    expect(result.cause).toContain(saying);
    expect(result.output).toContain(fix);
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(0);
    behind.proxy.arm(null);
    expect(await behind.load()).toMatchObject({ exit: 0 });
  });
});

test("a login that may pass is one to do again", async () => {
  behind.proxy.arm({ kind: "refused", saying: "query_wait_timeout", ...LOGIN });
  expect(await behind.load()).toMatchObject({ exit: 75, code: "TARGET_BUSY" });
  expect(await behind.load()).toMatchObject({ exit: 0 });
  await behind.expectApplied(1);
});

describe.each<[string, Omit<Fault, "kind">, readonly string[]]>([
  ["at its first transaction", FIRST_BEGIN, []],
  ["while rows are copied", COPY, []],
  ["while a job looks for its checkpoint", { on: /upsurge_checkpoint/ }, JOB],
  ["while rows of a job are copied", COPY, JOB],
])("what may pass %s", (_, when, flags) => {
  test.each([
    ["query_wait_timeout", "TARGET_BUSY", "raise pool_size"],
    ["no more connections allowed (max_client_conn)", "TARGET_BUSY", "max_client_conn"],
    ["server conn crashed?", "TARGET_LOST", "run the same command again"],
    ["database configuration changed", "TARGET_LOST", "run the same command again"],
  ])("is tried again until time is up: %s", async (saying, code, fix) => {
    behind.proxy.arm({ kind: "refused", saying, ...when });
    expect(await behind.load({ flags })).toMatchObject({ exit: 0 });
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(1);

    behind.proxy.arm({ kind: "refused", saying, ...when, ...EVERY });
    const again = flags.length === 0 ? [] : ["--reset-job"];
    const result = await behind.load({ flags: [...flags, ...again, ...ONCE] });
    expect(result).toMatchObject({ exit: 75, code });
    expect(result.cause).toContain(`the pooler before the server says: ${saying}`);
    expect(result.output).toContain(fix);
    await behind.expectApplied(1);
  });
});
