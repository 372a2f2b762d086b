/** The answer to a commit is lost, before or after the server has it: the load finds out what became of it, and never guesses. */
import { describe, expect, onTestFinished, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Fault } from "../support/proxy/proxy.ts";
import { useProxy } from "./network-support.ts";
import { firstOf } from "../tiers/tiers.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const database = useDatabase(postgres);
const behind = useProxy(database);

/** How long a silent server is listened to, and the answer to a lost commit looked for, which is found much sooner. */
const LIMITS = ["--statement-timeout", "2s", "--lock-timeout", "10m"];
const EVERY = { times: Infinity } as const;

describe("a commit", () => {
  // The load asks before the server has the commit, or has given up waiting for it.
  const meanwhile = behind.askedAgain(/pg_xact_status/);

  const lost: readonly [string, Fault, { exit: number; code: string | null }][] = [
    ["whose answer is lost", { kind: "reset-after" }, { exit: 0, code: null }],
    ["whose answer never comes", { kind: "silence" }, { exit: 0, code: null }],
    ["that arrives late", { kind: "late", meanwhile }, { exit: 0, code: null }],
    ["that is lost", { kind: "reset-before" }, { exit: 75, code: "TARGET_LOST" }],
    [
      "that is lost, while the server goes on waiting for it",
      { kind: "never", meanwhile },
      { exit: 75, code: "TARGET_LOST" },
    ],
    [
      "that falls into a black hole",
      { kind: "black-hole", meanwhile },
      { exit: 75, code: "TARGET_LOST" },
    ],
  ];
  test.each(firstOf("lost commits", lost))("%s is found out about", async (_, fault, expected) => {
    behind.proxy.arm({ ...fault, on: "commit" });
    expect(await behind.load({ flags: LIMITS })).toMatchObject(expected);
    expect(behind.proxy.hits).toBe(1);
    await behind.expectApplied(expected.exit === 0 ? 1 : 0);
    behind.proxy.arm(null);
    if (expected.exit !== 0) expect(await behind.load()).toMatchObject({ exit: 0 });
    await behind.expectApplied(1);
  });

  const unknown: readonly [string, Fault][] = [
    [
      "the server cannot be reached",
      { kind: "reset-after", after: { kind: "reset-before", ...EVERY } },
    ],
    ["the server has fallen silent", { kind: "silence", after: { kind: "black-hole", ...EVERY } }],
    [
      "the server is silent about it",
      { kind: "silence", after: { kind: "black-hole", on: /pg_xact_status/, ...EVERY } },
    ],
    ["the transaction stays open", { kind: "late", meanwhile: () => new Promise(() => {}) }],
  ];
  test.each(firstOf("commits of unknown outcome", unknown))(
    "of unknown outcome is said to be one when %s",
    async (_, fault) => {
      behind.proxy.arm({ ...fault, on: "commit" });
      const flags = ["--statement-timeout", "2s", "--lock-timeout", "600ms"];
      const result = await behind.load({ flags });
      expect(result).toMatchObject({ exit: 75, code: "TARGET_OUTCOME_UNKNOWN" });
      await behind.expectApplied(fault.kind === "late" ? 0 : 1);
    },
  );
});

test("a commit that something before the server answers for is asked about", async () => {
  await database.exec(`create function pooler() returns trigger language plpgsql as
    $$ begin raise exception 'server conn crashed?' using errcode = '08P01'; end $$;
    create constraint trigger pooler after insert on t deferrable initially deferred
    for each row execute function pooler()`);
  const result = await behind.load();
  expect(result).toMatchObject({ exit: 75, code: "TARGET_LOST" });
  expect(result.cause).toContain("the server undid the load");
  await behind.expectApplied(0);
});

/** Changes a setting of the database at hand. */
function alter(how: string): string {
  return `do $$ begin execute format('alter database %I ${how}', current_database()); end $$`;
}

test("a commit that the server does not remember is of unknown outcome", async () => {
  await database.exec(`create schema forgetful;
    create function forgetful.pg_xact_status(xid8) returns text language sql as 'select null::text'`);
  await database.exec(alter("set search_path = forgetful, pg_catalog, public"));
  onTestFinished(async () => {
    await database.exec(alter("reset search_path"));
    await database.exec("drop schema if exists forgetful cascade");
  });
  behind.proxy.arm({ kind: "reset-before", on: "commit" });
  const result = await behind.load();

  expect(result).toMatchObject({ exit: 75, code: "TARGET_OUTCOME_UNKNOWN" });
  await behind.expectApplied(0);
});
