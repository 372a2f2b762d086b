/**
 * Rows that look-ups make where they are missing: a record names them, so that they are rows which a record has, whether they
 * were made or were there. Where a load of the transaction takes away what no record has, their keys are kept with those of its records.
 */
import { tableName } from "../../model/table-shape.ts";
import type { RowShape } from "../../model/batch.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { LookupPlan } from "../../model/lookup-plan.ts";
import { keptColumns } from "../../sql/key-columns.ts";
import type { KeptKeys } from "../keys/kept-keys.ts";

/** A row that a record names. */
export interface NamedRow {
  /** What it was found by, in the order of the look-up's keys. */
  readonly texts: readonly string[];
  /** The value that the look-up takes from it. */
  readonly id: string;
  /** This look-up has made it: columns that it does not fill have their defaults. */
  readonly isMade: boolean;
}

/** A table of which rows are taken away. */
interface KeptTable {
  readonly plan: TablePlan;
  readonly keys: KeptKeys;
}

/** No shape of a record has this number. */
const SHAPE = -1;

/** Those of one transaction. */
export class NamedRows {
  readonly #kept: KeptTable[] = [];

  /** A load of the transaction takes away the rows that no record has. */
  add(plan: TablePlan, keys: KeptKeys): void {
    this.#kept.push({ plan, keys });
  }

  /** Whether anything is kept of the rows that the look-up names. */
  wants(lookup: LookupPlan): boolean {
    return this.#of(lookup).length > 0;
  }

  /** Keeps the keys of rows. Throws `DELETE_KEY_UNKNOWN` for a row that was made, and whose key the database alone knows. */
  async note(lookup: LookupPlan, rows: readonly NamedRow[]): Promise<void> {
    for (const { plan, keys } of this.#of(lookup)) {
      const { columns, valuesOf, isWhole } = keyFrom(plan, lookup);
      const told = isWhole ? rows : rows.filter(({ isMade }) => isMade);
      const shape: RowShape = { id: SHAPE, columns };
      if (told.length > 0) await keys.noteTexts(shape, told.map(valuesOf));
    }
  }

  #of({ missing, parent }: LookupPlan): readonly KeptTable[] {
    if (missing !== "insert" || this.#kept.length === 0) return [];
    const name = tableName(parent.name);
    return this.#kept.filter(({ plan }) => tableName(plan.table.name) === name);
  }
}

/** What a look-up tells of the key of a row that it names. */
interface ToldKey {
  readonly columns: readonly string[];
  readonly valuesOf: (row: NamedRow) => readonly string[];
  /** It is all of the key. */
  readonly isWhole: boolean;
}

function keyFrom(plan: TablePlan, { keys, refersTo }: LookupPlan): ToldKey {
  const written = keptColumns(plan).filter(({ generatedSql }) => generatedSql === null);
  const told = written.flatMap(({ name }) => {
    const at = keys.findIndex(({ column }) => column.name === name);
    return at >= 0 || name === refersTo.name ? [{ name, at }] : [];
  });
  return {
    columns: told.map(({ name }) => name),
    valuesOf: ({ texts, id }) => told.map(({ at }) => (at < 0 ? id : (texts[at] ?? ""))),
    isWhole: told.length === written.length,
  };
}
