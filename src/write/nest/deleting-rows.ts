/**
 * Rows of which some delete, with rows in the arrays of others: the row that one writes, with what is in it, may be what
 * another deletes. They go in runs that do the same, in their order. Asks no database.
 */
import type { Row } from "../../model/batch.ts";
import { RecordsRepeat } from "./families.ts";
import { RecordsCoupled } from "./link-finder.ts";

/** The rows in runs of those that delete and those that do not. */
function runsOf(rows: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  let last: boolean | null = null;
  for (const row of rows) {
    const deletes = row.shape.deletes === true;
    if (deletes !== last) runs.push([]);
    runs.at(-1)?.push(row);
    last = deletes;
  }
  return runs;
}

/** The runs in which the rows of one record are written. Throws for those of a batch that must not be written together. */
export function deletingRuns(rows: readonly Row[], isOnly: boolean): readonly (readonly Row[])[] {
  if (!rows.some(({ shape }) => shape.deletes === true)) return [rows];
  const runs = runsOf(rows);
  if (isOnly || runs.length === 1) return runs;
  if (rows.some(({ root }) => root !== undefined))
    throw new RecordsCoupled("a row may be deleted that another record writes");
  const cuts = new Set(runs.flatMap(([first]) => (first === undefined ? [] : [first.ord])));
  throw new RecordsRepeat({ cuts, alone: new Set() });
}
