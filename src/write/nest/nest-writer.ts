/**
 * Writes batches of records that hold others: level by level, so that the rows of all records on a level are one set. What is
 * at fault on any level is its record, with everything in it: the batch is undone and written without it.
 */
import type { Batch, BatchResult, Row, RowFault } from "../../model/batch.ts";
import type { RowOutcome } from "../../model/counts.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { NestLevel, NestPlan } from "../../model/nest/nest-plan.ts";
import { placeText } from "../../model/nest/nesting.ts";
import { tableName } from "../../model/table-shape.ts";
import { TransactionAborted } from "../../targets/target.ts";
import type { Session } from "../../targets/target.ts";
import type { AppliedBatch } from "../applied-batch.ts";
import type { Quarantine } from "../quarantine.ts";
import { rowsBatch, without } from "../row-batches.ts";
import { Coalescer, mayCoalesce, RepeatsTold, withRepeats } from "./coalesce.ts";
import { LinkFinder, linkedRow, RecordsCoupled } from "./link-finder.ts";
import type { LinkKey } from "./link-finder.ts";
import { arraysIn, linkedBatch, linkedLevel, objectsIn } from "./level-batches.ts";
import type { LinkedLevel } from "./level-batches.ts";
import { NestTally } from "./nest-tally.ts";

/** Writes rows of one table, its look-ups and expressions included. */
export type TableWriter = (batch: Batch) => Promise<AppliedBatch>;

/** What a nest writer needs besides its plan. */
export interface NestWriterContext {
  readonly session: Pick<
    Session,
    "execute" | "lookups" | "classify" | "rowFault" | "recordSavepoint" | "keyHashes"
  >;
  readonly quarantine: Quarantine;
  /** In the order of the tables of the load. */
  readonly writers: readonly TableWriter[];
  /** Beside them: make a batch ready while an earlier one is being written. */
  readonly prepares: readonly ((batch: Batch) => void)[];
}

/** One way through the levels with the records of a batch. */
interface Attempt {
  readonly tally: NestTally;
  readonly isOnly: boolean;
  /** Of rows on the first level that has some; the level is not left then. */
  readonly faults: RowFault[];
}

/** Codes of rows that are refused whatever is in the table, and whatever other rows there are. */
const CERTAIN: ReadonlySet<string> = new Set(["ROW_TYPE", "ROW_LENGTH", "ROW_NUL", "ROW_ENCODING"]);

/** Writes the batches of one transaction. */
export class NestWriter {
  readonly #tables: readonly TablePlan[];
  readonly #context: NestWriterContext;
  readonly #levels: readonly LinkedLevel[];
  readonly #eachRecord: boolean;
  /** By the place of the table. */
  readonly #coalescers = new Map<number, Coalescer>();

  constructor(tables: readonly TablePlan[], nest: NestPlan, context: NestWriterContext) {
    this.#tables = tables;
    this.#context = context;
    this.#eachRecord = nest.eachRecord !== null;
    this.#levels = nest.levels.flatMap((level) => {
      const source = tables[level.relation === "array" ? level.parentAt : level.at];
      if (source === undefined) return [];
      return [linkedLevel(level, new LinkFinder(source, level, context.session))];
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
    if (!this.#context.quarantine.goesAlone(batch)) this.#prepare(0, batch);
  }

  #prepare(at: number, given: Batch): void {
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
      this.#context.prepares[at]?.(this.#coalescers.get(at)?.without(batch)?.batch ?? batch);
    for (const level of this.#below(at, "array")) {
      const areTold = !level.whenWritten && level.finder.areTold({});
      const rows = areTold ? arraysIn(batch, level) : null;
      if (rows !== null && rows.size > 0) this.#prepare(level.at, rows);
    }
  }

  /** Applies the records of a batch; its counts are exact. Throws whatever no row caused. */
  async write(batch: Batch): Promise<AppliedBatch> {
    const total = new NestTally(this.#levels);
    const refused = this.#context.quarantine.faultsIn(batch);
    for (const fault of refused) total.reject(fault);
    await this.#write(without(batch, refused), total);
    const { counts, faults, misfits, created, levels } = total;
    const inOrder = faults.toSorted((a, b) => a.row.ord - b.row.ord);
    return { batch, result: { counts, faults: inOrder, misfits, created, levels } };
  }

  async #write(batch: Batch, total: NestTally): Promise<void> {
    if (batch.size === 0) return;
    const isSingle = batch.size === 1;
    if (!isSingle && (this.#eachRecord || this.#context.quarantine.goesAlone(batch)))
      return await this.#writeEach(batch, total);
    await this.#run("savepoint");
    const attempt: Attempt = {
      tally: new NestTally(this.#levels),
      isOnly: isSingle,
      faults: [],
    };
    const isWhole = await this.#attempt(batch, attempt);
    if (isWhole === true) {
      await this.#run("release");
      return total.join(attempt.tally);
    }
    await this.#run("rollback");
    await this.#run("release");
    if (isWhole === "coupled") return await this.#writeEach(batch, total);
    if (isWhole === "told") {
      this.#coalescers.clear();
      return await this.#write(batch, total);
    }
    const [first] = attempt.faults;
    if (first === undefined) return;
    if (isSingle) return total.reject(ofRecord(first, batch.rows[0] ?? first.row));
    await this.#writeOthers(batch, attempt.faults, total);
  }

  /** A record at fault may owe it to one before it that is at fault as well: the others are written in halves, unless it is certain. */
  async #writeOthers(batch: Batch, faults: readonly RowFault[], total: NestTally): Promise<void> {
    const certain = new Map<number, RowFault>();
    const rows = new Map(batch.rows.map((row) => [row.ord, row]));
    for (const fault of faults) {
      const record = rows.get((fault.row.root ?? fault.row).ord);
      if (record === undefined || !CERTAIN.has(fault.code) || certain.has(record.ord)) continue;
      certain.set(record.ord, ofRecord(fault, record));
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
  async #attempt(batch: Batch, attempt: Attempt): Promise<boolean | "coupled" | "told"> {
    try {
      return (await this.#writeRows(0, batch, attempt)) !== null;
    } catch (error) {
      if (error instanceof RecordsCoupled) return "coupled";
      if (error instanceof RepeatsTold) return "told";
      if (error instanceof TransactionAborted) throw ofRecords(error, batch);
      throw error;
    }
  }

  /** Writes rows of a table with everything in them; their result, or `null` where one is at fault. */
  async #writeRows(at: number, given: Batch, attempt: Attempt): Promise<AppliedBatch | null> {
    if (given.size === 0) return { batch: given, result: NOTHING };
    let batch: Batch | null = given;
    for (const level of this.#below(at, "object")) {
      batch = await this.#writeObjects(level, batch, attempt);
      if (batch === null) return null;
    }
    const applied = this.#finds(at) ? found(batch) : await this.#apply(at, batch);
    if (applied === null) return null;
    attempt.tally.add(at, applied.result, batch.size);
    attempt.faults.push(...applied.result.faults);
    if (attempt.faults.length > 0) return null;
    for (const level of this.#below(at, "array"))
      if (!(await this.#writeArrays(level, { ...applied, given: batch }, attempt))) return null;
    return applied;
  }

  /** Writes rows of a table, equal ones once where nothing could tell. */
  async #apply(at: number, batch: Batch): Promise<AppliedBatch | null> {
    const write = this.#context.writers[at];
    if (write === undefined) return null;
    const coalesced = this.#coalescers.get(at)?.without(batch) ?? null;
    if (coalesced === null) return await write(batch);
    const { result } = await write(coalesced.batch);
    return { batch, result: result.faults.length > 0 ? result : withRepeats(result, coalesced) };
  }

  #below(at: number, relation: NestLevel["relation"]): readonly LinkedLevel[] {
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
    let next = 0;
    const rows = batch.rows.map((row) => {
      const [object] = row.nested?.[level.memberAt] ?? [];
      if (object === undefined) return row;
      const key = keys[next++];
      if (key?.kind === "values") return linkedRow(row, level.links, key.values);
      attempt.faults.push(this.#unlinked(object, level.at, key));
      return row;
    });
    return attempt.faults.length === 0 ? rowsBatch(batch, rows) : null;
  }

  /** Writes the rows that refer to these; those of a row that is not there are skipped. */
  async #writeArrays(
    level: LinkedLevel,
    { batch, result, given }: AppliedBatch & { readonly given: Batch },
    attempt: Attempt,
  ): Promise<boolean> {
    const areTold = !level.whenWritten && level.finder.areTold(result.counts);
    const packed = areTold ? arraysIn(given, level) : null;
    if (packed !== null) return (await this.#writeRows(level.at, packed, attempt)) !== null;
    const parents = batch.rows.filter((row) => (row.nested?.[level.memberAt] ?? []).length > 0);
    if (parents.length === 0) return true;
    const applied = { batch: rowsBatch(batch, parents), result };
    const keys = await this.#keysOf(level, applied, attempt);
    const rows: Row[] = [];
    for (const [place, parent] of parents.entries()) {
      const key = keys[place];
      const inside = parent.nested?.[level.memberAt] ?? [];
      if (key?.kind === "absent" || this.#isLeftOut(level, result.outcomes?.get(parent.ord)))
        attempt.tally.skip(level.at, inside);
      else if (key?.kind === "values")
        rows.push(...inside.map((row) => linkedRow(row, level.links, key.values)));
      else attempt.faults.push(this.#unlinked(parent, level.parentAt, key));
    }
    if (attempt.faults.length > 0) return false;
    return (await this.#writeRows(level.at, rowsBatch(batch, rows), attempt)) !== null;
  }

  /** Rows of a level that are only looked up. */
  #finds(at: number): boolean {
    return this.#levels.some((level) => level.at === at && level.finds);
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

  /** Nothing tells what a row is referred to by. */
  #unlinked(row: Row, at: number, key: LinkKey | undefined): RowFault {
    const table = this.#tables[at]?.table;
    const label = table === undefined ? "the table" : tableName(table.name);
    const fault = { row, dbCode: null, constraint: null };
    if (key?.kind === "absent") {
      const message = `${label} has no row with ${key.key} to refer to`;
      return { ...fault, code: "ROW_LOOKUP", column: null, message };
    }
    const [column, found] = key?.kind === "unknown" ? [key.column, key.found] : [null, 0];
    if (found > 1) {
      const message = `${found} rows of ${label} have its key, and others are to refer to one`;
      return { ...fault, code: "ROW_LOOKUP_SEVERAL", column, message };
    }
    const message = `rows refer to ${column ?? "a column"} of ${label}, which the record does not have, nor a whole key by which its row is found`;
    return { ...fault, code: "ROW_NEST_KEY", column, message };
  }

  async #run(which: "savepoint" | "rollback" | "release"): Promise<void> {
    const sql = this.#context.session.recordSavepoint[which];
    if (sql !== undefined) await this.#context.session.execute.run(sql);
  }
}

const NOTHING: BatchResult = { counts: {}, faults: [] };

/** What rows count as that are only looked up, and are there. */
function found(batch: Batch): AppliedBatch {
  return { batch, result: { counts: { ignored: batch.size }, faults: [] } };
}

/** What helps where rows of one record exchange the values of a unique key, which is checked row by row. */
const SWAPS = "; rows of one record that swap a key need a DEFERRABLE constraint";

/** The fault of a row as that of the record that it is in. */
function ofRecord(fault: RowFault, record: Row): RowFault {
  const { row } = fault;
  if (row.root === undefined) return { ...fault, row: record };
  const { place } = row.record;
  const where = place === undefined ? "" : `${placeText(place)}: `;
  const way = fault.code === "ROW_UNIQUE" ? SWAPS : "";
  return { ...fault, row: record, nested: row, message: `${where}${fault.message}${way}` };
}

/** The transaction is lost: the next try refuses the record, or writes all of these one by one to know which. */
function ofRecords({ message, fault }: TransactionAborted, batch: Batch): TransactionAborted {
  const [only] = batch.rows;
  const isKnown = batch.size === 1 && only !== undefined && fault !== null;
  return new TransactionAborted(message, batch.rows, isKnown ? ofRecord(fault, only) : null);
}

/** Whether the database may drop a row of the table without an error. */
export function mayDrop({ table }: TablePlan): boolean {
  const { triggers, kind, rewritten, uniqueKeys } = table;
  const isDropping = triggers.some(({ timing, level }) => timing !== "after" && level === "row");
  return (
    isDropping ||
    kind === "view" ||
    rewritten ||
    uniqueKeys.some(({ ignoresDuplicates }) => ignoresDuplicates === true)
  );
}
