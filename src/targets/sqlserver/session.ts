/** One connection to SQL Server: what the server can do, planning's questions, and the start of a load. */
import type { ComparisonSql } from "../../model/differences.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { TableDdl } from "../../model/new-table.ts";
import type { TableName, TableShape } from "../../model/table-shape.ts";
import { TransactionAborted } from "../target.ts";
import type {
  BeginRequest,
  ErrorClass,
  GrantRequest,
  Lock,
  Session,
  Suggestion,
  Transaction,
} from "../target.ts";
import type { Capabilities } from "../capabilities.ts";
import { takeAppLock } from "./app-lock.ts";
import { whyNoTable } from "./catalog/absent-table.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { SqlServerPlannedTable } from "./catalog/planned-table.ts";
import { checkPlan } from "./catalog/check-plan.ts";
import { listStatements } from "./catalog/explain-plan.ts";
import { lookups, RECORD_SAVEPOINT } from "./apply/lookup-sql.ts";
import { valueSql } from "./apply/value-sql.ts";
import { emptyTable } from "./apply/empty-table.ts";
import { comparisonSql } from "./apply/comparison-sql.ts";
import { missingSql } from "./apply/missing-sql.ts";
import { lockSql, removalSql, seenDdl } from "./apply/removal-sql.ts";
import type { SqlServerConnection } from "./connect/connection.ts";
import { classifyNumber, rowFault, SqlServerError, translateError } from "./errors.ts";
import { grantsFor } from "./catalog/grants.ts";
import { script } from "./apply/guard.ts";
import { lockJob } from "./job-lock.ts";
import { tableSql } from "./names.ts";
import { quoteIdentifier } from "./quote.ts";
import { blockedBy } from "./connect/blocked-by.ts";
import { rowWith } from "./connect/result-sets.ts";
import { askServer } from "./connect/ask-server.ts";
import type { SqlServerInfo } from "./connect/ask-server.ts";
import { pinSettings } from "./connect/settings.ts";
import { stageDdl } from "./stage/stage-sql.ts";
import { ddlRefusal, newTableName } from "./catalog/new-table.ts";
import { sqlExecutor } from "./statements.ts";
import { listTables, readTableShape } from "./catalog/table-shape.ts";
import { runDdl } from "../../sql/ddl/run-ddl.ts";
import { abortedError, classifyOther, lostError, planRefused } from "../session-errors.ts";
import { transactionOf } from "./apply/transaction.ts";
import type { Lookups } from "../../model/sql/lookup-sql.ts";
import type { SqlExecutor } from "../sql-executor.ts";

/** What a session knows of its surroundings. */
export interface SqlServerSessionContext {
  /** The server for messages, without secrets. */
  readonly label: string;
  readonly lockTimeoutMs: number;
  readonly warnings: readonly string[];
  /** Opens another connection, as this one was. */
  readonly reconnect: () => Promise<SqlServerConnection>;
}

/** A session of one load. */
export class SqlServerSession implements Session {
  readonly capabilities: Capabilities;
  readonly version: string;
  readonly warnings: readonly string[];
  readonly quoteIdentifier = quoteIdentifier;
  readonly emptyTable = emptyTable;
  readonly removalSql = removalSql;
  readonly statements = listStatements;
  readonly execute: SqlExecutor;
  readonly missingSql: Session["missingSql"];
  readonly lookups: Lookups;
  readonly recordSavepoint = RECORD_SAVEPOINT;
  readonly values: Session["values"];
  readonly rowFault = rowFault;
  readonly #connection: SqlServerConnection;
  readonly #context: SqlServerSessionContext;
  /** The collation of the database. */
  readonly #collation: string;
  readonly #spid: number;
  /** The stages whose temporary tables are there: a commit leaves them to the next transaction. */
  readonly #stages = new Set<string>();
  /** What is known of the tables of plans. */
  readonly #tables = new WeakMap<TablePlan, SqlServerPlannedTable>();
  #closing = false;
  /** Questions are asked inside a transaction that is open, in which a table was made. */
  #supposing = false;

  private constructor(
    connection: SqlServerConnection,
    context: SqlServerSessionContext,
    server: SqlServerInfo,
  ) {
    this.#connection = connection;
    this.#context = context;
    this.execute = sqlExecutor(connection);
    this.version = server.version;
    this.#collation = server.collation;
    this.lookups = lookups(server);
    this.missingSql = (plan) => missingSql(plan, server);
    this.values = (_table, columns, fields) => valueSql(columns, fields, server);
    this.#spid = server.spid;
    connection.tooLong = server.tooLong;
    this.warnings = context.warnings;
    this.capabilities = capabilitiesOf(server);
  }

  /** Takes over a connection. Throws `PLAN_UNSUPPORTED` for a server older than 2016. */
  static async open(
    connection: SqlServerConnection,
    context: SqlServerSessionContext,
  ): Promise<SqlServerSession> {
    const server = await askServer(connection);
    await pinSettings(connection, context.lockTimeoutMs, server.isMicrosoft);
    return new SqlServerSession(connection, context, server);
  }

  async readTableShape(table: string): Promise<TableShape | null> {
    return this.#question(() => readTableShape(this.#connection, table));
  }

  async listTables(): Promise<readonly TableName[]> {
    return this.#question(() => listTables(this.#connection));
  }

  async whyNoTable(table: string): Promise<Suggestion | null> {
    return this.#question(() => whyNoTable(this.#connection, table));
  }

  async newTableName(table: string): Promise<TableName> {
    return this.#question(() => newTableName(this.#connection, table));
  }

  async supposing<T>(ddl: TableDdl, ask: () => Promise<T>): Promise<T> {
    try {
      return await this.#question(async () => {
        await this.#connection.begin();
        await this.#make(ddl);
        this.#supposing = true;
        return await ask();
      });
    } finally {
      this.#supposing = false;
      await this.#connection.rollback();
    }
  }

  async #make(ddl: TableDdl): Promise<void> {
    const run = async (sql: string): Promise<unknown> => await this.#connection.batch(sql);
    await runDdl(ddl, { run, refusalOf: ddlRefusal });
  }

  comparisonSql(plans: readonly [TablePlan, ...TablePlan[]]): ComparisonSql {
    return comparisonSql(plans, this.#collation);
  }

  async checkPlan(plan: TablePlan, columns: readonly string[]): Promise<void> {
    try {
      await this.#question(async () => {
        if (!this.#supposing) await this.#connection.begin();
        await checkPlan(this.#connection, plan, { columns, collation: this.#collation });
      });
    } catch (error) {
      throw planRefused(error, saidOf, this.#mergeFix(plan));
    } finally {
      if (!this.#supposing) await this.#connection.rollback();
    }
  }

  /** What to do about a refused MERGE on a server that may have none. */
  #mergeFix(plan: TablePlan): { readonly fix?: string } {
    const { nativeDoubt } = this.capabilities;
    if (nativeDoubt === undefined || plan.method.statement !== "merge") return {};
    return { fix: `${nativeDoubt}: pass --strategy select-then-write, or leave --strategy out` };
  }

  async #question<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.translate(error);
    }
  }

  async grants(request: GrantRequest): Promise<readonly string[]> {
    return this.#question(async () => {
      const { name } = rowWith(await this.#connection.batch("SELECT USER_NAME() AS name"), "name");
      return grantsFor(request, String(name));
    });
  }

  async begin(tables: readonly TablePlan[], how?: BeginRequest): Promise<Transaction> {
    await this.#connection.begin();
    const made = new Set<string>();
    // What the transaction has made goes with it.
    const undone = (): void => {
      for (const stage of made) this.#stages.delete(stage);
    };
    try {
      await this.#setUp(tables, how?.ddl ?? null, made);
      await how?.alongside?.();
    } catch (error) {
      undone();
      // Whoever notes what became of the load begins another transaction.
      await this.#connection.rollback();
      throw error;
    }
    const plannedTable = (plan: TablePlan): SqlServerPlannedTable => this.#plannedTable(plan);
    return transactionOf(tables, { connection: this.#connection, plannedTable, undone });
  }

  #plannedTable(plan: TablePlan): SqlServerPlannedTable {
    const known = this.#tables.get(plan) ?? new SqlServerPlannedTable(plan);
    this.#tables.set(plan, known);
    return known;
  }

  /** Takes the locks of a transaction, and makes what it needs; `made` learns of the stages that are. */
  async #setUp(
    tables: readonly TablePlan[],
    ddl: TableDdl | null,
    made: Set<string>,
  ): Promise<void> {
    const written = tables.filter(({ mode }) => mode !== "insert" || ddl !== null);
    // Any two loads take the locks of several tables in the same order.
    for (const table of written.map(tableSql).toSorted()) await this.#lock(table);
    if (ddl !== null) await this.#make(ddl);
    const held = tables.filter(({ kept }) => kept.othersOut);
    for (const lock of held.map(lockSql).toSorted()) await this.#connection.batch(lock);
    const staged = tables.flatMap((plan) => [plan, ...gonePlans(plan)]);
    for (const plan of staged.filter(({ stage }) => !this.#stages.has(stage))) {
      await this.#connection.batch(script(stageDdl(plan, this.#collation)));
      if (plan.kept.keys) await this.#connection.batch(script(seenDdl(plan, this.#collation)));
      this.#stages.add(plan.stage);
      made.add(plan.stage);
    }
  }

  /**
   * Two loads that update the same rows in opposite order would block each other for good, one transaction each:
   * an application lock lets one go after the other and leaves other writers alone.
   */
  async #lock(table: string): Promise<void> {
    const { lockTimeoutMs } = this.#context;
    if (!(await takeAppLock(this.#connection, `upsurge:${table}`, lockTimeoutMs)))
      throw new SqlServerError(1222, "another load into this table is running");
  }

  async lockJob(job: string): Promise<Lock | null> {
    return await lockJob(this.#context.reconnect, job, this.#context.label);
  }

  async blockedBy(): Promise<string | null> {
    return await blockedBy(this.#context.reconnect, this.#spid);
  }

  classify(error: unknown): ErrorClass {
    if (error instanceof TransactionAborted) return "aborted";
    if (error instanceof SqlServerError) return classifyNumber(error.number);
    return classifyOther(error, this.#isLost);
  }

  get #isLost(): boolean {
    return this.#connection.lost && !this.#closing;
  }

  translate(error: unknown): Error {
    const target = this.#context.label;
    if (error instanceof TransactionAborted) return abortedError(error);
    const translated = translateError(error, target);
    return translated === error && this.#isLost ? lostError(error, target) : translated;
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#connection.close();
  }
}

function saidOf(error: unknown): string | null {
  return error instanceof SqlServerError ? `${error.message} (${error.number})` : null;
}

/** The plan by which records delete, which has a stage of its own. */
function gonePlans({ recordDeletes }: TablePlan): readonly TablePlan[] {
  return recordDeletes === undefined ? [] : [recordDeletes.plan];
}
