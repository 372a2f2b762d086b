/** Small statements of the loader's own over a connection to PostgreSQL. */
import type { EventEmitter } from "node:events";
import type { Client } from "pg";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { rollBack } from "./connect/deadline.ts";
import { isServerError } from "./errors.ts";
import { quoteLiteral } from "./quote.ts";
import type { SqlValue } from "../../model/sql/sql-value.ts";
import type { SqlAnswer, SqlExecutor } from "../sql-executor.ts";
import type { MadeTables } from "./stage/made-tables.ts";
import type { Pipeline } from "./stage/pipeline.ts";

/** Encodings of a database that take every character, or whatever they are sent. */
const TAKE_ALL = new Set(["UTF8", "SQL_ASCII"]);

/** What statements need besides the connection. */
interface StatementContext {
  /** Begins a transaction and makes its settings. */
  readonly setUp: (begin: string) => Promise<void>;
  /** Of the database. */
  readonly encoding: string;
  /** What waits there comes first. */
  readonly pipeline: Pipeline;
  /** Of the transaction at hand, which are told of each statement and script that is run. */
  readonly tables?: () => MadeTables;
}

/** The columns of a table, and a rule of its updates. */
const TABLE = `select to_regclass($1) is not null as found, array(select attname::text from pg_catalog.pg_attribute
  where attrelid = to_regclass($1) and attnum > 0 and not attisdropped) as names,
  (select min(rulename) from pg_catalog.pg_rewrite where ev_class = to_regclass($1) and ev_type = '2' and ev_enabled in ('O', 'A')) as rule`;

interface FoundTable {
  readonly found: boolean;
  readonly names: readonly string[];
  readonly rule: string | null;
}

/** Runs statements over a connection. */
export function sqlExecutor(
  client: Client,
  { setUp, encoding, pipeline, tables }: StatementContext,
): SqlExecutor {
  return {
    dialect: {
      parameter: (at) => `$${at}`,
      types: { name: "text", text: "text", integer: "bigint", time: "timestamptz" },
      now: "now()",
      temporaryTable: (name, columns) => ({
        name: `pg_temp.${name}`,
        create: `create temporary table ${name} (${columns}) on commit drop`,
      }),
      isMadeAs: (table, own) =>
        `to_regclass(${quoteLiteral(table)})::oid::text = ${quoteLiteral(own)}`,
      asciiOnly: !TAKE_ALL.has(encoding),
      timeText: (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
    },
    run: async (sql, values = []): Promise<SqlAnswer> => {
      tables?.().sends(sql);
      if (pipeline.waits && values.length > 0) {
        const [answer] = await pipeline.run({ sql, values });
        return answer ?? { rows: [], changed: 0 };
      }
      await pipeline.flush();
      const { rows, rowCount } = await client.query<Record<string, SqlValue>>(sql, [...values]);
      return { rows, changed: rowCount ?? 0 };
    },
    script: async (sql) => {
      await pipeline.flush();
      tables?.().scriptRuns();
      return await runScript(client, sql);
    },
    begin: () => setUp("begin isolation level read committed read write"),
    commit: async () => void (await client.query("commit")),
    rollback: () => rollBack(client),
    tableOf: async (table) => {
      const { rows } = await client.query<FoundTable>(TABLE, [table]);
      if (rows[0]?.found !== true) return null;
      const { names, rule } = rows[0];
      return { columns: names, rewritten: rule === null ? null : `the rule ${rule}` };
    },
    madeAs: async (table, checkpoint) => {
      const sql = "select to_regclass($1)::oid::text || '/' || to_regclass($2)::oid::text as made";
      const { rows } = await client.query<{ made: string | null }>(sql, [checkpoint, table]);
      return rows[0]?.made ?? null;
    },
    isDuplicate: (error) => isServerError(error) && error.code === "23505",
  };
}

/** Without values the text goes over the simple protocol, which takes several statements. */
async function runScript(client: Client, sql: string): Promise<boolean> {
  const before = await client.query<{ xid: string }>("select pg_current_xact_id()::text as xid");
  await refusingCopies(client, () => client.query(sql));
  const after = await client.query<{ xid: string | null }>(
    "select pg_current_xact_id_if_assigned()::text as xid",
  );
  return after.rows[0]?.xid === before.rows[0]?.xid;
}

/** The driver's connection, as far as it tells that the server waits for rows. */
interface TellsOfCopies {
  readonly connection: EventEmitter;
}

/**
 * Nobody has rows for a COPY FROM STDIN in a script. The driver ends it, and the server then reports a cancelled statement,
 * which elsewhere is worth another try.
 */
async function refusingCopies(client: Client, run: () => Promise<unknown>): Promise<void> {
  const { connection } = client as unknown as TellsOfCopies;
  let copies = false;
  const note = (): void => void (copies = true);
  connection.on("copyInResponse", note);
  try {
    await run();
  } catch (cause) {
    if (!copies) throw cause;
    const reason = "COPY FROM STDIN takes rows from the program that runs it, which has none";
    throw upsurgeError("TARGET_STATEMENT", { reason }, { cause });
  } finally {
    connection.off("copyInResponse", note);
  }
}
