/** Which columns of a run are set after its last record, by table: those that were named, and those that break a circle. Pure. */
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { Options } from "../options/options.ts";
import { quoted } from "../options/parse-options.ts";
import type { TableLoad } from "./find-tables.ts";
import type { Edge } from "./order.ts";

/** The columns of each table, by its name. */
export type LateByTable = ReadonlyMap<string, readonly string[]>;

/** Those of the columns that a row can be inserted without, and be given later: of a foreign key none of which is checked then. */
export function settable(shape: TableShape, columns: readonly string[]): readonly string[] {
  const primary = shape.uniqueKeys.find((key) => key.primary)?.columns ?? [];
  return columns.filter((name) => {
    const column = shape.columns.find((each) => each.name === name);
    const isOpen = column?.nullable === true && column.defaultSql === null;
    return isOpen && column.generatedSql === null && !primary.includes(name);
  });
}

/** Gathers the columns, and why they are late. */
export class LateKeys {
  readonly #columns: Map<string, readonly string[]>;
  readonly #why: string[] = [];

  /** `named`: those that are late whatever they refer to. */
  constructor(named: LateByTable) {
    this.#columns = new Map(named);
  }

  get columns(): LateByTable {
    return this.#columns;
  }

  /** A sentence for each key that was added. */
  get why(): readonly string[] {
    return this.#why;
  }

  /** Whether the key checks nothing before its columns are set: one of them is NULL until then. */
  covers({ child, settable: columns }: Pick<Edge, "child" | "settable">): boolean {
    const late = this.#columns.get(child) ?? [];
    return columns.some((name) => late.includes(name));
  }

  /** Sets the columns of the key late, unless that is said. */
  add(edge: Edge): void {
    if (this.covers(edge)) return;
    const { child, settable: columns } = edge;
    this.#columns.set(child, [...(this.#columns.get(child) ?? []), ...columns]);
    const names = columns.map((name) => `${child}.${name}`).join(", ");
    const [are, its] = columns.length === 1 ? ["is", "its"] : ["are", "their"];
    const reason =
      edge.lookup === undefined
        ? `${its} foreign key ${edge.canWait ? "waits only in a run that commits once" : "cannot wait"}`
        : `what ${columns.length === 1 ? "it names" : "they name"} may come later`;
    this.#why.push(`${names} ${are} set after the last record of the run: ${reason}`);
  }
}

/** The columns that `--late` names, as `table.column`. Throws `OPTION_VALUE`. */
function namedLate(
  loads: readonly Pick<TableLoad, "tableName" | "shape">[],
  late: readonly string[] | null,
): LateByTable {
  const named = new Map<string, readonly string[]>();
  const all = loads.flatMap((load) =>
    load.shape.columns.map(({ name: column }) => ({ table: load.tableName, column })),
  );
  for (const asked of late ?? []) {
    const found = all.find(({ table, column }) =>
      [table, table.split(".").at(-1)].some((name) => `${name}.${column}` === asked),
    );
    if (found === undefined) throw notNamed(asked, all);
    named.set(found.table, [...new Set([...(named.get(found.table) ?? []), found.column])]);
  }
  return named;
}

/** The columns that `--late` names, and those that the loads of a manifest name of their own tables. */
export function lateOf(loads: readonly TableLoad[], { late }: Pick<Options, "late">): LateByTable {
  const asked = JSON.stringify(late);
  const own = loads.flatMap(({ tableName: table, origin, options }) =>
    origin === null || JSON.stringify(options.late) === asked
      ? []
      : (options.late ?? []).map((column) => `${table}.${column}`),
  );
  return namedLate(loads, [...(late ?? []), ...own]);
}

function notNamed(
  asked: string,
  all: readonly { readonly table: string; readonly column: string }[],
): Error {
  const names = all.map(({ table, column }) => `${table}.${column}`);
  const short = all.map(({ table, column }) => `${table.split(".").at(-1) ?? table}.${column}`);
  const bare = all.find(({ column }) => column === asked);
  const near =
    bare === undefined
      ? (nearest(asked, names) ?? nearest(asked, short))
      : `${bare.table}.${bare.column}`;
  const expected = "table.column, of a table that the run has a file for";
  const fix = near === null ? "name a column of a table of the run" : `did you mean ${near}?`;
  return upsurgeError(
    "OPTION_VALUE",
    { flag: "--late", value: quoted(asked), expected },
    { where: "--late", fix },
  );
}

/**
 * The columns of a table that are set late: those that were named, and of the others those that do not find its rows. `key`:
 * by which they are found; `null`: by the primary key.
 */
export function lateBesides(
  key: readonly string[] | null,
  { table, late, named }: { readonly table: string } & Record<"late" | "named", LateByTable>,
): readonly string[] {
  const asked = named.get(table) ?? [];
  return (late.get(table) ?? []).filter(
    (name) => asked.includes(name) || key?.includes(name) !== true,
  );
}
