/** One open SQLite database: settings, the waiting for locks, and what a load asks of it. */
import { access, constants } from "node:fs/promises";
import { basename } from "node:path";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { ComparisonSql } from "../../model/differences.ts";
import type { RemovalSql, TablePlan } from "../../model/load-plan.ts";
import type { PlannedStatement } from "../../model/report/plan-report.ts";
import type { TableDdl } from "../../model/new-table.ts";
import type { TableName, TableShape } from "../../model/table-shape.ts";
import type { BeginRequest, Lock, Session, Transaction } from "../target.ts";
import type { Capabilities } from "../capabilities.ts";
import { RECORD_SAVEPOINT } from "../../sql/savepoints.ts";
import { runDdl } from "../../sql/ddl/run-ddl.ts";
import { checkRemoval, checkStatements } from "./catalog/check-plan.ts";
import { emptyTable } from "./apply/empty-table.ts";
import { comparisonSql } from "./apply/comparison-sql.ts";
import { lookups } from "./apply/lookup-sql.ts";
import { missingSql } from "./apply/missing-sql.ts";
import type { MissingSql } from "../missing-sql.ts";
import { valueSql } from "./apply/value-sql.ts";
import { dropSeen, removalSql, seenDdl } from "./apply/removal-sql.ts";
import type { SqliteConnection } from "./connect/connection.ts";
import { rowSql } from "./dialect.ts";
import type { RowSql } from "./dialect.ts";
import { classify, rowFault, translate } from "./errors.ts";
import { permissions } from "./catalog/grants.ts";
import { lockJob } from "./job-lock.ts";
import { whileLocked } from "./connect/lock-wait.ts";
import { ddlRefusal, SQLITE_DDL } from "./catalog/new-table.ts";
import type { OwnFile } from "./connect/own-file.ts";
import type { LockWaitRule } from "./connect/lock-wait.ts";
import { RowGroup } from "./apply/row-group.ts";
import { UpsertProbe } from "./apply/probe.ts";
import { quoteIdentifier } from "./quote.ts";
import { listStatements } from "./apply/row-statements.ts";
import type { GroupStatements } from "./apply/row-statements.ts";
import { sqlExecutor } from "./statements.ts";
import { listTables, readTable } from "./catalog/table-shape.ts";
import { createStaged, stagedName } from "./stage/staged-row.ts";
import type { SqliteTable } from "./catalog/table-shape.ts";
import { SqliteTransaction } from "./apply/transaction.ts";
import type { SqlExecutor } from "../sql-executor.ts";

const CAPABILITIES: Capabilities = {
  rowSources: ["values", "staged", "arrays"],
  setBased: false,
  methods: { native: "upsert", proposal: { byUpsert: false, rowTriggersOnly: false } },
  appliesRowsInOrder: true,
  anyConstraint: true,
  advancesIdentity: true,
  countsPartitioned: true,
  acceptsPackedBatches: true,
  storesNul: true,
  notNullCode: "SQLITE_CONSTRAINT_NOTNULL",
  batchRows: 1000,
  shortRows: 5000,
  commitsAtOnce: true,
  booleans: { true: "1", false: "0" },
  bytesType: "BLOB",
  made: ({ identity, defaultSql }) => {
    if (identity === "rowid") return { kind: "written" };
    return defaultSql === null ? null : { kind: "before", sql: defaultSql };
  },
};

/** What a load may keep of the file: keys in no order need it, and memory is to stay small. It goes with the connection. */
const CACHE_KB = 24_000;

/** What opening a file gives. */
export interface OpenedFile {
  /** It fails at once where there is a lock: the session waits. */
  readonly db: SqliteConnection;
  /** Of the library. */
  readonly version: string;
  readonly file: OwnFile;
}

/** A session on one database file. */
export class SqliteSession implements Session {
  readonly capabilities = CAPABILITIES;
  readonly quoteIdentifier = quoteIdentifier;
  readonly emptyTable = emptyTable;
  readonly classify = classify;
  /** All keys or none. */
  readonly leaveToCommit = (): readonly string[] => ["pragma defer_foreign_keys = on"];
  readonly lookups = lookups((table) => this.#isStrict(table));
  readonly recordSavepoint = RECORD_SAVEPOINT;
  readonly values: Session["values"] = ({ name }, columns, fields) =>
    valueSql(columns, fields, this.#isStrict(name.name));
  readonly rowFault = rowFault;
  readonly version: string;
  readonly #db: SqliteConnection;
  readonly #path: string;
  readonly #file: OwnFile;
  readonly #lockTimeoutMs: number;
  readonly #probe: UpsertProbe;
  readonly execute: SqlExecutor;
  /** The statements for several rows of each plan that was checked, by its stage. */
  readonly #planned = new Map<string, GroupStatements | null>();
  #durable = false;
  #isWaiting = false;
  /** By table name: shapes travel through the planner, what only SQLite asks for stays here. */
  readonly #tables = new Map<string, SqliteTable>();

  /** Reads nothing of the file, which may be locked. */
  constructor({ db, version, file }: OpenedFile, lockTimeoutMs: number) {
    this.#db = db;
    this.#file = file;
    this.#path = file.path;
    this.#lockTimeoutMs = lockTimeoutMs;
    db.exec("pragma foreign_keys = on");
    db.exec("pragma trusted_schema = off");
    db.exec("pragma temp_store = memory");
    this.version = version;
    this.#probe = new UpsertProbe(db);
    this.execute = sqlExecutor(db, (work) => this.#whileLocked(work));
  }

  #isStrict(table: string): boolean {
    return this.#tables.get(table)?.strict === true;
  }

  readTableShape(table: string): Promise<TableShape | null> {
    return this.#patiently(() => {
      const found = readTable(this.#db, table);
      if (found !== null) this.#tables.set(found.shape.name.name, found);
      return found?.shape ?? null;
    });
  }

  newTableName(table: string): Promise<TableName> {
    return Promise.resolve(SQLITE_DDL.nameOf(table));
  }

  async supposing<T>(ddl: TableDdl, ask: () => Promise<T>): Promise<T> {
    if (!this.#file.isPrivate) await this.#requireWritable();
    await this.#patiently(() => this.#db.exec("begin immediate"));
    try {
      this.#file.refuseRemoved(this.#db);
      await this.#make(ddl);
      return await ask();
    } catch (error) {
      throw this.translate(error);
    } finally {
      this.#rollBack();
      // The version is undone with the rest, and may be that of something else the next time.
      for (const [name, table] of this.#tables) this.#tables.set(name, { ...table, schema: null });
    }
  }

  #rollBack(): void {
    if (this.#db.open && this.#db.inTransaction) this.#db.exec("rollback");
  }

  async #make(ddl: TableDdl): Promise<void> {
    const run = (sql: string): Promise<void> => Promise.resolve(this.#db.exec(sql));
    await runDdl(ddl, { run, refusalOf: ddlRefusal });
  }

  listTables(): Promise<readonly TableName[]> {
    return this.#patiently(() => listTables(this.#db));
  }

  statements(plan: TablePlan, columns: readonly string[]): readonly PlannedStatement[] {
    const row = this.#rowSql(plan, columns);
    return listStatements(row, this.#planned.get(row.plan.stage) ?? null);
  }

  removalSql(plan: TablePlan): RemovalSql {
    return removalSql(this.#rowSql(plan, []));
  }

  missingSql(plan: TablePlan): MissingSql {
    return missingSql(this.#rowSql(plan, []));
  }

  comparisonSql([plan, ...others]: readonly [TablePlan, ...TablePlan[]]): ComparisonSql {
    return comparisonSql([this.#rowSql(plan, []), ...others.map((each) => this.#rowSql(each, []))]);
  }

  checkPlan(plan: TablePlan, columns: readonly string[]): Promise<void> {
    return this.#patiently(() => {
      const row = this.#rowSql(plan, columns);
      this.#createStaged(row);
      checkStatements(this.#db, row);
      this.#planned.set(plan.stage, RowGroup.example(this.#db, this.#probe, row));
      if (plan.removal !== undefined) checkRemoval(this.#db, row);
      this.#dropStaged(plan);
    });
  }

  grants(): Promise<readonly string[]> {
    return Promise.resolve(permissions(this.#path));
  }

  async begin(tables: readonly TablePlan[], how?: BeginRequest): Promise<Transaction> {
    const ddl = how?.ddl ?? null;
    if (!this.#file.isPrivate) await this.#requireWritable();
    const rows = tables.map((plan) => this.#rowSql(plan, []));
    const toDisk = rows.some(({ plan }) => plan.kept.othersOut || plan.late !== undefined);
    await this.#patiently(() => {
      // Keys and late values go to disk, as there may be many. To change it drops what is there.
      if (toDisk) this.#db.exec("pragma temp_store = file");
      for (const row of rows) this.#createStaged(row);
      this.#db.exec(`pragma cache_size = -${CACHE_KB}`);
      this.#db.exec("begin immediate");
    });
    try {
      this.#file.refuseRemoved(this.#db);
      if (ddl !== null) await this.#make(ddl);
      await how?.alongside?.();
    } catch (error) {
      // Whoever notes what became of the load begins another transaction.
      this.#rollBack();
      throw error;
    }
    const patiently = async (work: () => void): Promise<void> =>
      await whileLocked(work, this.#waitRule);
    const [db, file, probe, undoesInMemory] = [this.#db, this.#file, this.#probe, !toDisk];
    return new SqliteTransaction({ db, file, probe, rows, undoesInMemory, patiently });
  }

  async lockJob(job: string): Promise<Lock | null> {
    return await lockJob(this.#path, job);
  }

  /** SQLite does not tell which process it is. */
  blockedBy(): Promise<string | null> {
    const holder = `another process that has ${basename(this.#path)} open`;
    return Promise.resolve(this.#isWaiting ? holder : null);
  }

  translate(error: unknown): Error {
    return translate(error, this.#path, this.#db.readonly);
  }

  close(): Promise<void> {
    if (this.#db.open) {
      this.#file.removeIfUnused(this.#db);
      this.#db.close();
    }
    return Promise.resolve();
  }

  #rowSql(plan: TablePlan, columns: readonly string[]): RowSql {
    const { name } = plan.table.name;
    const table = this.#tables.get(name) ?? readTable(this.#db, name);
    if (table === null) throw upsurgeError("INTERNAL", { message: `no table ${name} was read` });
    return rowSql(plan, table, columns);
  }

  #createStaged({ plan, table }: Pick<RowSql, "plan" | "table">): void {
    this.#dropStaged(plan);
    this.#db.exec(createStaged(table, stagedName(plan)));
    if (plan.kept.keys) for (const statement of seenDdl({ plan, table })) this.#db.exec(statement);
    const gone = plan.recordDeletes?.plan;
    if (gone !== undefined) this.#createStaged({ plan: gone, table });
  }

  #dropStaged(plan: TablePlan): void {
    this.#db.exec(`drop table if exists temp.${quoteIdentifier(stagedName(plan))}`);
    const gone = plan.recordDeletes?.plan;
    if (gone !== undefined) this.#dropStaged(gone);
    if (!plan.kept.keys) return;
    for (const statement of dropSeen(plan)) this.#db.exec(statement);
  }

  /** SQLite opens a file it may not write without a word, and fails at the first row. */
  async #requireWritable(): Promise<void> {
    this.#file.refuseRemoved(this.#db);
    try {
      await access(this.#path, constants.W_OK);
    } catch (cause) {
      const reason = "the file may not be written";
      throw upsurgeError("TARGET_NOT_WRITABLE", { path: this.#path, reason }, { cause });
    }
  }

  /** Runs `work`, waiting for locks. */
  #whileLocked<T>(work: () => T): Promise<T> {
    return whileLocked(() => {
      this.#makeDurable();
      return work();
    }, this.#waitRule);
  }

  get #waitRule(): LockWaitRule {
    return {
      timeoutMs: this.#lockTimeoutMs,
      onWait: (waiting) => (this.#isWaiting = waiting),
    };
  }

  /**
   * What is reported as done must outlast a loss of power, which in WAL mode the driver's default does not promise. This
   * reads the file, and comes before the first transaction.
   */
  #makeDurable(): void {
    if (this.#durable) return;
    this.#db.exec("pragma synchronous = full");
    this.#durable = true;
  }

  /** The same; what it throws in the end is ours. */
  async #patiently<T>(work: () => T): Promise<T> {
    try {
      return await this.#whileLocked(work);
    } catch (error) {
      // SQLite has a name of its own for it, which depends on the system.
      this.#file.refuseRemoved(this.#db);
      throw this.translate(error);
    }
  }
}
