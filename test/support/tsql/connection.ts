/** The PostgreSQL side of a session: statements with their savepoint in one round trip, and the transaction's ends. */
import { type Client, DatabaseError } from "pg";
import { giveClient, takeClient } from "./clients.ts";
import type { Place } from "./clients.ts";
import { retryNames } from "./names.ts";

/** A result as PostgreSQL gives it: every value as text. */
export interface Answer {
  readonly command: string;
  readonly rowCount: number;
  readonly fields: readonly {
    readonly name: string;
    readonly dataTypeID: number;
    readonly dataTypeModifier: number;
  }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The detail of a notice whose message is the rows of a SELECT in a trigger. */
export const SENT_ROWS = "tsql rows";

/** What the server says beside its answers. */
interface Notice {
  readonly message?: string | undefined;
  readonly detail?: string | undefined;
}

/** The settings of every session. */
const SETTINGS = {
  search_path: "dbo,tsql",
  client_min_messages: "error",
  datestyle: "ISO,YMD",
  timezone: "UTC",
  deadlock_timeout: "100ms",
  bytea_output: "hex",
  jit: "off",
};

const AS_TEXT = { getTypeParser: () => (text: unknown) => text };

/** One connection to PostgreSQL. */
export class Connection {
  readonly #place: Place;
  #client: Client | null = null;
  /** Queries that were sent and have no answer yet. */
  #running = 0;
  #open = false;
  /** Sent before the next statement. */
  #waiting: string[] = [];
  /** Set again when a rollback has taken it back. */
  #lockTimeout: string | null = null;
  #ended = false;
  /** The rows that triggers have sent, as JSON, until they are taken. */
  #sent: string[] = [];

  /** `level` is the compatibility level of the database. */
  constructor(url: string, level: number) {
    this.#place = { url, settings: { ...SETTINGS, "tsql.level": String(level) } };
  }

  async connect(): Promise<void> {
    this.#client = await takeClient(this.#place);
    this.#client.on("notice", this.#noticed);
    this.#client.on("error", this.#failed);
  }

  readonly #noticed = ({ message, detail }: Notice): void => {
    if (detail === SENT_ROWS) this.#sent.push(message ?? "");
  };

  readonly #failed = (): void => {
    this.#ended = true;
  };

  /** Is a transaction open in PostgreSQL (or about to be)? */
  get open(): boolean {
    return this.#open;
  }

  begin(): void {
    this.#open = true;
    this.#waiting.push("BEGIN");
  }

  /** What triggers have sent since it was last asked. */
  takeSent(): readonly string[] {
    return this.#sent.splice(0);
  }

  async commit(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    this.#open = false;
    // A transaction that did nothing never reached PostgreSQL.
    if (waiting.at(-1) !== "BEGIN") await this.#send([...waiting, "COMMIT"].join("; "));
    else this.#waiting = waiting.slice(0, -1);
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    const begun = this.#waiting.includes("BEGIN");
    this.#waiting = this.#lockTimeout === null ? [] : [this.#lockTimeout];
    if (!begun) await this.#send("ROLLBACK");
  }

  setLockTimeout(milliseconds: number): void {
    // 0 means not to wait, which PostgreSQL has no word for.
    const value = milliseconds < 0 ? 0 : Math.max(1, milliseconds);
    this.#lockTimeout = `SET lock_timeout = ${value}`;
    this.#waiting.push(this.#lockTimeout);
  }

  /** Puts statements that cannot fail before the next one. */
  later(sql: string): void {
    this.#waiting.push(sql);
  }

  /**
   * Runs a statement (or several that are one to the user). In a transaction it has a savepoint of its own:
   * when it fails, it is undone and the transaction goes on.
   */
  async run(sql: string): Promise<readonly Answer[]> {
    return retryNames(
      sql,
      (text) => this.#guarded(text),
      (question) => this.ask(question),
    );
  }

  async #guarded(sql: string): Promise<readonly Answer[]> {
    const before = this.#waiting.splice(0);
    if (!this.#open) {
      // What waits must not share the fate of the statement.
      if (before.length > 0) await this.#send(before.join("; "));
      return this.#send(sql);
    }
    const first = before.length + 1;
    try {
      const answers = await this.#send(
        [...before, "SAVEPOINT tsql_statement", sql, "RELEASE tsql_statement"].join("; "),
      );
      return answers.slice(first, -1);
    } catch (error) {
      if (error instanceof DatabaseError && !this.#ended) {
        await this.#send("ROLLBACK TO tsql_statement; RELEASE tsql_statement");
      }
      throw error;
    }
  }

  /** A question that cannot fail. */
  async ask(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    if (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0).join("; "));
    const answers = await this.#send(sql);
    return answers.at(-1)?.rows ?? [];
  }

  async #send(text: string): Promise<readonly Answer[]> {
    const client = this.#client;
    if (client === null) throw new Error("the connection is closed");
    this.#running += 1;
    try {
      const result: unknown = await client.query({ text, rowMode: "array", types: AS_TEXT });
      return (Array.isArray(result) ? result : [result]) as readonly Answer[];
    } finally {
      this.#running -= 1;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    this.#client = null;
    client.off("notice", this.#noticed);
    client.off("error", this.#failed);
    if (this.#ended || this.#running > 0) await client.end();
    else await giveClient(this.#place, client);
    this.#ended = true;
  }
}
