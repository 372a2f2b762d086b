/** One connection to a distributed server: what it can do, planning's questions, and the start of a load. */
import type { Client } from "pg";
import { messageOf } from "../../../errors/message-of.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { PlannedStatement } from "../../../model/report/plan-report.ts";
import type { TableName, TableShape } from "../../../model/table-shape.ts";
import { keyNotUnique, refuseReservedNames, sharedKeySql } from "../../../sql/check-table.ts";
import { at, WHEN } from "../../../sql/planned-statements.ts";
import { RECORD_SAVEPOINT } from "../../../sql/savepoints.ts";
import { abortedError, classifyOther, lostError, planRefused } from "../../session-errors.ts";
import { TransactionAborted } from "../../target.ts";
import type { SqlExecutor } from "../../sql-executor.ts";
import type { ErrorClass, GrantRequest, Lock, Session, Transaction } from "../../target.ts";
import type { Capabilities } from "../../capabilities.ts";
import { comparisonSql } from "../apply/comparison-sql.ts";
import { commitError, isInDoubt } from "../apply/commit.ts";
import { LOOKUPS } from "../apply/lookup-sql.ts";
import { missingSql } from "../apply/missing-sql.ts";
import { removalSql } from "../apply/removal-sql.ts";
import { valueSql } from "../apply/value-sql.ts";
import { readGrants } from "../catalog/grants.ts";
import { listTables, readTableShape } from "../catalog/table-shape.ts";
import type { ConnectionLoss } from "../connect/deadline.ts";
import { endClient, rollBack } from "../connect/deadline.ts";
import {
  classifyError,
  isServerError,
  rowFault,
  saidOf,
  sayError,
  translateError,
} from "../errors.ts";
import type { PostgresError } from "../errors.ts";
import { lockJob } from "../job-lock.ts";
import { quoteIdentifier, quoteLiteral } from "../quote.ts";
import type { OpenClient, PostgresSessionContext } from "../session.ts";
import { sqlExecutor } from "../statements.ts";
import { Pipeline } from "../stage/pipeline.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { arrayValues } from "./array-rows.ts";
import { listCockroachTables, readCockroachShape } from "./cockroach/table-shape.ts";
import { arraySql } from "./array-sql.ts";
import { ArrayWriter } from "./array-writer.ts";
import { DISTRIBUTED } from "./dialect.ts";
import type { Maker } from "./makers.ts";
import { CHANGES, lacking, refusePlan, TRUNCATE } from "./refuse-plan.ts";

/** What a session needs besides its connection. */
export interface DistributedServer {
  readonly maker: Maker;
  readonly encoding: string;
}

/** The SQLSTATE of a transaction that changes more than it may. */
const TOO_LARGE = "54000";

/** SQLSTATEs by which a server says that it has no advisory locks. */
const NO_LOCKS = ["0A000", "42883"];

/** A session of one load. */
export class DistributedSession implements Session {
  readonly capabilities: Capabilities;
  readonly version: string;
  readonly warnings: readonly string[];
  readonly quoteIdentifier = quoteIdentifier;
  readonly missingSql = missingSql;
  readonly removalSql = removalSql;
  readonly comparisonSql = comparisonSql;
  readonly lookups = LOOKUPS;
  readonly recordSavepoint = RECORD_SAVEPOINT;
  readonly values: Session["values"] = (_table, columns, fields) => valueSql(columns, fields);
  readonly rowFault = rowFault;
  readonly execute: SqlExecutor;
  readonly #client: Client;
  readonly #context: PostgresSessionContext;
  readonly #maker: Maker;
  readonly #loss: ConnectionLoss;
  #closing = false;

  constructor(
    { client, loss }: OpenClient,
    context: PostgresSessionContext,
    { maker, encoding }: DistributedServer,
  ) {
    this.#client = client;
    this.#context = context;
    this.#maker = maker;
    this.#loss = loss;
    this.version = maker.name;
    this.warnings = [
      `the server is ${maker.name}: loads into it were tried against what its documentation says, not against such a server`,
    ];
    this.capabilities = capabilitiesOf(maker);
    const executor = sqlExecutor(client, {
      setUp: async () => await this.#begin(),
      encoding,
      pipeline: new Pipeline(client, false),
    });
    const script = (): Promise<never> =>
      Promise.reject(lacking({ what: "SQL of your own", reason: CHANGES }, maker));
    this.execute = { ...executor, script };
  }

  async readTableShape(table: string): Promise<TableShape | null> {
    const read = this.#maker.catalog === "cockroach" ? readCockroachShape : readTableShape;
    const shape = await this.#question(() => read(this.#client, table));
    // No load makes temporary tables here.
    const missing = shape?.missingPrivileges.filter((privilege) => privilege !== "temporary");
    return shape === null ? null : { ...shape, missingPrivileges: missing ?? [] };
  }

  async listTables(): Promise<readonly TableName[]> {
    const list = this.#maker.catalog === "cockroach" ? listCockroachTables : listTables;
    return await this.#question(() => list(this.#client));
  }

  newTableName(): Promise<TableName> {
    const suggestion = "create the table first, with a tool of the server";
    return Promise.reject(lacking({ what: "--create", reason: CHANGES, suggestion }, this.#maker));
  }

  supposing<T>(): Promise<T> {
    const what = "a change of the table";
    const suggestion = "make the change first, with a tool of the server";
    return Promise.reject(lacking({ what, reason: CHANGES, suggestion }, this.#maker));
  }

  emptyTable(): never {
    throw lacking(TRUNCATE, this.#maker);
  }

  statements(plan: TablePlan, columns: readonly string[]): readonly PlannedStatement[] {
    const { repeats, look, write } = arraySql(plan, columns);
    const written = look === null || plan.mode !== "update" ? undefined : WHEN.found;
    return [...at(repeats, undefined), ...at(look, undefined), ...at(write, written)];
  }

  explain(): readonly string[] {
    return this.#maker.why;
  }

  /** Refuses what leans on what the server lacks; the server looks at the others over no rows. */
  async checkPlan(plan: TablePlan, columns: readonly string[]): Promise<void> {
    refuseReservedNames(plan, /^upsurge_ord$/);
    refusePlan(plan, this.#maker);
    const { look, write } = arraySql(plan, columns);
    const none = arrayValues([]);
    const values = [...none, ...columns.map(() => [])];
    const check = async (): Promise<void> => {
      await this.#refuseSharedKey(plan);
      for (const sql of [look, write])
        if (sql !== null) await this.#client.query(`explain ${sql}`, values);
    };
    await this.#question(check).catch((error: unknown) => {
      throw planRefused(error, saidOf);
    });
  }

  /** A key without a unique index must be unique all the same: a record is one row. */
  async #refuseSharedKey(plan: TablePlan): Promise<void> {
    const { arbiter } = plan;
    if (arbiter === null || arbiter.name !== null || arbiter.kind !== "expressions") return;
    const { rowCount } = await this.#client.query(sharedKeySql(plan, arbiter, DISTRIBUTED));
    if (rowCount !== 0) throw keyNotUnique(plan, arbiter, DISTRIBUTED);
  }

  async grants(request: GrantRequest): Promise<readonly string[]> {
    return await this.#question(() => readGrants(this.#client, request, false));
  }

  async begin(tables: readonly TablePlan[]): Promise<Transaction> {
    await this.#begin();
    const writers = tables.map((plan) => new ArrayWriter(this.#client, plan, this.#maker));
    return {
      writers,
      commit: async () => await this.#commit(),
      rollback: async () => await rollBack(this.#client),
    };
  }

  /** A change that another transaction has met fails the commit with 40001: the load begins it again. */
  async #commit(): Promise<void> {
    let answer: { readonly command: string };
    try {
      answer = await this.#client.query("commit");
    } catch (cause) {
      if (!isInDoubt(cause)) throw this.translate(commitError(cause));
      const reason = messageOf(cause);
      throw upsurgeError("TARGET_OUTCOME_UNKNOWN", { reason }, { cause });
    }
    if (answer.command === "COMMIT") return;
    throw upsurgeError("INTERNAL", { message: "the transaction had failed before" });
  }

  async #begin(): Promise<void> {
    await this.#client.query(this.#maker.begin);
    const { searchPath } = this.#context;
    if (searchPath === null) return;
    const setting = `select set_config('search_path', ${quoteLiteral(searchPath)}, true)`;
    await this.#client.query(setting);
  }

  async #question<T>(ask: () => Promise<T>): Promise<T> {
    try {
      await this.#begin();
      return await ask();
    } catch (error) {
      throw this.translate(error);
    } finally {
      await this.#client.query("rollback").catch(() => {});
    }
  }

  /** Where there are no such locks two runs of a job meet at its checkpoint: the epoch there decides anyway. */
  async lockJob(job: string): Promise<Lock | null> {
    const none: Lock = { release: () => Promise.resolve() };
    if (!this.#maker.advisoryLocks) return none;
    try {
      return await lockJob(this.#context.reconnect, job, this.#context.label);
    } catch (error) {
      if (isServerError(error) && NO_LOCKS.includes(error.code)) return none;
      throw error;
    }
  }

  blockedBy(): Promise<string | null> {
    return Promise.resolve(null);
  }

  classify(error: unknown): ErrorClass {
    if (error instanceof TransactionAborted) return "aborted";
    // A limit of the transaction, not of a value.
    if (isServerError(error)) return error.code === TOO_LARGE ? "fatal" : classifyError(error);
    return classifyOther(error, this.#loss.lost && !this.#closing);
  }

  translate(error: unknown): Error {
    const { label } = this.#context;
    if (error instanceof TransactionAborted) return abortedError(error);
    const { commitRows } = this.#maker;
    if (commitRows !== null && isServerError(error) && error.code === TOO_LARGE)
      return tooLarge(error, label, commitRows);
    const translated = translateError(error, label);
    const isLost = this.#loss.lost && !this.#closing;
    return translated === error && isLost ? lostError(error, label) : translated;
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await endClient(this.#client);
  }
}

/** What is committed at once is to be less; nothing of the transaction was kept. */
function tooLarge(cause: PostgresError, target: string, rows: number): Error {
  const reason = `${sayError(cause)} (${cause.code}): the transaction changes more than the server takes`;
  const fix = `pass --commit ${rows}, or a smaller number where records are long: the load is then a job, which goes on where it stopped; a dry run takes --limit ${rows}`;
  return upsurgeError("TARGET_STATEMENT", { target, reason }, { cause, fix });
}
