/** What a user should know of a load besides its plan's warnings: what only its records, or its commit, could tell. */
import type { LoadCounts } from "../../model/counts.ts";
import { plural } from "../../errors/format.ts";
import type { Differences, DifferencesByTable } from "../../model/differences.ts";
import type { Step, TablePlan } from "../../model/load-plan.ts";
import { writtenLevels } from "../../model/nest/nest-plan.ts";
import type { LateRows } from "../../model/late-rows.ts";
import { isWithheld } from "../../model/removal.ts";
import type { RemovedRows } from "../../model/removal.ts";
import { tableLabel } from "../../plan/names.ts";
import type { ReportedStep } from "../../report/report.ts";
import type { PreparedLoad } from "../prepare.ts";
import type { Options } from "../../options/options.ts";
import { fieldNames } from "../../plan/mapping/field-names.ts";
import { findOverlaps } from "../../plan/overlaps.ts";
import type { UnseenFields } from "../../plan/mapping/unseen-fields.ts";
import { heldColumns, writtenColumns } from "../../plan/written-columns.ts";
import type { MisfitTally } from "../../account/misfit-tally.ts";
import type { RecordMapper } from "../../write/mapping/map-records.ts";

interface MappedLoad {
  readonly prepared: Pick<PreparedLoad, "plan" | "session">;
  readonly mapper: Pick<RecordMapper, "columns" | "later">;
  /** Those of the levels of nested records, in their order. */
  readonly levels: readonly Pick<RecordMapper, "columns">[];
}

/** A table that was written to, and columns of it. */
interface WrittenColumns {
  readonly table: TablePlan;
  readonly columns: readonly string[];
}

/** How a load is looked back on. */
export interface LookBack {
  /** Sequences are moved: `--sync-sequences`. */
  readonly moves: boolean;
  /** It was undone. */
  readonly rehearsal: boolean;
}

/** Of which load rows were to be taken away. */
interface RemovalOf {
  readonly table: string;
  readonly isJob: boolean;
  /** The tables of other loads of the run, of which a record was rejected where none of this one was. */
  readonly others: readonly string[];
}

/** What to know of rows that no record has and that are in the table all the same. */
function removalWarnings(rows: RemovedRows, { table, isJob, others }: RemovalOf): string[] {
  const { kept, live } = rows;
  const own = "a record was rejected, and its row would have counted as missing";
  const why =
    others.length === 0
      ? own
      : `a record of ${others.join(", ")} was rejected, and what it refers to has to stay`;
  const again = `correct the record, and load the whole source again with --delete-missing${isJob ? " --reset-job" : ""}`;
  const are = (count: number): string => `${plural(count, "row")} of ${table}`;
  return [
    ...(isWithheld(rows) ? [`no row of ${table} was deleted: ${why}; ${again}`] : []),
    ...(kept === 0
      ? []
      : [
          `${are(kept)}, which no record has, stayed: a trigger or a policy of the table keeps them`,
        ]),
    ...(live === 0
      ? []
      : [
          `${are(live)} were marked by --delete-set and still match --delete-where: the next load marks them again`,
        ]),
  ];
}

function moving(sql: string | undefined): Pick<Step, "name" | "sql">[] {
  return sql === undefined ? [] : [{ name: "--sync-sequences", sql }];
}

/** The tables with the columns that `columnsOf` tells; a table on several levels once for each. */
function writtenTables(
  { prepared: { plan }, mapper, levels }: MappedLoad,
  kept: LoadCounts,
  columnsOf: typeof writtenColumns,
): readonly WrittenColumns[] {
  const [root] = plan.tables;
  const ofLevels = (plan.nest?.levels ?? []).flatMap(({ at, finds }, place): WrittenColumns[] => {
    const [table, own, counts] = [plan.tables[at], levels[place], kept.levels?.[place]];
    if (finds || table === undefined || own === undefined || counts === undefined) return [];
    return [{ table, columns: columnsOf(table, own.columns, counts) }];
  });
  return [{ table: root, columns: columnsOf(root, mapper.columns, kept) }, ...ofLevels];
}

/** Gathers the notes of one try. */
export class LoadNotes {
  /** Of each source that was read to its end. */
  readonly #ofSources = new Map<string, readonly string[]>();
  #mapped: MappedLoad | null = null;
  #leftToDo: readonly string[] = [];
  #steps: readonly ReportedStep[] = [];
  #removed: RemovedRows | null = null;
  #rejectedIn: readonly string[] = [];
  readonly #differences = new Map<number, Differences>();
  #late: LateRows | null = null;
  readonly #map: Options["map"];

  constructor({ map }: Pick<Options, "map">) {
    this.#map = map;
  }

  /** A source was read to its end. */
  ended(name: string, warnings: readonly string[]): void {
    this.#ofSources.set(name, warnings);
  }

  /** Records are about to be mapped by this plan. */
  mapped(
    prepared: MappedLoad["prepared"],
    mapper: MappedLoad["mapper"],
    levels: MappedLoad["levels"] = [],
  ): void {
    this.#mapped = { prepared, mapper, levels };
  }

  /** What was run before and after the records. */
  get steps(): readonly ReportedStep[] {
    return this.#steps;
  }

  /** The rows that no record has; `null`: they stay. */
  get removed(): RemovedRows | null {
    return this.#removed;
  }

  /** What was set after the last record; `null`: nothing is. */
  get late(): LateRows | null {
    return this.#late;
  }

  /** This was set after the last record. */
  setLate(rows: LateRows | null): void {
    this.#late = rows;
  }

  /** This became of the rows that no record has. */
  tookAway(rows: RemovedRows | null): void {
    this.#removed = rows;
  }

  /** Rows that no record has stay for records that were rejected of these other tables. */
  staysFor(tables: readonly string[]): void {
    this.#rejectedIn = tables;
  }

  /** What differs in the tables of the load. */
  get differences(): DifferencesByTable {
    return this.#differences;
  }

  /** The table at this place of the plan was compared with what it was. */
  differ(at: number, differences: Differences): void {
    this.#differences.set(at, differences);
  }

  /** These steps were run, and the load was not stopped after them. */
  ran(steps: readonly Pick<Step, "name" | "sql">[]): void {
    this.#steps = [...this.#steps, ...steps.map(({ name, sql }) => ({ step: name, sql }))];
  }

  /**
   * Asks, after the last commit, what the load leaves for the user to do, or does it; `kept` are the counts of what is
   * committed. A rehearsal, which has kept nothing, only names what would be done; `kept` are then its counts.
   */
  async lookBack(kept: LoadCounts, { moves, rehearsal }: LookBack): Promise<void> {
    if (this.#mapped === null) return;
    const { prepared } = this.#mapped;
    const all = writtenTables(this.#mapped, kept, moves ? heldColumns : writtenColumns);
    if (rehearsal) {
      const sequences = all.flatMap(({ table: { table }, columns }) =>
        table.columns.filter(({ name }) => moves && columns.includes(name)),
      );
      return this.ran(sequences.flatMap(({ sequence }) => moving(sequence?.moveSql)));
    }
    if (moves) return await this.#moveSequences(prepared.session, all);
    const left: string[] = [];
    for (const { table, columns } of all)
      left.push(...((await prepared.session.leftToDo?.(table, columns)) ?? []));
    this.#leftToDo = left;
  }

  /** Moves the sequences of all columns that the load may write to, once it is committed. */
  async moveAllSequences({ plan, session }: MappedLoad["prepared"]): Promise<void> {
    const all = [plan.tables[0], ...writtenLevels(plan)].map((table): WrittenColumns => ({
      table,
      columns: table.columns.map(({ name }) => name),
    }));
    await this.#moveSequences(session, all);
  }

  async #moveSequences(
    session: MappedLoad["prepared"]["session"],
    all: readonly WrittenColumns[],
  ): Promise<void> {
    const left: string[] = [];
    for (const { table, columns } of all) {
      const done = await session.moveSequences?.(table, columns);
      this.ran((done?.moved ?? []).flatMap(moving));
      left.push(...(done?.failed ?? []));
    }
    this.#leftToDo = left;
  }

  /** All notes, in the order in which they are printed. */
  all({
    misfits,
    unseen,
    lost,
    late,
    members,
  }: {
    readonly misfits: MisfitTally | undefined;
    readonly unseen: UnseenFields | undefined;
    /** What is said of values that have lost a part. */
    readonly lost: readonly string[];
    /** The columns that `--late` names. */
    readonly late: readonly string[];
    /** What is said of members that were empty. */
    readonly members: readonly string[];
  }): readonly string[] {
    return [
      ...[...this.#ofSources.values()].flat(),
      ...this.#overlaps(),
      ...(misfits?.warnings ?? []),
      ...lost,
      ...(unseen?.warnings ?? []),
      ...members,
      ...this.#lateUnseen(late),
      ...(this.#late === null ? [] : this.#lateWarnings(this.#late)),
      ...(this.#removed === null ? [] : this.#removalWarnings(this.#removed)),
      ...this.#leftToDo,
    ];
  }

  #lateUnseen(late: readonly string[]): readonly string[] {
    const carried = this.#mapped?.mapper.columns ?? late;
    return late
      .filter((column) => !carried.includes(column))
      .map((column) => `no record had a field for the column ${column}, which --late names`);
  }

  /** A value that was not set is not lost without a word. */
  #lateWarnings({ columns, missed }: LateRows): readonly string[] {
    const table = this.#mapped?.prepared.plan.tables[0].table;
    if (missed === 0 || table === undefined) return [];
    return [
      `${plural(missed, "record")} did not set ${columns.join(", ")}: no row of ${tableLabel(table)} had ${missed === 1 ? "its" : "their"} key after the last record; a trigger changed it, or a later record did`,
    ];
  }

  #removalWarnings(rows: RemovedRows): readonly string[] {
    const plan = this.#mapped?.prepared.plan;
    if (plan === undefined) return [];
    const [{ table }] = plan.tables;
    const isJob = plan.job !== null;
    return removalWarnings(rows, { table: tableLabel(table), isJob, others: this.#rejectedIn });
  }

  /** Fields of later records that give way to a flag; those that planning saw are in the plan's warnings. */
  #overlaps(): readonly string[] {
    if (this.#mapped === null) return [];
    const { plan, session } = this.#mapped.prepared;
    const [table] = plan.tables;
    const columns = table.table.columns.map(({ name }) => name);
    const naming = { columns, quoteIdentifier: (name: string) => session.quoteIdentifier(name) };
    const { later: mapping } = this.#mapped.mapper;
    const names = fieldNames([], this.#map);
    return findOverlaps({ ...table, mapping, naming, fieldNames: names }).warnings;
  }
}
