/** The network fails in the middle of a job: it is run until it says 0, and every record is applied once, in this process or the next. */
import { describe, expect, test } from "vitest";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import type { Fault } from "../support/proxy/proxy.ts";
import { useProxy } from "./network-support.ts";

const [postgres] = ENGINES.filter(({ name }) => name === "postgres");
if (postgres === undefined) throw new Error("there is no engine postgres");
const database = useDatabase(postgres);
const behind = useProxy(database);

/** A job in three parts; its retries are quick. */
function job(name: string | number, ...more: string[]): string[] {
  return ["--job", `j${name}`, "--commit", "2", "-b", "2", "--lock-timeout", "3s", ...more];
}

/** In turns: the request does not arrive, or its answer does not; this process goes on by itself, or another must. */
test("the connection breaks at each message of a job", async () => {
  await behind.forgetAudit();
  await behind.loadOverAndOver(
    (nth) => ({ kind: nth % 2 === 0 ? "reset-before" : "reset-after", on: "request", nth }),
    (nth) => job(nth, ...(nth % 3 === 0 ? ["--retry-timeout", "0"] : [])),
  );
});

/** The client comes back and asks for the job's lock more than once: its former self may have it still. */
const meanwhile = behind.askedAgain(/pg_try_advisory_xact_lock|pg_xact_status/, 2);

const COMMITS: readonly (readonly [string, Fault])[] = [
  ["does not arrive", { kind: "reset-before", on: "commit" }],
  ["is not answered", { kind: "reset-after", on: "commit" }],
  ["arrives later, when the client has come back", { kind: "late", on: "commit", meanwhile }],
  [
    "never arrives, and its session stays open for a while",
    { kind: "never", on: "commit", meanwhile },
  ],
  ["falls silent", { kind: "black-hole", on: "commit" }],
];

describe.each([
  ["one writer", []],
  ["several writers", ["--writers", "2"]],
  ["one transaction", ["--commit", "end"]],
])("a COMMIT of %s", (_, flags) => {
  test.each(COMMITS)("%s", async (_title, fault) => {
    await behind.forgetAudit();
    // The first one is that of taking the job, and there is one for each part.
    for (const nth of flags.includes("end") ? [1, 2] : [1, 2, 4]) {
      await behind.startOver();
      behind.proxy.arm({ ...fault, nth });
      const more = [...flags, "--statement-timeout", "2s"];
      const results = await behind.loadUntilDone({ flags: job(nth, ...more) });
      expect(results.map(({ code }) => code)).not.toContain("INTERNAL");
      await behind.expectApplied(1);
    }
  });
});

test("a job that is done is not done again, whatever the network says of its last commit", async () => {
  await behind.forgetAudit();
  behind.proxy.arm({ kind: "reset-after", on: "commit", nth: 4 });
  const impatient = job("x", "--retry-timeout", "0");
  await behind.loadUntilDone({ flags: impatient });
  expect(await behind.load({ flags: impatient })).toMatchObject({ exit: 0 });
  await behind.expectApplied(1);
  const rows = await database.rows(
    "select state, rec_no, byte_off from upsurge_checkpoint where job_id = 'jx'",
  );
  expect(rows).toEqual([["done", "6", "29"]]);
});
