/**
 * Writes batches of records that hold others: level by level, so that the rows of all records on a level are one set. What is
 * at fault on any level is its record, with everything in it: the batch is undone and written without it.
 */
import { failPoint } from "../../testing/fail-point.ts";
import type { Batch, BatchResult, Row, RowFault } from "../../model/batch.ts";
import { addCounts } from "../../model/counts.ts";
import type { OutcomeCounts, RowOutcome } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestLevel, NestPlan } from "../../model/nest/nest-plan.ts";
import { TransactionAborted } from "../../targets/target.ts";
import type { Session } from "../../targets/target.ts";
import { joinApplied, lookedUp } from "../applied-batch.ts";
import type { AppliedBatch } from "../applied-batch.ts";
import type { Quarantine } from "../quarantine.ts";
import { rowsBatch, without } from "../row-batches.ts";
import type { PreparedTable } from "../table-writer.ts";
import { missingTest, mostMissing } from "./absent-rows.ts";
import { CertainFaults } from "./certain-faults.ts";
import { Coalescer, mayCoalesce, RepeatsTold, withRepeats } from "./coalesce.ts";
import { deletingRuns } from "./deleting-rows.ts";
import { KeysUnfit, LinkFinder, linkedRow, RecordsCoupled } from "./link-finder.ts";
import type { LinkKey } from "./link-finder.ts";
import { RecordsRepeat } from "./families.ts";
import type { Family } from "./families.ts";
import { arraysIn, linkedBatch, linkedLevel, objectsIn } from "./level-batches.ts";
import type { LinkedLevel } from "./level-batches.ts";
import type { MissingGuard } from "./missing-guard.ts";
import { loses, MissingTaker } from "./missing-rows.ts";
import { ofRecord, ofRecords, unlinked } from "./nest-faults.ts";
import { NestTally } from "./nest-tally.ts";

/** What a nest writer needs besides its plan. */
export interface NestWriterContext {
  readonly session: Pick<
    Session,
    | "execute"
    | "lookups"
    | "missingSql"
    | "classify"
    | "rowFault"
    | "recordSavepoint"
    | "keyHashes"
    | "capabilities"
  >;
  /** Of the load; it may have written in other transactions before. */
  readonly guard: MissingGuard;
  readonly quarantine: Quarantine;
  /** What became of rows as the load counts it. */
  readonly asCounted: (plan: TablePlan, result: BatchResult) => BatchResult;
  /** Before records are written that may be undone: each tells what is to be done then. */
  readonly marks: readonly (() => () => void)[];
  /** In the order of the tables of the load; `null` for one that is only looked up. */
  readonly writers: readonly (PreparedTable | null)[];
}

/** A level with what it is written by. */
interface WrittenLevel extends LinkedLevel {
  /** `null`: rows that records do not mention stay. */
  readonly taker: MissingTaker | null;
}

/** One way through the levels with the records of a batch. */
interface Attempt {
  readonly tally: NestTally;
  readonly isOnly: boolean;
  /** Of rows on the first level that has some; the level is not left then. */
  readonly faults: RowFault[];
}

/** Writes the batches of one transaction. */
export class NestWriter {
  readonly #tables: readonly TablePlan[];
  readonly #context: NestWriterContext;
  readonly #levels: readonly WrittenLevel[];
  readonly #eachRecord: boolean;
  readonly #certain: CertainFaults;
  /** By the place of the table. */
  readonly #coalescers = new Map<number, Coalescer>();

  constructor(tables: readonly TablePlan[], nest: NestPlan, context: NestWriterContext) {
    this.#tables = tables;
    this.#context = context;
    this.#eachRecord = nest.eachRecord !== null;
    this.#certain = new CertainFaults(tables, nest.levels);
    this.#levels = nest.levels.flatMap((level) => {
      const sourceAt = level.relation === "array" ? level.parentAt : level.at;
      const source = tables[sourceAt];
      if (source === undefined) return [];
      const finds = nest.levels.some((each) => each.at === sourceAt && each.finds);
      const { links } = level;
      const linked = linkedLevel(level, new LinkFinder(source, { links, finds }, context.session));
      const planned = { tables, levels: nest.levels };
      return [{ ...linked, taker: MissingTaker.of(level, planned, context.session) }];
    });
    for (const level of this.#levels) {
      const plan = tables[level.at];
      if (plan !== undefined && mayCoalesce(plan, level, { tables, levels: this.#levels }))
        this.#coalescers.set(level.at, new Coalescer(plan, context.session));
    }
  }

  /** Makes the rows of all levels ready, as far as their records say all of them, while an earlier batch is being written. */
  prepare(batch: Batch): void {
    if (batch.packed === null || this.#eachRecord) return;
    if (!this.#context.quarantine.goesRowByRow(batch)) this.#prepare(0, batch);
  }

  #prepare(at: number, given: Batch): void {
    // Rows that delete are written apart from the others.
    if (this.#tables[at]?.recordDeletes !== undefined) return;
    let batch = given;
    for (const level of this.#below(at, "object")) {
      const objects = objectsIn(batch, level);
      if (objects.packed === null) return;
      if (objects.size === 0) continue;
      this.#prepare(level.at, objects);
      const areTold = !level.finds && level.finder.areTold({});
      const linked = areTold ? linkedBatch(batch, level) : null;
      if (linked === null) return;
      batch = linked;
    }
    if (!this.#finds(at))
      this.#context.writers[at]?.prepare?.(
        this.#coalescers.get(at)?.without(batch)?.batch ?? batch,
      );
    for (const level of this.#below(at, "array")) {
      const areTold = this.#areWrittenPacked(level, {});
      const rows = areTold ? arraysIn(batch, level) : null;
      if (rows !== null && rows.size > 0) this.#prepare(level.at, rows);
    }
  }

  /** Applies the records of a batch; its counts are exact. Throws whatever no row caused. */
  async write(batch: Batch): Promise<AppliedBatch> {
    const { guard, session } = this.#context;
    await guard.begin(session);
    const total = new NestTally(this.#levels);
    const refused = this.#context.quarantine.faultsIn(batch);
    for (const fault of refused) total.reject(fault);
    await this.#write(without(batch, refused), total);
    const { counts, faults, misfits, created, levels } = total;
    guard.take(levels);
    const inOrder = faults.toSorted((a, b) => a.row.ord - b.row.ord);
    return { batch, result: { counts, faults: inOrder, misfits, created, levels } };
  }

  async #write(batch: Batch, total: NestTally): Promise<void> {
    if (batch.size === 0) return;
    const isSingle = batch.size === 1;
    if (!isSingle && (this.#eachRecord || this.#context.quarantine.goesRowByRow(batch)))
      return await this.#writeEach(batch, total);
    await this.#run("savepoint");
    const forgets = this.#context.marks.map((mark) => mark());
    const attempt: Attempt = { tally: new NestTally(this.#levels), isOnly: isSingle, faults: [] };
    const isWhole = await this.#attempt(batch, attempt);
    if (isWhole === true) {
      await this.#run("release");
      return total.join(attempt.tally);
    }
    await this.#run("rollback");
    await this.#run("release");
    for (const forget of forgets) forget();
    if (isWhole instanceof RecordsRepeat) {
      for (const rows of isWhole.runsOf(batch.rows))
        await this.#write(rowsBatch(batch, rows), total);
      return;
    }
    if (isWhole === "coupled") return await this.#writeEach(batch, total);
    if (isWhole === "again") return await this.#write(batch, total);
    const [first] = attempt.faults;
    if (first === undefined) return;
    if (isSingle) return total.reject(this.#ofRecord(first, batch.rows[0] ?? first.row));
    await this.#writeOthers(batch, attempt.faults, total);
  }

  #ofRecord(fault: RowFault, record: Row): RowFault {
    return ofRecord(fault, record, this.#context.session.capabilities);
  }

  /** A record at fault may owe it to one before it that is at fault as well: the others are written in halves, unless it is certain. */
  async #writeOthers(batch: Batch, faults: readonly RowFault[], total: NestTally): Promise<void> {
    const certain = new Map<number, RowFault>();
    const rows = new Map(batch.rows.map((row) => [row.ord, row]));
    for (const fault of faults) {
      const record = rows.get((fault.row.root ?? fault.row).ord);
      if (record === undefined || !this.#certain.has(fault) || certain.has(record.ord)) continue;
      certain.set(record.ord, this.#ofRecord(fault, record));
    }
    for (const fault of certain.values()) total.reject(fault);
    const left = batch.rows.filter(({ ord }) => !certain.has(ord));
    if (certain.size > 0) return await this.#write(rowsBatch(batch, left), total);
    const half = Math.ceil(left.length / 2);
    await this.#write(rowsBatch(batch, left.slice(0, half)), total);
    await this.#write(rowsBatch(batch, left.slice(half)), total);
  }

  async #writeEach(batch: Batch, total: NestTally): Promise<void> {
    for (const row of batch.rows) await this.#write(rowsBatch(batch, [row]), total);
  }

  /** True where all rows on all levels were applied. */
  async #attempt(
    batch: Batch,
    attempt: Attempt,
  ): Promise<boolean | "coupled" | "again" | RecordsRepeat> {
    try {
      return (await this.#writeRows(0, batch, attempt)) !== null;
    } catch (error) {
      if (error instanceof RecordsCoupled) return "coupled";
      if (error instanceof RecordsRepeat) return error;
      if (error instanceof RepeatsTold) this.#coalescers.clear();
      if (error instanceof RepeatsTold || error instanceof KeysUnfit) return "again";
      if (error instanceof TransactionAborted)
        throw ofRecords(error, batch, this.#context.session.capabilities);
      throw error;
    }
  }

  /** Writes rows of a table with everything in them; their result, or `null` where one is at fault. */
  async #writeRows(at: number, given: Batch, attempt: Attempt): Promise<AppliedBatch | null> {
    if (given.size === 0) return { batch: given, result: { counts: {}, faults: [] } };
    const hasArrays = this.#below(at, "array").length > 0;
    const mayDelete = hasArrays && this.#tables[at]?.recordDeletes !== undefined;
    const runs = mayDelete ? deletingRuns(given.rows, attempt.isOnly) : [];
    if (runs.length < 2) return await this.#writeRun(at, given, attempt);
    const parts: AppliedBatch[] = [];
    for (const run of runs) {
      const applied = await this.#writeRun(at, rowsBatch(given, run), attempt);
      if (applied === null) return null;
      parts.push(applied);
    }
    return joinApplied(given, parts);
  }

  async #writeRun(at: number, given: Batch, attempt: Attempt): Promise<AppliedBatch | null> {
    let batch: Batch | null = given;
    for (const level of this.#below(at, "object")) {
      batch = await this.#writeObjects(level, batch, attempt);
      if (batch === null) return null;
    }
    failPoint("level");
    const applied = this.#finds(at) ? lookedUp(batch) : await this.#apply(at, batch);
    if (applied === null) return null;
    failPoint("level-applied");
    attempt.tally.add(at, applied.result, batch.size);
    attempt.faults.push(...applied.result.faults);
    if (attempt.faults.length > 0) return null;
    for (const level of this.#below(at, "array"))
      if (!(await this.#writeArrays(level, { ...applied, given: batch }, attempt))) return null;
    return applied;
  }

  /** Writes rows of a table, equal ones once where nothing could tell. */
  async #apply(at: number, batch: Batch): Promise<AppliedBatch | null> {
    const writer = this.#context.writers[at];
    const plan = this.#tables[at];
    if (!writer || plan === undefined) return null;
    const coalesced = this.#coalescers.get(at)?.without(batch) ?? null;
    if (coalesced === null) return await writer.write(batch);
    const { result } = await writer.write(coalesced.batch);
    if (result.faults.length > 0) return { batch, result };
    return { batch, result: this.#context.asCounted(plan, withRepeats(result, coalesced)) };
  }

  #below(at: number, relation: NestLevel["relation"]): readonly WrittenLevel[] {
    return this.#levels.filter((level) => level.parentAt === at && level.relation === relation);
  }

  /** Writes the rows that these refer to; these with what they are referred to by. */
  async #writeObjects(level: LinkedLevel, batch: Batch, attempt: Attempt): Promise<Batch | null> {
    const objects = objectsIn(batch, level);
    if (objects.size === 0) return batch;
    const applied = await this.#writeRows(level.at, objects, attempt);
    if (applied === null) return null;
    const areTold = !level.finds && level.finder.areTold(applied.result.counts);
    const linked = areTold ? linkedBatch(batch, level) : null;
    if (linked !== null) return linked;
    const keys = await this.#keysOf(level, applied, attempt);
    const plan = this.#tables[level.at];
    const mayMiss =
      level.finds || plan === undefined || mostMissing(applied.result.counts, plan) > 0;
    let next = 0;
    const rows = batch.rows.map((row) => {
      const [object] = row.nested?.[level.memberAt] ?? [];
      if (object === undefined) return row;
      const key = keys[next++];
      if (key?.kind === "values") return linkedRow(row, level.links, key.values);
      attempt.faults.push(unlinked(object, plan, { key, isThere: !mayMiss }));
      return row;
    });
    return attempt.faults.length === 0 ? rowsBatch(batch, rows) : null;
  }

  /** Writes the rows that refer to these; those of a row that is not there are skipped. */
  async #writeArrays(
    level: WrittenLevel,
    { batch, result, given }: AppliedBatch & { readonly given: Batch },
    attempt: Attempt,
  ): Promise<boolean> {
    const areTold = this.#areWrittenPacked(level, result.counts);
    const packed = areTold ? arraysIn(given, level) : null;
    if (packed !== null) return (await this.#writeRows(level.at, packed, attempt)) !== null;
    const parents = batch.rows.filter((row) => {
      const inside = row.nested?.[level.memberAt] ?? null;
      // An array without elements says that all rows go.
      return inside !== null && (inside.length > 0 || level.taker !== null);
    });
    if (parents.length === 0) return true;
    const applied = { batch: rowsBatch(batch, parents), result };
    const keys = await this.#keysOf(level, applied, attempt);
    const source = this.#tables[level.parentAt];
    const isMissing = source && missingTest({ keys, result, isOnly: attempt.isOnly }, source);
    if (isMissing === null) throw new RecordsCoupled("rows are not found by their keys");
    const families: Family[] = [];
    for (const [place, parent] of parents.entries()) {
      const key = keys[place];
      const inside = parent.nested?.[level.memberAt] ?? [];
      const outcome = result.outcomes?.get(parent.ord);
      const isAbsent = key?.kind === "absent" && isMissing?.(parent) === true;
      if (isAbsent || this.#isLeftOut(level, outcome)) attempt.tally.skip(level.at, inside);
      else if (key?.kind === "values") {
        const rows = inside.map((row) => linkedRow(row, level.links, key.values));
        const isLosing = this.#loses(level.parentAt, outcome);
        families.push({ parent, key: key.values, rows, loses: isLosing });
      } else
        attempt.faults.push(
          unlinked(parent, source, { key, isThere: !this.#finds(level.parentAt) }),
        );
    }
    if (attempt.faults.length > 0) return false;
    const parts = level.taker?.partsOf(families, attempt.isOnly) ?? [families];
    for (const part of parts) {
      const all = rowsBatch(
        batch,
        part.flatMap((family) => family.rows),
      );
      if (!(await this.#writeFamilies(level, { families: part, batch: all }, attempt)))
        return false;
    }
    return true;
  }

  /** Whether nothing has to be known of single rows for what is in their arrays. */
  #areWrittenPacked({ taker, whenWritten, finder }: WrittenLevel, counts: OutcomeCounts): boolean {
    return taker === null && !whenWritten && finder.areTold(counts);
  }

  /** Writes the rows in some arrays, and takes away those that are not in them. */
  async #writeFamilies(
    level: WrittenLevel,
    { families, batch }: { readonly families: readonly Family[]; readonly batch: Batch },
    attempt: Attempt,
  ): Promise<boolean> {
    const applied = await this.#writeRows(level.at, batch, attempt);
    if (applied === null) return false;
    const taken = (await level.taker?.take(families, applied.batch.rows)) ?? 0;
    if (typeof taken === "number") {
      addCounts(attempt.tally.at(level.at), { removed: taken });
      return true;
    }
    attempt.faults.push(taken);
    return false;
  }

  /** Rows of a level that are only looked up. */
  #finds(at: number): boolean {
    return this.#levels.some((level) => level.at === at && level.finds);
  }

  /** Whether a row loses what its array does not mention. */
  #loses(at: number, outcome: RowOutcome | undefined): boolean {
    const plan = this.#tables[at];
    if (outcome === undefined || plan === undefined || this.#finds(at)) return false;
    return loses(outcome, plan);
  }

  /** Rows in an array are not written after this outcome of their record's own row. */
  #isLeftOut({ whenWritten, parentAt }: NestLevel, outcome: RowOutcome | undefined): boolean {
    if (outcome === "suppressed") return true;
    if (!whenWritten) return false;
    return this.#finds(parentAt) || (outcome !== "inserted" && outcome !== "updated");
  }

  async #keysOf(
    { finder, relation, finds }: LinkedLevel,
    { batch, result }: AppliedBatch,
    { isOnly }: Attempt,
  ): Promise<readonly LinkKey[]> {
    const areFound = relation === "object" && finds;
    return await finder.find({ rows: batch.rows, counts: result.counts, isOnly, areFound });
  }

  async #run(which: "savepoint" | "rollback" | "release"): Promise<void> {
    const sql = this.#context.session.recordSavepoint[which];
    if (sql !== undefined) await this.#context.session.execute.run(sql);
  }
}
