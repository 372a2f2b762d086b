/** The model that the law of nested records is held against: cases worked out by hand, and what holds for all of them. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical } from "../helpers/nest/canonical.ts";
import { graphCases } from "../helpers/nest/graphs.ts";
import type { Graph, Level, Nest } from "../helpers/nest/levels.ts";
import { NestModel } from "../helpers/nest/model.ts";
import type { ModelOutcome } from "../helpers/nest/model.ts";
import { NEST_SHAPES } from "../helpers/nest/shapes/shapes.ts";
import type { NestShape } from "../helpers/nest/shapes/parts.ts";

function shapeOf(root: string): NestShape {
  const found = NEST_SHAPES.find((each) => each.root.table === root);
  if (found === undefined) throw new Error(`no shape with ${root}`);
  return found;
}

/** The root of a shape, with options of its own and of its first level. */
function rootOf(
  { root }: NestShape,
  own: Partial<Level>,
  below: Partial<Omit<Nest, "nests">> = {},
): Level {
  return { ...root, ...own, nests: root.nests.map((nest) => ({ ...nest, ...below })) };
}

/** A model after loads, with the outcome of the last. */
function after(
  shape: NestShape,
  root: Level,
  ...loads: readonly (readonly Graph[])[]
): { outcome: ModelOutcome; rows: (table: string) => readonly string[] } {
  const model = new NestModel(shape.tables);
  const outcomes = loads.map((records) => model.load(root, records));
  const texts = canonical(shape.tables, rowsOf(model));
  return {
    outcome: outcomes.at(-1) ?? { counts: {}, rejects: [] },
    rows: (table) => texts[table] ?? [],
  };
}

function rowsOf(model: NestModel): Parameters<typeof canonical>[1] {
  return Object.fromEntries([...model.tables].map(([name, { rows }]) => [name, rows]));
}

const boxes = shapeOf("boxes");
const tracks = shapeOf("tracks");
const orders = shapeOf("orders");

function item(sku: string, qty = 1): Graph {
  return { sku, qty };
}

function album(n: number): Graph {
  return { title: "t", year: n, artist: { name: "a", n } };
}

function room(...kinds: readonly string[]): Graph {
  return { no: 1, house: { name: "h" }, beds: kinds.map((kind) => ({ kind })) };
}

describe("parents and children, by hand", () => {
  test("a child moves to the parent that has it last", () => {
    const { outcome, rows } = after(boxes, boxes.root, [
      { code: "a", items: [item("x")] },
      { code: "b", items: [item("x"), item("y")] },
    ]);

    expect(outcome.counts).toEqual({
      boxes: { inserted: 2 },
      items: { inserted: 2, updated: 1 },
    });
    expect(rows("items")).toEqual(["box_id=(code=b) sku=x qty=1", "box_id=(code=b) sku=y qty=1"]);
  });

  test("an ignored parent still gives its key, and its children come", () => {
    const root = rootOf(boxes, { mode: "ignore" }, { missing: "delete" });
    const { outcome, rows } = after(
      boxes,
      root,
      [{ code: "a", n: 1, items: [item("x")] }],
      [{ code: "A", n: 2, items: [item("y")] }],
    );

    expect(outcome.counts).toEqual({ boxes: { ignored: 1 }, items: { inserted: 1 } });
    expect(rows("items")).toHaveLength(2);
  });

  test("a parent without a row has no children: they are skipped, with all below", () => {
    const root = rootOf(boxes, { mode: "update" });
    const { outcome, rows } = after(boxes, root, [
      { code: "a", items: [{ ...item("x"), marks: [{ name: "m" }, { name: "n" }] }] },
    ]);

    expect(outcome.counts).toEqual({
      boxes: { skipped: 1 },
      items: { skipped: 1 },
      marks: { skipped: 2 },
    });
    expect(rows("items")).toEqual([]);
  });

  test("children only where the parent was written", () => {
    const root = rootOf(boxes, {}, { when: "written", missing: "delete" });
    const { outcome, rows } = after(
      boxes,
      root,
      [{ code: "a", n: 1, items: [item("x")] }],
      [{ code: "a", n: 1, items: [item("y"), item("z")] }],
    );

    expect(outcome.counts).toEqual({ boxes: { unchanged: 1 }, items: { skipped: 2 } });
    expect(rows("items")).toEqual(["box_id=(code=a) sku=x qty=1"]);
  });
});

describe("children that are not mentioned, by hand", () => {
  test.each([
    ["delete", ["box_id=(code=a) sku=y qty=1"]],
    ["unlink", ["box_id=(code=a) sku=y qty=1", "box_id=NULL sku=x qty=1"]],
    [{ column: "qty", value: "7" }, ["box_id=(code=a) sku=x qty=7", "box_id=(code=a) sku=y qty=1"]],
    ["keep", ["box_id=(code=a) sku=x qty=1", "box_id=(code=a) sku=y qty=1"]],
  ] as const)("%j", (missing, items) => {
    const { outcome, rows } = after(
      boxes,
      rootOf(boxes, {}, { missing }),
      [{ code: "a", n: 1, items: [item("x")] }],
      [
        { code: "a", n: 1, items: [item("y")] },
        { code: "a", n: 1 },
        { code: "a", n: 1, items: null },
      ],
    );

    expect(outcome.counts).toEqual({
      boxes: { unchanged: 3 },
      items: { inserted: 1, ...(missing !== "keep" && { removed: 1 }) },
    });
    expect(rows("items")).toEqual(items);
  });

  test("an empty array mentions none, and takes what refers to them along", () => {
    const root = rootOf(boxes, {}, { missing: "delete" });
    const { outcome, rows } = after(
      boxes,
      root,
      [{ code: "a", items: [{ ...item("x"), marks: [{ name: "m" }] }] }],
      [{ code: "a", items: [] }],
    );

    // A row in which nothing is to be updated is found, and has the rows that its record says.
    expect(outcome.counts).toEqual({ boxes: { ignored: 1 }, items: { removed: 1 } });
    expect([rows("items"), rows("marks")]).toEqual([[], []]);
    const written = after(
      boxes,
      root,
      [{ code: "a", n: 1, items: [{ ...item("x"), marks: [{ name: "m" }] }] }],
      [{ code: "a", n: 2, items: [] }],
    );
    expect(written.outcome.counts).toEqual({ boxes: { updated: 1 }, items: { removed: 1 } });
    expect([written.rows("items"), written.rows("marks")]).toEqual([[], []]);
  });
});

describe("objects, rejects, positions and links, by hand", () => {
  test("objects are written before the row that refers to them, and again for each that does", () => {
    const { outcome, rows } = after(tracks, tracks.root, [
      { k: 1, album: album(1) },
      { k: 2, album: album(1) },
      { k: 3, album: album(2) },
      { k: 4, album: { title: "t" } },
      { k: 5, album: null },
      { k: 6 },
    ]);

    expect(outcome.counts).toEqual({
      tracks: { inserted: 6 },
      album: { inserted: 1, unchanged: 1, updated: 1, ignored: 1 },
      artist: { inserted: 1, unchanged: 1, updated: 1 },
    });
    expect(rows("tracks").filter((each) => each.includes("title=t"))).toHaveLength(4);
  });

  test("NULL takes the reference away, an absent member leaves it", () => {
    const { rows } = after(tracks, tracks.root, [
      { k: 1, album: { title: "t" } },
      { k: 2, album: { title: "t" } },
      { k: 1, n: 1, album: null },
      { k: 2, n: 2 },
    ]);

    expect(rows("tracks")).toEqual(["k=1 n=1 album_id=NULL", "k=2 n=2 album_id=(title=t)"]);
  });

  test.each([
    ["its root", { id: 2, n: 9, lines: [{ line_no: 1, sku: "a" }] }, "ROW_CHECK"],
    ["a child", { id: 2, lines: [{ line_no: 1, sku: null }] }, "ROW_NOT_NULL"],
    ["a text for a number", { id: 2, lines: [{ line_no: 1, sku: "a", qty: "x" }] }, "ROW_TYPE"],
    ["a child without its key", { id: 2, lines: [{ sku: "a" }] }, "ROW_NULL_KEY"],
    ["an object for an array", { id: 2, lines: { line_no: 1 } }, "ROW_NEST"],
  ] as const)("a record is rejected as a whole for %s", (_, bad, code) => {
    const good = {
      id: 1,
      n: 1,
      lines: [{ line_no: 1, sku: "a", taxes: [{ code: "v", rate: 1 }] }],
    };
    const { outcome, rows } = after(orders, orders.root, [good, bad, good]);

    expect(outcome.rejects).toEqual([[2, code]]);
    expect(outcome.counts).toEqual({
      orders: { inserted: 1, unchanged: 1, rejected: 1 },
      lines: { inserted: 1, unchanged: 1, dropped: 1 },
      taxes: { inserted: 1, unchanged: 1 },
    });
    expect(rows("orders")).toEqual(["id=1 n=1 note=NULL"]);
    expect(rows("taxes")).toEqual(["order_id=1 line_no=1 code=v rate=1"]);
  });

  test("the index of an element is data where a position is asked for", () => {
    const rooms = shapeOf("rooms");
    const { outcome, rows } = after(rooms, rooms.root, [room("a", "b"), room("b", "b", "c")]);

    expect(outcome.counts["beds"]).toEqual({ inserted: 3, updated: 1, unchanged: 1 });
    expect(rows("beds").map((each) => each.replace(/house_id=\(.*?\) /, ""))).toEqual([
      "no=1 at=1 kind=b",
      "no=1 at=2 kind=b",
      "no=1 at=3 kind=c",
    ]);
  });

  test("a link table joins rows by what names them", () => {
    const pages = shapeOf("pages");
    const { outcome, rows } = after(pages, rootOf(pages, {}, { missing: "delete" }), [
      { id: 1, n: 1, labels: ["a", "b", "a"] },
      { id: 1, n: 1, labels: ["b", { name: "c", n: 2 }] },
    ]);

    expect(outcome.counts).toEqual({
      pages: { inserted: 1, unchanged: 1 },
      labels: { inserted: 3, ignored: 2, removed: 1 },
      tags: { inserted: 3, ignored: 2 },
    });
    expect(rows("page_tags")).toEqual(["page_id=1 tag_id=(name=b)", "page_id=1 tag_id=(name=c)"]);
  });
});

describe.each(NEST_SHAPES)("$title", (shape) => {
  const cases = graphCases(shape, ["missing", "when", "position", "deletes"]);

  test("a second load of the same records rejects the same, and inserts nothing that has a key", () => {
    fc.assert(
      fc.property(cases, ({ root, loads: [records = []] }) => {
        const model = new NestModel(shape.tables);
        const first = model.load(root, records);
        const all = rowCount(first);
        expect(first.counts[root.table]?.rejected ?? 0).toBe(first.rejects.length);
        expect(all).toBe(rowCount(model.load(root, records)));
      }),
    );
  });

  test("a rejected record leaves no trace", () => {
    fc.assert(
      fc.property(cases, ({ root, loads }) => {
        const records = loads.flat();
        const whole = new NestModel(shape.tables);
        const rejected = new Set(whole.load(root, records).rejects.map(([at]) => at));
        const without = new NestModel(shape.tables);
        const outcome = without.load(
          root,
          records.filter((_, at) => !rejected.has(at + 1)),
        );
        expect(outcome.rejects).toEqual([]);
        expect(canonical(shape.tables, rowsOf(without))).toEqual(
          canonical(shape.tables, rowsOf(whole)),
        );
      }),
    );
  });

  test("the generated loads meet every fate, and mostly succeed", () => {
    const met = new Set<string>();
    let [read, rejected] = [0, 0];
    for (const { root, loads } of fc.sample(cases, 300)) {
      const model = new NestModel(shape.tables);
      for (const records of loads) {
        const { counts, rejects } = model.load(root, records);
        read += records.length;
        rejected += rejects.length;
        for (const fates of Object.values(counts))
          Object.keys(fates).forEach((each) => met.add(each));
      }
    }
    expect([...met].toSorted()).toEqual(
      expect.arrayContaining(["dropped", "inserted", "rejected"]),
    );
    expect(rejected / read).toBeLessThan(0.5);
    expect(rejected).toBeGreaterThan(0);
  });
});

function rowCount({ counts }: ModelOutcome): number {
  const fates = Object.values(counts).flatMap((each) => Object.entries(each));
  return fates.reduce((sum, [fate, count]) => sum + (fate === "removed" ? 0 : (count ?? 0)), 0);
}
