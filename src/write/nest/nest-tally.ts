/** What became of records that hold others: of their own rows, and of those in them, by level. */
import type { BatchResult, Misfits, Row, RowFault } from "../../model/batch.ts";
import { addCounts, addLevels, noCounts, noLevelCounts } from "../../model/counts.ts";
import type { Counts, LevelCounts } from "../../model/counts.ts";
import type { NestLevel } from "../../model/nest/nest-plan.ts";
import { levelOf } from "../../model/nest/nesting.ts";
import type { NestedPlace } from "../../model/nest/nesting.ts";
import type { Reject } from "../../model/reject.ts";

/** Adds up what several batches came to, or several levels of one. */
export class NestTally {
  readonly #levels: readonly NestLevel[];
  /** Of the records' own rows. */
  readonly counts: Counts = noCounts();
  readonly levels: readonly LevelCounts[];
  readonly faults: RowFault[] = [];
  readonly misfits: Misfits[] = [];
  created = 0;

  constructor(levels: readonly NestLevel[]) {
    this.#levels = levels;
    this.levels = levels.map(() => noLevelCounts());
  }

  /** Of the table at this place. */
  at(at: number): Counts {
    return this.levels[at - 1] ?? this.counts;
  }

  /** Adds what became of rows of the table at this place. */
  add(at: number, { counts, misfits = [], created = 0 }: BatchResult, rows: number): void {
    addCounts(this.at(at), counts);
    if (at > 0) addCounts(this.at(at), { read: rows });
    this.misfits.push(...misfits);
    this.created += created;
  }

  /** Adds the records of another. */
  join(other: NestTally): void {
    addCounts(this.counts, other.counts);
    addLevels(this.levels, other.levels);
    this.faults.push(...other.faults);
    this.misfits.push(...other.misfits);
    this.created += other.created;
  }

  /** A record is rejected, with everything in it. */
  reject(fault: RowFault): void {
    this.faults.push(fault);
    const rows = rowsIn(fault.row, this.#levels);
    addLevels(this.levels, droppedRows(rows, this.#levels, fault.nested?.record.place));
  }

  /** Rows, and those in them, are not applied, as what they refer to is not there. */
  skip(at: number, rows: readonly Row[]): void {
    addCounts(this.at(at), { read: rows.length, skipped: rows.length });
    for (const level of this.#levels.filter(({ parentAt }) => parentAt === at))
      this.skip(
        level.at,
        rows.flatMap((row) => row.nested?.[level.memberAt] ?? []),
      );
  }
}

/** What of a level decides how the rows of a rejected record count. */
export type CountedLevel = Pick<NestLevel, "path" | "relation">;

/** How many rows are in a row, by level. */
function rowsIn(row: Row, levels: readonly NestLevel[]): number[] {
  const counts = levels.map(() => 0);
  const see = ({ nested = [] }: Row, at: number): void => {
    for (const [place, level] of levels.entries()) {
      if (level.parentAt !== at) continue;
      for (const inside of nested[level.memberAt] ?? []) {
        counts[place] = (counts[place] ?? 0) + 1;
        see(inside, level.at);
      }
    }
  };
  see(row, 0);
  return counts;
}

/** The account of the rows in a rejected record; the one at fault, where it is one of them, is rejected by itself. */
function droppedRows(
  rows: readonly number[],
  levels: readonly CountedLevel[],
  place: NestedPlace | undefined,
): LevelCounts[] {
  const name = place === undefined ? "" : JSON.stringify(levelOf(place));
  return levels.map(({ path, relation }, at): LevelCounts => {
    const read = rows[at] ?? 0;
    // What is at fault may be the array, and none of the rows in it.
    const isRow = relation === "object" || place?.index !== null;
    const rejected = isRow && JSON.stringify(path) === name ? Math.min(1, read) : 0;
    return { ...noLevelCounts(), read, rejected, dropped: read - rejected };
  });
}

/** The same of rejects that never came to a writer. */
export function droppedBy(
  rejects: readonly Reject[],
  levels: readonly CountedLevel[],
): LevelCounts[] {
  const total = levels.map(() => noLevelCounts());
  for (const { nestedRows, place } of rejects)
    if (nestedRows !== undefined) addLevels(total, droppedRows(nestedRows, levels, place));
  return total;
}
