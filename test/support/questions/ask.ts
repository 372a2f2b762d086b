/**
 * Asks a server what the tests' interpreter assumes of it: over the driver, so that the same question goes to a Microsoft server
 * and to the tests' own, and each may be held against the other.
 */
import mssql from "mssql";
import { clientConfig } from "../../../src/targets/sqlserver/connect/client-config.ts";

/** What a batch tells, in order: the values of a row, `error 2627`, `print text`. */
export type Told = readonly (readonly (string | null)[] | string)[];

/** One connection, and what it is told. */
export class Asking {
  readonly #pool: mssql.ConnectionPool;

  private constructor(pool: mssql.ConnectionPool) {
    this.#pool = pool;
  }

  /** Connects to the database that a URL names. */
  static async open(url: string): Promise<Asking> {
    const pool = new mssql.ConnectionPool(clientConfig(url, {}));
    pool.on("error", () => {});
    return new Asking(await pool.connect());
  }

  /** Runs a batch to its end, whatever comes of it. */
  async tell(sql: string): Promise<Told> {
    const told: (readonly (string | null)[] | string)[] = [];
    const request = this.#pool.request();
    request.stream = true;
    request.arrayRowMode = true;
    request.on("row", (row: readonly unknown[]) => void told.push(row.map(textOf)));
    request.on("error", (error: unknown) => void told.push(`error ${numberOf(error)}`));
    request.on("info", (info: { readonly number: number; readonly message: string }) => {
      // What PRINT says has no number; others accompany errors.
      if (info.number === 0) told.push(`print ${info.message}`);
    });
    const done = new Promise((resolve) => request.once("done", resolve));
    await request.batch(sql).catch(() => {});
    await done;
    return told;
  }

  /** Loads rows in bulk: the number that the driver is told, or the number of the error. */
  async bulk(table: string, values: readonly number[]): Promise<number | string> {
    const load = new mssql.Table(table);
    load.columns.add("id", mssql.Int, { nullable: false });
    for (const value of values) load.rows.add(value);
    try {
      return (await this.#pool.request().bulk(load, { checkConstraints: true })).rowsAffected;
    } catch (error) {
      return `error ${numberOf(error)}`;
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

function numberOf(error: unknown): string {
  return error instanceof Error && "number" in error ? String(error.number) : String(error);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "string" ? value : JSON.stringify(value);
}
