/**
 * Whether the tables of a job are still those that it has written to. A checkpoint says what was committed; it says nothing
 * of a table that was dropped and made again since, or emptied.
 */
import { createHash } from "node:crypto";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { CheckpointValues } from "../model/checkpoint.ts";
import { rowsLeftBy, sumOfLoads } from "../model/counts.ts";
import type { LoadCounts } from "../model/counts.ts";
import type { TableShape } from "../model/table-shape.ts";
import type { SqlExecutor } from "../targets/sql-executor.ts";

/** A table of a load. */
export interface TableAtHand {
  /** As SQL writes it. */
  readonly sql: string;
  /** As messages call it. */
  readonly label: string;
  readonly shape: TableShape;
}

/** The tables as a run finds them: that of the records, and those of the levels in them. */
export interface FoundTables {
  readonly tables: readonly [TableAtHand, ...TableAtHand[]];
  /** Of each of the tables, in their order. */
  readonly each: readonly (string | null)[];
  /** Of all of them. */
  readonly madeAs: string | null;
}

/** Finds the tables, and what tells them from others of their names that are made later. */
export async function findTables(
  tables: FoundTables["tables"],
  checkpoint: string,
  executor: SqlExecutor,
): Promise<FoundTables> {
  const each: (string | null)[] = [];
  for (const { sql } of tables) each.push(await executor.madeAs(sql, checkpoint));
  const [own = null, ...others] = each;
  if (own === null || others.length === 0) return { tables, each, madeAs: own };
  return { tables, each, madeAs: `${own}${LEVELS}${shortHash(others)}` };
}

/** Between what tells the table of the records and what tells those of levels, as a hash: there may be many. */
const LEVELS = "+";

function shortHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

/** Throws `JOB_TABLE` for a table that was dropped and made again since the job wrote to it, or that is empty although it did. */
export async function refuseOtherTable(
  rows: readonly CheckpointValues[],
  { tables, madeAs }: FoundTables,
  executor: SqlExecutor,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const another = rows.find((row) => isMadeAnew(row.madeAs, madeAs))?.madeAs ?? null;
  if (another !== null) {
    const isRoot = another.split(LEVELS)[0] !== madeAs?.split(LEVELS)[0];
    const table = isRoot ? tables[0].label : "of a level";
    throw upsurgeError("JOB_TABLE", { table, job: first.job, reason: MADE_ANEW });
  }
  await refuseEmptied(rows, tables, executor);
}

/** Why, of a table that is another one by now. */
export const MADE_ANEW = "it was dropped and made again since the job wrote to it";

/** Throws `JOB_TABLE` for a table that is empty although the job has written to it. */
export async function refuseEmptied(
  rows: readonly CheckpointValues[],
  tables: FoundTables["tables"],
  executor: SqlExecutor,
): Promise<void> {
  const counts = sumOfLoads(rows.map((row) => row.counts));
  for (const [at, { sql, label, shape }] of tables.entries()) {
    const left = rowsLeft(counts, at, shape);
    if (left === 0 || !keepsItsRows(shape)) continue;
    const found = await executor.run(`select 1 as found where exists (select 1 from ${sql})`);
    if (found.rows.length > 0) continue;
    const wrote = left === 1 ? "1 row" : `${left} rows`;
    const reason = `it is empty, and the job has written or found ${wrote} in it`;
    throw upsurgeError("JOB_TABLE", { table: label, job: rows[0]?.job ?? "", reason });
  }
}

/** Where the checkpoint table is another one as well, the database was restored or copied, and the table with it. */
export function isMadeAnew(remembered: string | null, found: string | null): boolean {
  if (remembered === null || found === null || remembered === found) return false;
  return partsOf(found).checkpoint === partsOf(remembered).checkpoint;
}

/** What `madeAs` tells of the checkpoint table, and of the table itself. */
export function partsOf(madeAs: string): { readonly checkpoint: string; readonly own: string } {
  const [checkpoint = "", own = ""] = madeAs.split("/");
  return { checkpoint, own };
}

/**
 * Rows of the table at this place that there must be by the counts of the job. Of what it found, any may be what it has
 * taken away since; and rows that go may take others along, by a foreign key.
 */
function rowsLeft(counts: LoadCounts, at: number, { foreignKeys }: TableShape): number {
  const { levels = [] } = counts;
  const taken = levels.some(({ removed, deleted }) => removed + deleted > 0);
  const own = at === 0 ? counts : levels[at - 1];
  if (own === undefined) return 0;
  if (!taken && counts.deleted === 0) return rowsLeftBy(own);
  const isAlone = levels.length === 0 && !foreignKeys.some((each) => each.selfReferencing);
  return isAlone ? Math.max(0, own.inserted - own.deleted) : 0;
}

/** Rows that this user may see, and that nothing of the table's own takes away once they are written. */
function keepsItsRows({ kind, rewritten, triggers, missingPrivileges }: TableShape): boolean {
  return (
    kind !== "view" &&
    !rewritten &&
    !missingPrivileges.includes("select") &&
    triggers.every(({ timing }) => timing === "before")
  );
}
