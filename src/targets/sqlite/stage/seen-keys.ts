/** Keeps the keys of the records of a load in a temporary table, many in a statement. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Batch, RowShape } from "../../../model/batch.ts";
import type { PackedRows } from "../../../model/packed.ts";
import { carriedKey, packedKeys, rowKeys } from "../../key-columns.ts";
import type { SeenKeys } from "../../target.ts";
import { insertSeen } from "../apply/removal-sql.ts";
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
export class SqliteSeenKeys implements SeenKeys {
  readonly #db: SqliteConnection;
  readonly #row: RemovalTable;
  readonly #runners = new Map<number, KeyRunner>();

  constructor(db: SqliteConnection, row: RemovalTable) {
    this.#db = db;
    this.#row = row;
  }

  note(batch: Batch): Promise<void> {
    const { packed } = batch;
    const runner = packed === null ? null : this.#runner(packed.shape);
    const keys =
      packed === null || runner === null || runner.columns.length === 0
        ? null
        : packedKeys(
            packed,
            runner.columns.map(({ name }) => name),
          );
    if (keys !== null && runner !== null && keys.slices.every((part) => runner.packed.takes(part)))
      notePacked(runner, keys);
    else this.#noteRows(batch);
    return Promise.resolve();
  }

  #noteRows({ rows }: Batch): void {
    for (const row of rows) {
      const { columns, one } = this.#runner(row.shape);
      const shape = { id: row.shape.id, columns: columns.map(({ name }) => name) };
      const [key] = rowKeys([row], shape);
      if (key === undefined) continue;
      one.run(
        ...columns.map((column, at) =>
          bindValue(key.values[at] ?? null, key.numeric?.[at] ?? false, column),
        ),
      );
    }
  }

  #runner(shape: RowShape): KeyRunner {
    let runner = this.#runners.get(shape.id);
    if (runner === undefined) {
      runner = this.#prepare(carriedKey(this.#row.plan, shape));
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
      return { name, affinity, type: column.type, promised: null };
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

function notePacked({ columns, packed, rows, several, one }: KeyRunner, keys: PackedRows): void {
  const width = columns.length;
  let values: BoundValue[] = [];
  for (const slice of keys.slices) {
    for (let record = slice.from; record < slice.to; record += 1) {
      packed.bind(slice, record, values, values.length);
      if (values.length < rows * width) continue;
      several.run(...values);
      values = [];
    }
  }
  for (let at = 0; at < values.length; at += width) one.run(...values.slice(at, at + width));
}
