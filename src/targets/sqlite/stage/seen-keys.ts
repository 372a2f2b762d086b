/** Keeps the keys of the records of a load in a temporary table, many in a statement. */
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Batch, RowShape } from "../../../model/batch.ts";
import type { PackedRows } from "../../../model/packed.ts";
import { carriedKey, packedKeys, rowKeys } from "../../key-columns.ts";
import { KeySpans } from "../../key-spans.ts";
import type { SpannedKeys } from "../../key-spans.ts";
import type { SeenKeys } from "../../target.ts";
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
export class SqliteSeenKeys implements SeenKeys {
  readonly #db: SqliteConnection;
  readonly #row: RemovalTable;
  readonly #runners = new Map<number, KeyRunner>();
  readonly #spans: { readonly keys: KeySpans; readonly insert: Statement } | null;

  constructor(db: SqliteConnection, row: RemovalTable) {
    this.#db = db;
    this.#row = row;
    const column = rowidKey(row.plan);
    this.#spans =
      column === null
        ? null
        : { keys: new KeySpans(column), insert: db.prepare(insertSpan(row.plan)) };
  }

  note(batch: Batch): Promise<void> {
    const { packed } = batch;
    const runner = packed === null ? null : this.#runner(packed.shape);
    const spans = packed === null ? null : this.#spans?.keys.take(packed);
    if (spans !== null && spans !== undefined && runner !== null) {
      this.#noteSpans(spans, runner);
      return Promise.resolve();
    }
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

  #noteSpans({ lows, highs, singles }: SpannedKeys, { one }: KeyRunner): void {
    for (const [at, low] of lows.entries()) this.#spans?.insert.run(low, highs[at] ?? low);
    for (const key of singles) one.run(key);
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

function notePacked({ columns, packed, rows, several, one }: KeyRunner, keys: PackedRows): void {
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
