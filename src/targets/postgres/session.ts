/** One connection to PostgreSQL: what the server can do, planning's questions, and the start of a load. */
import type { Client, QueryResult } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TablePlan } from "../../model/load-plan.ts";
import type { TableName, TableShape } from "../../model/table-shape.ts";
import type { TableDdl } from "../../model/new-table.ts";
import type {
  BeginRequest,
  ErrorClass,
  GrantRequest,
  Lock,
  MovedSequences,
  Session,
  Suggestion,
  Transaction,
} from "../target.ts";
import type { Capabilities } from "../capabilities.ts";
import { checkNamingRules } from "./catalog/rules.ts";
import { endClient, rollBack } from "./connect/deadline.ts";
import type { ConnectionLoss } from "./connect/deadline.ts";
import { classOf, lostAfter, rowFault, translateError } from "./errors.ts";
import { emptyTable } from "./apply/empty-table.ts";
import { LOOKUPS } from "./apply/lookup-sql.ts";
import { valueSql } from "./apply/value-sql.ts";
import { leaveToCommit } from "./apply/leave-to-commit.ts";
import { comparisonSql } from "./apply/comparison-sql.ts";
import { missingSql } from "./apply/missing-sql.ts";
import { removalSql, seenDdl } from "./apply/removal-sql.ts";
import { learnTable } from "./apply/table-memory.ts";
import type { TableMemory } from "./apply/table-memory.ts";
import { readGrants } from "./catalog/grants.ts";
import { foldingOf } from "./apply/folding.ts";
import { keyHashes, whyUnhashable } from "./stage/key-hash.ts";
import { unusualKeyHashes } from "./stage/unusual-keys.ts";
import type { UnusualKeys } from "./stage/unusual-keys.ts";
import { LockQuestions } from "./connect/blocked-by.ts";
import { answersTo, runTogether, sendingAhead } from "./connect/run-together.ts";
import type { PostgresServer } from "./connect/ask-server.ts";
import { lookalikeWarning, serverText } from "./connect/lookalike.ts";
import { transactionSettings } from "./connect/transaction-settings.ts";
import type { SettingsContext } from "./connect/transaction-settings.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { lockJob } from "./job-lock.ts";
import { sqlExecutor } from "./statements.ts";
import { explainMethods, listStatements } from "./catalog/explain-plan.ts";
import { syncLock, tableLocks } from "./apply/table-locks.ts";
import { quoteIdentifier } from "./quote.ts";
import { moveSequences, notMoved } from "./catalog/move-sequences.ts";
import { makesIds, sequencesBehind } from "./catalog/sequences.ts";
import { Pipeline } from "./stage/pipeline.ts";
import { MadeTables } from "./stage/made-tables.ts";
import { ddlRefusal, newTableName } from "./catalog/new-table.ts";
import { whyNoTable } from "./catalog/absent-table.ts";
import { listTables, readTableShape } from "./catalog/table-shape.ts";
import { RECORD_SAVEPOINT } from "../../sql/savepoints.ts";
import { runDdl } from "../../sql/ddl/run-ddl.ts";
import { planningSettings, ReadOrder } from "./apply/read-order.ts";
import { transactionId } from "./apply/commit.ts";
import { transactionOf } from "./apply/transaction.ts";
import { PostgresWriter } from "./apply/writer.ts";
import type { RoundTrip } from "../round-trip.ts";
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

/** A connection, and what is watched of it. */
export interface OpenClient {
  readonly client: Client;
  readonly loss: ConnectionLoss;
  readonly roundTrip: RoundTrip;
}

/** What a session knows of its server. */
type KnownServer = Pick<PostgresServer, "version" | "encoding" | "lookalike" | "hasCitus">;

/** The oldest version that is supported. */
const OLDEST = 140_000;

/** A session of one load. */
export class PostgresSession implements Session {
  readonly capabilities: Capabilities;
  readonly version: string;
  readonly warnings: readonly string[];
  readonly quoteIdentifier = quoteIdentifier;
  readonly emptyTable = emptyTable;
  readonly leaveToCommit = leaveToCommit;
  readonly removalSql = removalSql;
  readonly missingSql = missingSql;
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
  readonly #questions: LockQuestions;
  readonly #version: number;
  readonly #isPostgres: boolean;
  readonly execute: SqlExecutor;
  /** What outlives the transactions of a load, by the stage of its table. */
  readonly #memories = new Map<string, TableMemory>();
  readonly #loss: ConnectionLoss;
  /** What of the transaction at hand still waits to be sent. */
  readonly #pipeline: Pipeline;
  readonly #roundTrip: RoundTrip;
  /** Of the transaction at hand. */
  #tables = new MadeTables();
  /** The server's process at work for the transaction; behind a pooler it may be another for the next. */
  #pid: number | null = null;
  #closing = false;
  /** Questions are asked inside a transaction that is open, in which a table was made. */
  #supposing = false;
  /** The end of the last question, which nobody waits for. */
  #rollingBack: Promise<unknown> = Promise.resolve();

  private constructor(
    { client, loss, roundTrip }: OpenClient,
    context: PostgresSessionContext,
    { version, encoding, lookalike, hasCitus }: KnownServer,
  ) {
    this.#client = client;
    this.#loss = loss;
    this.#roundTrip = roundTrip;
    this.#context = context;
    this.#questions = new LockQuestions(context.reconnect);
    this.#version = version;
    this.#isPostgres = lookalike === null;
    this.#pipeline = new Pipeline(client, this.#isPostgres);
    const setUp = async (begin: string): Promise<void> => await this.#setUp(begin);
    const tables = (): MadeTables => this.#tables;
    this.execute = sqlExecutor(client, { setUp, encoding, pipeline: this.#pipeline, tables });
    this.version = serverText(version, lookalike);
    this.warnings = lookalike === null ? [] : [lookalikeWarning(lookalike)];
    this.capabilities = capabilitiesOf(version, hasCitus);
  }

  /** Takes over a connected client. Throws `PLAN_UNSUPPORTED` for a server older than 14, `TARGET_LOOKALIKE` for another. */
  static open(
    open: OpenClient,
    context: PostgresSessionContext,
    server: KnownServer,
  ): PostgresSession {
    const { version, lookalike } = server;
    if (lookalike !== null) {
      const { label, acceptServer } = context;
      if (!acceptServer) throw upsurgeError("TARGET_LOOKALIKE", { target: label, ...lookalike });
      // What it says of its version is not what it can do.
      const assumed = Math.max(version, OLDEST);
      return new PostgresSession(open, context, {
        ...server,
        version: assumed,
      });
    }
    if (version < OLDEST) {
      throw upsurgeError("PLAN_UNSUPPORTED", {
        what: `PostgreSQL ${Math.floor(version / 10_000)}`,
        reason: "version 14 is the oldest that is supported",
        suggestion: "upgrade the server",
      });
    }
    return new PostgresSession(open, context, server);
  }

  get roundTripMs(): number | undefined {
    return this.#roundTrip.ms;
  }

  async readTableShape(table: string): Promise<TableShape | null> {
    return this.#question(() => readTableShape(this.#client, table, this.#isPostgres));
  }

  async whyNoTable(table: string): Promise<Suggestion | null> {
    return this.#question(() => whyNoTable(this.#client, table));
  }

  async listTables(): Promise<readonly TableName[]> {
    return this.#question(() => listTables(this.#client));
  }

  async checkPlan(plan: TablePlan, columns: readonly string[]): Promise<void> {
    await checkNamingRules(plan, columns, (ask) => this.#question(() => ask(this.#client)));
  }

  /** Asks in a transaction of its own, so that a lock is not waited for without end; leaves nothing behind. */
  async #question<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#supposing) return await this.#asked(ask);
    try {
      return await sendingAhead(this.#client, async () => {
        const [, answer] = await answersTo([this.#setUp("begin"), ask()]);
        return answer;
      });
    } catch (error) {
      throw this.translate(error);
    } finally {
      this.#rollingBack = this.#client.query("rollback").catch(() => {});
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
    if (!makesIds(plan, columns) || plan.table.kind === "view") return [];
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
    try {
      return await sendingAhead(this.#client, () => this.#begin(tables, how));
    } catch (error) {
      // Whoever notes what became of the load begins another transaction.
      await rollBack(this.#client);
      throw error;
    }
  }

  async #begin(tables: readonly TablePlan[], how?: BeginRequest): Promise<Transaction> {
    const { locked, ddl, alongside } = how ?? { locked: false, ddl: null };
    const client = this.#client;
    const begun = this.#setUp("begin isolation level read committed read write");
    if (ddl !== null) {
      await begun;
      await this.#make(ddl);
    }
    const order = new ReadOrder(this.#pipeline);
    this.#tables = new MadeTables();
    const [, , , xid, writers] = await answersTo([
      begun,
      locked ? null : runTogether(client, tableLocks(tables)),
      runTogether(client, planningSettings(tables)),
      transactionId(client),
      answersTo(tables.map(async (plan) => await this.#writer(plan, order))),
      alongside?.(),
    ]);
    const { reconnect, label, lockTimeoutMs } = this.#context;
    const reconnecting = { reconnect, label, patienceMs: lockTimeoutMs };
    return transactionOf(client, { xid, writers, pipeline: this.#pipeline }, reconnecting);
  }

  /** The writer of one table. */
  async #writer(plan: TablePlan, order: ReadOrder): Promise<PostgresWriter> {
    const client = this.#client;
    const gone = plan.recordDeletes?.plan;
    const known = this.#memories.get(plan.stage);
    const folding = known?.cannotFold === true ? null : foldingOf(plan);
    const kept = plan.kept.keys ? seenDdl(plan) : [];
    const [, memory, deletes] = await answersTo([
      runTogether(client, kept),
      known ?? learnTable(client, plan, { folding, isPostgres: this.#isPostgres }),
      gone === undefined ? undefined : this.#writer(gone, order),
    ]);
    this.#memories.set(plan.stage, memory);
    const own = { plan, memory: memory.set, folding: memory.cannotFold ? null : folding, order };
    const shared = { pipeline: this.#pipeline, tables: this.#tables, roundTrip: this.#roundTrip };
    return new PostgresWriter(client, { ...own, ...shared }, deletes);
  }

  /** A transaction that does nothing but hold the locks: the server ends them with it, whatever becomes of this process. */
  async lockTables(
    tables: readonly TablePlan[],
    lost: (error: Error) => void,
  ): Promise<Lock | null> {
    const locks = tableLocks(tables);
    if (locks.length === 0) return null;
    const settings = ["idle_in_transaction_session_timeout", "transaction_timeout"]
      .slice(0, this.#version >= 170_000 ? 2 : 1)
      .map((name) => `set local ${name} = 0`);
    await sendingAhead(this.#client, () =>
      answersTo([
        this.#setUp("begin isolation level read committed read only"),
        runTogether(this.#client, [...settings, ...locks]),
      ]),
    );
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
    return this.#pid === null ? null : await this.#questions.holderFor(this.#pid);
  }

  async deadlockAmong(sessions: readonly Session[]): Promise<Error | null> {
    const pids = sessions.flatMap((each) => (each instanceof PostgresSession && each.#pid) || []);
    return this.#questions.deadlockAmong(pids, this.#context.label);
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
    return classOf(error, this.#isLost);
  }

  get #isLost(): boolean {
    return this.#loss.lost && !this.#closing;
  }

  translate(error: unknown): Error {
    const translated = translateError(error, this.#context.label);
    if (translated !== error || !this.#isLost) return translated;
    return lostAfter(this.#loss.said, error, this.#context.label);
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await Promise.all([endClient(this.#client, this.#rollingBack), this.#questions.close()]);
  }
}
