/** A table in memory that takes rows one at a time and refuses what a database would: the lower half of the model. */
import type { NestColumn, NestReference, NestTable } from "./schema.ts";
import type { Row, Value } from "./levels.ts";
import { Refused } from "./stored.ts";

/** All tables of a model, by name. */
export type Tables = ReadonlyMap<string, ModelTable>;

/** Rows of one table, with its keys, checks and generated numbers. */
export class ModelTable {
  readonly shape: NestTable;
  rows: Row[] = [];
  readonly #tables: Tables;
  #next = 1;

  /** `tables`: all of the model, for what rows refer to. */
  constructor(shape: NestTable, tables: Tables) {
    this.shape = shape;
    this.#tables = tables;
  }

  /** The column of this name. */
  column(name: string): NestColumn {
    const found = this.shape.columns.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no column ${name} in ${this.shape.name}`);
    return found;
  }

  /** Says whether two values of a column are one to the database; NULL equals nothing. */
  same(column: string, a: Value, b: Value): boolean {
    if (a === null || b === null) return false;
    return this.column(column).type === "caseless" ? a.toLowerCase() === b.toLowerCase() : a === b;
  }

  /** The row that has these values in the columns. */
  find(columns: readonly string[], values: Row): Row | null {
    const has = (row: Row): boolean =>
      columns.every((name) => this.same(name, row[name] ?? null, values[name] ?? null));
    return this.rows.find(has) ?? null;
  }

  /** The row that an insert would leave, with defaults, before it is numbered; refuses what NOT NULL and checks forbid. */
  proposed(values: Row): Row {
    const row = Object.fromEntries(
      this.shape.columns.map((each): [string, Value] => {
        const value = values[each.name];
        return [each.name, value === undefined ? (each.default ?? null) : value];
      }),
    );
    this.#check(row);
    return row;
  }

  /** Inserts a row and answers it. */
  insert(values: Row): Row {
    const row = this.proposed(values);
    for (const { name, generated } of this.shape.columns) {
      if (generated === true && row[name] === null) row[name] = String((this.#next += 1));
    }
    const { rewrites } = this.shape;
    if (rewrites !== undefined && row[rewrites] === "d") row[rewrites] = `d${row["id"] ?? ""}`;
    this.#unique(row, null);
    this.#refer(row, [row]);
    this.rows.push(row);
    return row;
  }

  /** Changes a row of this table; says whether anything is other than before. */
  update(row: Row, values: Row): boolean {
    const next = { ...row, ...values };
    this.#check(next);
    this.#unique(next, row);
    this.#refer(next, []);
    const changes = Object.entries(values).some(([name, value]) => row[name] !== value);
    Object.assign(row, next);
    return changes;
  }

  /**
   * Removes a row, and what refers to it with `on delete cascade`; refuses where other rows refer to it than those which go
   * with the same statement.
   */
  remove(row: Row, going: readonly Row[] = [row]): void {
    for (const table of this.#tables.values()) {
      for (const reference of table.shape.references ?? []) {
        if (reference.table !== this.shape.name) continue;
        for (const child of table.rows.filter((each) => refersTo(each, row, reference))) {
          if (going.includes(child)) continue;
          if (reference.cascades !== true) throw new Refused("ROW_REFERENCED");
          table.remove(child);
        }
      }
    }
    this.rows = this.rows.filter((each) => each !== row);
  }

  #check(row: Row): void {
    for (const { name, required, generated, below } of this.shape.columns) {
      const value = row[name] ?? null;
      if (value === null && required === true && generated !== true)
        throw new Refused("ROW_NOT_NULL");
      if (value !== null && below !== undefined && Number(value) >= below)
        throw new Refused("ROW_CHECK");
    }
  }

  #unique(row: Row, but: Row | null): void {
    for (const key of this.shape.keys) {
      const other = this.rows.some(
        (each) =>
          each !== but &&
          key.every((name) => this.same(name, each[name] ?? null, row[name] ?? null)),
      );
      if (other) throw new Refused("ROW_UNIQUE");
    }
  }

  /** Refuses a row that refers to none; one that comes with it will be there. */
  #refer(row: Row, coming: readonly Row[]): void {
    for (const reference of this.shape.references ?? []) {
      if (reference.columns.some((name) => (row[name] ?? null) === null)) continue;
      const rows = this.#tables.get(reference.table)?.rows ?? [];
      const own = reference.table === this.shape.name ? coming : [];
      if (![...rows, ...own].some((each) => refersTo(row, each, reference)))
        throw new Refused("ROW_FOREIGN_KEY");
    }
  }
}

/** Says whether a row refers to another by this foreign key. */
export function refersTo(child: Row, parent: Row, { columns, to }: NestReference): boolean {
  return columns.every((name, at) => {
    const value = child[name] ?? null;
    return value !== null && value === parent[to[at] ?? ""];
  });
}
