import { describe, expect, test } from "vitest";
import type { GivenOptions } from "../../helpers/options.ts";
import { refusal } from "../../helpers/refusal.ts";
import { ABLE, column, planFor, table, uniqueKey } from "../../helpers/shapes.ts";

/** The fix for a header with these names. */
function fixOf(header: readonly string[], map: string[] | null = null): string {
  return refusal(() => planFor(table(), { map }, { header })).fix;
}

describe("the mode", () => {
  test("is upsert with a key", () => {
    expect(planFor(table(), { key: ["id"] }).mode).toBe("upsert");
  });
  test("is insert without one", () => {
    expect(planFor(table(), {}).mode).toBe("insert");
  });
  test("needs a key to update or ignore, where the table has no primary key to take", () => {
    const shape = table({ uniqueKeys: [uniqueKey(["a"])] });
    expect(refusal(() => planFor(shape, { ignore: true })).code).toBe("PLAN_NO_KEY");
    expect(refusal(() => planFor(shape, { mode: "update" })).code).toBe("PLAN_NO_KEY");
    expect(refusal(() => planFor(shape, { updateColumns: "none" })).code).toBe("PLAN_NO_KEY");
  });
});

describe("the mapping", () => {
  test("takes the exact name before one that differs in case", () => {
    const shape = table({ columns: [column("id"), column("ID")] });
    expect(planFor(shape, {}, { fields: ["ID"] }).mapping).toEqual([{ field: "ID", column: "ID" }]);
  });
  test("refuses a name that fits two columns but for case", () => {
    const shape = table({ columns: [column("id"), column("ID")] });
    expect(refusal(() => planFor(shape, {}, { fields: ["Id"] })).code).toBe("PLAN_AMBIGUOUS_FIELD");
  });
  test("suggests the column that was meant", () => {
    const shape = table({ columns: [column("id"), column("amount")] });
    const error = refusal(() => planFor(shape, { key: ["id"] }, { fields: ["id", "amonut"] }));
    expect([error.code, error.fix]).toEqual([
      "PLAN_UNKNOWN_FIELD",
      expect.stringContaining("did you mean amount"),
    ]);
  });
  test("drops a field that is mapped to nothing", () => {
    const plan = planFor(table(), { map: ["x:"] }, { fields: ["id", "x"] });
    expect(plan.mapping).toEqual([{ field: "id", column: "id" }]);
  });
  test("refuses --map for a field the source has not", () => {
    const error = refusal(() => planFor(table(), { map: ["nme:a"] }, { fields: ["id", "name"] }));
    expect([error.code, error.fix]).toEqual(["PLAN_NO_FIELD", "did you mean name?"]);
  });
  test("says one flag for many fields without a name, and how to go further down", () => {
    const few = fixOf(["id", "", "a", ""]);
    expect(few).toMatch(/^--map '2:' --map '4:' drops them, --map '2:COLUMN' puts field 2 /);
    expect(few).not.toContain("--skip-lines");
    expect(fixOf(["id", ...Array<string>(11).fill("")])).toMatch(
      /^--map ':' drops all fields without a name, .*further down: --skip-lines N$/,
    );
    // A field that is called 3 is no number of another.
    expect(fixOf(["3", "id", ""], ["3:"])).toMatch(/^--map ':' drops/);
    expect(fixOf(["id", "3", "a", "a"], ["3:"])).toBe(
      "give all 4 fields names of their own with --header --columns a,b,…",
    );
  });
  test("is near a name only where letters are the same", () => {
    expect(refusal(() => planFor(table(), {}, { fields: ["id", "x"] })).fix).toMatch(/^--map 'x:C/);
  });
  test("refuses two fields for one column", () => {
    const error = refusal(() => planFor(table(), {}, { header: ["a", "A"] }));
    expect(error.code).toBe("PLAN_DUPLICATE_COLUMN");
  });
  test("refuses values for generated and identity columns", () => {
    const generated = table({ columns: [column("id"), column("g", { generatedSql: "a * 2" })] });
    expect(refusal(() => planFor(generated, {})).code).toBe("PLAN_READ_ONLY_COLUMN");
    const identity = table({ columns: [column("id", { identity: "always" })] });
    expect(refusal(() => planFor(identity, {})).fix).toContain("--keep-identity");
    expect(planFor(identity, { keepIdentity: true }).mapping).toHaveLength(1);
  });
});

describe("the arbiter", () => {
  const partial = table({
    uniqueKeys: [uniqueKey(["a"], { name: "t_a_live", predicate: "(b IS NULL)" })],
  });

  test("is found by columns in any order", () => {
    const shape = table({ uniqueKeys: [uniqueKey(["a", "b"])] });
    expect(planFor(shape, { key: ["b", "a"] }).arbiter?.columns).toEqual(["a", "b"]);
  });
  test("is not a subset or superset of an index", () => {
    const shape = table({ uniqueKeys: [uniqueKey(["a", "b"])] });
    expect(refusal(() => planFor(shape, { key: ["a"] })).code).toBe("PLAN_NO_CONFLICT_TARGET");
    expect(refusal(() => planFor(shape, { key: ["id", "a", "b"] })).code).toBe(
      "PLAN_NO_CONFLICT_TARGET",
    );
  });
  test("brings its predicate when named", () => {
    expect(planFor(partial, { constraint: "t_a_live" }).arbiter?.predicate).toBe("(b IS NULL)");
  });
  test("is not a partial index that was not named; the fix says how", () => {
    const error = refusal(() => planFor(partial, { key: ["a"] }));
    expect(error.fix).toContain("--key-where '(b IS NULL)' (or --constraint t_a_live)");
  });
  test("can be any columns only on request, and only if no index says otherwise", () => {
    const bare = table({ uniqueKeys: [] });
    expect(refusal(() => planFor(bare, { key: ["a"] })).fix).toContain(
      'create unique index "t_a_key" on "public"."t" ("a")',
    );
    expect(planFor(bare, { key: ["a"], strategy: "select-then-write" }).arbiter?.name).toBeNull();
    const wider = table({ uniqueKeys: [uniqueKey(["a", "b"])] });
    const asked = { key: ["a"], strategy: "select-then-write" } as const;
    expect(refusal(() => planFor(wider, asked)).code).toBe("PLAN_NO_CONFLICT_TARGET");
  });
  test("is no deferrable constraint, unless rows are looked up", () => {
    const shape = table({ uniqueKeys: [uniqueKey(["a"], { deferrable: true })] });
    expect(refusal(() => planFor(shape, { key: ["a"] })).code).toBe("PLAN_UNUSABLE_KEY");
    expect(planFor(shape, { key: ["a"], strategy: "select-then-write" }).strategy).toBe(
      "select-then-write",
    );
  });
  test("is an exclusion constraint only to ignore", () => {
    const shape = table({ uniqueKeys: [uniqueKey(["a"], { kind: "exclusion", name: "x" })] });
    expect(refusal(() => planFor(shape, { constraint: "x" })).code).toBe("PLAN_UNUSABLE_KEY");
    expect(planFor(shape, { constraint: "x", ignore: true }).arbiter?.kind).toBe("constraint");
  });
  test("must be filled by the source", () => {
    const error = refusal(() => planFor(table(), { key: ["id"] }, { fields: ["a"] }));
    expect(error.code).toBe("PLAN_KEY_NOT_IN_SOURCE");
    expect(planFor(table(), { key: ["id"], const: ["id=7"] }, { fields: ["a"] }).mode).toBe(
      "upsert",
    );
  });
});

describe("the update", () => {
  test("covers every column but the key", () => {
    expect(planFor(table(), { key: ["id"] }).update.columns).toEqual(["a", "b"]);
  });
  test.each([
    [["a"], ["a"]],
    [["-a"], ["b"]],
    [["none"], []],
  ])("of --update-columns %j is %j", (updateColumns, expected) => {
    expect(planFor(table(), { key: ["id"], updateColumns }).update.columns).toEqual(expected);
  });
  test("qualifies bare names in --set and --update-where", () => {
    const { update } = planFor(table(), { key: ["id"], set: ["a = a + 1"], updateWhere: "b > 0" });
    expect([update.sets[0]?.expression, update.where]).toEqual([
      'target."a" + 1',
      'target."b" > 0',
    ]);
  });
});

describe("a column that two things would fill", () => {
  const keyed: GivenOptions = { key: ["id"] };
  const ON_A = ["a = 1"];

  test.each<[string, GivenOptions, string[]]>([
    ["by --set and by --stamp", { set: ON_A, stamp: ["A = now()"] }, ["id"]],
    ["by two --const", { const: ["a=1", "A=2"] }, ["id"]],
    ["by the field a and by --const", { const: ["a=1"] }, ["id", "a"]],
    ["by --const and by --stamp", { const: ["a=1"], stamp: ON_A }, ["id"]],
    ["by --const and by --set", { const: ["a=1"], set: ON_A, mode: "update" }, ["id"]],
    ["by --update-columns and by --set", { updateColumns: ["a"], set: ON_A }, ["id", "a"]],
    ["by --update-columns and by --stamp", { updateColumns: ["a"], stamp: ON_A }, ["id", "a"]],
    ["by the fields b and a", { map: ["b:a"] }, ["id", "b", "a"]],
  ])("%s is refused", (reason, options, fields) => {
    const error = refusal(() =>
      planFor(table(), { ...keyed, ...options }, { fields, header: fields }),
    );
    expect([error.code, error.why]).toEqual(["PLAN_DUPLICATE_COLUMN", reason]);
  });

  test("is fine where the expression reads what the source brings", () => {
    const plans = [
      { set: ["a = a + excluded.a"], updateColumns: ["a"] },
      { stamp: ['a = coalesce(EXCLUDED."a", 1)'] },
      { const: ["b=1"], stamp: ["b = excluded.b + 1"] },
      { const: ["b=1"], set: ["b = b + 1"] },
    ].map((options) => planFor(table(), { ...keyed, ...options }, { fields: ["id", "a"] }));
    expect(plans.map(({ warnings }) => warnings)).toEqual([[], [], [], []]);
  });

  test("a stamp wins over a field, and that is a warning", () => {
    const { warnings } = planFor(table(), { ...keyed, stamp: ON_A });
    expect(warnings).toEqual([
      "the field a is not written, because --stamp fills a; to say so, drop the field with --map 'a:', or leave --stamp out to write it",
    ]);
  });

  test("--set wins over a field when a row is updated, and the plan says when the field is written", () => {
    const upsert = planFor(table(), { ...keyed, set: ON_A });
    expect([upsert.warnings, upsert.why.at(-1)]).toEqual([
      [],
      "the field a is written to rows that are inserted; what an update writes to a, --set says",
    ]);
    const update = planFor(table(), { ...keyed, set: ON_A, mode: "update" });
    expect(update.warnings).toEqual([expect.stringContaining("because --set fills a")]);
  });

  test("one field in two columns is refused", () => {
    const error = refusal(() =>
      planFor(table(), { ...keyed, map: ["x:a", "x:b"] }, { fields: ["id", "x"] }),
    );
    expect([error.code, error.why]).toEqual(["OPTION_CONFLICT", "a field fills one column"]);
  });

  test("a stamped column is no part of a key, of an expression neither", () => {
    const key = { name: "t_f", columns: [null], keyExpressions: ['abs("a")'] };
    const shape = table({ uniqueKeys: [uniqueKey(["a"], key)] });
    const { code } = refusal(() => planFor(shape, { constraint: "t_f", stamp: ON_A }));
    expect(code).toBe("OPTION_CONFLICT");
  });
});

describe("ids that the source brings", () => {
  const shape = table({ columns: [column("id", { identity: "by-default" }), column("a")] });
  test("do not move a sequence, and the plan says so where the database does not see to it", () => {
    const said = expect.stringMatching(/^ids for id come from the source, which does not move/);
    expect(planFor(shape, {}).why).toContainEqual(said);
    expect(planFor(shape, {}, { fields: ["a"] }).why).not.toContainEqual(said);
    const capabilities = { ...ABLE, advancesIdentity: true };
    expect(planFor(shape, {}, { capabilities }).why).not.toContainEqual(said);
  });
});

describe("what is required", () => {
  const shape = table({
    columns: [column("id", { nullable: false }), column("a", { nullable: false })],
  });

  test("a NOT NULL column without a default must be given", () => {
    const error = refusal(() => planFor(shape, { key: ["id"] }, { fields: ["id"] }));
    expect([error.code, error.details["column"]]).toEqual(["PLAN_REQUIRED_COLUMN", "a"]);
  });
  test("but not to update", () => {
    expect(planFor(shape, { key: ["id"], mode: "update" }, { fields: ["id"] }).mode).toBe("update");
  });
  test("and a trigger may fill it", () => {
    const fill = { name: "fill", timing: "before", level: "row", events: ["insert"] } as const;
    const filled = { ...shape, triggers: [fill] };
    expect(planFor(filled, { key: ["id"] }, { fields: ["id"] }).mode).toBe("upsert");
  });
  test("privileges are looked at before anything is read", () => {
    const denied = table({ missingPrivileges: ["update"] });
    expect(refusal(() => planFor(denied, { key: ["id"] })).code).toBe("PLAN_PRIVILEGE");
    expect(planFor(denied, {}).mode).toBe("insert");
  });
});

describe("the strategy", () => {
  test("is native where a unique index decides", () => {
    expect(planFor(table(), { key: ["id"] }).strategy).toBe("native");
  });
  test("looks first where native cannot: INSTEAD OF triggers, NULLs that match", () => {
    const trigger = { name: "t", timing: "instead", level: "row", events: ["insert"] } as const;
    const view = table({ kind: "view", triggers: [trigger] });
    expect(planFor(view, { key: ["id"] }).strategy).toBe("select-then-write");
    expect(planFor(table(), { key: ["id"], nullKey: "match" }).strategy).toBe("select-then-write");
    const refused = refusal(() => planFor(view, { key: ["id"], strategy: "native" }));
    expect(refused.code).toBe("PLAN_UNSUPPORTED");
  });
  test("counts by looking where the server cannot tell, if native is asked for", () => {
    const capabilities = { ...ABLE, countsPartitioned: false };
    const shape = table({ kind: "partitioned" });
    const how = { capabilities };
    expect(planFor(shape, { key: ["id"] }, how).strategy).toBe("select-then-write");
    expect(planFor(shape, { key: ["id"], strategy: "native" }, how).uncounted).toBe(true);
  });
});

describe("a target whose upsert takes any key", () => {
  const how = { capabilities: { ...ABLE, upsertsWithoutIndex: true } };
  const bare = table({ uniqueKeys: [] });

  test("is native without an index, and says what that costs", () => {
    const plan = planFor(bare, { key: ["a"] }, how);
    expect(plan.strategy).toBe("native");
    expect(plan.arbiter).toMatchObject({ name: null, columns: ["a"] });
    expect(plan.why.join("\n")).toContain("without a unique index it locks as much as it reads");
  });
  test("takes a key beside an index on more columns, or on fewer", () => {
    const wider = table({ uniqueKeys: [uniqueKey(["a", "b"])] });
    expect(planFor(wider, { key: ["a"] }, how).arbiter?.name).toBeNull();
    expect(planFor(wider, { key: ["id", "a", "b"] }, how).arbiter?.columns).toEqual([
      "id",
      "a",
      "b",
    ]);
  });
  test("still prefers the index on exactly the key", () => {
    const plan = planFor(table(), { key: ["id"] }, how);
    expect([plan.arbiter?.name, plan.why.join("\n")]).toEqual([
      "t_pkey",
      expect.stringContaining("never races"),
    ]);
  });
  test("still wants to be told of a partial index", () => {
    const partial = table({
      uniqueKeys: [uniqueKey(["a"], { name: "live", predicate: "(b > 0)" })],
    });
    const error = refusal(() => planFor(partial, { key: ["a"] }, how));
    expect([error.code, error.fix]).toEqual([
      "PLAN_NO_CONFLICT_TARGET",
      expect.stringContaining("--key-where '(b > 0)' (or --constraint live)"),
    ]);
    expect(planFor(partial, { key: ["a"], keyWhere: "b > 0" }, how).arbiter?.name).toBe("live");
  });
  test("takes no --key-where for a key without an index", () => {
    const error = refusal(() => planFor(bare, { key: ["a"], keyWhere: "b > 0" }, how));
    expect(error.code).toBe("PLAN_NO_CONFLICT_TARGET");
  });
  test("matches NULLs by itself", () => {
    const plan = planFor(bare, { key: ["a"], nullKey: "match" }, how);
    expect([plan.strategy, plan.arbiter?.nullsEqual]).toEqual(["native", true]);
  });
});

describe("a table on which the database's own upsert is not safe", () => {
  const unsafe = table({ upsertHazard: "MERGE is not safe here" });

  test("is looked up first, and the plan says why", () => {
    for (const options of [{ key: ["id"] }, { key: ["id"], ignore: true }]) {
      const plan = planFor(unsafe, options);
      expect(plan.strategy).toBe("select-then-write");
      expect(plan.why).toContain("strategy select-then-write: MERGE is not safe here");
    }
  });
  test("refuses --strategy native", () => {
    const error = refusal(() => planFor(unsafe, { key: ["id"], strategy: "native" }));
    expect([error.code, error.why]).toEqual([
      "PLAN_UNSUPPORTED",
      expect.stringContaining("MERGE is not safe here"),
    ]);
  });
  test("matters to no plain INSERT or UPDATE", () => {
    expect(planFor(unsafe, {}).strategy).toBe("native");
    expect(planFor(unsafe, { key: ["id"], mode: "update" }).strategy).toBe("native");
  });
});

describe("isolation", () => {
  const audit = { name: "audit", timing: "after", level: "row", events: ["update"] } as const;

  test.each([
    ["a trigger", table({ triggers: [audit] }), {}],
    [
      "a foreign key to itself",
      table({ foreignKeys: [{ name: "f", columns: ["a"], selfReferencing: true }] }),
      {},
    ],
    [
      "a deferrable key",
      table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["a"], { deferrable: true })] }),
      {},
    ],
    ["a subquery", table(), { set: ["a = (select 1)"] }],
    ["a moved key", table(), { set: ["id = 4"] }],
    ["row security", table({ rewritten: true }), {}],
  ])("%s makes rows go one at a time", (_, shape, options) => {
    expect(planFor(shape, { key: ["id"], ...options }).isolation.rowByRow).not.toBeNull();
  });

  test.each([
    ["another unique key", table({ uniqueKeys: [uniqueKey(["id"]), uniqueKey(["a"])] })],
    [
      "a value the database makes",
      table({ columns: [column("id"), column("n", { volatileDefault: true })] }),
    ],
  ])("%s keeps the order of rows", (_, shape) => {
    const plan = planFor(
      shape,
      { key: ["id"] },
      { fields: shape === undefined ? [] : ["id", ...(shape.columns.length === 3 ? ["a"] : [])] },
    );
    expect([plan.isolation.rowByRow, plan.isolation.inFileOrder]).toEqual([
      null,
      expect.any(String),
    ]);
  });

  test("an update trigger does not matter to inserts", () => {
    expect(planFor(table({ triggers: [audit] }), {}).isolation.rowByRow).toBeNull();
  });
  test("a plain table has none", () => {
    expect(planFor(table(), { key: ["id"] }).isolation).toEqual({
      rowByRow: null,
      inFileOrder: null,
    });
  });
});
