/** What `--key primary` means, which key a mode takes without one, and the keys that errors list. */
import { describe, expect, test } from "vitest";
import { refusal } from "../../helpers/refusal.ts";
import { column, planFor, table, uniqueKey } from "../../helpers/shapes.ts";

/** A table with two keys, the primary one of two columns. */
const pair = table({
  uniqueKeys: [uniqueKey(["b", "a"], { primary: true, name: "t_pkey" }), uniqueKey(["id"])],
});

/** What a plan says of its key. */
function kept({ arbiter, keyOrigin, why }: ReturnType<typeof planFor>): unknown {
  const said = why.find((line) => line.includes("primary key"));
  return [arbiter?.name, arbiter?.columns, keyOrigin, said];
}

describe("the primary key", () => {
  test("is what --key primary means, and what a mode takes without a key", () => {
    expect(kept(planFor(pair, { key: ["primary"] }))).toEqual([
      "t_pkey",
      ["b", "a"],
      "primary",
      "--key primary: the primary key (b, a)",
    ]);
    const taken = [
      { mode: "upsert" as const },
      { mode: "update" as const },
      { ignore: true },
      { mode: "ignore" as const },
      { updateColumns: "none" },
    ];
    for (const options of taken) {
      expect(kept(planFor(pair, options))).toEqual([
        "t_pkey",
        ["b", "a"],
        "default",
        "no key is named: the primary key (b, a) finds the rows",
      ]);
    }
    expect(planFor(pair, { updateColumns: "none" }).mode).toBe("upsert");
  });
  test("gives way to a column that is called primary", () => {
    const columns = [column("id"), column("Primary")];
    const named = [uniqueKey(["id"], { primary: true }), uniqueKey(["Primary"])];
    const { arbiter, keyOrigin, why } = planFor(table({ columns, uniqueKeys: named }), {
      key: ["primary"],
    });
    expect([arbiter?.columns, keyOrigin]).toEqual([["Primary"], "column"]);
    expect(why).toContain("--key primary: the column of that name, not the primary key (id)");
  });
  test("is no matter to inserts, to a key that is named, and to any key", () => {
    expect(planFor(table(), { key: ["primary"], mode: "insert" }).arbiter).toBeNull();
    expect(planFor(pair, { key: ["id"] }).keyOrigin).toBe("named");
    expect(planFor(pair, { constraint: "t_pkey" }).keyOrigin).toBe("named");
    expect(planFor(pair, { ignore: true, anyConstraint: true }).keyOrigin).toBeNull();
  });
});

describe("a primary key", () => {
  test("that is not there is an error with the keys that are, those of all rows first", () => {
    const shape = table({
      uniqueKeys: [
        uniqueKey(["a"], { name: "t live", predicate: "b > 0" }),
        uniqueKey(["a", "b"], { name: "t_late", deferrable: true }),
        uniqueKey(["b"], { name: "t_gist", kind: "exclusion" }),
        uniqueKey(["id"]),
        uniqueKey(["id"], { name: "again" }),
      ],
    });
    const keys = ["--key id", "--constraint 't live'", "--key a,b --strategy select-then-write"];
    const primary = refusal(() => planFor(shape, { key: ["primary"] }));
    expect([primary.code, primary.fix.split("\n").slice(1)]).toEqual(["PLAN_NO_PRIMARY_KEY", keys]);
    const ignored = refusal(() => planFor(shape, { ignore: true }));
    expect(ignored.fix).toMatch(
      /^pass --any-constraint if any unique key may decide; or pass one /,
    );
    expect(ignored.fix.split("\n").slice(1).toSorted()).toEqual(
      [...keys, "--ignore --constraint t_gist"].toSorted(),
    );
  });
  test("is not meant where a column has that name, which may be no key", () => {
    const columns = [column("id"), column("primary")];
    expect(refusal(() => planFor(table({ columns }), { key: ["primary"] }))).toMatchObject({
      code: "PLAN_NO_CONFLICT_TARGET",
      why: expect.stringMatching(/^--key primary is the column of that name; a key needs /),
      fix: expect.stringContaining("pass --key id"),
    });
  });
  test("is listed with many others only so far that they can be read", () => {
    const names = Array.from({ length: 15 }, (_, index) => `c${index}`);
    const many = names.map((name) => uniqueKey([name]));
    const shape = table({ columns: names.map((name) => column(name)), uniqueKeys: many });
    const [title = "", ...lines] = refusal(() => planFor(shape, { mode: "upsert" })).fix.split(
      "\n",
    );
    expect(title).toMatch(/`upsurge inspect --to URL --table NAME` lists 3 more:$/);
    expect(lines).toEqual(names.slice(0, 12).map((name) => `--key ${name}`));
  });
  test("is offered beside a constraint of a near name", () => {
    const keys = [uniqueKey(["a"], { name: "by_name" }), uniqueKey(["id"], { primary: true })];
    const shape = table({ uniqueKeys: keys });
    expect(refusal(() => planFor(shape, { constraint: "by_nmae" })).fix).toBe(
      "did you mean --constraint by_name? Or pass --key id",
    );
    expect(refusal(() => planFor(shape, { constraint: "zzzzzzzzz" })).fix).toBe(
      "pass one of the keys of the table:\n--key a\n--key id",
    );
  });
  test("stands by itself in --key, and has no predicate", () => {
    expect(refusal(() => planFor(pair, { key: ["primary", "id"] }))).toMatchObject({
      code: "PLAN_UNKNOWN_COLUMN",
      fix: "pass --key primary by itself: it is all columns of the primary key",
    });
    expect(refusal(() => planFor(pair, { key: ["primary"], keyWhere: "a > 0" })).code).toBe(
      "OPTION_CONFLICT",
    );
  });
  test("that the source does not fill is refused, whatever is said of NULLs, with a key it fills", () => {
    const only = { fields: ["id"] };
    for (const nullKey of ["reject", "match", "insert"] as const) {
      for (const options of [{ key: ["primary"] }, { ignore: true }, { mode: "upsert" as const }]) {
        const error = refusal(() => planFor(pair, { ...options, nullKey }, only));
        expect([error.code, error.fix]).toEqual([
          "PLAN_KEY_NOT_IN_SOURCE",
          expect.stringMatching(/--const b=VALUE; or pass --key id$/),
        ]);
      }
    }
    expect(planFor(pair, { key: ["a", "b"], nullKey: "insert" }, only).mode).toBe("upsert");
  });
  test("that the database makes wants an index on what the source has", () => {
    const columns = [column("id", { identity: "by-default" }), column("a")];
    const error = refusal(() => planFor(table({ columns }), { ignore: true }, { fields: ["a"] }));
    expect(error.fix).toMatch(/; or give the table a unique index on columns of the source, /);
  });
  test("and every key is refused where a deferrable one is on the same columns, which the database would take too", () => {
    const uniqueKeys = [
      uniqueKey(["a", "b"]),
      uniqueKey(["b", "a"], { name: "x", deferrable: true }),
    ];
    for (const options of [{ key: ["a", "b"] }, { constraint: "t_a_b_key" }]) {
      const error = refusal(() => planFor(table({ uniqueKeys }), options));
      expect([error.code, error.why]).toEqual([
        "PLAN_UNUSABLE_KEY",
        expect.stringContaining("a deferrable key is on the same columns"),
      ]);
    }
  });
});
