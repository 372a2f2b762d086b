/** The order of the loads of a run: parents and what look-ups read come first, and a circle is broken where it can be. */
import { describe, expect, test } from "vitest";
import type { Column, TableShape } from "../../../src/model/table-shape.ts";
import { withoutNumber } from "../../../src/run/find-tables.ts";
import { lateBesides } from "../../../src/run/late-keys.ts";
import { orderLoads } from "../../../src/run/order.ts";
import type { OrderingContext } from "../../../src/run/order.ts";
import { column, table as shape, uniqueKey } from "../../helpers/shapes.ts";

const CONTEXT: OrderingContext = {
  session: { quoteIdentifier: (name) => `"${name}"` },
  late: new Map(),
  inTurn: false,
  inParts: false,
  mayBeLate: true,
};

function table(name: string, facts: Partial<TableShape> = {}): TableShape {
  return shape({ name: { schema: null, name }, columns: [], uniqueKeys: [], ...facts });
}

const edge = (child: string, parent: string) => ({
  child: { schema: null, name: child },
  parent: { schema: null, name: parent },
  column: `${parent}_id`,
});

describe("the order of a run", () => {
  const tables = [table("books"), table("authors"), table("shops")];

  test("a table that look-ups read comes before those that name its rows", () => {
    const { places, waiting, why } = orderLoads(tables, {
      ...CONTEXT,
      lookups: [
        edge("books", "authors"),
        edge("authors", "shops"),
        // Of the same table, and of one that is not loaded.
        edge("books", "books"),
        edge("books", "towns"),
      ],
    });
    expect([places, waiting]).toEqual([[2, 1, 0], []]);
    expect(why).toEqual(["authors refers to shops", "books refers to authors"]);
  });

  test("look-ups in a circle cannot wait for the commit", () => {
    const circle = [edge("books", "authors"), edge("authors", "books")];
    expect(() => orderLoads(tables, { ...CONTEXT, lookups: circle })).toThrow("books");
  });

  test("a table waits for all loads of the one that it refers to", () => {
    const loads = [table("books"), table("authors"), table("shops"), table("authors")];
    const { places } = orderLoads(loads, { ...CONTEXT, lookups: [edge("books", "authors")] });
    expect(places).toEqual([1, 2, 3, 0]);
  });
});

function refersTo(other: string) {
  const table = { schema: null, name: other };
  return { name: `${other}_fkey`, table, refersTo: ["id"], onDelete: "forbid" as const };
}

/** Two tables that refer to each other, `b` by its column `a_id` and `a` by this one. */
function circle(facts: Partial<Column> = {}, more: Partial<TableShape> = {}): TableShape[] {
  return [
    table("a", {
      columns: [column("id"), column("b_id", facts)],
      referredBy: [{ ...refersTo("b"), columns: ["a_id"] }],
      ...more,
    }),
    table("b", {
      columns: [column("id"), column("a_id", { nullable: false })],
      referredBy: [{ ...refersTo("a"), columns: ["b_id"] }],
    }),
  ];
}

const CYCLE: unknown = expect.objectContaining({ code: "RUN_CYCLE" });

describe("a circle of foreign keys", () => {
  test("is broken at the one whose column can be set after the last record", () => {
    const { places, late, waiting } = orderLoads(circle(), CONTEXT);
    expect([places, [...late], waiting]).toEqual([[0, 1], [["a", ["b_id"]]], []]);
  });

  test.each<[string, Partial<Column>, Partial<TableShape>]>([
    ["must have a value", { nullable: false }, {}],
    ["has a default", { defaultSql: "1" }, {}],
    ["is computed", { generatedSql: "id + 1" }, {}],
    ["is of the primary key", {}, { uniqueKeys: [uniqueKey(["b_id"], { primary: true })] }],
  ])("is refused where the column %s", (_, facts, more) => {
    expect(() => orderLoads(circle(facts, more), CONTEXT)).toThrow(CYCLE);
  });

  test("is refused where there is more than one such column: whoever loads says which", () => {
    const [a, b] = circle();
    if (a === undefined || b === undefined) throw new Error("there are no tables");
    const both = [a, { ...b, columns: [column("id"), column("a_id")] }];
    expect(() => orderLoads(both, CONTEXT)).toThrow(CYCLE);
    const named = { ...CONTEXT, late: new Map([["b", ["a_id"]]]) };
    expect(orderLoads(both, named)).toMatchObject({ places: [1, 0], waiting: [] });
  });

  test("is not broken at a key of a table that refers to it and is not in it", () => {
    const [a, b] = circle();
    if (a === undefined || b === undefined) throw new Error("there are no tables");
    const outer = { ...refersTo("c"), columns: ["a_id"], canWait: true };
    const inner = { ...a, referredBy: [outer, ...(a.referredBy ?? [])] };
    const { places, late, waiting } = orderLoads([table("c"), inner, b], CONTEXT);
    expect([places, [...late], waiting]).toEqual([[1, 0, 2], [["a", ["b_id"]]], []]);
  });

  test("is refused where each load is committed by itself", () => {
    expect(() => orderLoads(circle(), { ...CONTEXT, inTurn: true })).toThrow(CYCLE);
  });
});

/** A table whose rows refer to others of it. */
function ofItself(canWait: boolean): TableShape {
  return table("t", {
    columns: [column("id", { nullable: false }), column("t_id")],
    foreignKeys: [{ name: "self", columns: ["t_id"], selfReferencing: true, canWait }],
  });
}

describe("rows that refer to rows of their own table", () => {
  test.each<[canWait: boolean, inTurn: boolean, waits: number, late: unknown[]]>([
    [true, false, 1, []],
    [true, true, 0, [["t", ["t_id"]]]],
    [false, false, 0, [["t", ["t_id"]]]],
    [false, true, 0, [["t", ["t_id"]]]],
  ])("a key that can wait: %s, loads by themselves: %s", (canWait, inTurn, waits, late) => {
    const order = orderLoads([ofItself(canWait)], { ...CONTEXT, inTurn });
    expect([order.waiting.length, [...order.late]]).toEqual([waits, late]);
  });

  test("a look-up of the table itself is asked after the last record of a run, not of loads by themselves", () => {
    const own = table("t", { columns: [column("id"), column("t_id")] });
    const lookups = [edge("t", "t")];
    const lateOf = (inTurn: boolean) => [
      ...orderLoads([own], { ...CONTEXT, inTurn, lookups }).late,
    ];
    expect([lateOf(false), lateOf(true)]).toEqual([[["t", ["t_id"]]], []]);
  });
});

test("a column that finds rows is set late only where that was asked for", () => {
  const late = new Map([["t", ["id", "p"]]]);
  const besides = (named: readonly string[]) =>
    lateBesides(["id"], { table: "t", late, named: new Map([["t", named]]) });
  expect([besides([]), besides(["id"])]).toEqual([["p"], ["id", "p"]]);
});

test.each([
  ["010_countries", "countries"],
  ["10-towns", "towns"],
  ["2024", "2024"],
  ["010_", "010_"],
  ["1. shops", "shops"],
])("%s is the file of %s", (stem, name) => {
  expect(withoutNumber(stem)).toBe(name);
});
