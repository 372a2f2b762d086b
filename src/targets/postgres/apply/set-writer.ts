/**
 * Applies rows as sets: copied straight into the table where all are new, else staged, and then merged, upserted, or looked
 * up, updated and inserted.
 */
import type { Client } from "pg";
import type { Batch, RowFault } from "../../../model/batch.ts";
import { addCounts, noCounts } from "../../../model/counts.ts";
import type { OutcomeCounts } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { PackedRows } from "../../../model/packed.ts";
import type { Repeat, RepeatFolds, Selection, SetWriter } from "../../set-writer.ts";
import type { DirectGate } from "./direct-copy.ts";
import { tableSql } from "../dialect.ts";
import { isServerError } from "../errors.ts";
import { RepeatFolder } from "./folder.ts";
import type { FoldRules } from "./folding.ts";
import { allDiffer, denseRange } from "../stage/key-hash.ts";
import type { KeyRange } from "../stage/key-hash.ts";
import { PackedCopy, withShape } from "../stage/packed-copy.ts";
import type { CopyData } from "../stage/packed-copy.ts";
import type { ReadOrder } from "./read-order.ts";
import { runSet } from "./run-set.ts";
import { repeatsSql, setSql } from "./set-sql.ts";
import type { SetSql } from "./set-sql.ts";
import { shapesOf } from "../../grouped.ts";
import type { Pipeline, PipelinedAnswer, PipelinedStatement } from "../stage/pipeline.ts";
import { sameTypes } from "../stage/same-types.ts";
import { AsPlanned } from "../catalog/as-planned.ts";
import type { MadeTables } from "../stage/made-tables.ts";
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
}

/** What a session keeps from one transaction of a load to the next. */
export class SetMemory {
  readonly gate: DirectGate;
  readonly copy: PackedCopy;
  readonly encoded = new WeakMap<Batch, EncodedBatch>();
  readonly asPlanned: AsPlanned;

  /** The table does not fit into the memory that the server keeps pages in. */
  readonly isLarge: boolean;

  constructor(plan: TablePlan, { gate, isLarge }: Pick<SetMemory, "gate" | "isLarge">) {
    this.gate = gate;
    this.isLarge = isLarge;
    this.copy = new PackedCopy(plan, true);
    this.asPlanned = new AsPlanned(plan);
  }
}

/** A batch made ready to be sent. */
interface EncodedBatch {
  readonly direct: boolean;
  readonly data: Promise<CopyData>;
  /** No key is there twice; false when that is not known. */
  readonly distinct: boolean;
  /** The keys, where they are integers close together. */
  readonly range: KeyRange | null;
}

/** The batch at hand: how it was brought to the server, and what is known of it. */
interface CurrentBatch {
  readonly batch: number;
  readonly way: "direct" | "staged";
  /** No key is there twice; false when that is not known. */
  distinct: boolean;
  merged: boolean;
  readonly range: KeyRange | null;
  /** Rows that were copied into the table. */
  readonly inserted: number;
}

const UNIQUE = ["23505", "23P01"];

const isConstraint = ({ code }: { readonly code: string }): boolean => code.startsWith("23");

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
  /** Of the batch at hand, on its way to the server. */
  #data: CopyData | null = null;
  readonly #order: ReadOrder;
  readonly #pipeline: Pipeline;
  readonly #tables: MadeTables;
  /** Tables that take the bytes which the plan's columns are written as. */
  readonly #knownTypes = new Set<string>();
  /** The table is as it was planned, and locked so. */
  #isAsPlanned = false;
  /** The number of a batch that met a row which another session had just inserted. */
  #raced = 0;

  constructor(client: Client, { plan, memory, folding, order, pipeline, tables }: SetContext) {
    this.#client = client;
    this.#order = order;
    this.#pipeline = pipeline;
    this.#tables = tables;
    this.#plan = plan;
    this.#memory = memory;
    this.#folder = folding === null ? null : new RepeatFolder(client, folding, tables);
    this.folds = this.#folder === null ? null : this.#foldsOf(this.#folder);
  }

  /** It begins with the batch: only that tells which tables are to be made or emptied before. */
  async savepoint(): Promise<void> {}

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
    this.#isAsPlanned = false;
  }

  prepare(batch: Batch): void {
    // Whoever stages the batch hears of a failure.
    this.#encode(batch)?.data.catch(() => {});
  }

  /** False for a batch whose rows are sent one by one. */
  #isPacked({ packed }: Batch): boolean {
    return packed !== null && this.#plan.rowSource === "staged";
  }

  /** The batch as COPY data, on its way or there; `null` when its rows are sent one by one. */
  #encode(batch: Batch): EncodedBatch | null {
    const { packed } = batch;
    if (packed === null || !this.#isPacked(batch)) return null;
    const direct = this.#goesDirectly(batch);
    let encoded = this.#memory.encoded.get(batch);
    if (encoded === undefined || encoded.direct !== direct) {
      const range = direct || !this.#plan.method.byIndex ? null : denseRange(this.#plan, packed);
      const data = this.#memory.copy.encode(packed, !direct);
      encoded = {
        direct,
        data,
        range,
        distinct: !direct && (range?.ascending === true || this.#differ(packed)),
      };
      this.#memory.encoded.set(batch, encoded);
    }
    return encoded;
  }

  /** True when no key is there twice; false when that is not known. */
  #differ(packed: PackedRows): boolean {
    const hashes = this.#plan.mode === "insert" ? null : this.#memory.copy.keyHashes(packed);
    return hashes !== null && allDiffer(hashes);
  }

  #goesDirectly({ packed }: Batch): boolean {
    if (this.#plan.method.name !== "copy") return false;
    return this.#memory.gate.open && (packed?.shape.columns.length ?? 0) > 0;
  }

  async stage(batch: Batch): Promise<readonly RowFault[]> {
    const { packed, number } = batch;
    this.#begin(this.#isPacked(batch) && this.#goesDirectly(batch));
    const encoded = this.#encode(batch);
    const direct = encoded?.direct === true;
    this.#atHand = {
      batch: number,
      way: direct ? "direct" : "staged",
      distinct: false,
      merged: false,
      range: encoded?.range ?? null,
      inserted: 0,
    };
    if (encoded === null || packed === null) {
      await this.#stageRows(batch);
      return [];
    }
    const data = await encoded.data;
    const plan = this.#plan;
    const { columns } = packed.shape;
    if (direct) {
      const copy = tableCopy(plan, columns, data);
      const types = this.#sameTypes(data, tableSql(plan));
      const [copied] = await this.#asPlanned(() => this.#copy(copy, types));
      this.#atHand = { ...this.#atHand, inserted: copied?.changed ?? 0 };
    } else {
      const copy = stageCopy(plan, columns, data);
      this.#pipeline.add(...this.#sameTypes(data, TEMPORARY.stage(plan)), copy);
      this.#atHand.distinct = encoded.distinct;
    }
    this.#data = data;
    return [];
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
  async #asPlanned<T>(write: () => Promise<T>): Promise<T> {
    const { asPlanned } = this.#memory;
    const question = this.#isAsPlanned ? null : asPlanned.question;
    if (question === null) return await write();
    this.#pipeline.follow(question);
    const written = await write();
    await asPlanned.confirm(this.#client);
    this.#isAsPlanned = true;
    return written;
  }

  /** A batch was applied, so the server has read its data: what is refused may still be on its way out. */
  #recycle(batch: Batch): void {
    this.#memory.encoded.delete(batch);
    if (this.#data !== null) this.#memory.copy.recycle(this.#data);
    this.#data = null;
  }

  /** A direct batch that met a row goes through the stage; a merge that did is repeated with ON CONFLICT. */
  retreat(error: unknown): boolean {
    const met = isServerError(error) && UNIQUE.includes(error.code);
    if (!met || this.#atHand === null) return false;
    if (this.#atHand.way === "direct") return this.#memory.gate.failed();
    if (this.#atHand.merged) this.#raced = this.#atHand.batch;
    return this.#atHand.merged;
  }

  async repeats(): Promise<readonly Repeat[]> {
    if (this.#atHand?.way === "direct" || this.#atHand?.distinct === true) return [];
    await this.#pipeline.flush();
    const { rows } = await this.#client.query<{ ord: string; wave: string }>(
      repeatsSql(this.#plan),
    );
    if (rows.length === 0 && this.#atHand !== null) this.#atHand.distinct = true;
    return rows.map(({ ord, wave }) => ({ ord: Number(ord), wave: Number(wave) }));
  }

  #foldsOf(folder: RepeatFolder): RepeatFolds {
    return {
      setAside: async (batch) => {
        const { way, distinct } = this.#atHand ?? { way: "direct", distinct: true };
        if (way === "direct" || distinct) return 0;
        await this.#pipeline.flush();
        const rows = await folder.setAside(batch);
        if (this.#atHand === null) return rows;
        // Keys that repeat have left many versions of their rows, and the whole range would be read with all of them.
        const range = rows === 0 ? this.#atHand.range : null;
        this.#atHand = { ...this.#atHand, distinct: true, range };
        return rows;
      },
      apply: () => folder.apply(),
    };
  }

  async apply(batch: Batch, selection: Selection): Promise<OutcomeCounts> {
    const counts = await this.#apply(batch, selection);
    this.#recycle(batch);
    return counts;
  }

  async #apply(batch: Batch, selection: Selection): Promise<OutcomeCounts> {
    if (this.#atHand?.way === "direct") return { inserted: this.#atHand.inserted };
    const merges = await this.#mayMerge(batch, selection);
    const counts = noCounts();
    const looks = this.#plan.method.statement === "look-then-write";
    const ranged = (merges || looks) && selection.kind === "all";
    const range = ranged ? (this.#atHand?.range ?? null) : null;
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
      addCounts(counts, await this.#asPlanned(() => runSet(this.#pipeline, sql, what)));
    }
    if (selection.kind === "all") this.#memory.gate.staged(counts.inserted === batch.size);
    return counts;
  }

  /** A merge must be given no key twice: it would compare both rows with the target row as it was. */
  async #mayMerge({ number }: Batch, { kind }: Selection): Promise<boolean> {
    const may = this.#plan.method.merges !== null && this.#raced !== number;
    if (!may || this.#atHand === null) return false;
    if (kind === "all" && !this.#atHand.distinct) {
      const [repeats] = await this.#pipeline.run({ sql: `${repeatsSql(this.#plan)} limit 1` });
      this.#atHand.distinct = repeats?.changed === 0;
    }
    this.#atHand.merged = kind !== "all" || this.#atHand.distinct;
    return this.#atHand.merged;
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
