/**
 * Plans of every kind, drawn from tables and options by numbers that are the same on every run: what the snapshot of
 * statements is made of. A draw that the planner refuses is passed over.
 */
import { UpsurgeError } from "../../../src/errors/upsurge-error.ts";
import type { TablePlan } from "../../../src/model/load-plan.ts";
import type { Column, TableShape, Trigger, UniqueKey } from "../../../src/model/table-shape.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import type { PlanRequest } from "../../../src/plan/plan-request.ts";
import type { Capabilities } from "../../../src/targets/capabilities.ts";
import { optionsOf } from "../../helpers/options.ts";
import type { GivenOptions } from "../../helpers/options.ts";
import { column, table, uniqueKey } from "../../helpers/shapes.ts";

/** How a database spells what is drawn. */
export interface Spelling {
  readonly schema: string | null;
  readonly quote: (name: string) => string;
  /** Types of the columns, by what they are for. */
  readonly types: Readonly<
    Record<"whole" | "short" | "text" | "number" | "time" | "other", string>
  >;
  /** SQL of the expressions. */
  readonly now: string;
  readonly lower: ((name: string) => string) | null;
  readonly exclusion: boolean;
  readonly partitioned: boolean;
  readonly byDefault: boolean;
}

/** A load as it is drawn, for which each version of its target has a plan of its own. */
export interface DrawnLoad {
  readonly title: string;
  readonly request: Omit<PlanRequest, "capabilities">;
  /** The columns that its rows carry. */
  readonly columns: readonly string[];
}

/** A plan, and the columns that its rows carry. */
export interface DrawnPlan {
  readonly plan: TablePlan;
  readonly columns: readonly string[];
}

/** Draws numbers: the same ones from the same seed. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761) % 4_294_967_296;
    for (let warm = 0; warm < 4; warm += 1) this.below(2);
  }

  /** A whole number from 0 on, below `limit`. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 4_294_967_296) * limit);
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new RangeError("nothing to draw from");
    return found;
  }
}

/** A load of a table and with options that the seed decides. */
export function drawLoad(seed: number, spelling: Spelling): DrawnLoad {
  const draw = new Draw(seed);
  const shape = drawTable(draw, spelling);
  const options = drawOptions(draw, shape, spelling);
  const written = shape.columns.filter(
    ({ generatedSql, identity }) =>
      generatedSql === null && (identity !== "always" || options.keepIdentity === true),
  );
  const names = written.map(({ name }) => name);
  const columns = names.filter((name) => name === "id" || name === "sku" || !draw.once(4));
  const request = {
    target: "test",
    shape,
    quoteIdentifier: spelling.quote,
    options: optionsOf(options),
    fields:
      options.lookup === undefined
        ? names
        : [...names.filter((name) => name !== "author"), "writer", "day"],
    openFields: false,
    ...(draw.once(4) ? { stage: "upsurge_2" } : {}),
    parents: new Map([["authors", parentTable(spelling)]]),
  };
  return { title: titleOf(shape, options), request, columns };
}

/** The plan of a load under these capabilities; `null` where the planner refuses it. */
export function planOf(
  { request, columns }: DrawnLoad,
  capabilities: Capabilities,
): DrawnPlan | null {
  try {
    const { tables } = makePlan({ ...request, capabilities });
    return { plan: tables[0], columns };
  } catch (error) {
    if (error instanceof UpsurgeError) return null;
    throw error;
  }
}

function titleOf({ kind, uniqueKeys }: TableShape, options: GivenOptions): string {
  const said = Object.entries(options).map(([name, value]) =>
    value === true ? name : `${name}=${JSON.stringify(value)}`,
  );
  return [`${kind}/${uniqueKeys.map(({ name }) => name).join("+")}`, ...said].join(" ");
}

/** The table that look-ups find their rows in. */
function parentTable({ schema, types, quote }: Spelling): TableShape {
  const columns = [
    column("id", { type: types.whole, nullable: false }),
    column("email", { type: types.short, family: "text" }),
    column("born", { type: types.time, family: "other" }),
  ];
  const primary = uniqueKey(["id"], { primary: true, name: "authors_pkey" });
  const keys = [primary, uniqueKey(["email"]), uniqueKey(["email", "born"])];
  const uniqueKeys = keys.map((key) => spelled(key, quote));
  return table({ name: { schema, name: "authors" }, columns, uniqueKeys });
}

function spelled(key: UniqueKey, quote: (name: string) => string): UniqueKey {
  return { ...key, keyExpressions: key.columns.map((name) => quote(name ?? "")) };
}

function drawColumns(draw: Draw, { types, now, byDefault }: Spelling): Column[] {
  const solid = !draw.once(3);
  return [
    column("id", { type: types.whole, nullable: false }),
    column("sku", { type: types.text, family: "text", nullable: !solid }),
    column("qty", { type: types.whole }),
    column("price", { type: types.number }),
    column("na me", { type: types.short, family: "text" }),
    column("at", { type: types.time, family: "other", defaultSql: now, volatileDefault: true }),
    ...(draw.once(2) ? [column("what", { type: types.other, family: "other" })] : []),
    ...(draw.once(4) ? [column("twice", { type: types.whole, generatedSql: "qty * 2" })] : []),
    ...(draw.once(4)
      ? [column("word", { type: types.short, family: "text", defaultSql: "'x'" })]
      : []),
    ...(draw.once(4)
      ? [
          column("no", {
            type: types.whole,
            nullable: false,
            identity: byDefault && draw.once(2) ? "by-default" : "always",
            volatileDefault: true,
          }),
        ]
      : []),
    column("author", { type: types.whole }),
  ];
}

function drawKeys(draw: Draw, { quote, lower, exclusion }: Spelling): UniqueKey[] {
  const standard = !draw.once(3);
  const primary = spelled(uniqueKey(["id"], { primary: true, name: "t_pkey", standard }), quote);
  const others = [
    spelled(uniqueKey(["sku"], { standard: draw.once(2) }), quote),
    spelled(uniqueKey(["sku", "qty"], { nullsDistinct: draw.once(2) }), quote),
    spelled(uniqueKey(["sku"], { name: "t_part", predicate: `${quote("qty")} > 0` }), quote),
    spelled(uniqueKey(["qty", "na me"], { name: "t_pair", standard }), quote),
  ];
  if (lower !== null) {
    const keyExpressions = [lower(quote("sku")), quote("qty")];
    others.push({ ...uniqueKey([]), name: "t_lower", columns: [null, "qty"], keyExpressions });
  }
  if (exclusion) {
    others.push({ ...spelled(uniqueKey(["qty"]), quote), name: "t_apart", kind: "exclusion" });
  }
  const chosen = others.filter(() => draw.once(3));
  return draw.once(8) ? chosen : [primary, ...chosen];
}

function drawTriggers(draw: Draw, isView: boolean): Trigger[] {
  const trigger = (facts: Partial<Trigger>): Trigger => ({
    name: "watch",
    timing: "before",
    level: "row",
    events: ["insert"],
    traceless: draw.once(2),
    ...facts,
  });
  if (isView) {
    return draw.once(2)
      ? [trigger({ timing: "instead", events: ["insert", "update", "delete"] })]
      : [];
  }
  if (draw.once(6)) return [trigger({})];
  return draw.once(6) ? [trigger({ timing: "after", events: ["insert", "update"] })] : [];
}

function drawTable(draw: Draw, spelling: Spelling): TableShape {
  const { schema, quote, partitioned } = spelling;
  const kind = draw.of<TableShape["kind"]>([
    "table",
    "table",
    "table",
    partitioned ? "partitioned" : "table",
    "view",
  ]);
  const author = {
    name: "t_author_fkey",
    columns: ["author"],
    selfReferencing: draw.once(6),
    refersTo: ["id"],
    onDelete: draw.of(["forbid", "cascade", "set null"] as const),
  };
  const checks = draw.once(3) ? [{ name: "t_qty_check", sql: `${quote("qty")} > 0` }] : [];
  return table({
    name: { schema, name: draw.of(["t", 'o"dd] t']) },
    kind,
    columns: drawColumns(draw, spelling),
    uniqueKeys: kind === "view" && draw.once(2) ? [] : drawKeys(draw, spelling),
    foreignKeys: [author],
    referredBy: draw.once(3)
      ? [{ ...author, name: "lines_t_fkey", table: { schema, name: "lines" }, columns: ["t"] }]
      : [],
    triggers: drawTriggers(draw, kind === "view"),
    checked: checks.length > 0,
    checks,
    images: draw.once(5)
      ? null
      : { checks: checks.map(({ sql }) => sql), seen: [quote("author")], indexed: ["sku"] },
  });
}

function drawOptions(draw: Draw, { uniqueKeys }: TableShape, spelling: Spelling): GivenOptions {
  const { now } = spelling;
  const chance = (times: number, options: GivenOptions): GivenOptions =>
    draw.once(times) ? options : {};
  const key = draw.of(uniqueKeys.map((each) => each.name).concat("none", "any", "two", "qty"));
  const keys: Readonly<Record<string, GivenOptions>> = {
    any: { ignore: true, anyConstraint: true },
    two: { key: ["sku", "qty"] },
    qty: { key: ["qty"] },
    none: {},
  };
  const going = draw.once(6)
    ? {
        deleteMissing: true,
        ...chance(2, { deleteWhere: "qty > 0" }),
        ...chance(2, { deleteSet: "price = price + 1" }),
      }
    : {};
  return {
    ...(keys[key ?? ""] ?? { constraint: key }),
    ...chance(5, { mode: draw.of(["insert", "update", "ignore"] as const) }),
    ...chance(6, { updateColumns: draw.of(["price,na me", "none"]) }),
    ...chance(4, {
      set: [
        "qty = target.qty + excluded.qty",
        `price = coalesce(excluded.price, target.price * 2)`,
      ],
    }),
    ...chance(4, { updateWhere: "excluded.qty > target.qty or price is null" }),
    ...chance(5, { stamp: [`at = ${now}`] }),
    ...chance(6, { nullKey: draw.of(["match", "insert"] as const) }),
    ...chance(6, { nullKeeps: true }),
    ...chance(8, { rewriteUnchanged: true }),
    ...chance(3, { strategy: draw.of(["native", "select-then-write"] as const) }),
    ...chance(4, { rowSource: draw.of(["arrays", "values"] as const) }),
    ...chance(2, { keepIdentity: true }),
    ...chance(6, { late: ["price"] }),
    ...chance(6, { deleteWhen: ["price=0"] }),
    ...chance(5, { diff: "20" }),
    ...chance(5, LOOKUP),
    ...going,
  };
}

const LOOKUP: GivenOptions = {
  lookup: "author = authors(email = writer, born = day) -> id",
  lookupMissing: "null",
};
