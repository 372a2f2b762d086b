/**
 * Follows the values that fill columns which do not keep all of them, until one of each column has lost a part: it is told once,
 * when the load has ended. Nothing is changed or refused: what a value means the database decides.
 */
import type { TablePlan } from "../../model/load-plan.ts";
import type { PackedFields } from "../../model/packed.ts";
import type { RecordShape } from "../../model/record.ts";
import type { Column } from "../../model/table-shape.ts";
import type { Capabilities } from "../../targets/capabilities.ts";
import {
  hasTooManyDigits,
  lossText,
  lossyColumns,
  lostPart,
  lostPartOfBytes,
  mayLosePart,
} from "../../values/lost-parts.ts";
import type { LossyColumn, LostPart } from "../../values/lost-parts.ts";

/** Of one load, over all its tries. */
export class LostValues {
  /** By table and column. */
  readonly #found = new Map<string, string>();

  /** A sentence for each column, in the order in which they were met. */
  get warnings(): readonly string[] {
    return [...this.#found.values()];
  }

  /** Follows the values of a table's columns. */
  of(plan: Pick<TablePlan, "table" | "notations">, capabilities: Capabilities): LossyColumns {
    return new LossyColumns(plan, capabilities, this.#found);
  }
}

/** The columns of one table that do not keep all of a value, and have not been told yet. */
export class LossyColumns {
  readonly #left: Map<string, LossyColumn>;
  readonly #table: string;
  readonly #madeOf: Capabilities["madeOf"];
  readonly #found: Map<string, string>;
  /** Numbers of a column that were compared with their doubles. */
  readonly #compared = new Map<string, number>();

  /** `found`: told before, by table and column. */
  constructor(
    plan: Pick<TablePlan, "table" | "notations">,
    { madeOf }: Pick<Capabilities, "madeOf">,
    found: Map<string, string>,
  ) {
    this.#table = JSON.stringify(plan.table.name);
    this.#madeOf = madeOf;
    this.#found = found;
    const untold = lossyColumns(plan).filter(({ name }) => !found.has(this.#keyOf(name)));
    this.#left = new Map(untold.map((column) => [column.name, column]));
  }

  /** Some are left to follow. */
  get any(): boolean {
    return this.#left.size > 0;
  }

  /** Takes the values of a row, each beside the field that it comes from: -1 for none. */
  seeRow(
    slots: readonly { readonly column: Pick<Column, "name">; readonly field: number }[],
    values: readonly (string | null)[],
    { fields }: Pick<RecordShape, "fields">,
  ): void {
    if (!this.any) return;
    for (const [at, slot] of slots.entries()) {
      const [column, value] = [this.#left.get(slot.column.name), values[at] ?? null];
      if (slot.field < 0 || value === null || column === undefined) continue;
      const part = lostPart(column.loses, value);
      if (part !== null) this.#tell(column, fields[slot.field] ?? "", { value, part });
    }
  }

  /** Takes the values of a field of packed records. Such as have escapes in them are none that lose a part. */
  seePacked({ name }: Pick<Column, "name">, at: number, fields: PackedFields): void {
    const column = this.#left.get(name);
    if (column === undefined) return;
    const { offsets, bytes, shape, records } = fields;
    const width = 2 * shape.fields.length;
    for (let place = 2 * at; place < records * width; place += width) {
      const [start, end] = [offsets[place] as number, offsets[place + 1] as number];
      if (start < 0 || end < 0 || !mayLosePart(column.loses, bytes, start, end)) continue;
      if (column.loses === "digits" && !this.#looksAtDigits(column, bytes, start, end)) continue;
      const part = lostPartOfBytes(column.loses, bytes, start, end);
      if (part === null) continue;
      const value = bytes.toString("utf8", start, end);
      this.#tell(column, shape.fields[at] ?? "", { value, part });
      return;
    }
  }

  /** Numbers with as many digits as a double may have are compared with it: the first of a column, since each costs more than to write it. */
  #looksAtDigits({ name }: Column, bytes: Buffer, start: number, end: number): boolean {
    const compared = this.#compared.get(name) ?? 0;
    if (compared >= MOST_COMPARED) return hasTooManyDigits(bytes, start, end);
    this.#compared.set(name, compared + 1);
    return true;
  }

  #tell(
    column: Column,
    field: string,
    { value, part }: { readonly value: string; readonly part: LostPart },
  ): void {
    this.#left.delete(column.name);
    const instant = part === "offset" ? this.#madeOf?.("instant", field, column.type) : null;
    const shown = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
    const text = lossText({ column, field, value: shown, part }, instant ?? null);
    this.#found.set(this.#keyOf(column.name), text);
  }

  #keyOf(column: string): string {
    return `${this.#table} ${column}`;
  }
}

/** So many numbers of a column are compared with their doubles. */
const MOST_COMPARED = 10_000;

/** Characters of a value that are shown. */
const SHOWN = 40;
