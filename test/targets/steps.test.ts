/** What a load runs besides its rows: in the transaction of its first batch, before it, and in that of its last, after it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CheckpointTable } from "../../src/checkpoint/checkpoint-table.ts";
import { CheckpointCursor, emptyRow } from "../../src/checkpoint/cursor.ts";
import type { BatchOutcome } from "../../src/model/batch.ts";
import { noCounts, sumOfCounts } from "../../src/model/counts.ts";
import type { Counts } from "../../src/model/counts.ts";
import type { LoadPlan, Step, TablePlan } from "../../src/model/load-plan.ts";
import type { Session } from "../../src/targets/target.ts";
import { makeWriters } from "../../src/write/make-writers.ts";
import { SerialRanges } from "../../src/write/parallel/serial-ranges.ts";
import { Quarantine } from "../../src/write/quarantine.ts";
import type { Account, LoadEnding } from "../../src/write/writers.ts";
import { ENGINES, useDatabase } from "../helpers/engines.ts";
import { batchOf, FIELDS, openSession, planOf, SETUP } from "../helpers/two-tables.ts";

const PARENTS = { id: 0, columns: FIELDS.parents };
const NATIVE = { strategy: "native", rowSource: "values" };

const BEFORE: Step = { name: "--before", sql: "delete from children", counts: "removed" };
const AFTER: Step = { name: "--after", sql: "update parents set n = n + 1 where id = 2" };

function loadOf(plan: TablePlan, job: LoadPlan["job"] = null): LoadPlan {
  return {
    target: "test",
    ddl: null,
    tables: [plan],
    before: [BEFORE],
    after: [AFTER],
    batchRows: 2,
    commitRows: job === null ? null : 2,
    job,
    partitioning: { writers: 1, key: null },
    why: [],
    warnings: [],
  };
}

function writersFor(
  { session, plan }: { readonly session: Session; readonly plan: LoadPlan },
  ending: LoadEnding,
  cursor: CheckpointCursor | null = null,
) {
  const taken: Counts[] = [];
  const account: Account = {
    take: ({ counts }: BatchOutcome) => void taken.push({ ...noCounts(), ...counts }),
    check: () => {},
    beforeCommit: () => null,
    keep: () => {},
  };
  const writers = makeWriters({
    plan,
    session,
    connect: async () => await Promise.reject(new Error("one session writes")),
    account,
    quarantine: new Quarantine(),
    ending,
    job: cursor === null ? null : { cursor, serialRanges: new SerialRanges() },
  });
  return { writers, counts: () => sumOfCounts(taken) };
}

describe.each(ENGINES)("$title", (engine) => {
  const database = useDatabase(engine);
  let session: Session;

  beforeEach(async () => {
    await database.reset();
    await database.exec(SETUP);
    session = await openSession(database.url);
  });
  afterEach(async () => await session.close());

  const parents = () => database.rows("select id, n from parents order by id");
  const children = () => database.rows("select id, parent, n from children order by id");

  test("steps run before the first batch and after the last, and count what they change", async () => {
    const plan = loadOf(await planOf(session, "parents", NATIVE, "upsurge"));
    const { writers, counts } = writersFor({ session, plan }, "commit");
    await writers.open();
    await writers.write({ batch: batchOf(PARENTS, 0, [["2", "1"]]), rejects: [], end: null });
    await writers.finish();

    expect(counts()).toMatchObject({ read: 1, inserted: 1, removed: 1 });
    expect([await parents(), await children()]).toEqual([
      [
        ["1", "1"],
        ["2", "2"],
      ],
      [],
    ]);
  });

  test("steps of a rehearsal are undone with its rows", async () => {
    const plan = loadOf(await planOf(session, "parents", NATIVE, "upsurge"));
    const { writers, counts } = writersFor({ session, plan }, "rehearsal");
    await writers.open();
    await writers.write({ batch: batchOf(PARENTS, 0, [["2", "1"]]), rejects: [], end: null });
    await writers.finish();

    expect(counts()).toMatchObject({ inserted: 1, removed: 1 });
    expect([await parents(), await children()]).toEqual([[["1", "1"]], [["10", "1", "1"]]]);
  });

  test("steps before are not repeated by a job that goes on", async () => {
    const table = new CheckpointTable("upsurge_checkpoint", session.execute);
    await table.create();
    const owned = { job: "j", config: "c", madeAs: null, epoch: 1, owner: "o" };
    const begun = {
      ...emptyRow(owned, { number: 1, name: "in.csv" }),
      offset: { record: 2, byte: 20, line: 3 },
    };
    await table.insert(begun);
    const job = {
      name: "j",
      isNamed: true,
      table: "upsurge_checkpoint",
      config: "c",
      followAppend: false,
      forgotten: false,
    };
    const plan = loadOf(await planOf(session, "parents", NATIVE, "upsurge"), job);
    const { writers } = writersFor({ session, plan }, "commit", new CheckpointCursor([begun], 1));
    await writers.open();
    await writers.write({ batch: batchOf(PARENTS, 2, [["2", "1"]]), rejects: [], end: null });
    await writers.finish();

    expect([await parents(), await children()]).toEqual([
      [
        ["1", "1"],
        ["2", "2"],
      ],
      [["10", "1", "1"]],
    ]);
  });
});
