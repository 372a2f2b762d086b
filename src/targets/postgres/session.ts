/** One connection to PostgreSQL: what the server can do, planning's questions, and the start of a load. */
import type { Client, QueryResult } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { TableName, TableShape } from "../../model/table-shape.ts";
import type { TableDdl } from "../../model/new-table.ts";
import type {
  BeginRequest,
  Capabilities,
  ErrorClass,
  GrantRequest,
  Lock,
  MovedSequences,
  Session,
  Transaction,
} from "../target.ts";
import { structureText } from "./stage/structure-text.ts";
import { checkPlan } from "./catalog/check-plan.ts";
import { endClient, ConnectionLoss, rollBack } from "./connect/deadline.ts";
import { classifyError, isServerError, rowFault, translateError } from "./errors.ts";
import { emptyTable } from "./apply/empty-table.ts";
import { LOOKUPS, RECORD_SAVEPOINT } from "./apply/lookup-sql.ts";
import { valueSql } from "./apply/value-sql.ts";
import { leaveToCommit } from "./apply/leave-to-commit.ts";
import { comparisonSql } from "./apply/comparison-sql.ts";
import { removalSql, seenDdl } from "./apply/removal-sql.ts";
import { openGate } from "./apply/direct-copy.ts";
import { readGrants } from "./catalog/grants.ts";
import { canFold } from "./apply/folder.ts";
import { foldingOf } from "./apply/folding.ts";
import { keyHashes, whyUnhashable } from "./stage/key-hash.ts";
import { unusualKeyHashes } from "./stage/unusual-keys.ts";
import type { UnusualKeys } from "./stage/unusual-keys.ts";
import { blockedBy } from "./connect/blocked-by.ts";
import { askServer } from "./connect/ask-server.ts";
import { runTogether } from "./connect/run-together.ts";
import type { PostgresServer } from "./connect/ask-server.ts";
import { transactionSettings } from "./connect/transaction-settings.ts";
import type { SettingsContext } from "./connect/transaction-settings.ts";
import { methodsOf } from "./methods.ts";
import { lockJob } from "./job-lock.ts";
import { sqlExecutor } from "./statements.ts";
import { explainMethods, listStatements } from "./catalog/explain-plan.ts";
import { syncLock, tableLocks } from "./apply/table-locks.ts";
import { quoteIdentifier } from "./quote.ts";
import { moveSequences, notMoved } from "./catalog/move-sequences.ts";
import { sequencesBehind } from "./catalog/sequences.ts";
import { stageDdl } from "./stage/stage.ts";
import { ddlRefusal, newTableName } from "./catalog/new-table.ts";
import { listTables, readTableShape } from "./catalog/table-shape.ts";
import { runDdl } from "../../sql/ddl/run-ddl.ts";
import { classifyOther, lostError, planRefused } from "../session-errors.ts";
import { ReadOrder } from "./apply/read-order.ts";
import { SetMemory } from "./apply/set-writer.ts";
import { transactionOf } from "./apply/transaction.ts";
import { PostgresWriter } from "./apply/writer.ts";
import type { SqlExecutor } from "../sql-executor.ts";

/** What a session knows of its surroundings. */
export interface PostgresSessionContext extends SettingsContext {
  /** The server for messages, without secrets. */
  readonly label: string;
  /** A server that only speaks PostgreSQL's protocol will do. */
  readonly acceptServer: boolean;
  /** Opens another connection, as this one was; opening it and its statements may each take so long. */
  readonly reconnect: (limitMs: number) => Promise<Client>;
}

/** The oldest version that is supported. */
const OLDEST = 140_000;

/** What a session keeps of one table. */
interface TableMemory {
  readonly set: SetMemory;
  /** The server has refused what folding takes. */
  readonly cannotFold: boolean;
}

/** The database reads dates in its own style, which libpq's variable sets for one run. */
function dateOrder(order: "DMY" | "MDY"): string {
  return `run the same command with PGDATESTYLE=${order} in its environment, since the date style of the database decides; or write dates as YYYY-MM-DD`;
}

/** A session of one load. */
export class PostgresSession implements Session {
  readonly capabilities: Capabilities;
  readonly version: string;
  readonly warnings: readonly string[];
  readonly quoteIdentifier = quoteIdentifier;
  readonly emptyTable = emptyTable;
  readonly leaveToCommit = leaveToCommit;
  readonly removalSql = removalSql;
  readonly comparisonSql = comparisonSql;
  readonly statements = listStatements;
  readonly explain = explainMethods;
  readonly whyUnhashable = whyUnhashable;
  readonly keyHashes = keyHashes;
  readonly lookups = LOOKUPS;
  readonly recordSavepoint = RECORD_SAVEPOINT;
  readonly values: Session["values"] = (_table, columns, fields) => valueSql(columns, fields);
  readonly rowFault = rowFault;
  readonly #client: Client;
  readonly #context: PostgresSessionContext;
  readonly #version: number;
  readonly execute: SqlExecutor;
  /** What outlives the transactions of a load, by the stage of its table. */
  readonly #memories = new Map<string, TableMemory>();
  readonly #loss: ConnectionLoss;
  /** The server's process at work for the transaction; behind a pooler it may be another for the next. */
  #pid: number | null = null;
  #closing = false;
  /** Questions are asked inside a transaction that is open, in which a table was made. */
  #supposing = false;

  private constructor(
    { client, loss }: { readonly client: Client; readonly loss: ConnectionLoss },
    context: PostgresSessionContext,
    { version, encoding, lookalike }: PostgresServer,
  ) {
    this.#client = client;
    this.#loss = loss;
    this.#context = context;
    this.#version = version;
    this.execute = sqlExecutor(client, { setUp: (begin) => this.#setUp(begin), encoding });
    const number = `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000}`;
    this.version = lookalike === null ? number : `${lookalike.name} (as ${number})`;
    this.warnings =
      lookalike === null
        ? []
        : [`the server is ${lookalike.name}, not PostgreSQL: ${lookalike.risk}`];
    this.capabilities = {
      rowSources: ["staged", "arrays", "values"],
      setBased: true,
      methods: methodsOf(version),
      upsertsWithoutIndex: false,
      appliesRowsInOrder: true,
      anyConstraint: true,
      advancesIdentity: false,
      upsertsViews: true,
      countsPartitioned: version >= 180_000,
      acceptsPackedBatches: true,
      storesNul: false,
      notNullCode: "23502",
      batchRows: 20_000,
      shortRows: 100_000,
      parallel: true,
      commitsAtOnce: true,
      lookupNeedsUpdatePrivilege: true,
      structureText,
      bytesPrefix: "\\x",
      bytesType: "bytea",
      dateOrder,
    };
  }

  /** Takes over a connected client. Throws `PLAN_UNSUPPORTED` for a server older than 14, `TARGET_LOOKALIKE` for another. */
  static async open(client: Client, context: PostgresSessionContext): Promise<PostgresSession> {
    const loss = new ConnectionLoss(client);
    const { version, encoding, lookalike } = await askServer(client);
    if (lookalike !== null) {
      const { label, acceptServer } = context;
      if (!acceptServer) throw upsurgeError("TARGET_LOOKALIKE", { target: label, ...lookalike });
      // What it says of its version is not what it can do.
      const assumed = Math.max(version, OLDEST);
      return new PostgresSession({ client, loss }, context, {
        version: assumed,
        encoding,
        lookalike,
      });
    }
    if (version < OLDEST) {
      throw upsurgeError("PLAN_UNSUPPORTED", {
        what: `PostgreSQL ${Math.floor(version / 10_000)}`,
        reason: "version 14 is the oldest that is supported",
        suggestion: "upgrade the server",
      });
    }
    return new PostgresSession({ client, loss }, context, { version, encoding, lookalike });
  }

  async readTableShape(table: string): Promise<TableShape | null> {
    return this.#question(() => readTableShape(this.#client, table));
  }

  async listTables(): Promise<readonly TableName[]> {
    return this.#question(() => listTables(this.#client));
  }

  async checkPlan(plan: TablePlan, columns: readonly string[]): Promise<void> {
    await this.#question(() => checkPlan(this.#client, plan, columns)).catch((error: unknown) => {
      throw planRefused(error, (cause) =>
        isServerError(cause) ? `${cause.message} (${cause.code})` : null,
      );
    });
  }

  /** Asks in a transaction of its own, so that a lock is not waited for without end; leaves nothing behind. */
  async #question<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#supposing) return await this.#asked(ask);
    try {
      await this.#setUp("begin");
      return await ask();
    } catch (error) {
      throw this.translate(error);
    } finally {
      await this.#client.query("rollback").catch(() => {});
    }
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.translate(error);
    }
  }

  async newTableName(table: string): Promise<TableName> {
    return this.#question(() => newTableName(this.#client, table));
  }

  async supposing<T>(ddl: TableDdl, ask: () => Promise<T>): Promise<T> {
    return await this.#question(async () => {
      await this.#make(ddl);
      this.#supposing = true;
      try {
        return await ask();
      } finally {
        this.#supposing = false;
      }
    });
  }

  async #make(ddl: TableDdl): Promise<void> {
    const run = async (sql: string): Promise<unknown> => await this.#client.query(sql);
    await runDdl(ddl, { run, refusalOf: ddlRefusal });
  }

  async grants(request: GrantRequest): Promise<readonly string[]> {
    return this.#question(() => readGrants(this.#client, request));
  }

  /** What cannot be told is not said: privileges may be missing, and the load is done. */
  async leftToDo(plan: TablePlan, columns: readonly string[]): Promise<readonly string[]> {
    if (columns.length === 0 || plan.table.kind === "view") return [];
    return this.#question(() => sequencesBehind(this.#client, plan, columns)).catch(() => []);
  }

  async moveSequences(
    plan: Pick<TablePlan, "table">,
    columns: readonly string[],
  ): Promise<MovedSequences> {
    try {
      return await this.#question(async () => {
        await this.#client.query(syncLock(plan));
        const moved = await moveSequences(this.#client, plan, columns);
        // What is reported as done must outlast a crash of the server.
        await this.#client.query("commit");
        return moved;
      });
    } catch (error) {
      return notMoved(error, plan, columns);
    }
  }

  async begin(tables: readonly TablePlan[], how?: BeginRequest): Promise<Transaction> {
    const { locked, ddl } = how ?? { locked: false, ddl: null };
    await this.#setUp("begin isolation level read committed read write");
    if (ddl !== null) await this.#make(ddl);
    if (!locked) await runTogether(this.#client, tableLocks(tables));
    // The planner knows neither what is staged nor how the table has grown, and would read all of it for a batch.
    const scans = tables.some(({ lookups = [] }) => lookups.some(({ unique }) => !unique));
    if (tables.some(({ method }) => method.byIndex) && !scans) {
      await this.#client.query("set local enable_hashjoin = off; set local enable_mergejoin = off");
    }
    const order = new ReadOrder(this.#client);
    const writers: PostgresWriter[] = [];
    for (const plan of tables) writers.push(await this.#writer(plan, order));
    const { reconnect, label, lockTimeoutMs } = this.#context;
    const reconnecting = { reconnect, label, patienceMs: lockTimeoutMs };
    return transactionOf(this.#client, writers, reconnecting);
  }

  /** The writer of one table, its temporary tables made. */
  async #writer(plan: TablePlan, order: ReadOrder): Promise<PostgresWriter> {
    const known = this.#memories.get(plan.stage);
    const folding = known?.cannotFold === true ? null : foldingOf(plan);
    const kept = plan.kept.keys ? seenDdl(plan) : [];
    await runTogether(this.#client, [...stageDdl(plan, folding !== null), ...kept]);
    const memory = known ?? {
      cannotFold: folding !== null && !(await canFold(this.#client, folding)),
      set: new SetMemory(plan, await openGate(this.#client, plan)),
    };
    this.#memories.set(plan.stage, memory);
    const fold = memory.cannotFold ? null : folding;
    const context = { plan, memory: memory.set, folding: fold, order };
    const gone = plan.recordDeletes?.plan;
    const deletes = gone === undefined ? undefined : await this.#writer(gone, order);
    return new PostgresWriter(this.#client, context, deletes);
  }

  /** A transaction that does nothing but hold the locks: the server ends them with it, whatever becomes of this process. */
  async lockTables(
    tables: readonly TablePlan[],
    lost: (error: Error) => void,
  ): Promise<Lock | null> {
    const locks = tableLocks(tables);
    if (locks.length === 0) return null;
    await this.#setUp("begin isolation level read committed read only");
    await this.#client.query("set local idle_in_transaction_session_timeout = 0");
    if (this.#version >= 170_000) await this.#client.query("set local transaction_timeout = 0");
    await runTogether(this.#client, locks);
    const reason = "it kept other loads out of the table";
    const ended = (): void =>
      lost(upsurgeError("TARGET_LOST", { target: this.#context.label, reason }));
    this.#client.once("end", ended);
    return {
      release: async () => {
        this.#client.off("end", ended);
        await rollBack(this.#client);
      },
    };
  }

  async lockJob(job: string): Promise<Lock | null> {
    return await lockJob(this.#context.reconnect, job, this.#context.label);
  }

  async blockedBy(): Promise<string | null> {
    return this.#pid === null ? null : await blockedBy(this.#context.reconnect, this.#pid);
  }

  async unusualKeyHashes(
    plan: TablePlan,
    columns: readonly string[],
    keys: UnusualKeys,
  ): Promise<readonly (number | null)[]> {
    return await unusualKeyHashes(plan, { columns, keys }, (work) =>
      this.#question(() => work(this.#client)),
    );
  }

  /** Begins a transaction with its settings: nothing outlives it, so that a pooler may hand the connection on. */
  async #setUp(begin: string): Promise<void> {
    const settings = [begin, transactionSettings(this.#context), "select pg_backend_pid() as pid"];
    // Of several statements there are several results.
    const results: unknown = await this.#client.query(settings.join("; "));
    const last = Array.isArray(results) ? (results.at(-1) as QueryResult<{ pid: number }>) : null;
    this.#pid = last?.rows[0]?.pid ?? null;
  }

  classify(error: unknown): ErrorClass {
    return isServerError(error) ? classifyError(error) : classifyOther(error, this.#isLost);
  }

  get #isLost(): boolean {
    return this.#loss.lost && !this.#closing;
  }

  translate(error: unknown): Error {
    const { label } = this.#context;
    const translated = translateError(error, label);
    return translated === error && this.#isLost ? lostError(error, label) : translated;
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await endClient(this.#client);
  }
}
