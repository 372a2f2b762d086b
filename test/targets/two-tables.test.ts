/** Two tables in one transaction: batches of both in turn, each under the law. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Session } from "../../src/targets/target.ts";
import { ENGINES, useDatabase, waysOf, wayTitle } from "../helpers/engines.ts";
import { batchOf, batchWriter, FIELDS, openSession, planOf, SETUP } from "../helpers/two-tables.ts";

const PARENTS = { id: 0, columns: FIELDS.parents };
const CHILDREN = { id: 1, columns: FIELDS.children };
const NATIVE = { strategy: "native", rowSource: "values" };

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

  test.each(waysOf(engine, [2]).map((way) => [wayTitle(way), way] as const))(
    "in turn, with repeated keys and rows at fault: %s",
    async (_, way) => {
      const plans = [
        await planOf(session, "parents", way, "upsurge"),
        await planOf(session, "children", way, "upsurge2"),
      ];
      const transaction = await session.begin(plans);
      const [one, two] = plans.map((plan, at) => {
        const writer = transaction.writers[at];
        return writer === undefined ? undefined : batchWriter(session, plan, writer);
      });
      // A key twice, and a row that is there.
      const first = await one?.write(
        batchOf(PARENTS, 0, [
          ["2", "1"],
          ["2", "5"],
          ["1", "1"],
        ]),
      );
      // A parent of this transaction, one that is not there, and none at all.
      const second = await two?.write(
        batchOf(CHILDREN, 3, [
          ["20", "2", "1"],
          ["21", "9", "1"],
          ["22", null, "1"],
          ["20", "2", "7"],
        ]),
      );
      const third = await one?.write(
        batchOf(PARENTS, 7, [
          ["9", null],
          ["9", "3"],
        ]),
      );
      const fourth = await two?.write(
        batchOf(CHILDREN, 9, [
          ["21", "9", "1"],
          ["10", "9", "1"],
        ]),
      );
      await transaction.commit();

      expect(first?.counts).toMatchObject({ inserted: 1, updated: 1, unchanged: 1 });
      expect(second?.counts).toMatchObject({ inserted: 1, updated: 1 });
      expect(second?.faults.map(({ row, code }) => [row.ord, code])).toEqual([
        [4, "ROW_FOREIGN_KEY"],
        [5, "ROW_NOT_NULL"],
      ]);
      expect(third?.faults.map(({ row, code }) => [row.ord, code])).toEqual([[7, "ROW_NOT_NULL"]]);
      expect(fourth?.counts).toMatchObject({ inserted: 1, updated: 1 });
      expect(await parents()).toEqual([
        ["1", "1"],
        ["2", "5"],
        ["9", "3"],
      ]);
      expect(await children()).toEqual([
        ["10", "9", "1"],
        ["20", "2", "7"],
        ["21", "9", "1"],
      ]);
    },
  );

  test("rolled back together, and the session goes on with a transaction of its own", async () => {
    const plans = [
      await planOf(session, "children", NATIVE, "upsurge"),
      await planOf(session, "parents", NATIVE, "upsurge2"),
    ];
    const transaction = await session.begin(plans);
    const [two, one] = transaction.writers;
    if (one === undefined || two === undefined) throw new Error("a writer is missing");
    await one.applyEach(batchOf(PARENTS, 0, [["2", "1"]]));
    await two.applyEach(batchOf(CHILDREN, 1, [["20", "2", "1"]]));
    await transaction.rollback();

    expect([await parents(), await children()]).toEqual([[["1", "1"]], [["10", "1", "1"]]]);
    const next = await session.begin(plans);
    await next.writers[1]?.applyEach(batchOf(PARENTS, 0, [["3", "1"]]));
    await next.commit();
    expect(await parents()).toEqual([
      ["1", "1"],
      ["3", "1"],
    ]);
  });
});
