/** Writes batches into one table: sets of staged rows, or one row at a time on the server. */
import type { Client } from "pg";
import type { Batch, BatchResult, Row, RowFault } from "../../../model/batch.ts";
import { addCounts, isRowOutcome, noCounts } from "../../../model/counts.ts";
import type { RowOutcome } from "../../../model/counts.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { KeyStore, Writer } from "../../target.ts";
import { eachSql, OUTCOMES_SQL } from "./each-sql.ts";
import { classifyError, faultOf, isServerError } from "../errors.ts";
import type { PostgresError } from "../errors.ts";
import { readOutcomes } from "./folder.ts";
import { PostgresSetWriter } from "./set-writer.ts";
import type { SetContext } from "./set-writer.ts";
import { leavesTraces, lookingPlan } from "./write-method.ts";
import type { Pipeline } from "../stage/pipeline.ts";
import { keyStore } from "../stage/seen-keys.ts";
import { byShape, rowFinder } from "../../grouped.ts";
import { runTogether } from "../connect/run-together.ts";
import { faultDdl, fillRaw, rawDdl, stageDdl } from "../stage/stage.ts";
import { TEMPORARY } from "../stage/names.ts";

/** Rows of one block: what is staged for a row is deleted for the next, and the dead rows must stay few. */
const ROWS_PER_BLOCK = 1000;

/** The writer of one table. */
export class PostgresWriter implements Writer {
  readonly set?: PostgresSetWriter;
  readonly keys?: KeyStore;
  readonly deletes?: Writer;
  readonly #client: Client;
  readonly #plan: TablePlan;
  readonly #pipeline: Pipeline;
  readonly #context: SetContext;

  constructor(client: Client, context: SetContext, deletes?: Writer) {
    this.#client = client;
    this.#context = context;
    this.#plan = context.plan;
    this.#pipeline = context.pipeline;
    if (deletes !== undefined) this.deletes = deletes;
    if (context.plan.method.stages !== null) this.set = new PostgresSetWriter(client, context);
    if (context.plan.kept.keys) this.keys = keyStore(client, context.plan);
  }

  async applyEach(batch: Batch, tells = false, atFault = false): Promise<BatchResult> {
    const counts = noCounts();
    const faults: RowFault[] = [];
    const outcomes = new Map<number, RowOutcome>();
    // Within the savepoint of the batch before, a table that is emptied would get new files.
    await this.#pipeline.flush();
    await this.#context.memory.lookAfterScripts(this.#client, this.#context);
    for (let start = 0; start < batch.rows.length; start += ROWS_PER_BLOCK) {
      const rows = batch.rows.slice(start, start + ROWS_PER_BLOCK);
      const result = await this.#applyBlock(rows, { tells, atFault });
      addCounts(counts, result.counts);
      faults.push(...result.faults);
      for (const [ord, outcome] of tells ? await this.#outcomes(rows) : []) {
        outcomes.set(ord, outcome);
      }
    }
    return { counts, faults, ...(tells ? { outcomes } : {}) };
  }

  /** What became of each of these rows, which were applied last; those that were refused are left out. */
  async #outcomes(rows: readonly Row[]): Promise<[number, RowOutcome][]> {
    const { rows: answers } = await this.#client.query<{ told: string }>(OUTCOMES_SQL);
    const told = answers[0]?.told.trim().split(" ") ?? [];
    return rows.flatMap(({ ord }, at) => {
      const outcome = told[at] ?? "";
      return isRowOutcome(outcome) ? [[ord, outcome]] : [];
    });
  }

  /** Rows are usually sound: they are tried without a subtransaction each first, which costs more the more there are. */
  async #applyBlock(
    rows: readonly Row[],
    { tells, atFault }: { readonly tells: boolean; readonly atFault: boolean },
  ): Promise<BatchResult> {
    const client = this.#client;
    const plan = this.#plan;
    await runTogether(client, this.#ready());
    await fillRaw(client, plan, rows);
    const shapes = [...byShape(rows).keys()];
    if (!atFault && !leavesTraces(this.#plan)) {
      await client.query("savepoint upsurge_block");
      try {
        await client.query(eachSql(this.#plan, shapes, { isolate: false, tells }));
        const result = await this.#result(rows);
        await client.query("release savepoint upsurge_block");
        return result;
      } catch (error) {
        if (!isServerError(error) || !mayBeOneRow(error)) throw error;
        // Savepoints that stay pile up, and the server asks each of them for every row version that it meets.
        await client.query("rollback to savepoint upsurge_block; release savepoint upsurge_block");
      }
    }
    await client.query(eachSql(this.#plan, shapes, { isolate: true, tells }));
    return this.#result(rows);
  }

  /** The statements after which the tables of a block are there, and empty. */
  #ready(): readonly string[] {
    const { plan, tables } = this.#context;
    const looks = lookingPlan(plan) !== null;
    const stage = (): string[] => stageDdl(plan, this.#context.folding !== null);
    return [
      ...(looks ? tables.ready(TEMPORARY.stage(plan), stage) : []),
      ...tables.ready(TEMPORARY.raw(plan), () => [rawDdl(plan)]),
      ...tables.ready(TEMPORARY.fault(plan), () => [faultDdl(plan)]),
    ];
  }

  async #result(rows: readonly Row[]): Promise<BatchResult> {
    const { counts } = await readOutcomes(this.#client);
    const found = await this.#client.query<FaultRow>(
      `select * from ${TEMPORARY.fault(this.#plan)} order by ord`,
    );
    const rowAt = rowFinder(rows);
    const faults = found.rows.map(({ ord, state: code, ...said }) =>
      faultOf(rowAt(ord), { code, ...said }, this.#plan.table),
    );
    return { counts, faults };
  }
}

/** True for an error that rows taken one by one, each in its own subtransaction, may not meet or can be told apart by. */
function mayBeOneRow(error: PostgresError): boolean {
  return ["row", "repeat"].includes(classifyError(error));
}

interface FaultRow {
  ord: string;
  state: string;
  constraint: string;
  column: string;
  message: string;
  detail: string;
  hint: string;
  raised: boolean;
}
