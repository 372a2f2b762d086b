/**
 * Keeps the keys of the records of a load on the server: as spans where they are whole numbers that follow one another, as
 * packed bytes where the database takes them so, else as rows.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { rowColumns } from "../../model/batch.ts";
import type { Batch, Row, RowShape } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { SourceRecord } from "../../model/record.ts";
import { packedColumns } from "../../model/packed.ts";
import { keptColumns } from "../../sql/key-columns.ts";
import { byShape } from "../../targets/grouped.ts";
import type { KeyStore } from "../../targets/target.ts";
import { KeySpans } from "./key-spans.ts";

/** Of keys that come from no record of the load. */
const NO_RECORD: SourceRecord = {
  shape: { fields: [] },
  values: [],
  kinds: null,
  position: { source: "", record: 0, line: [0, 0], byte: [0, 0] },
  raw: new Uint8Array(),
};

/** The keys of one table. */
export class KeptKeys {
  readonly #plan: TablePlan;
  readonly #store: KeyStore;
  readonly #spans: KeySpans | null;

  constructor(plan: TablePlan, store: KeyStore) {
    this.#plan = plan;
    this.#store = store;
    const { spans = null } = store;
    this.#spans = spans === null ? null : new KeySpans(spans.column);
  }

  /** Notes the keys of a batch whose rows were all applied. Throws `DELETE_KEY_UNKNOWN` where one cannot be told. */
  async note(batch: Batch): Promise<void> {
    const { packed } = batch;
    if (packed !== null) {
      const names = carriedKey(this.#plan, packed.shape);
      const spans = this.#spans?.take(packed) ?? null;
      if (spans !== null) return await this.#store.spans?.keep(spans);
      const keys = packedColumns(packed, names);
      if (names.length > 0 && (await this.#store.keepPacked?.(keys)) === true) return;
    }
    for (const [shape, rows] of byShape(batch.rows))
      await this.#store.keepRows(this.#keysOf(shape, rows));
  }

  /** Notes keys that no record of the load has brought, as texts. Throws `DELETE_KEY_UNKNOWN` as `note` does. */
  async noteTexts(shape: RowShape, keys: readonly (readonly string[])[]): Promise<void> {
    const rows = keys.map((values, ord) => ({
      ord,
      shape,
      values,
      numeric: null,
      record: NO_RECORD,
    }));
    await this.#store.keepRows(this.#keysOf(shape, rows));
  }

  #keysOf({ id, columns }: RowShape, rows: readonly Row[]): readonly Row[] {
    const shape = { id, columns: carriedKey(this.#plan, { id, columns }) };
    const places = shape.columns.map((name) => columns.indexOf(name));
    return rows.map((row) => rowColumns(row, shape, places));
  }
}

/**
 * The columns of the key that rows of a shape carry; the others have their default. Throws `DELETE_KEY_UNKNOWN` where that
 * is made row by row.
 */
function carriedKey(plan: TablePlan, { columns }: RowShape): readonly string[] {
  const written = keptColumns(plan).filter(({ generatedSql }) => generatedSql === null);
  const unknown = written.find(
    ({ name, volatileDefault, identity }) =>
      (volatileDefault || identity !== null) && !columns.includes(name),
  );
  if (unknown !== undefined) {
    throw upsurgeError(
      "DELETE_KEY_UNKNOWN",
      { column: unknown.name },
      { where: "--delete-missing" },
    );
  }
  return written.map(({ name }) => name).filter((name) => columns.includes(name));
}
