/**
 * The columns of the checkpoint table, and how its rows keep counts: as JSON in one column, so that another count needs no
 * other table. Tables that were made before have a column for each count; they serve as they are, so that programs of both
 * kinds read and write the same, and no right to change a table is needed.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { COUNT_NAMES, countsFrom } from "../model/counts.ts";
import type { Counts, LevelCounts, LoadCounts } from "../model/counts.ts";
import type { SqlValue } from "../model/sql/sql-value.ts";
import type { ExecutorDialect } from "../targets/sql-executor.ts";

/** The type of a column; `?` behind it: may be NULL. */
export type ColumnType = keyof ExecutorDialect["types"] | "text?" | "integer?";

/** A row as it is read. */
export type CheckpointFields = Readonly<Record<string, SqlValue>>;

/** One way to lay out the table. */
export interface CheckpointLayout {
  /** Column → type. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** What a row keeps of its counts. Throws `CHECKPOINT_TABLE` for counts that it has no place for. */
  keep(counts: LoadCounts, table: string): CheckpointFields;
  /** The counts of a row. Throws `CHECKPOINT_VERSION` for a row that a later version has written. */
  read(row: CheckpointFields, table: string): LoadCounts;
}

/** Of the rows that are written. A table without the column has rows of version 1. */
const VERSION = 2;

/** Columns of every layout, before those of its counts. */
const BEFORE = {
  job_id: "name",
  source: "integer",
  part: "integer",
  parts: "integer",
  name: "text",
  config_fp: "name",
  epoch: "integer",
  state: "name",
  byte_off: "integer",
  rec_no: "integer",
  line_no: "integer",
  prefix_sha256: "name",
  total_bytes: "integer?",
  total_sha256: "text?",
  rejects: "text?",
} as const satisfies Record<string, ColumnType>;

/** And behind them. */
const BEHIND = { owner: "text", started_at: "time", updated_at: "time" } as const;

/** What is made today. */
export const LAYOUT: CheckpointLayout = {
  columns: { ...BEFORE, version: "integer", counts: "text", ...BEHIND },
  keep: (counts) => ({ version: VERSION, counts: JSON.stringify(counts) }),
  read: (row, table) => {
    const counts = Number(row["version"]) > VERSION ? null : keptCounts(String(row["counts"]));
    if (counts === null)
      throw upsurgeError("CHECKPOINT_VERSION", { table, job: String(row["job_id"]) });
    return counts;
  },
};

/** Counts as they are kept: those of nested records have the levels in them, in the order of the plan, what these are called, and rows of tables. */
interface KeptCounts extends Readonly<Record<string, unknown>> {
  readonly levels?: readonly Readonly<Record<string, number>>[];
  readonly names?: LoadCounts["names"];
  readonly scopes?: LoadCounts["scopes"];
}

/** `null`: one of them is not known here. */
function keptCounts(text: string): LoadCounts | null {
  const { levels, names, scopes, ...own } = JSON.parse(text) as KeptCounts;
  const counts = own as Readonly<Record<string, number>>;
  const isKnown = areKnown(counts) && (levels ?? []).every((level) => areKnown(level, ["dropped"]));
  if (!isKnown) return null;
  const known = {
    ...countsOf(counts),
    ...(names === undefined ? {} : { names }),
    ...(scopes === undefined ? {} : { scopes }),
  };
  return levels === undefined ? known : { ...known, levels: levels.map(levelOf) };
}

function areKnown(counts: object, more: readonly string[] = []): boolean {
  const known: readonly string[] = [...COUNT_NAMES, ...more];
  return Object.keys(counts).every((name) => known.includes(name));
}

function countsOf(counts: Readonly<Record<string, number>>): Counts {
  return countsFrom((name) => counts[name] ?? 0);
}

function levelOf(counts: Readonly<Record<string, number>>): LevelCounts {
  return { ...countsOf(counts), dropped: counts["dropped"] ?? 0 };
}

/** The counts that tables of version 1 have a column for; never more. */
const COUNTED_IN_1 = [
  "read",
  "inserted",
  "updated",
  "unchanged",
  "ignored",
  "skipped",
  "suppressed",
  "rejected",
  "deleted",
] as const;

const COLUMN_OF = new Map<string, string>(COUNTED_IN_1.map((name) => [name, `n_${name}`]));

/** What the first version made: a column for each count that it knew. */
const LAYOUT_1: CheckpointLayout = {
  columns: {
    ...BEFORE,
    ...Object.fromEntries([...COLUMN_OF.values()].map((name) => [name, "integer" as const])),
    ...BEHIND,
  },
  keep: (counts, table) => {
    const lost = COUNT_NAMES.find((name) => counts[name] !== 0 && !COLUMN_OF.has(name));
    const what = lost === undefined ? whatOfLevels(counts) : `the count ${lost}`;
    if (what !== null) {
      const reason = `an earlier version made it, and it has no column for ${what}`;
      const suggestion =
        "once no job in it is running, drop it: the next load makes it again, without what it remembers of finished jobs";
      throw upsurgeError("CHECKPOINT_TABLE", { table, reason, suggestion });
    }
    return Object.fromEntries(COUNTED_IN_1.map((name) => [`n_${name}`, counts[name]]));
  },
  read: (row) => countsFrom((name) => Number(row[COLUMN_OF.get(name) ?? ""] ?? 0)),
};

function whatOfLevels({ levels }: LoadCounts): string | null {
  return levels === undefined ? null : "the counts of nested records";
}

/** How a table with these columns is laid out; one that is no checkpoint table fails when it is read. */
export function layoutOf(columns: readonly string[]): CheckpointLayout {
  const isFirst = columns.includes("n_read") && !columns.includes("counts");
  return isFirst ? LAYOUT_1 : LAYOUT;
}
