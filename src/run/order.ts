/**
 * The order of the loads of a run: parents before the tables that refer to them, else as they were given. A circle is broken
 * at a key that can wait for the commit, else at the one whose columns can be set late. Pure.
 */
import type { TableName, TableShape } from "../model/table-shape.ts";
import type { Session, WaitingKey } from "../targets/target.ts";
import { tableName } from "../model/table-shape.ts";
import { inCircle } from "./circle-error.ts";
import { LateKeys, settable } from "./late-keys.ts";
import type { LateByTable } from "./late-keys.ts";

/** The order that was found. */
export interface RunOrder {
  /** Places in the list that was given. */
  readonly places: readonly number[];
  /** The foreign keys that are left to the commit. */
  readonly waiting: readonly WaitingKey[];
  /** By table, the columns that are set after the last record of the run. */
  readonly late: LateByTable;
  /** A sentence for each load that must come after others, and for each key that waits or is set late. */
  readonly why: readonly string[];
}

/** What the order depends on besides the tables. */
export interface OrderingContext {
  readonly session: Pick<Session, "quoteIdentifier" | "leaveToCommit">;
  /** What is to be set late, by the names of the tables. */
  readonly late: LateByTable;
  /** Each load is committed by itself: no key waits for others. */
  readonly inTurn: boolean;
  /** Each load is committed in parts: what was noted of records to be set late would go with the part. */
  readonly inParts: boolean;
  /** Columns may be set late that nobody has named: rows are found by a key. */
  readonly mayBeLate: boolean;
  /** Whether the loads of a table leave a column to be set late; absent: they do. */
  readonly canBeLate?: (table: string, column: string) => boolean;
  /** What the look-ups of the loads read. */
  readonly lookups?: readonly LookupEdge[];
}

/** A table that refers to another of the run. */
export interface Edge extends WaitingKey {
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly canWait: boolean;
  /** Those of them that can be set after their row is there. */
  readonly settable: readonly string[];
  /** What it is called where it is a look-up; absent: it is a foreign key. */
  readonly lookup?: string;
}

/** A load whose look-ups read another table. */
export interface LookupEdge {
  readonly child: TableName;
  readonly parent: TableName;
  readonly column: string;
}

/**
 * Several loads may be into one table: they keep the order that was given. A table that look-ups read comes before those
 * that name its rows. Throws `RUN_CYCLE`.
 */
export function orderLoads(tables: readonly TableShape[], context: OrderingContext): RunOrder {
  const names = tables.map(({ name }) => tableName(name));
  const late = new LateKeys(context.late);
  const lookups = lookupEdges(tables, context);
  if (context.mayBeLate && !context.inTurn)
    for (const edge of lookups) if (isSelf(edge) && edge.settable.length > 0) late.add(edge);
  const among = [...edgesAmong(tables, context), ...lookups.filter((edge) => !isSelf(edge))];
  const edges = among.filter((edge) => !late.covers(edge));
  const waiting: Edge[] = [];
  const places: number[] = [];
  const left = new LeftLoads(names);
  let unmet = edges.filter((edge) => !late.covers(edge));
  while (places.length < tables.length) {
    const next = left.takeFirst(unmet);
    if (next !== null) {
      places.push(next);
      // As long as loads of a table are left, others wait for it.
      if (!left.hasTable(names[next])) unmet = unmet.filter(({ parent }) => parent !== names[next]);
      continue;
    }
    const edge = keyThatYields(unmet, context);
    if (edge.canWait) waiting.push(edge);
    else late.add(edge);
    unmet = unmet.filter((each) => each !== edge && !late.covers(each));
  }
  const ofThemselves = selfKeys(tables, context);
  const self = context.inTurn ? [] : ofThemselves.filter(({ canWait }) => canWait);
  if (context.mayBeLate && !context.inParts)
    for (const key of ofThemselves) if (isLateSelf(key, context)) late.add(key);
  return {
    places,
    waiting: [...waiting, ...self],
    late: late.columns,
    why: [
      ...afterParents(
        edges.filter((edge) => !late.covers(edge)),
        places.map((at) => names[at] ?? ""),
      ),
      ...waiting.map(sayWaiting),
      ...self.map(saySelf),
      ...late.why,
    ],
  };
}

/** The loads that are not in order yet, by their places and the names of their tables. */
class LeftLoads {
  readonly #names: readonly string[];
  readonly #places: number[];
  /** How many loads of each table there are. */
  readonly #tables = new Map<string | undefined, number>();

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#places = [...names.keys()];
    for (const name of names) this.#tables.set(name, (this.#tables.get(name) ?? 0) + 1);
  }

  hasTable(name: string | undefined): boolean {
    return (this.#tables.get(name) ?? 0) > 0;
  }

  /** Takes the first whose table is no child of these; `null`: each is. */
  takeFirst(unmet: readonly Edge[]): number | null {
    const children = new Set<string | undefined>(unmet.map(({ child }) => child));
    const at = this.#places.findIndex((place) => !children.has(this.#names[place]));
    const [place] = at < 0 ? [] : this.#places.splice(at, 1);
    if (place === undefined) return null;
    const name = this.#names[place];
    this.#tables.set(name, (this.#tables.get(name) ?? 0) - 1);
    return place;
  }
}

/** The order with what look-ups read, of loads that are planned: nothing more can be set late. Throws `RUN_CYCLE`. */
export function withLookups(
  keyed: RunOrder,
  lookups: readonly LookupEdge[],
  {
    shapes,
    ...context
  }: { readonly shapes: readonly TableShape[] } & Pick<
    OrderingContext,
    "session" | "inTurn" | "inParts"
  >,
): RunOrder {
  if (lookups.length === 0) return keyed;
  const order = orderLoads(shapes, { ...context, late: keyed.late, mayBeLate: false, lookups });
  return { ...order, late: keyed.late, why: [...new Set([...keyed.why, ...order.why])] };
}

/** Each foreign key between two of the tables, once. */
function edgesAmong(tables: readonly TableShape[], context: OrderingContext): Edge[] {
  const parents = new Map(tables.map((table) => [tableName(table.name), table]));
  return [...parents].flatMap(([parent, { referredBy = [] }]) =>
    referredBy.flatMap(({ table, name, columns, canWait = false }) => {
      const child = tableName(table);
      const shape = parents.get(child);
      if (shape === undefined || child === parent) return [];
      const late = lateAmong(shape, columns, context);
      return [{ child, parent, table, name, columns, canWait, settable: late }];
    }),
  );
}

/** Not one of them can wait for the commit: what is looked up must be there. */
function lookupEdges(tables: readonly TableShape[], context: OrderingContext): Edge[] {
  const byName = new Map(tables.map((table) => [tableName(table.name), table]));
  return (context.lookups ?? []).flatMap(({ child: table, parent: of, column }) => {
    const [child, parent] = [tableName(table), tableName(of)];
    const shape = byName.get(child);
    if (shape === undefined || !byName.has(parent)) return [];
    const columns = [column];
    const name = `the look-up of ${column}`;
    const canBe = { canWait: false, settable: lateAmong(shape, columns, context) };
    return [{ child, parent, table, name: null, lookup: name, columns, ...canBe }];
  });
}

function isSelf({ child, parent }: Edge): boolean {
  return child === parent;
}

/** The keys by which rows refer to rows of their own table. */
function selfKeys(tables: readonly TableShape[], context: OrderingContext): Edge[] {
  const byName = new Map(tables.map((table) => [tableName(table.name), table]));
  return [...byName].flatMap(([child, shape]) =>
    shape.foreignKeys
      .filter(({ selfReferencing }) => selfReferencing)
      .map(({ name, columns, canWait = false }) => ({
        child,
        parent: child,
        table: shape.name,
        name,
        columns,
        canWait,
        settable: lateAmong(shape, columns, context),
      })),
  );
}

/** Those of the columns that a row can be inserted without, and that its loads leave to be set late. */
function lateAmong(
  shape: TableShape,
  columns: readonly string[],
  { canBeLate = () => true }: OrderingContext,
): readonly string[] {
  const table = tableName(shape.name);
  return settable(shape, columns).filter((column) => canBeLate(table, column));
}

/** The check of such a key does not wait, and its rows may come in any order all the same. */
function isLateSelf({ canWait, settable: columns }: Edge, { inTurn }: OrderingContext): boolean {
  return (inTurn || !canWait) && columns.length > 0;
}

/** A key of the circle that the tables are in: one that can wait for the commit, or whose columns can be set late. Throws `RUN_CYCLE`. */
function keyThatYields(unmet: readonly Edge[], context: OrderingContext): Edge {
  const path: Edge[] = [];
  let [edge] = unmet;
  while (edge !== undefined && !path.includes(edge)) {
    path.push(edge);
    const { parent } = edge;
    edge = unmet.find(({ child }) => child === parent);
  }
  const circle = edge === undefined ? path : path.slice(path.indexOf(edge));
  const found = circle.find(({ canWait }) => canWait);
  if (context.inTurn) throw inCircle(circle, context);
  if (found !== undefined) return found;
  const [only, ...others] = circle.filter(({ settable: columns }) => columns.length > 0);
  if (only !== undefined && others.length === 0 && context.mayBeLate) return only;
  throw inCircle(circle, context);
}

function afterParents(edges: readonly Edge[], inOrder: readonly string[]): string[] {
  const parents = new Map<string, string[]>();
  for (const { child, parent } of edges) {
    const known = parents.get(child) ?? [];
    if (!known.includes(parent)) parents.set(child, [...known, parent]);
  }
  return [...new Set(inOrder)].flatMap((child) => {
    const names = parents.get(child);
    return names === undefined ? [] : [`${child} refers to ${names.join(", ")}`];
  });
}

function sayWaiting({ child, parent, name }: Edge): string {
  return `${child} and ${parent} refer to each other: ${keyText(name)} is checked at the commit`;
}

function saySelf({ table, name }: WaitingKey): string {
  return `rows of ${tableName(table)} refer to each other: ${keyText(name)} is checked at the commit`;
}

/** A foreign key, as sentences call it. */
export function keyText(name: string | null): string {
  return name ?? "the foreign key";
}
