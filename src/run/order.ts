/** The order of the loads of a run: parents before the tables that refer to them, else as they were given. Pure. */
import { shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { TableName, TableShape } from "../model/table-shape.ts";
import { tableSql } from "../sql/unique-index.ts";
import type { Session, WaitingKey } from "../targets/target.ts";
import { tableName } from "../model/table-shape.ts";

/** The order that was found. */
export interface RunOrder {
  /** Places in the list that was given. */
  readonly places: readonly number[];
  /** The foreign keys that are left to the commit. */
  readonly waiting: readonly WaitingKey[];
  /** A sentence for each load that must come after others, and for each key that waits. */
  readonly why: readonly string[];
}

/** What the order depends on besides the tables. */
export type OrderingSession = Pick<Session, "quoteIdentifier" | "leaveToCommit">;

/** A table that refers to another of the run. */
interface Edge extends WaitingKey {
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly canWait: boolean;
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
export function orderLoads(
  tables: readonly TableShape[],
  session: OrderingSession,
  lookups: readonly LookupEdge[] = [],
): RunOrder {
  const names = tables.map(({ name }) => tableName(name));
  const edges = [...edgesAmong(tables), ...lookupEdges(lookups, names)];
  const waiting: Edge[] = [];
  const places: number[] = [];
  while (places.length < tables.length) {
    const left = [...names.keys()].filter((at) => !places.includes(at));
    const unmet = edges.filter(
      (edge) => !waiting.includes(edge) && left.some((at) => names[at] === edge.parent),
    );
    const next = left.find((at) => !unmet.some(({ child }) => child === names[at]));
    if (next === undefined) waiting.push(keyThatWaits(unmet, session));
    else places.push(next);
  }
  const self = selfKeys(tables);
  return {
    places,
    waiting: [...waiting, ...self],
    why: [
      ...afterParents(
        edges,
        places.map((at) => names[at] ?? ""),
      ),
      ...waiting.map(sayWaiting),
      ...self.map(saySelf),
    ],
  };
}

/** Each foreign key between two of the tables, once. */
function edgesAmong(tables: readonly TableShape[]): Edge[] {
  const known = new Set(tables.map(({ name }) => tableName(name)));
  const parents = new Map(tables.map((table) => [tableName(table.name), table]));
  return [...parents].flatMap(([parent, { referredBy = [] }]) =>
    referredBy.flatMap(({ table, name, columns, canWait = false }) => {
      const child = tableName(table);
      const isOther = known.has(child) && child !== parent;
      return isOther ? [{ child, parent, table, name, columns, canWait }] : [];
    }),
  );
}

/** Not one of them can wait: what is looked up must be there. */
function lookupEdges(lookups: readonly LookupEdge[], names: readonly string[]): Edge[] {
  return lookups.flatMap(({ child, parent, column }) => {
    const edge = { child: tableName(child), parent: tableName(parent), table: child, name: null };
    const isOther = edge.child !== edge.parent && names.includes(edge.parent);
    return isOther ? [{ ...edge, columns: [column], canWait: false }] : [];
  });
}

/** The keys by which rows refer to rows of their own table, and that can wait for them. */
function selfKeys(tables: readonly TableShape[]): WaitingKey[] {
  const byName = new Map(tables.map((table) => [tableName(table.name), table]));
  return [...byName.values()].flatMap(({ name: table, foreignKeys }) =>
    foreignKeys
      .filter(({ selfReferencing, canWait }) => selfReferencing && canWait === true)
      .map(({ name }) => ({ table, name })),
  );
}

/** A key of the circle that the tables are in, whose check can be left to the commit. Throws `RUN_CYCLE`. */
function keyThatWaits(unmet: readonly Edge[], session: OrderingSession): Edge {
  const path: Edge[] = [];
  let [edge] = unmet;
  while (edge !== undefined && !path.includes(edge)) {
    path.push(edge);
    const { parent } = edge;
    edge = unmet.find(({ child }) => child === parent);
  }
  const circle = edge === undefined ? path : path.slice(path.indexOf(edge));
  const found = circle.find(({ canWait }) => canWait);
  if (found !== undefined) return found;
  const tables = circle.map(({ child }) => child).join(", ");
  const keys = circle.map(({ child, name }) => `${name ?? "a key"} of ${child}`).join(", ");
  const suggestion = circle.map((each) => cycleFix(each, session))[0] ?? "";
  throw upsurgeError("RUN_CYCLE", { tables, keys, suggestion });
}

/** What breaks the circle at this key. */
function cycleFix({ table, child, name, columns }: Edge, session: OrderingSession): string {
  const left = columns.map((column) => `--map ${shellWord(`${column}:`)}`).join(" ");
  const byHand = `load them one by one: first ${child} with ${left}, then the others, then ${child} whole`;
  if (session.leaveToCommit === undefined || name === null) return byHand;
  const quote = (text: string): string => session.quoteIdentifier(text);
  return `let one of the keys wait for the commit: alter table ${tableSql(table, quote)} alter constraint ${quote(name)} deferrable; or ${byHand}`;
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

function keyText(name: string | null): string {
  return name ?? "the foreign key";
}
