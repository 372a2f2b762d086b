/**
 * One physical connection to SQL Server through the driver `mssql`, for the life of a load: it never comes back under
 * the same object once it is lost, it says so, and it closes at once in whatever state it is.
 * Knows T-SQL only as far as transactions go; what errors mean is `errors.ts`'s to say.
 */
import type { Environment } from "../../../model/environment.ts";
import { setImmediate as nextTurn } from "node:timers/promises";
import type Mssql from "mssql";
import type { ConnectionPool, ISqlType, Request } from "mssql";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import { clientConfig, isEncrypted } from "./client-config.ts";
import { connectError } from "./connect-error.ts";
import { describeUrl } from "./connection-url.ts";
import { SocketWatch } from "./socket-watch.ts";
import { serverErrorOf } from "../errors.ts";
import { installFix } from "../../install-fix.ts";

type Driver = typeof Mssql;

/** A row, by column name; bigint is text. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** The rows of one SELECT. */
export type ResultSet = readonly Fields[];

/** A parameter of `execute`; always text to the server, which converts. */
export interface TextParameter {
  /** Without its @. */
  readonly name: string;
  readonly value: string | null;
}

/** A column of a bulk load. */
export interface BulkColumn {
  readonly name: string;
  readonly type: "bigint" | "int" | "smallint" | "tinyint" | `nvarchar(${number | "max"})`;
  readonly nullable: boolean;
}

/** What a bulk load heeds; nothing unless it is said. */
export interface BulkOptions {
  readonly checkConstraints?: boolean;
  readonly fireTriggers?: boolean;
  readonly keepNulls?: boolean;
}

/** A row of a bulk load, in the order of its columns. */
export type BulkRow = readonly (string | number | null)[];

/** The longest text that is no nvarchar(max). */
const LONGEST_NVARCHAR = 4000;

/** How long a running request may take to stop before its socket is cut. */
const GRACE_MS = 500;

/** How long undoing a transaction may take; the server goes on with it when nobody waits any more. */
const ROLLBACK_MS = 2000;

/** What a connection is made of. */
interface ConnectionParts {
  readonly driver: Driver;
  readonly pool: ConnectionPool;
  readonly line: SocketWatch;
}

/** An open connection; calls come one at a time, save `cancel` and `close`. */
export class SqlServerConnection {
  /** The number of the server's error for a text that is too long, which depends on the database. */
  tooLong = 2628;
  readonly #driver: Driver;
  readonly #pool: ConnectionPool;
  readonly #line: SocketWatch;
  readonly #label: string;
  readonly #statementMs: number;
  #running: { readonly request: Request; readonly settled: Promise<unknown> } | null = null;
  #closing: Promise<void> | null = null;

  private constructor({ driver, pool, line }: ConnectionParts, label: string, statementMs: number) {
    this.#driver = driver;
    this.#pool = pool;
    this.#line = line;
    this.#label = label;
    this.#statementMs = statementMs;
  }

  /**
   * Connects and logs in; from then on a request that is not answered in `statementMs` (0: no limit) costs the connection.
   * Throws `TARGET_*` errors.
   */
  static async open(
    url: string,
    environment: Environment,
    statementMs = 0,
  ): Promise<SqlServerConnection> {
    const config = clientConfig(url, environment);
    const label = describeUrl(url);
    const driver = await loadDriver();
    const line = new SocketWatch(config.connectionTimeout);
    const pool = new driver.ConnectionPool({
      ...config,
      beforeConnect: (wire) => line.watch(wire),
    });
    // What breaks is told to the call that meets it; without a listener it would end the process.
    pool.on("error", () => {});
    const connection = new SqlServerConnection({ driver, pool, line }, label, statementMs);
    try {
      await pool.connect();
      // The pool tries a connection and throws it away; the first request opens the one that stays.
      line.forgetTrial();
      await connection.inTime(() => connection.batch("SET NOCOUNT ON"));
      return connection;
    } catch (error) {
      await connection.close();
      throw connectError(error, label, { tls: isEncrypted(config), messages: line.messages });
    }
  }

  /** True once the socket is gone; every call fails from then on. */
  get lost(): boolean {
    return this.#line.lost;
  }

  /** False as well when the server has ended the transaction by itself, or the connection is lost. */
  get inTransaction(): boolean {
    return this.#line.inTransaction && !this.lost;
  }

  /**
   * In T-SQL and not by the driver's Transaction: that one throws outside of any call, and so ends the process, when the
   * server answers a commit by rolling back.
   */
  async begin(): Promise<void> {
    await this.batch("BEGIN TRANSACTION");
    this.#line.inTransaction = true;
  }

  /** Fails with the server's error 3902 when there is no transaction any more. */
  async commit(): Promise<void> {
    await this.batch("COMMIT TRANSACTION");
    this.#line.inTransaction = false;
  }

  /**
   * Ends the transaction, if there is one. Never throws, and never takes long: a connection that cannot roll back is cut,
   * and undone by the server.
   */
  async rollback(): Promise<void> {
    await this.#line
      .inTime(
        () => this.batch("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION").catch(() => []),
        ROLLBACK_MS,
      )
      .catch(() => {});
    this.#line.inTransaction = false;
  }

  /** Runs statements as they are. */
  async batch(sql: string): Promise<readonly ResultSet[]> {
    return this.#call(async (request) => (await request.batch<Fields>(sql)).recordsets);
  }

  /** Runs statements with parameters (`sp_executesql`). */
  async execute(sql: string, parameters: readonly TextParameter[]): Promise<readonly ResultSet[]> {
    const { NVarChar, MAX } = this.#driver;
    return this.#call(async (request) => {
      for (const { name, value } of parameters) {
        // Two lengths only, so that the server keeps few plans of the same statement.
        const isLong = value !== null && value.length > LONGEST_NVARCHAR;
        request.input(name, NVarChar(isLong ? MAX : LONGEST_NVARCHAR), value);
      }
      return (await request.query<Fields>(sql)).recordsets;
    });
  }

  /**
   * Loads rows into a table (`insert bulk`), which must have these columns with these types. How many it took the server
   * does not say to a session that has NOCOUNT on.
   */
  async bulk(
    table: string,
    columns: readonly BulkColumn[],
    rows: readonly BulkRow[],
    options: BulkOptions = {},
  ): Promise<void> {
    const load = new this.#driver.Table(table);
    for (const { name, type, nullable } of columns) {
      load.columns.add(name, wireType(this.#driver, type), { nullable });
    }
    for (const row of rows) load.rows.push([...row]);
    await this.#call((request) => request.bulk(load, options));
  }

  /** Asks the server to stop what is running; that call then fails with the driver's code ECANCEL. */
  cancel(): void {
    this.#running?.request.cancel();
  }

  /** Cuts the connection when `work`, a part of opening it, takes longer than connecting may. */
  async inTime<T>(work: () => Promise<T>): Promise<T> {
    return this.#line.inTime(work);
  }

  /** Ends the connection; what was not committed is undone by the server. Never throws, and never takes long. */
  async close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    await this.#closing;
  }

  async #shutDown(): Promise<void> {
    if (this.#running !== null && !this.lost) {
      this.cancel();
      await within(GRACE_MS, this.#running.settled);
    }
    // The pool would wait for the answers of a server that may never answer: the socket goes first.
    this.#line.cut();
    await within(GRACE_MS, this.#pool.close());
  }

  async #call<T>(run: (request: Request) => Promise<T>): Promise<T> {
    if (this.lost || this.#closing !== null) {
      throw upsurgeError("TARGET_LOST", { target: this.#label, reason: "it is closed" });
    }
    const request = this.#pool.request();
    const result = this.#line.inTime(() => run(request), this.#statementMs);
    this.#running = { request, settled: result.catch(() => {}) };
    try {
      return await result;
    } catch (error) {
      // The driver fails the call first and tells a moment later that the socket is gone.
      await nextTurn();
      throw serverErrorOf(error) ?? error;
    } finally {
      this.#running = null;
    }
  }
}

function wireType(driver: Driver, type: BulkColumn["type"]): ISqlType {
  const { NVarChar, BigInt, Int, SmallInt, TinyInt, MAX } = driver;
  const integer = { bigint: BigInt, int: Int, smallint: SmallInt, tinyint: TinyInt }[
    type as string
  ];
  if (integer !== undefined) return integer();
  return NVarChar(type === "nvarchar(max)" ? MAX : Number(/\d+/.exec(type)?.[0]));
}

/** Waits for `work`, but not for long; what becomes of it later is nobody's concern. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => {}), patience]);
  clearTimeout(timer);
}

async function loadDriver(): Promise<Driver> {
  try {
    return (await import("mssql")).default;
  } catch (cause) {
    const fix = installFix("mssql");
    throw upsurgeError("TARGET_DRIVER_MISSING", { driver: "mssql" }, { cause, fix });
  }
}
