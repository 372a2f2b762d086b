/** The order of the loads of a run: tables that look-ups read come first. */
import { describe, expect, test } from "vitest";
import type { TableShape } from "../../../src/model/table-shape.ts";
import { orderLoads } from "../../../src/run/order.ts";

const CONTEXT = {
  session: { quoteIdentifier: (name: string) => `"${name}"` },
  late: new Map(),
  inTurn: false,
  inParts: false,
  mayBeLate: true,
};

function table(name: string): TableShape {
  return {
    name: { schema: null, name },
    kind: "table",
    columns: [],
    uniqueKeys: [],
    foreignKeys: [],
    triggers: [],
    rewritten: false,
    missingPrivileges: [],
    checked: false,
    checks: [],
    upsertHazard: null,
  };
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
});
