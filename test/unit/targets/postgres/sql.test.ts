import { describe, expect, test } from "vitest";
import type { ValueForm } from "../../../../src/model/table-shape.ts";
import { structureText } from "../../../../src/targets/postgres/stage/structure-text.ts";
import { copyText } from "../../../../src/targets/postgres/stage/copy.ts";
import { quoteLiteral } from "../../../../src/targets/postgres/quote.ts";
import { methodsOf } from "../../../../src/targets/postgres/methods.ts";
import { setSql, statementsIn } from "../../../../src/targets/postgres/apply/set-sql.ts";
import { fromText, overflows } from "../../../../src/targets/postgres/types.ts";
import { ABLE, column, planFor, table, uniqueKey } from "../../../helpers/shapes.ts";

const ALL = { kind: "all", shape: null, merges: false } as const;

/** The one native statement for rows that carry all columns. */
function native(options: Parameters<typeof planFor>[1], shape = table()): string {
  const sql = setSql(
    planFor(shape, options),
    shape.columns.map((each) => each.name),
    ALL,
  );
  return sql.kind === "native" ? sql.write : "";
}

describe("the native statement", () => {
  test("of an upsert", () => {
    expect(native({ key: ["id"] })).toBe(`with upsurge_written as (
insert into "public"."t" as target ("id", "a", "b")
select excluded."id", excluded."a", excluded."b" from pg_temp.upsurge_stage as excluded order by excluded.upsurge_ord
on conflict ("id") do update set "a" = excluded."a", "b" = excluded."b"
where target."a" is distinct from excluded."a" or target."b" is distinct from excluded."b"
returning target.xmax = 0 as inserted)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from upsurge_written`);
  });
  test("of an insert", () => {
    expect(native({})).toBe(`insert into "public"."t" as target ("id", "a", "b")
select excluded."id", excluded."a", excluded."b" from pg_temp.upsurge_stage as excluded order by excluded.upsurge_ord`);
  });
  test("to ignore, by key, by predicate and by any key", () => {
    expect(native({ key: ["id"], ignore: true })).toContain('on conflict ("id") do nothing');
    const partial = table({ uniqueKeys: [uniqueKey(["a"], { predicate: "(b > 0)" })] });
    expect(native({ constraint: "t_a_key", ignore: true }, partial)).toContain(
      'on conflict ("a") where ((b > 0)) do nothing',
    );
    expect(native({ ignore: true, anyConstraint: true })).toContain("\non conflict do nothing");
  });
  test("never writes an empty SET", () => {
    expect(native({ key: ["id"], updateColumns: ["none"] })).toContain("do nothing");
  });
  test("keeps the user's condition in parentheses", () => {
    expect(native({ key: ["id"], updateWhere: "a = 1 or b = 2" })).toContain(
      `case when (target."a" = 1 or target."b" = 2) then target."a" is distinct from`,
    );
  });
  test("stamps without calling it a change", () => {
    const sql = native({ key: ["id"], stamp: ["b = now()"] });
    expect(sql).toContain('("id", "a", "b")\nselect excluded."id", excluded."a", (now()) from');
    expect(sql).toContain(
      `set "a" = excluded."a", "b" = (now())\nwhere target."a" is distinct from excluded."a"\nreturning`,
    );
  });
  test("compares stored images where equal values can be stored in two ways", () => {
    const columns = [
      column("id", { type: "integer" }),
      column("a", { type: "numeric" }),
      column("b", { type: "text" }),
      column("c", { type: "citext" }),
    ];
    expect(native({ key: ["id"] }, table({ columns }))).toContain(
      `where target."b" is distinct from excluded."b" or row(target."a", target."c")::record *<> row(excluded."a", excluded."c")::record`,
    );
  });
  test("rewrites unchanged rows on request", () => {
    expect(native({ key: ["id"], rewriteUnchanged: true })).not.toContain("\nwhere");
  });
});

describe("the merge of rows whose keys do not repeat", () => {
  const CHANGES = `target."a" is distinct from excluded."a" or target."b" is distinct from excluded."b"`;

  test("from version 15 on is a MERGE that counts what it inserts", () => {
    expect(merging(15)).toEqual([
      `merge into only "public"."t" as target using pg_temp.upsurge_stage as excluded on target."id" = excluded."id" and target."id" between $1 and $2
when matched and ${CHANGES} then update set "a" = excluded."a", "b" = excluded."b"
when not matched and nextval('pg_temp.upsurge_inserted') > 0 then insert ("id", "a", "b") values (excluded."id", excluded."a", excluded."b")`,
    ]);
    expect(merging(18)).toEqual(merging(15));
  });
  test("on version 14 is an UPDATE and an INSERT", () => {
    expect(merging(14)).toEqual([
      `update only "public"."t" as target set "a" = excluded."a", "b" = excluded."b"
from pg_temp.upsurge_stage as excluded where (target."id" = excluded."id" and target."id" between $1 and $2) and (${CHANGES})`,
      `insert into "public"."t" as target ("id", "a", "b")
select excluded."id", excluded."a", excluded."b" from pg_temp.upsurge_stage as excluded
where not exists (select from only "public"."t" as target where target."id" = excluded."id" and target."id" between $1 and $2) order by excluded.upsurge_ord`,
    ]);
  });
  test.each([
    ["a condition", { updateWhere: "a > 1" }],
    ["an expression", { set: ["b = target.b + 1"] }],
    ["rows written again", { rewriteUnchanged: true }],
  ])("on version 14 is left to ON CONFLICT with %s", (_what, options) => {
    const [write = ""] = merging(14, options);
    expect(write).toContain("on conflict");
    expect(merging(15, options).join()).toContain("merge into");
  });
});

/** The statements of a server of this version for rows that carry all columns, their keys close together. */
function merging(version: number, options: Parameters<typeof planFor>[1] = {}): string[] {
  const shape = table({ uniqueKeys: [uniqueKey(["id"], { primary: true, standard: true })] });
  const capabilities = { ...ABLE, methods: methodsOf(version * 10_000) };
  const plan = planFor(shape, { key: ["id"], ...options }, { capabilities });
  const columns = shape.columns.map(({ name }) => name);
  const merges = plan.method.merges !== null;
  return statementsIn(setSql(plan, columns, { kind: "all", shape: null, merges, ranged: true }));
}

describe("staged text becomes a value", () => {
  test.each([
    ["integer", "(x)::integer"],
    ["numeric(10,2)", "(x)::numeric"],
    ["character varying(3)", "x"],
    ["character(3)", "(x)::bpchar"],
    ["bit(3)", '(x)::"bit"'],
    ["character varying(3)[]", "(x)::character varying[]"],
    ["timestamp(0) without time zone", "(x)::timestamp without time zone"],
    ['text collate "public"."ci"', "x"],
  ])("%s", (type, sql) => {
    expect(fromText("x", column("c", { type }))).toBe(sql);
  });

  test("and an expression that is too long is not cut", () => {
    expect(overflows("e", column("c", { type: "character varying(3)" }))).toBe(
      "char_length(rtrim((e)::text, ' ')) > 3",
    );
    expect(overflows("e", column("c", { type: "bit(3)" }))).toBe("char_length((e)::text) <> 3");
    expect(overflows("e", column("c", { type: "integer" }))).toBeNull();
  });
});

test("COPY's text escapes what it must", () => {
  expect(["a\tb\\c\nd\re", null, "\\N", ""].map(copyText)).toEqual([
    "a\\tb\\\\c\\nd\\re",
    "\\N",
    "\\\\N",
    "",
  ]);
});

test("literals hold quotes and backslashes", () => {
  expect([quoteLiteral("it's"), quoteLiteral("a\\b'c")]).toEqual(["'it''s'", "E'a\\\\b''c'"]);
});

function arrayOf(kind: "text" | "json"): ValueForm {
  return { kind: "array", element: { kind }, delimiter: "," };
}

describe("a JSON array as PostgreSQL's", () => {
  test.each([
    ["[]", "{}"],
    ["[1, 2.50,null, true]", "{1,2.50,NULL,true}"],
    ['["a\\"b", "c,d", "null", ""]', '{"a\\"b","c,d","null",""}'],
    ["[[1,2],[3,4]]", "{{1,2},{3,4}}"],
    ['[{"a": [1]}]', '{"{\\"a\\": [1]}"}'],
    ["[12345678901234567890]", "{12345678901234567890}"],
  ])("%s", (json, text) => {
    expect(structureText(json, arrayOf("text"))).toBe(text);
  });
  test("keeps its elements as they are when they are JSON", () => {
    expect(structureText('["a", 1]', arrayOf("json"))).toBe('{"\\"a\\"",1}');
  });
  test("is refused when it is none", () => {
    expect(() => structureText('{"a":1}', arrayOf("text"))).toThrow(RangeError);
  });
});
