/**
 * Applies rows as sets: copied straight into the table where all are new, else staged, and then merged, upserted, or looked
 * up, updated and inserted.
 */
import type { Client } from "pg";
import type { Batch, RowFault } from "../../../model/batch.ts";
import { addCounts, noCounts } from "../../../model/counts.ts";
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Repeat, RepeatFolds, Selection, SetWriter, StoppedRow } from "../../set-writer.ts";
import type { RoundTrip } from "../../round-trip.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { tableSql } from "../dialect.ts";
import { isServerError } from "../errors.ts";
import { RepeatFolder } from "./folder.ts";
import type { FoldRules } from "./folding.ts";
import { currentBatch } from "../stage/current-batch.ts";
import type { CurrentBatch, StagedBatch } from "../stage/current-batch.ts";
import type { KeyRange } from "../stage/key-hash.ts";
import type { DataToCopy } from "../stage/copy.ts";
import { CopyRows } from "../stage/copy-rows.ts";
import { withShape } from "../stage/packed-copy.ts";
import type { CopyData } from "../stage/packed-copy.ts";
import type { ReadOrder } from "./read-order.ts";
import { runSet } from "./run-set.ts";
import { repeatsSql, setSql } from "./set-sql.ts";
import type { SetSql } from "./set-sql.ts";
import { shapesOf } from "../../grouped.ts";
import type { Pipeline, PipelinedAnswer, PipelinedStatement } from "../stage/pipeline.ts";
import { sameTypes } from "../stage/same-types.ts";
import { siftRows, stoppedCopy } from "../stage/sift.ts";
import type { MadeTables } from "../stage/made-tables.ts";
import type { EncodedBatch, SetMemory } from "../stage/set-memory.ts";
import { fillStage, stageCopy, stageDdl, tableCopy } from "../stage/stage.ts";
import { TEMPORARY } from "../stage/names.ts";

/** What the set-based half of a writer works with. */
export interface SetContext {
  readonly plan: TablePlan;
  readonly memory: SetMemory;
  /** How to fold the repeats of a key; `null` where they go in waves. */
  readonly folding: FoldRules | null;
  /** Of the transaction, whichever table it writes to. */
  readonly order: ReadOrder;
  readonly pipeline: Pipeline;
  readonly tables: MadeTables;
  /** How long the server takes to answer. */
  readonly roundTrip: Pick<RoundTrip, "ms">;
}

const UNIQUE = ["23505", "23P01"];

const isConstraint = ({ code }: { readonly code: string }): boolean => code.startsWith("23");

/** Rows that go one at a time while a set of them is tried, without a network; and more for each millisecond that an answer takes. */
const FEW_ROWS = 64;
const ROWS_A_MS = 80;

const SAVEPOINT = "savepoint upsurge_batch";
const RELEASE = `release ${SAVEPOINT}`;

/** The set-based half of the writer. */
export class PostgresSetWriter implements SetWriter {
  readonly folds: RepeatFolds | null;
  readonly #client: Client;
  readonly #plan: TablePlan;
  readonly #memory: SetMemory;
  readonly #folder: RepeatFolder | null;
  readonly #sql = new Map<string, SetSql>();
  #atHand: CurrentBatch | null = null;
  readonly #order: ReadOrder;
  readonly #pipeline: Pipeline;
  readonly #tables: MadeTables;
  readonly #roundTrip: Pick<RoundTrip, "ms">;
  /** Tables that take the bytes which the plan's columns are written as. */
  readonly #knownTypes = new Set<string>();
  /** The table is as it was planned, and locked so. */
  #isConfirmed = false;
  /** The number of a batch that met a row which another session had just inserted. */
  #raced = 0;

  constructor(client: Client, context: SetContext) {
    const { plan, memory, folding, order, pipeline, tables } = context;
    this.#client = client;
    this.#roundTrip = context.roundTrip;
    this.#order = order;
    this.#pipeline = pipeline;
    this.#tables = tables;
    this.#plan = plan;
    this.#memory = memory;
    this.#folder = folding === null ? null : new RepeatFolder(client, folding, tables);
    this.folds = this.#folder === null ? null : this.#foldsOf(this.#folder);
  }

  /** It begins with the batch: only that tells which tables are to be made or emptied before. */
  async savepoint(): Promise<void> {
    const context = { pipeline: this.#pipeline, tables: this.#tables };
    await this.#memory.lookAfterScripts(this.#client, context);
  }

  /** Sent with what comes next, as the release is: neither needs an answer. */
  #begin(goesDirectly: boolean): void {
    const plan = this.#plan;
    const stage = (): string[] => stageDdl(plan, this.#folder !== null);
    // Outside of the savepoint a table is emptied in place, inside it would get new files.
    const emptied = [
      ...(goesDirectly ? [] : this.#tables.ready(TEMPORARY.stage(plan), stage)),
      ...(this.#folder?.forget() ?? []),
    ];
    this.#pipeline.add(...[...emptied, SAVEPOINT].map((sql) => ({ sql })));
    this.#tables.sends(SAVEPOINT);
  }

  async release(): Promise<void> {
    this.#pipeline.add({ sql: RELEASE });
  }

  async rollbackToSavepoint(): Promise<void> {
    const undo = `rollback to ${SAVEPOINT}`;
    if (!this.#pipeline.drop(SAVEPOINT)) await this.#client.query(`${undo}; ${RELEASE}`);
    this.#tables.sends(undo);
    this.#order.rolledBack();
    // What the batch has locked is not locked any more.
    this.#knownTypes.clear();
    this.#isConfirmed = false;
  }

  prepare(batch: Batch): void {
    // Whoever stages the batch hears of a failure.
    this.#memory.encoded(batch)?.data.catch(() => {});
  }

  async stage(batch: Batch): Promise<readonly RowFault[]> {
    const encoded = this.#open(batch);
    if (encoded === null) {
      await this.#stageRows(batch);
      return [];
    }
    const data = await encoded.data;
    this.#sends(data);
    const { copy, types } = this.#copying(batch, encoded, data);
    const rows = copy(data.bytes);
    if (encoded.direct) {
      const [copied] = await this.#confirming(() => this.#copy(rows, types));
      this.#copied(copied?.changed ?? 0);
    } else this.#pipeline.add(...types, rows);
    return [];
  }

  async sift(batch: Batch): Promise<readonly number[]> {
    const encoded = this.#open(batch);
    const data = (await encoded?.data) ?? null;
    if (encoded === null || data === null)
      throw upsurgeError("INTERNAL", { message: "rows that are no packed ones were sifted" });
    this.#sends(data);
    const { copy, types, name: table } = this.#copying(batch, encoded, data);
    const rows = new CopyRows(data);
    // Without rows it locks the table.
    const none = copy(rows.range(0, 0));
    if (encoded.direct) await this.#confirming(() => this.#pipeline.run(none, ...types));
    else this.#pipeline.add(...types);
    const roundTripMs = this.#roundTrip.ms ?? 0;
    const refused = await siftRows(rows, { pipeline: this.#pipeline, table, copy, roundTripMs });
    this.#copied(batch.size - refused.length);
    return refused;
  }

  get fewRows(): number {
    return FEW_ROWS + Math.round(ROWS_A_MS * (this.#roundTrip.ms ?? 0));
  }

  stoppedAt(error: unknown): StoppedRow | null {
    if (this.#atHand === null || this.#atHand.data === null) return null;
    return stoppedCopy(error, this.#copiedInto(this.#atHand.kind === "direct"));
  }

  /** The name of the table that rows are copied into. */
  #copiedInto(direct: boolean): string {
    const { table, stage } = this.#plan;
    return direct ? table.name.name : `${stage}_stage`;
  }

  /** Begins with a batch; its data, or `null` where its rows are sent one by one. */
  #open(batch: Batch): EncodedBatch | null {
    const encoded = this.#memory.encoded(batch);
    this.#begin(encoded?.direct === true);
    this.#atHand = currentBatch(batch, encoded);
    return encoded;
  }

  /** The batch at hand, where it is in the stage. */
  get #staged(): StagedBatch | null {
    return this.#atHand?.kind === "staged" ? this.#atHand : null;
  }

  #sends(data: CopyData): void {
    if (this.#atHand !== null) this.#atHand.data = data;
  }

  #copied(inserted: number): void {
    if (this.#atHand?.kind === "direct") this.#atHand.inserted = inserted;
  }

  /** How rows of a batch are copied, and what is asked about the table with the first of them. */
  #copying(
    { packed }: Batch,
    { direct }: EncodedBatch,
    data: CopyData,
  ): {
    readonly copy: (rows: DataToCopy) => PipelinedStatement;
    readonly types: readonly PipelinedStatement[];
    readonly name: string;
  } {
    const columns = packed?.shape.columns ?? [];
    const into = direct ? tableCopy : stageCopy;
    const table = direct ? tableSql(this.#plan) : TEMPORARY.stage(this.#plan);
    return {
      copy: (rows) => into(this.#plan, columns, { bytes: rows, format: data.format }),
      types: this.#sameTypes(data, table),
      name: this.#copiedInto(direct),
    };
  }

  /** Rows that are out of the ordinary, or have several shapes. */
  async #stageRows(batch: Batch): Promise<void> {
    const { mixed } = batch;
    if (mixed === undefined || this.#plan.rowSource !== "staged") {
      await this.#pipeline.flush();
      return await fillStage(this.#client, this.#plan, batch.rows);
    }
    for (const rows of mixed.map(withShape)) {
      const data = await this.#memory.copy.encode(rows, true);
      const types = this.#sameTypes(data, TEMPORARY.stage(this.#plan));
      this.#pipeline.add(...types, stageCopy(this.#plan, rows.shape.columns, data));
    }
  }

  /** Copies into the table itself, whose types are locked by then: data that it cannot read may be for other ones. */
  async #copy(
    copy: PipelinedStatement,
    types: readonly PipelinedStatement[],
  ): Promise<readonly PipelinedAnswer[]> {
    try {
      return await this.#pipeline.run(copy, ...types);
    } catch (error) {
      if (types.length === 0 || !isServerError(error) || isConstraint(error)) throw error;
      await this.#client.query(`rollback to ${SAVEPOINT}`);
      await this.#pipeline.run(...types);
      throw error;
    }
  }

  /** What is asked with the first binary data for a table in a transaction. */
  #sameTypes({ format }: CopyData, table: string): readonly PipelinedStatement[] {
    const known = this.#knownTypes;
    if (format !== "binary" || known.has(table)) return [];
    return [sameTypes(this.#plan, table, () => void known.add(table))];
  }

  /** Runs what writes the first rows of a transaction, and asks behind its first statement whether the plan still holds. */
  async #confirming<T>(write: () => Promise<T>): Promise<T> {
    const { plannedTable } = this.#memory;
    const question = this.#isConfirmed ? null : plannedTable.question;
    if (question === null) return await write();
    this.#pipeline.follow(question);
    const written = await write();
    await plannedTable.confirm(this.#client);
    this.#isConfirmed = true;
    return written;
  }

  /** A batch was applied, so the server has read its data: what is refused may still be on its way out. */
  #recycle(): void {
    if (this.#atHand === null) return;
    this.#memory.sent(this.#atHand.batch, this.#atHand.data);
    this.#atHand.data = null;
  }

  /** A direct batch that met a row goes through the stage; a merge that did is repeated with ON CONFLICT. */
  retreat(error: unknown): boolean {
    const met = isServerError(error) && UNIQUE.includes(error.code);
    if (!met || this.#atHand === null) return false;
    if (this.#atHand.kind === "direct") return this.#memory.gate.failed();
    if (this.#atHand.merged) this.#raced = this.#atHand.batch.number;
    return this.#atHand.merged;
  }

  async repeats(): Promise<readonly Repeat[]> {
    const staged = this.#staged;
    if (staged === null || staged.distinct) return [];
    await this.#pipeline.flush();
    const { rows } = await this.#client.query<{ ord: string; wave: string }>(
      repeatsSql(this.#plan),
    );
    if (rows.length === 0) staged.distinct = true;
    return rows.map(({ ord, wave }) => ({ ord: Number(ord), wave: Number(wave) }));
  }

  #foldsOf(folder: RepeatFolder): RepeatFolds {
    return {
      setAside: async (batch) => {
        const staged = this.#staged;
        if (staged === null || staged.distinct) return 0;
        await this.#pipeline.flush();
        const rows = await folder.setAside(batch);
        staged.distinct = true;
        // Keys that repeat have left many versions of their rows, and the whole range would be read with all of them.
        if (rows > 0) staged.range = null;
        return rows;
      },
      apply: () => folder.apply(),
    };
  }

  async apply(batch: Batch, selection: Selection): Promise<OutcomeCounts> {
    const counts = await this.#apply(batch, selection);
    this.#recycle();
    return counts;
  }

  async #apply(batch: Batch, selection: Selection): Promise<OutcomeCounts> {
    if (this.#atHand?.kind === "direct") return { inserted: this.#atHand.inserted };
    const merges = await this.#mayMerge(batch, selection);
    const counts = noCounts();
    const looks = this.#plan.method.statement === "look-then-write";
    const ranged = (merges || looks) && selection.kind === "all";
    const range = ranged ? (this.#staged?.range ?? null) : null;
    this.#order.set(range !== null);
    const shapes = shapesOf(batch, selection);
    const mixed = shapes.length > 1;
    for (const [shape, selected] of shapes) {
      const taken = selected - (this.#folder?.asideOf(shape) ?? 0);
      if (taken <= 0) continue;
      const sorted = merges && selection.kind === "all" && range === null && this.#memory.isLarge;
      const how = { kind: selection.kind, mixed, merges, ranged: range !== null, sorted };
      const sql = this.#sqlFor(shape.id, shape.columns, how);
      const values = range !== null && sql.bounded ? boundsOf(range) : ordsOf(selection);
      const what = { plan: this.#plan, values, rows: taken };
      addCounts(counts, await this.#confirming(() => runSet(this.#pipeline, sql, what)));
    }
    if (selection.kind === "all") this.#memory.gate.staged(counts.inserted === batch.size);
    return counts;
  }

  /** A merge must be given no key twice: it would compare both rows with the target row as it was. */
  async #mayMerge({ number }: Batch, { kind }: Selection): Promise<boolean> {
    const may = this.#plan.method.merges !== null && this.#raced !== number;
    const staged = this.#staged;
    if (!may || staged === null) return false;
    if (kind === "all" && !staged.distinct) {
      const [repeats] = await this.#pipeline.run({ sql: `${repeatsSql(this.#plan)} limit 1` });
      staged.distinct = repeats?.changed === 0;
    }
    staged.merged = kind !== "all" || staged.distinct;
    return staged.merged;
  }

  #sqlFor(
    shape: number,
    columns: readonly string[],
    how: {
      readonly kind: Selection["kind"];
      readonly mixed: boolean;
      readonly merges: boolean;
      readonly ranged: boolean;
      readonly sorted: boolean;
    },
  ): SetSql {
    const key = `${shape} ${how.kind} ${how.mixed} ${how.merges} ${how.ranged} ${how.sorted}`;
    let sql = this.#sql.get(key);
    if (sql === undefined) {
      sql = setSql(this.#plan, columns, { ...how, shape: how.mixed ? shape : null });
      this.#sql.set(key, sql);
    }
    return sql;
  }
}

function boundsOf({ least, most }: KeyRange): readonly string[] {
  return [String(least), String(most)];
}

function ordsOf(selection: Selection): readonly string[] {
  return selection.kind === "all" ? [] : [`{${selection.ords.join(",")}}`];
}
