/**
 * What the tests of SQL Server's faults share: a database behind the tests' TDS server that goes wrong as it is told,
 * and loads through the command line that must always come to an end. What goes wrong is the tests' own.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, inject } from "vitest";
import type { Counts } from "../../src/model/counts.ts";
import { runUpsurge } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";
import { until } from "../helpers/until.ts";
import type { TdsBackend, TdsError, TdsEvent, TdsSession } from "../support/tds/backend.ts";
import type { TdsFaultPlan, TdsRequest } from "../support/tds/faults.ts";
import { startTdsServer } from "../support/tds/server.ts";
import type { TdsServer } from "../support/tds/server.ts";
import type { Effects } from "../support/tsql/errors.ts";
import { createTsqlDatabase, tsqlBackend } from "../support/tsql/backend.ts";
import type { TsqlDatabase } from "../support/tsql/backend.ts";

/** What goes wrong with a request: on the wire, because of what others do before it runs, or because something else runs. */
export interface Trouble extends TdsFaultPlan {
  readonly meanwhile?: () => Promise<void>;
  readonly instead?: (sql: string) => string;
}

/** Asked before each request of a load. */
export type Troubles = (request: TdsRequest) => Trouble | undefined;

/** Tells requests apart. */
export type Which = (request: TdsRequest) => boolean;

type Row = readonly (string | null)[];

/** Rows as text. */
export type Rows = readonly Row[];

/** An error message that the server sends. */
export const serverError = (number: number, severity = 16): Trouble["before"] & object => ({
  number,
  severity,
  message: `injected ${number}`,
});

/** Trouble with the n-th request of some, or with each of several. */
export function nth(n: number | readonly number[], which: Which, trouble: Trouble): Troubles {
  let seen = 0;
  return (request) => (which(request) && [n].flat().includes(++seen) ? trouble : undefined);
}

/** Trouble with every request of some. */
export function always(which: Which, trouble: Trouble): Troubles {
  return (request) => (which(request) ? trouble : undefined);
}

/** Requests whose statement has this in it. */
export function having(pattern: RegExp): Which {
  return ({ sql }) => pattern.test(sql);
}

/** Requests of a load after its planning, which runs the same statements over no rows; every try plans again. */
export function loading(which: Which): Which {
  let began = false;
  return (request) => {
    if (request.sql.includes("'ProductVersion'")) began = false;
    began ||= /^SAVE TRANSACTION|sp_getapplock/.test(request.sql);
    return began && which(request);
  };
}

/** A server with one database, as a test sees it. */
export class FaultyServer {
  /** What goes wrong from now on; nothing at the beginning of each test. */
  troubles: Troubles = () => undefined;
  /** Refuses logins; the number of the login counts from 1. */
  refusal: (login: number) => TdsError | undefined = () => undefined;
  /** What some errors do instead of what they do by our reading of the documents. */
  effects: Effects = {};
  /** Every request of this test. */
  requests: TdsRequest[] = [];
  logins = 0;
  #trouble: Trouble | undefined;
  #server: TdsServer | null = null;
  #database: TsqlDatabase | null = null;
  #sessions: TdsSession[] = [];
  readonly #encryption: "on" | "off";

  constructor(encryption: "on" | "off") {
    this.#encryption = encryption;
  }

  async open(): Promise<void> {
    const postgres = inject("postgresUrl");
    this.#database = await createTsqlDatabase(postgres);
    this.#server = await startTdsServer({
      backend: this.#sabotaged(postgres),
      encryption: this.#encryption,
      faults: (request) => {
        this.requests.push(request);
        const trouble = this.troubles(request);
        this.#trouble = trouble;
        return trouble;
      },
    });
  }

  /** The server under test. */
  get server(): TdsServer {
    if (this.#server === null) throw new Error("the server runs only while tests do");
    return this.#server;
  }

  /** What `--to` takes; encrypted only when it is asked for. */
  url({
    host = "127.0.0.1",
    database = this.#database?.name,
    more = "encrypt=false",
  } = {}): string {
    return `sqlserver://sa:secret@${host}:${this.server.port}/${database}?${more}`;
  }

  /** A session beside the load's, on which nothing goes wrong. */
  async session(): Promise<TdsSession> {
    const backend = tsqlBackend({ server: inject("postgresUrl") });
    const database = this.#database?.name ?? "";
    const session = await backend.login({ user: "sa", password: "secret", database });
    this.#sessions.push(session);
    return session;
  }

  /** A session of PostgreSQL's own in the same database, for what T-SQL has no words for. */
  async postgres(): Promise<Client> {
    const url = new URL(inject("postgresUrl"));
    url.pathname = `/${this.#database?.name ?? ""}`;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    return client;
  }

  /** An empty table, and a test to which nothing has happened. */
  async reset(): Promise<void> {
    this.troubles = () => undefined;
    this.effects = {};
    this.refusal = () => undefined;
    this.requests = [];
    this.logins = 0;
    await this.#closeSessions();
    await this.#database?.reset();
  }

  async close(): Promise<void> {
    await this.#closeSessions();
    await this.#server?.close();
    await this.#database?.drop();
  }

  async #closeSessions(): Promise<void> {
    for (const session of this.#sessions.splice(0)) await session.close();
  }

  #sabotaged(postgres: string): TdsBackend {
    return {
      login: async (credentials) => {
        const refused = this.refusal(++this.logins);
        if (refused !== undefined) throw refused;
        const backend = tsqlBackend({ server: postgres, effects: this.effects });
        const session = await backend.login(credentials);
        const execute = session.execute.bind(session);
        session.execute = (sql, parameters) =>
          this.#troubled(sql, (text) => execute(text, parameters));
        return session;
      },
    };
  }

  async *#troubled(
    sql: string,
    run: (sql: string) => AsyncIterable<TdsEvent>,
  ): AsyncIterable<TdsEvent> {
    const { instead, meanwhile } = this.#trouble ?? {};
    this.#trouble = undefined;
    await meanwhile?.();
    yield* run(instead?.(sql) ?? sql);
  }
}

/** A server for the tests of a file, with an empty database for each. */
export function useFaultyServer(encryption: "on" | "off" = "off"): FaultyServer {
  const server = new FaultyServer(encryption);
  beforeAll(() => server.open());
  beforeEach(() => server.reset());
  // A load that has ended has let go of the server.
  afterEach(async () => {
    await until(
      "the end of every connection",
      () => server.server.connections,
      (open) => open === 0,
    );
  });
  afterAll(() => server.close());
  return server;
}

/** Runs statements, batch by batch; none may fail. Answers with their rows. */
export async function tell(session: TdsSession, ...batches: readonly string[]): Promise<Rows> {
  const rows: Row[] = [];
  for (const batch of batches) {
    for await (const event of session.execute(batch, [])) {
      if (event.kind === "error") throw new Error(`${event.number} ${event.message} in ${batch}`);
      if (event.kind === "row") rows.push(event.values);
    }
  }
  return rows;
}

/** A load to run. */
export interface FaultyLoad {
  readonly input: string;
  readonly flags?: readonly string[];
  readonly to?: string;
  readonly stdin?: boolean;
}

/** What came of a load. */
export interface FaultyResult {
  readonly exit: number;
  /** The error's code and what to do about it; `null` when there was none. */
  readonly code: string | null;
  readonly fix: string | null;
  readonly cause: string | null;
  readonly where: string | null;
  /** The counts that are not zero. */
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** What the report of rejects says of each. */
  readonly rejects: readonly unknown[];
  /** The file of rejected records, as it is. */
  readonly rejected: string;
  readonly stderr: string;
}

interface Report {
  readonly counts: Counts;
  readonly warnings: readonly string[];
  readonly rejectFile: string | null;
  readonly rejectReport: string | null;
  readonly error?: Readonly<Record<"code" | "fix" | "cause" | "where", string | null>>;
}

/** Loads into the table t by its id; retries go on until they succeed unless the flags say otherwise. */
export async function runFaulty(server: FaultyServer, load: FaultyLoad): Promise<FaultyResult> {
  const { input, flags = [], to = server.url(), stdin = false } = load;
  const folder = tempDir({ "in.csv": input });
  const source = stdin ? "-" : join(folder, "in.csv");
  const args = [source, "--to", to, "--table", "t", "--json", "--progress", "none"];
  if (!flags.includes("--retry-timeout")) args.push("--retry-timeout", "10m");
  if (!flags.includes("--mode")) args.push("--key", "id");
  const run = await runUpsurge([...args, ...flags], { stdin: stdin ? input : "", cwd: folder });
  const report = JSON.parse(run.stdout) as Report;
  return {
    exit: run.exitCode,
    code: report.error?.code ?? null,
    fix: report.error?.fix ?? null,
    cause: report.error?.cause ?? null,
    where: report.error?.where ?? null,
    counts: Object.fromEntries(Object.entries(report.counts).filter(([, count]) => count !== 0)),
    warnings: report.warnings,
    rejects: JSON.parse(
      `[${readFile(report.rejectReport).trim().replaceAll("\n", ",")}]`,
    ) as unknown[],
    rejected: readFile(report.rejectFile),
    stderr: run.stderr,
  };
}

function readFile(path: string | null): string {
  return path === null || !existsSync(path) ? "" : readFileSync(path, "utf8");
}
