/** How many writers a plan has, and why there is only one. */
import { describe, expect, test } from "vitest";
import type { TableShape } from "../../../src/model/table-shape.ts";
import type { GivenOptions } from "../../helpers/options.ts";
import { ABLE, column, planFor, table, uniqueKey } from "../../helpers/shapes.ts";

const SEVERAL: GivenOptions = { writers: 3, commit: "5000" };
const KEYED = { ...SEVERAL, key: ["id"] };

/** Why there is one writer; fails when there are more. */
function whyOne(shape: TableShape, options: GivenOptions, how = {}): string {
  const plan = planFor(shape, options, how);
  expect(plan.partitioning.writers).toBe(1);
  return plan.why.find((each) => each.startsWith("one writer: ")) ?? "";
}

describe("several writers", () => {
  test("are not mentioned where nobody asked for them", () => {
    const plan = planFor(table(), { key: ["id"] });
    expect([plan.partitioning.writers, plan.commitRows]).toEqual([1, null]);
    expect(plan.why.join("\n")).not.toMatch(/writer|commit/);
  });

  test("share out rows by the key", () => {
    const plan = planFor(table(), KEYED);
    expect(plan.partitioning).toEqual({ writers: 3, key: plan.arbiter });
    expect(plan.why).toContain("3 writers: rows with the same key go to the same writer");
    expect(plan.why.join("\n")).toMatch(/^several writers .* 3 cores to spare /m);
  });

  test("share out batches of the usual size, within a commit", () => {
    expect(planFor(table(), KEYED).batchRows).toBe(ABLE.batchRows);
    expect(planFor(table(), { ...KEYED, commit: "200" }).batchRows).toBe(200);
    expect(planFor(table(), { ...KEYED, batchRows: 70 }).batchRows).toBe(70);
  });

  test("insert by the one unique key that there is", () => {
    const plan = planFor(table(), SEVERAL);
    expect(plan.partitioning).toMatchObject({
      writers: 3,
      key: { name: "t_pkey", columns: ["id"] },
    });
  });

  test("insert any row anywhere without a unique key", () => {
    const plan = planFor(table({ uniqueKeys: [] }), SEVERAL);
    expect(plan.partitioning).toEqual({ writers: 3, key: null });
    expect(plan.why).toContain("3 writers: no key couples rows, so any writer may take them");
  });

  test("do not mind a unique key that is NULL in every new row", () => {
    const shape = table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["b"])] });
    expect(planFor(shape, KEYED, { fields: ["id", "a"] }).partitioning.writers).toBe(3);
    expect(planFor(shape, KEYED).partitioning.writers).toBe(1);
  });
});

describe("one writer", () => {
  test("for a job that reads a stream", () => {
    const stream = { readOnce: true };
    expect(whyOne(table(), KEYED, stream)).toContain("a stream cannot be read again");
    const forgotten = { ...KEYED, allowAtLeastOnce: true };
    expect(planFor(table(), forgotten, stream).partitioning.writers).toBe(3);
  });

  const trigger = { name: "audit", timing: "after", level: "row", events: ["update"] } as const;
  const constant = column("b", { defaultSql: "5" });

  test.each<[string, TableShape, GivenOptions, string]>([
    ["for a load that is undone", table(), { dryRun: true }, "a load that is undone is one"],
    ["for a check", table(), { check: true }, "a load that is undone is one"],
    ["without commits", table(), { commit: "end" }, "all or nothing cannot span"],
    ["where rows see each other", table({ triggers: [trigger] }), {}, "the trigger audit"],
    ["for a partitioned table", table({ kind: "partitioned" }), {}, "behind the table"],
    [
      "for rows that refer to each other",
      table({ foreignKeys: [{ name: null, columns: ["c"], selfReferencing: true }] }),
      {},
      "rows refer to each other",
    ],
    ["to update", table(), { mode: "update" }, "locks the table"],
    ["to look first", table(), { strategy: "select-then-write" }, "locks the table"],
    [
      "for a second unique key",
      table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["a"])] }),
      {},
      "the unique key t_a_key may couple rows",
    ],
    [
      "for a unique key with the same default in every row",
      table({
        columns: [column("id"), column("a"), constant],
        uniqueKeys: [uniqueKey(["id"]), uniqueKey(["b"])],
      }),
      {},
      "the unique key t_b_key may couple rows",
    ],
    [
      "for a unique key that takes NULLs for equal",
      table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["b"], { nullsDistinct: false })] }),
      {},
      "the unique key t_b_key may couple rows",
    ],
    [
      "for a unique key that is stamped",
      table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["b"])] }),
      { stamp: ["b = 1"] },
      "the unique key t_b_key may couple rows",
    ],
    [
      "for an exclusion constraint",
      table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["b"], { kind: "exclusion" })] }),
      {},
      "the unique key t_b_key may couple rows",
    ],
    [
      "for a partial key",
      table({ uniqueKeys: [uniqueKey(["id"], { predicate: "a > 0" })] }),
      { keyWhere: "a > 0" },
      "the key is partial",
    ],
    [
      "for values that the database makes",
      table({ columns: [column("id"), column("a"), column("b", { volatileDefault: true })] }),
      {},
      "the database makes values for b in order",
    ],
  ])("%s", (_, shape, options, reason) => {
    expect(whyOne(shape, { ...KEYED, ...options }, { fields: ["id", "a"] })).toContain(reason);
  });

  test("for a conflict on any key", () => {
    const options = { ...SEVERAL, ignore: true, anyConstraint: true };
    expect(whyOne(table(), options)).toContain("shows only when a row is written");
  });

  test("to insert into a table with two unique keys", () => {
    const shape = table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["a"])] });
    expect(whyOne(shape, SEVERAL)).toContain("t_a_key");
  });

  test("to insert where the source does not bring the key", () => {
    const shape = table({ columns: [column("id", { defaultSql: "1" }), column("a")] });
    expect(whyOne(shape, SEVERAL, { fields: ["a"] })).toContain("id is not in the source");
  });

  test("where the target takes no more", () => {
    const capabilities = { ...ABLE, parallel: false };
    expect(whyOne(table(), KEYED, { capabilities })).toContain("one writer at a time");
  });

  test("where keys cannot be hashed", () => {
    expect(whyOne(table(), KEYED, { unhashable: "they are odd" })).toBe("one writer: they are odd");
  });
});
