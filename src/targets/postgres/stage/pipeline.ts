/**
 * Statements and COPY data that are sent in one go: the server begins with each when it is done with the one before, and waits
 * for nothing in between. After an error it passes over what follows, up to the end of what was sent. A savepoint that is
 * set or given up needs no answer of its own, and waits here for what does.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
import type { Client, Submittable } from "pg";
import type { SqlValue } from "../../../model/sql/sql-value.ts";
import { copyIn, sendData } from "./copy.ts";
import type { CopyConnection, DataToCopy } from "./copy.ts";

/** A statement with its parameters, or a COPY … FROM STDIN with its data. */
export interface PipelinedStatement {
  readonly sql: string;
  readonly values?: readonly SqlValue[];
  readonly data?: DataToCopy;
  /** Looks at its answer, and throws where that forbids to go on. */
  readonly check?: (answer: PipelinedAnswer) => void;
}

/** What the server answers to one statement. */
export interface PipelinedAnswer {
  /** Rows that were written, or copied. */
  readonly changed: number;
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
}

/** What of a transaction is sent together. */
export class Pipeline {
  readonly #client: Client;
  readonly #together: boolean;
  #waiting: PipelinedStatement[] = [];
  #following: PipelinedStatement[] = [];

  /** `together`: false for a server that only resembles PostgreSQL, which may not take COPY among other statements. */
  constructor(client: Client, together: boolean) {
    this.#client = client;
    this.#together = together;
  }

  /** Sends these statements with the next that is run. An error of theirs is raised there, and so is what their checks throw. */
  add(...statements: readonly PipelinedStatement[]): void {
    this.#waiting.push(...statements);
  }

  /** Sends a statement behind those that are run next, whose answer only its check looks at. */
  follow(statement: PipelinedStatement): void {
    this.#following.push(statement);
  }

  /** Runs what waits, and then these statements; answers to each of these. Throws what the server answers, or a check. */
  async run(...statements: readonly PipelinedStatement[]): Promise<PipelinedAnswer[]> {
    const before = this.#waiting.length;
    const all = [...this.#waiting, ...statements, ...this.#following];
    this.#waiting = [];
    this.#following = [];
    if (all.length === 0) return [];
    const answers = this.#together
      ? await sendTogether(this.#client, all)
      : await sendApart(this.#client, all);
    checkAnswers(all, answers);
    return answers.slice(before, before + statements.length);
  }

  /** Something waits, and can be sent together with what comes next. */
  get waits(): boolean {
    return this.#together && this.#waiting.length > 0;
  }

  /** Runs what waits. */
  async flush(): Promise<void> {
    await this.run();
  }

  /** Forgets a statement that still waits, and those after it; false where it was sent. */
  drop(sql: string): boolean {
    const at = this.#waiting.findLastIndex((each) => each.sql === sql);
    if (at >= 0) this.#waiting.length = at;
    return at >= 0;
  }

  /** Forgets all that waits: the transaction has ended. */
  end(): void {
    this.#waiting = [];
    this.#following = [];
  }
}

async function sendApart(
  client: Client,
  statements: readonly PipelinedStatement[],
): Promise<PipelinedAnswer[]> {
  const answers: PipelinedAnswer[] = [];
  for (const { sql, values = [], data } of statements) {
    if (data !== undefined) {
      answers.push({ changed: await copyIn(client, sql, data), rows: [] });
      continue;
    }
    const { rows, rowCount } = await client.query<Record<string, SqlValue>>(sql, [...values]);
    answers.push({ changed: rowCount ?? 0, rows });
  }
  return answers;
}

function sendTogether(
  client: Client,
  statements: readonly PipelinedStatement[],
): Promise<PipelinedAnswer[]> {
  return new Promise((resolve, reject) => {
    const parserOf: ParserOf = (type) => client.getTypeParser(type, "text");
    client.query(new StatementRun(statements, { resolve, reject, parserOf }));
  });
}

/** The driver's connection, as far as statements need it. */
interface StatementConnection extends CopyConnection {
  parse(statement: { readonly text: string }): void;
  bind(binding: { readonly values: readonly (string | null)[] }): void;
  describe(what: { readonly type: "P" }): void;
  execute(portal: object): void;
  flush(): void;
  sync(): void;
}

/** What makes a value of its text, by the type's number. */
type ParserOf = (type: TypeId) => (text: string) => SqlValue;

type TypeId = Parameters<Client["getTypeParser"]>[0];

/** Throws what a check of those that were answered throws. */
function checkAnswers(
  statements: readonly PipelinedStatement[],
  answers: readonly PipelinedAnswer[],
): void {
  for (const [at, answer] of answers.entries()) statements[at]?.check?.(answer);
}

/** What the checks of those that were answered throw, before the error of the next; `null`: nothing. */
function forbidden(
  statements: readonly PipelinedStatement[],
  answers: readonly PipelinedAnswer[],
): Error | null {
  try {
    checkAnswers(statements, answers);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error), { cause: error });
  }
}

/** Who waits for the answers, and how their values are read. */
interface Settle {
  readonly parserOf: ParserOf;
  readonly resolve: (answers: PipelinedAnswer[]) => void;
  readonly reject: (error: Error) => void;
}

/** Statements that end in one answer; the driver calls the methods as the server answers. */
class StatementRun implements Submittable {
  readonly #statements: readonly PipelinedStatement[];
  readonly #settle: Settle;
  readonly #answers: PipelinedAnswer[] = [];
  #columns: readonly { readonly name: string; readonly parse: (text: string) => SqlValue }[] = [];
  #rows: Record<string, SqlValue>[] = [];

  constructor(statements: readonly PipelinedStatement[], settle: Settle) {
    this.#statements = statements;
    this.#settle = settle;
  }

  submit(given: unknown): void {
    const connection = given as StatementConnection;
    connection.stream.cork();
    for (const { sql, values = [], data } of this.#statements) {
      connection.parse({ text: sql });
      connection.bind({ values: values.map((value) => (value === null ? null : String(value))) });
      if (data === undefined) connection.describe({ type: "P" });
      connection.execute({});
      if (data === undefined) continue;
      sendData(connection.stream, data);
      connection.endCopyFrom();
      // Whoever watches how long a statement takes hears of its end.
      connection.flush();
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({
    fields,
  }: {
    readonly fields: readonly { readonly name: string; readonly dataTypeID: TypeId }[];
  }): void {
    const { parserOf } = this.#settle;
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row = this.#columns.map(({ name, parse }, at) => {
      const text = fields[at] ?? null;
      return [name, text === null ? null : parse(text)];
    });
    this.#rows.push(Object.fromEntries(row));
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#answers.push({ changed: Number(/ (\d+)$/.exec(text)?.[1] ?? 0), rows: this.#rows });
    this.#rows = [];
  }

  handleError(error: Error): void {
    // The driver forgets a query that failed, and starts the next one when the server is ready.
    this.#settle.reject(forbidden(this.#statements, this.#answers) ?? error);
  }

  handleReadyForQuery(): void {
    this.#settle.resolve(this.#answers);
  }

  /** The data is on its way. */
  handleCopyInResponse(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
