/** A backend for the tests of the TDS server itself: it answers a few texts, and knows no T-SQL. */
import { once } from "node:events";
import { TdsError } from "./backend.ts";
import type { TdsBackend, TdsBulk, TdsEvent, TdsParameter, TdsSession } from "./backend.ts";

/** What lets a client in. */
export const PASSWORD = "Secret 1ß";

/** Long text. */
export const LONG = "long ".repeat(20_000);
/** Text of one, two, three and four bytes a character in UTF-8. */
export const UNICODE = "Grüße, 世界 \u{1f680}";

/** What the sessions of a backend were asked to do besides running statements. */
export class Notes {
  /** Of a request that waits until nobody needs it any more. */
  readonly over = new AbortController();
  readonly log: string[] = [];
  readonly loads: TdsBulk[] = [];
  closed = 0;
}

class SmallSession implements TdsSession {
  readonly #notes: Notes;
  inTransaction = false;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  async *execute(text: string, parameters: readonly TdsParameter[]): AsyncGenerator<TdsEvent> {
    if (text.startsWith("set ")) yield { kind: "done", rowCount: null };
    else if (text === "SELECT 1;") yield* rows([""], [["1"]]);
    else if (text === "parameters") yield* rows(["name", "value"], parameters.map(nameAndValue));
    else if (text === "results") {
      yield* rows(
        ["a", "b"],
        [
          ["1", null],
          [LONG, UNICODE],
          ["", "x"],
        ],
      );
      yield { kind: "done", rowCount: 7 };
      yield* typedRows();
    } else if (text.startsWith("many ")) yield* many(Number(text.slice(5)));
    else if (text === "fails") {
      yield { kind: "columns", columns: [{ name: "a", type: "nvarchar" }] };
      yield { kind: "row", values: ["1"] };
      yield { kind: "error", number: 8134, message: "Divide by zero.", severity: 16 };
    } else if (text === "dies") throw new Error("out of order");
    else if (text === "waits") await this.#wait();
    else if (text === "begin transaction") await this.begin();
    else if (text === "commit transaction") await this.commit();
    else if (text === "rollback transaction") await this.rollback();
    else
      yield {
        kind: "error",
        number: 102,
        message: `Incorrect syntax near '${text}'.`,
        severity: 15,
      };
  }

  async #wait(): Promise<void> {
    this.#notes.log.push("waits");
    const { signal } = this.#notes.over;
    await once(signal, "abort");
  }

  async bulk(load: TdsBulk): Promise<number> {
    if (load.table.includes("refused")) throw new TdsError(2627, "Violation of a key.", 14);
    this.#notes.loads.push(load);
    return load.rows.length;
  }

  async begin(): Promise<void> {
    this.#notes.log.push("begin");
    this.inTransaction = true;
  }

  async commit(): Promise<void> {
    this.#notes.log.push("commit");
    this.inTransaction = false;
  }

  async rollback(): Promise<void> {
    this.#notes.log.push("rollback");
    this.inTransaction = false;
  }

  async save(name: string): Promise<void> {
    this.#notes.log.push(`save ${name}`);
  }

  async close(): Promise<void> {
    this.#notes.closed++;
  }
}

/** A backend that lets in who knows its password, and keeps notes. */
export function smallBackend(notes: Notes): TdsBackend {
  return {
    async login({ user, password }) {
      if (password === PASSWORD) return new SmallSession(notes);
      throw new TdsError(18456, `Login failed for user '${user}'.`, 14);
    },
  };
}

function nameAndValue({ name, value }: TdsParameter): (string | null)[] {
  return [name, value];
}

function* rows(names: readonly string[], values: (string | null)[][]): Generator<TdsEvent> {
  yield { kind: "columns", columns: names.map((name) => ({ name, type: "nvarchar" })) };
  for (const row of values) yield { kind: "row", values: row };
  yield { kind: "done", rowCount: values.length };
}

function* typedRows(): Generator<TdsEvent> {
  const columns = [
    { name: "i", type: "int" },
    { name: "l", type: "bigint" },
    { name: "b", type: "bit" },
  ] as const;
  yield { kind: "columns", columns };
  yield { kind: "row", values: ["-5", "9223372036854775807", "1"] };
  yield { kind: "row", values: [null, null, null] };
  yield { kind: "done", rowCount: 2 };
}

function* many(count: number): Generator<TdsEvent> {
  yield {
    kind: "columns",
    columns: [
      { name: "n", type: "int" },
      { name: "t", type: "nvarchar" },
    ],
  };
  for (let n = 1; n <= count; n++) yield { kind: "row", values: [String(n), `text ${n}`] };
  yield { kind: "done", rowCount: count };
}
