/** EVERY COUNT OF A LOAD, ONCE. Types, sums, the checkpoint, the targets, the report and its summary all come from this list. */

/** What a count is to the equation `read = outcomes + rejects`. */
interface CountSpec {
  /**
   * `total`: what the equation adds up to. `outcome`: what became of a record in the database; a writer tells these.
   * `reject`: a record that was not written. `separate`: no record's fate, so no part of the equation.
   */
  readonly role: "total" | "outcome" | "reject" | "separate";
  /** Something in the database is other than before: what `--check` looks for. */
  readonly changes: boolean;
  /** After such a record there is a row in the table. */
  readonly leavesRow: boolean;
  /** What the summary says behind the number; `null`: the headline says it. */
  readonly note: string | null;
}

/** The list, in the order of reports. */
export const COUNTS = {
  read: { role: "total", changes: false, leavesRow: false, note: null },
  inserted: { role: "outcome", changes: true, leavesRow: true, note: "" },
  /** The stored image of the target row changed. */
  updated: { role: "outcome", changes: true, leavesRow: true, note: "" },
  /** A target row was found, the condition held, nothing would change. */
  unchanged: { role: "outcome", changes: false, leavesRow: true, note: "" },
  /** A target row was found in ignore mode, or with nothing to update. */
  ignored: { role: "outcome", changes: false, leavesRow: true, note: "the row exists already" },
  /** `--update-where` was false or NULL or, in update mode, there was no target row. */
  skipped: {
    role: "outcome",
    changes: false,
    leavesRow: false,
    note: "the condition did not hold, or there was no row to update",
  },
  /** The database dropped the row without an error: by a trigger, a rule, or an index that ignores duplicates. */
  suppressed: {
    role: "outcome",
    changes: false,
    leavesRow: false,
    note: "dropped by the database without an error",
  },
  /** The record deleted the row of its key. */
  deleted: { role: "outcome", changes: true, leavesRow: false, note: "by a record" },
  rejected: { role: "reject", changes: false, leavesRow: false, note: "" },
  /** Rows that were deleted from the table other than by a record, or marked as deleted. */
  removed: {
    role: "separate",
    changes: true,
    leavesRow: false,
    note: "rows deleted from the table",
  },
  /** Rows of another table, made because a record refers to them. */
  created: {
    role: "separate",
    changes: true,
    leavesRow: false,
    note: "rows that records refer to",
  },
  /** Records without any value. */
  blank: { role: "separate", changes: false, leavesRow: false, note: "records without any value" },
} as const satisfies Record<string, CountSpec>;

/** The name of a count. */
export type CountName = keyof typeof COUNTS;

/** How many records, or rows, met each fate. */
export type Counts = Record<CountName, number>;

type NamesOf<Role extends CountSpec["role"]> = {
  [Name in CountName]: (typeof COUNTS)[Name]["role"] extends Role ? Name : never;
}[CountName];

/** What can become of a record in the database. */
export type RowOutcome = NamesOf<"outcome">;

/** What a writer tells of the rows it was given; what it leaves out is 0. */
export type OutcomeCounts = Partial<Record<RowOutcome, number>>;

/** The names of all counts, in order. */
export const COUNT_NAMES = Object.keys(COUNTS) as readonly CountName[];

/** The names of what can become of a record in the database, in order. */
export const ROW_OUTCOMES = COUNT_NAMES.filter(isOutcome);

function isOutcome(name: CountName): name is RowOutcome {
  return COUNTS[name].role === "outcome";
}

/** True for the name of what can become of a record. */
export function isRowOutcome(name: string): name is RowOutcome {
  return ROW_OUTCOMES.some((outcome) => outcome === name);
}

/** Counts as `countOf` tells them, name by name. */
export function countsFrom(countOf: (name: CountName) => number): Counts {
  // The names are those of the list, and so are those of the type.
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, countOf(name)])) as Counts;
}

/** Outcomes as `countOf` tells them, name by name. */
export function outcomesFrom(countOf: (name: RowOutcome) => number): OutcomeCounts {
  return Object.fromEntries(ROW_OUTCOMES.map((name) => [name, countOf(name)]));
}

/** Those of a level of nested records, whose rows count as read: `dropped` are rows of records that were rejected for another row. */
export type LevelCounts = Counts & { dropped: number };

/** Level counts of nothing. */
export function noLevelCounts(): LevelCounts {
  return { ...noCounts(), dropped: 0 };
}

/** Adds `more` to `into`, in place: level by level. */
export function addLevels(into: readonly LevelCounts[], more: readonly LevelCounts[] = []): void {
  for (const [at, counts] of more.entries()) {
    const sum = into[at];
    if (sum === undefined) continue;
    addCounts(sum, counts);
    sum.dropped += counts.dropped;
  }
}

/** A level of nested records as reports call it. */
export interface LevelName {
  readonly member: string;
  readonly table: string;
}

/** What is committed of a load: the counts of its records and, by level, of the rows in them; absent: they hold none. */
export interface LoadCounts extends Counts {
  readonly levels?: readonly LevelCounts[];
  /** The member and the table of each level; absent: they are not told. */
  readonly names?: readonly LevelName[];
  /** Rows before the load of the tables, by name, from which rows go that records do not mention; absent: there are none. */
  readonly scopes?: Readonly<Record<string, number>>;
}

/** What was written as what a commit counts. */
export function asLoadCounts(
  counts: Counts,
  levels: readonly LevelCounts[] | undefined,
): LoadCounts {
  return levels === undefined ? counts : { ...counts, levels };
}

/** The sum of what several commits have counted, level by level; names and scopes are those of the first that has some. */
export function sumOfLoads(all: Iterable<LoadCounts>): LoadCounts {
  const sum = noCounts();
  const levels: LevelCounts[] = [];
  let scopes: LoadCounts["scopes"];
  let names: LoadCounts["names"];
  for (const counts of all) {
    scopes ??= counts.scopes;
    names ??= counts.names;
    addCounts(sum, counts);
    while (levels.length < (counts.levels?.length ?? 0)) levels.push(noLevelCounts());
    addLevels(levels, counts.levels);
  }
  return {
    ...sum,
    ...(levels.length === 0 ? {} : { levels }),
    ...(names === undefined ? {} : { names }),
    ...(scopes === undefined ? {} : { scopes }),
  };
}

/** Counts of nothing. */
export function noCounts(): Counts {
  return countsFrom(() => 0);
}

/** Adds `more` to `into`, in place. */
export function addCounts(into: Counts, more: Partial<Counts>): void {
  for (const name of COUNT_NAMES) into[name] += more[name] ?? 0;
}

/** The sum of several counts of one load. */
export function sumOfCounts(all: Iterable<Counts>): Counts {
  const sum = noCounts();
  for (const counts of all) addCounts(sum, counts);
  return sum;
}

/** The records that `counts` accounts for; equals `read` when a load is complete. */
export function accountedFor(counts: Partial<Counts>): number {
  return total(counts, ({ role }) => role === "outcome" || role === "reject");
}

/** How much in the database is other than before. */
export function changesIn(counts: Partial<Counts>): number {
  return total(counts, ({ changes }) => changes);
}

/** The records after which there was a row in the table. */
export function rowsLeftBy(counts: Partial<Counts>): number {
  return total(counts, ({ leavesRow }) => leavesRow);
}

function total(counts: Partial<Counts>, takes: (spec: CountSpec) => boolean): number {
  return COUNT_NAMES.reduce(
    (sum, name) => sum + (takes(COUNTS[name]) ? (counts[name] ?? 0) : 0),
    0,
  );
}
