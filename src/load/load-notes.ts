/** What a user should know of a load besides its plan's warnings: what only its records, or its commit, could tell. */
import type { Counts } from "../model/counts.ts";
import type { PreparedLoad } from "./prepare.ts";
import { fieldNames } from "../plan/field-names.ts";
import { findOverlaps } from "../plan/overlaps.ts";
import type { UnseenFields } from "../plan/unseen-fields.ts";
import { writtenColumns } from "../plan/written-columns.ts";
import type { MisfitTally } from "../account/misfit-tally.ts";
import type { RecordMapper } from "../write/map-records.ts";

interface MappedLoad {
  readonly prepared: Pick<PreparedLoad, "plan" | "session">;
  readonly mapper: Pick<RecordMapper, "columns" | "later">;
}

/** Gathers the notes of one try. */
export class LoadNotes {
  /** Of each source that was read to its end. */
  readonly #ofSources = new Map<string, readonly string[]>();
  #mapped: MappedLoad | null = null;
  #leftToDo: readonly string[] = [];

  /** A source was read to its end. */
  ended(name: string, warnings: readonly string[]): void {
    this.#ofSources.set(name, warnings);
  }

  /** Records are about to be mapped by this plan. */
  mapped(prepared: MappedLoad["prepared"], mapper: MappedLoad["mapper"]): void {
    this.#mapped = { prepared, mapper };
  }

  /** Asks, after the last commit, what the load leaves for the user to do; `kept` are the counts of what is committed. */
  async lookBack(kept: Counts): Promise<void> {
    if (this.#mapped === null) return;
    const { prepared, mapper } = this.#mapped;
    const { plan, session } = prepared;
    const [table] = plan.tables;
    const written = writtenColumns(table, mapper.columns, kept);
    this.#leftToDo = (await session.leftToDo?.(table, written)) ?? [];
  }

  /** All notes, in the order in which they are printed. */
  all({
    misfits,
    unseen,
  }: {
    readonly misfits: MisfitTally | undefined;
    readonly unseen: UnseenFields | undefined;
  }): readonly string[] {
    return [
      ...[...this.#ofSources.values()].flat(),
      ...this.#overlaps(),
      ...(misfits?.warnings ?? []),
      ...(unseen?.warnings ?? []),
      ...this.#leftToDo,
    ];
  }

  /** Fields of later records that give way to a flag; those that planning saw are in the plan's warnings. */
  #overlaps(): readonly string[] {
    if (this.#mapped === null) return [];
    const { plan, session } = this.#mapped.prepared;
    const [table] = plan.tables;
    const columns = table.table.columns.map(({ name }) => name);
    const naming = { columns, quoteIdentifier: (name: string) => session.quoteIdentifier(name) };
    const { later: mapping } = this.#mapped.mapper;
    return findOverlaps({ ...table, mapping, naming, fieldNames: fieldNames([]) }).warnings;
  }
}
