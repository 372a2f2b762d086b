/** Which keys of nested rows the database makes, and what the user needs for it. */
import { describe, expect, test } from "vitest";
import type { Column } from "../../../src/model/table-shape.ts";
import { planMade } from "../../../src/plan/nest/made-keys.ts";
import type { MadePlan, MadeRequest } from "../../../src/plan/nest/made-keys.ts";
import { madeValue } from "../../../src/targets/postgres/catalog/made-value.ts";
import { column, table, uniqueKey } from "../../helpers/shapes.ts";

const SEQUENCE = { name: '"s"."it\'s"', maySet: false, mayUse: true, moveSql: "" };

function idColumn(facts: Partial<Column> = {}): Column {
  return column("id", { nullable: false, identity: "always", sequence: SEQUENCE, ...facts });
}

function made(id: Column, request: Partial<MadeRequest> = {}): MadePlan {
  const shape = table({
    columns: [id, column("code", { nullable: false }), column("a")],
    uniqueKeys: [uniqueKey(["id"]), uniqueKey(["code"]), uniqueKey(["a"])],
    grantee: { user: "loader", database: "d" },
  });
  return planMade({
    mode: "insert",
    arbiter: null,
    shape,
    referred: [id],
    named: new Set(["a"]),
    capabilities: { made: madeValue },
    quoteIdentifier: (name) => `"${name}"`,
    ...request,
  });
}

describe("keys that the database makes", () => {
  test("the next number of an identity column is asked for, and rows bring it", () => {
    const { chosen, carried, bringsIds, eachRecord } = made(idColumn());
    expect(chosen.made?.before.map(({ sql }) => sql)).toEqual([`nextval('"s"."it''s"'::regclass)`]);
    expect([carried.length, bringsIds, eachRecord]).toEqual([1, true, null]);
  });

  test("a default is asked for as it is", () => {
    const id = idColumn({ identity: null, defaultSql: "gen_random_uuid()" });
    const { chosen, bringsIds } = made(id);
    expect([chosen.made?.before[0]?.sql, bringsIds]).toEqual(["gen_random_uuid()", false]);
  });

  test("what the writer tells makes rows go one at a time, unless records are known to have it", () => {
    const capabilities: MadeRequest["capabilities"] = { made: () => ({ kind: "written" }) };
    expect(made(idColumn(), { capabilities }).eachRecord).toContain(
      "rows of other levels refer to id",
    );
    const named = new Set(["id", "a"]);
    expect(made(idColumn(), { capabilities, named }).eachRecord).toBeNull();
  });

  test.each<[string, Partial<MadeRequest>]>([
    ["rows that are found by a key that each of them has", { named: new Set(["code"]) }],
    ["rows that nothing refers to", { referred: [] }],
    ["rows of a level with a key", { mode: "upsert" }],
    ["views", { shape: table({ kind: "view" }) }],
    ["a database that makes nothing", { capabilities: {} }],
  ])("not of %s", (_, request) => {
    expect(made(idColumn(), request).chosen).toEqual({});
  });

  test("the user may need a grant for the sequence, which an insert does not ask for", () => {
    const id = idColumn({ sequence: { ...SEQUENCE, mayUse: false } });
    expect(() => made(id)).toThrow(
      expect.objectContaining({
        code: "PLAN_PRIVILEGE",
        fix: expect.stringContaining(`grant usage on sequence ${SEQUENCE.name} to "loader"`),
      }),
    );
  });
});
