/**
 * How far a job has come, moved along with every commit. Each transaction of a load first locks the rows it will move,
 * as this run knows them, and moves them last. So a run that was taken over writes nothing more, and what the rows
 * say is what was committed.
 */
import { isDeepStrictEqual } from "node:util";
import { failPoint } from "../testing/fail-point.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { CheckpointValues, RejectOffsets } from "../model/checkpoint.ts";
import { noCounts, sumOfLoads } from "../model/counts.ts";
import type { LoadCounts } from "../model/counts.ts";
import { BEGINNING, isBefore, isBeginning } from "../model/source-offset.ts";
import type { CheckedStatement } from "../targets/sql-executor.ts";
import type { CheckpointTable } from "./checkpoint-table.ts";
import type { CommittedOffset } from "../model/source-offset.ts";
import type { WatchedTables } from "./watched-tables.ts";

/** Which rows of the source at work a transaction moves: that of one writer, or all of them. */
export type CursorScope = number | "all";

/** What a commit takes along. */
export type CursorMove = {
  /** In the order of the sources; none: only the counts move. */
  readonly offsets: readonly CommittedOffset[];
  readonly counts: LoadCounts;
} & ScopedMove;

/** Writers that share a source commit no rejects: a batch with some is written serially. */
type ScopedMove =
  | { readonly scope: number }
  | {
      readonly scope: "all";
      /** How long the reject files are; `null`: as long as they were. */
      readonly rejects: RejectOffsets | null;
    };

/** SHA-256 of nothing. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The rows of one job, as the run that owns it knows them. Several sessions may move different partitions at once. */
export class CheckpointCursor {
  /** By source and partition. What is known of rejects is in the first row of all. */
  readonly #sources = new Map<number, CheckpointValues[]>();
  /** The source at work. */
  #at: number;
  readonly #tables: WatchedTables | null;

  /** `rows` are all rows of the job, never none; `at` is the source that is read first; `tables`: those it writes to. */
  constructor(rows: readonly CheckpointValues[], at: number, tables: WatchedTables | null = null) {
    this.#tables = tables;
    for (const row of rows) {
      this.#sources.set(row.source, [...(this.#sources.get(row.source) ?? []), row]);
    }
    // Until there is a row of the source, another one of the job serves for it.
    this.#at = this.#sources.has(at) ? at : Math.max(...this.#sources.keys());
  }

  /** How far the partitions of the source at work have come. */
  get rows(): readonly CheckpointValues[] {
    return this.#sources.get(this.#at) ?? [];
  }

  /** What all commits of the job so far have counted. */
  get counts(): LoadCounts {
    return sumOfLoads(this.#all.map(({ counts }) => counts));
  }

  /** Whether anything of the job was committed. */
  get hasBegun(): boolean {
    return this.#all.some(({ offset, total }) => !isBeginning(offset) || total !== null);
  }

  get #all(): readonly CheckpointValues[] {
    return [...this.#sources.values()].flat();
  }

  /**
   * The first statement of a transaction. Throws `JOB_TAKEN` when another run has moved a row, `JOB_TABLE` where a table
   * is known to be another one, and `CHECKPOINT_TABLE` where the row does not take what is written.
   */
  async lock(table: CheckpointTable, scope: CursorScope): Promise<void> {
    const conditions = this.#tables?.conditions(table.executor) ?? [];
    for (const row of this.#moving(scope))
      if (!(await table.lock(row, conditions))) throw await this.refusal(table);
    await this.#tables?.look(this.#all, table.executor);
  }

  /** Why a row cannot be locked or moved: `JOB_TAKEN`, or `CHECKPOINT_TABLE` where it is still this run's. Throws `JOB_TABLE`. */
  async refusal(table: CheckpointTable): Promise<Error> {
    const { executor } = table;
    const conditions = this.#tables?.conditions(executor) ?? [];
    const { job, epoch, owner } = this.#head;
    if (conditions.length > 0) await this.#tables?.refuseOthers(job, executor);
    const rows = await table.read(job);
    const isOurs =
      rows.length > 0 && rows.every((row) => row.epoch === epoch && row.owner === owner);
    return isOurs ? table.dropsRows("update") : this.#taken();
  }

  /** A script of the load's own is about to run in the transaction at hand, and may make tables anew. Throws `JOB_TABLE`. */
  async beforeScript({ executor }: CheckpointTable): Promise<void> {
    await this.#tables?.expectOthers(this.#head.job, executor);
  }

  #moving(scope: CursorScope): readonly CheckpointValues[] {
    return scope === "all" ? this.rows : this.rows.filter((row) => row.partition === scope);
  }

  /** Moves all that a commit moves but for what it answers: the last statements of the transaction, one a row. */
  async move(table: CheckpointTable, move: CursorMove): Promise<readonly CheckedStatement[]> {
    const { scope, offsets, counts } = move;
    const moved: MovedRows = new Map();
    for (const reached of offsets) {
      const { source } = reached;
      if (!this.#sources.has(source.number)) await this.#add(table, emptyRow(this.#head, source));
      this.#reach(scope, reached, moved);
    }
    const [carrier] = this.#moving(scope);
    if (carrier !== undefined) {
      const total = sumOfLoads([carrier.counts, counts]);
      this.#replace(carrier, { ...carrier, counts: total }, moved);
    }
    if (move.scope === "all") this.#keepRejects(move.rejects, moved);
    await this.#learnTables(table, moved);
    const others = scope === "all" ? this.#collapse(moved) : [];
    for (const { job, source, partition } of others) await table.remove({ job, source, partition });
    return await this.#advancing(table, moved);
  }

  async #advancing(table: CheckpointTable, moved: MovedRows): Promise<CheckedStatement[]> {
    const conditions = this.#tables?.conditions(table.executor) ?? [];
    const statements: CheckedStatement[] = [];
    for (const [last, next] of moved.values())
      statements.push(await table.advancing(last, next, conditions));
    return statements;
  }

  /** Runs the last statements of a transaction. Throws `JOB_TAKEN`, and `JOB_TABLE` where a table is another one. */
  async write(table: CheckpointTable, last: readonly CheckedStatement[]): Promise<void> {
    for (const { sql, values } of last) {
      const { changed } = await table.executor.run(sql, values);
      if (changed !== 1) throw await this.refusal(table);
    }
  }

  /** Rows remember the tables that the transaction at hand has made. */
  async #learnTables({ executor }: CheckpointTable, moved: MovedRows): Promise<void> {
    const madeAs = (await this.#tables?.learn(executor)) ?? null;
    if (madeAs === null) return;
    for (const row of this.#all) {
      if (row.madeAs !== madeAs) this.#replace(row, { ...row, madeAs }, moved);
    }
  }

  #reach(scope: CursorScope, reached: CommittedOffset, moved: MovedRows): void {
    const { source, offset, prefix, total } = reached;
    this.#at = source.number;
    for (const row of this.#moving(scope)) {
      // A partition may be ahead of the others, where an earlier run has left it.
      if (isBefore(offset, row.offset)) continue;
      this.#replace(row, { ...row, name: source.name, offset, prefix, total }, moved);
    }
  }

  #keepRejects(rejects: RejectOffsets | null, moved: MovedRows): void {
    const head = this.#head;
    if (rejects === null || isDeepStrictEqual(rejects, head.rejects)) return;
    this.#replace(head, { ...head, rejects }, moved);
  }

  get #head(): CheckpointValues {
    const head = this.#sources.get(1)?.find((row) => row.partition === 0);
    if (head === undefined) throw upsurgeError("INTERNAL", { message: "a job has no first row" });
    return head;
  }

  /** Partitions that have come equally far are one; tells the rows that are to go. */
  #collapse(moved: MovedRows): readonly CheckpointValues[] {
    const [first, ...others] = this.rows;
    if (first === undefined) return [];
    if (
      others.some(({ offset }) => isBefore(offset, first.offset) || isBefore(first.offset, offset))
    )
      return [];
    const counts = sumOfLoads(this.rows.map((row) => row.counts));
    if (others.length > 0) this.#replace(first, { ...first, partitions: 1, counts }, moved);
    for (const row of others) moved.delete(placeOf(row));
    this.#sources.set(this.#at, this.rows.slice(0, 1));
    return others;
  }

  /** Shares a source out among so many writers, in a transaction of its own; `reached`: how far all of it is written. */
  async share(table: CheckpointTable, writers: number, reached: CommittedOffset): Promise<void> {
    failPoint("share");
    await this.#inOwnTransaction(table, async () => {
      await this.#reachAll(table, reached);
      const [first] = this.rows;
      if (first === undefined) throw this.#taken();
      const moved: MovedRows = new Map();
      this.#replace(first, { ...first, partitions: writers }, moved);
      await this.write(table, await this.#advancing(table, moved));
      for (let partition = 1; partition < writers; partition += 1) {
        await this.#add(table, {
          ...first,
          partition,
          partitions: writers,
          counts: noCounts(),
          rejects: null,
        });
      }
    });
    failPoint("shared");
  }

  /** Makes the partitions of a source one again, in a transaction of its own, once all of it is written. */
  async seal(table: CheckpointTable, reached: CommittedOffset): Promise<void> {
    failPoint("seal");
    await this.#inOwnTransaction(table, async () => await this.#reachAll(table, reached));
    failPoint("sealed");
  }

  async #reachAll(table: CheckpointTable, reached: CommittedOffset): Promise<void> {
    const move = { offsets: [reached], counts: noCounts(), rejects: null };
    await this.write(table, await this.move(table, { scope: "all", ...move }));
  }

  async #inOwnTransaction(table: CheckpointTable, work: () => Promise<void>): Promise<void> {
    const { executor } = table;
    await executor.begin();
    try {
      await this.lock(table, "all");
      await work();
      await executor.commit();
    } catch (error) {
      await executor.rollback();
      throw error;
    }
  }

  #replace(last: CheckpointValues, next: CheckpointValues, moved: MovedRows): void {
    const place = placeOf(last);
    moved.set(place, [moved.get(place)?.[0] ?? last, next]);
    const rows = this.#sources.get(last.source) ?? [];
    this.#sources.set(
      last.source,
      rows.map((row) => (row.partition === last.partition ? next : row)),
    );
  }

  async #add(table: CheckpointTable, row: CheckpointValues): Promise<void> {
    await table.insert(row);
    this.#sources.set(row.source, [...(this.#sources.get(row.source) ?? []), row]);
  }

  #taken(): Error {
    return upsurgeError("JOB_TAKEN", { job: this.#head.job });
  }
}

/** Rows that are still to be written, by their place: as they are in the table, and as they will be. */
type MovedRows = Map<string, readonly [CheckpointValues, CheckpointValues]>;

function placeOf({ source, partition }: CheckpointValues): string {
  return `${source} ${partition}`;
}

/** A row that has come nowhere yet. */
export function emptyRow(
  {
    job,
    config,
    madeAs,
    epoch,
    owner,
  }: Pick<CheckpointValues, "job" | "config" | "madeAs" | "epoch" | "owner">,
  { number, name }: CommittedOffset["source"],
): CheckpointValues {
  return {
    job,
    config,
    madeAs,
    epoch,
    owner,
    source: number,
    name,
    partition: 0,
    partitions: 1,
    offset: BEGINNING,
    prefix: EMPTY_SHA256,
    total: null,
    rejects: null,
    counts: noCounts(),
  };
}

/** The offset of a source that nothing was written of yet. */
export function beginningOf({ number, name }: CommittedOffset["source"]): CommittedOffset {
  return { source: { number, name }, offset: BEGINNING, prefix: EMPTY_SHA256, total: null };
}
