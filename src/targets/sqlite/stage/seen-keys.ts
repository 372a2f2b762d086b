/** Keeps the keys of the records of a load in a temporary table, many in a statement. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Row, RowShape } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { PackedRows, SpannedKeys } from "../../../model/packed.ts";
import type { KeySpanStore, KeyStore } from "../../target.ts";
import { insertSeen, insertSpan, rowidKey } from "../apply/removal-sql.ts";
import type { RemovalTable } from "../apply/removal-sql.ts";
import type { SqliteConnection, Statement } from "../connect/connection.ts";
import { PackedValues } from "./packed-values.ts";
import { bindValue } from "./values.ts";
import type { BoundColumn, BoundValue } from "./values.ts";

/** Values of a statement, about so many. */
const MOST_VALUES = 500;

/** How the keys of one shape of records are kept. */
interface KeyRunner {
  readonly columns: readonly BoundColumn[];
  readonly packed: PackedValues;
  readonly rows: number;
  readonly several: Statement;
  readonly one: Statement;
}

/** The keys of one table. */
export class SqliteKeyStore implements KeyStore {
  readonly spans: KeySpanStore | null;
  readonly #db: SqliteConnection;
  readonly #row: RemovalTable;
  readonly #runners = new Map<number, KeyRunner>();

  constructor(db: SqliteConnection, row: RemovalTable) {
    this.#db = db;
    this.#row = row;
    this.spans = spanStore(db, row.plan);
  }

  keepPacked(keys: PackedRows): Promise<boolean> {
    const runner = this.#runner(keys.shape);
    const takes = keys.slices.every((part) => runner.packed.takes(part));
    if (takes) keepPacked(runner, keys);
    return Promise.resolve(takes);
  }

  keepRows(keys: readonly Row[]): Promise<void> {
    for (const { shape, values, numeric } of keys) {
      const { columns, one } = this.#runner(shape);
      const bound = columns.map((column, at) =>
        bindValue(values[at] ?? null, numeric?.[at] ?? false, column),
      );
      one.run(...bound);
    }
    return Promise.resolve();
  }

  #runner(shape: RowShape): KeyRunner {
    let runner = this.#runners.get(shape.id);
    if (runner === undefined) {
      runner = this.#prepare(shape.columns);
      this.#runners.set(shape.id, runner);
    }
    return runner;
  }

  #prepare(names: readonly string[]): KeyRunner {
    const { plan, table } = this.#row;
    const columns = names.map((name): BoundColumn => {
      const column = table.shape.columns.find((each) => each.name === name);
      const affinity = table.details.get(name)?.affinity;
      if (column === undefined || affinity === undefined)
        throw upsurgeError("INTERNAL", { message: `no column ${name} was read` });
      const isBytes = plan.notations?.[name]?.kind === "bytes";
      return { name, affinity, type: column.type, isBytes, promised: null };
    });
    const rows = Math.max(1, Math.floor(MOST_VALUES / Math.max(1, names.length)));
    return {
      columns,
      packed: new PackedValues(columns, true),
      rows,
      several: this.#db.prepare(insertSeen(plan, names, rows)),
      one: this.#db.prepare(insertSeen(plan, names, 1)),
    };
  }
}

function spanStore(db: SqliteConnection, plan: TablePlan): KeySpanStore | null {
  const column = rowidKey(plan);
  if (column === null) return null;
  const span = db.prepare(insertSpan(plan));
  const single = db.prepare(insertSeen(plan, [column.name], 1));
  const keep = ({ lows, highs, singles }: SpannedKeys): Promise<void> => {
    for (const [at, low] of lows.entries()) span.run(low, highs[at] ?? low);
    for (const key of singles) single.run(key);
    return Promise.resolve();
  };
  return { column, keep };
}

function keepPacked({ columns, packed, rows, several, one }: KeyRunner, keys: PackedRows): void {
  const width = columns.length;
  const values: BoundValue[] = Array.from({ length: rows * width }, () => null);
  let filled = 0;
  for (const slice of keys.slices) {
    for (let record = slice.from; record < slice.to; record += 1) {
      packed.bind(slice, record, values, filled);
      filled += width;
      if (filled < values.length) continue;
      several.run(...values);
      filled = 0;
    }
  }
  for (let at = 0; at < filled; at += width) one.run(...values.slice(at, at + width));
}
