/** The statements of checkpoints and steps, run over a connection to SQL Server. */
import type { SqlServerConnection, Fields } from "./connect/connection.ts";
import { onlySet, rowWith, setsOf } from "./connect/result-sets.ts";
import { SqlServerError } from "./errors.ts";
import { quoteLiteral } from "./quote.ts";
import type { SqlValue } from "../../model/sql/sql-value.ts";
import type { SqlAnswer, SqlExecutor } from "../sql-executor.ts";

/** Over the session's connection. */
export function sqlExecutor(connection: SqlServerConnection): SqlExecutor {
  return {
    dialect: {
      parameter: (at) => `@p${at}`,
      types: {
        // Names that differ in case only are two, whatever the database's collation.
        name: "nvarchar(200) COLLATE Latin1_General_100_BIN2",
        text: "nvarchar(max)",
        integer: "bigint",
        time: "datetime2(3)",
      },
      now: "SYSUTCDATETIME()",
      timeText: (column) => `CONVERT(nvarchar(19), ${column}, 126) + N'Z'`,
      temporaryTable: (name, columns) => ({
        name: `#${name}`,
        create: `CREATE TABLE #${name} (${columns})`,
      }),
      isMadeAs: (table, own) => {
        const now = `SELECT ${MADE_AS} FROM sys.objects AS o WHERE o.object_id = OBJECT_ID(${quoteLiteral(table)})`;
        return `(${now}) = ${quoteLiteral(own)}`;
      },
      asciiOnly: false,
    },
    run: (sql, values = []) => run(connection, sql, values),
    script: (sql) => runScript(connection, sql),
    begin: () => connection.begin(),
    commit: () => connection.commit(),
    rollback: () => connection.rollback(),
    tableOf: async (table) => {
      const sql =
        "SELECT c.name AS name FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(@p1, N'U')";
      const rows = onlySet(await connection.execute(sql, [{ name: "p1", value: table }]), "name");
      const columns = rows.map((row) => String(row["name"]));
      return columns.length === 0 ? null : { columns };
    },
    madeAs: async (table, checkpoint) => {
      const made = [await madeAs(connection, checkpoint), await madeAs(connection, table)];
      return made.includes(null) ? null : made.join("/");
    },
    isDuplicate: (error) =>
      error instanceof SqlServerError && (error.number === 2627 || error.number === 2601),
  };
}

/** Its id, which may be given to another table once it is gone, and when it was made. */
async function madeAs(connection: SqlServerConnection, table: string): Promise<string | null> {
  const sql = `SELECT ${MADE_AS} AS made FROM sys.objects AS o WHERE o.object_id = OBJECT_ID(@p1)`;
  const [row] = onlySet(await connection.execute(sql, [{ name: "p1", value: table }]), "made");
  return row === undefined ? null : String(row["made"]);
}

const MADE_AS = "CONCAT(o.object_id, N':', CONVERT(nvarchar(23), o.create_date, 126))";

/** The number of changed rows has a column of its own name: a trigger of the table may send rows before it. */
const CHANGED = "upsurge_changed";

async function run(
  connection: SqlServerConnection,
  sql: string,
  values: readonly SqlValue[],
): Promise<SqlAnswer> {
  const isQuery = /^select\b/i.test(sql);
  const parameters = values.map((value, at) => ({
    name: `p${at + 1}`,
    value: value === null ? null : String(value),
  }));
  const text = isQuery ? sql : `${sql}; SELECT @@ROWCOUNT AS ${CHANGED}`;
  const sets =
    parameters.length === 0
      ? await connection.batch(text)
      : await connection.execute(text, parameters);
  if (!isQuery) return { rows: [], changed: Number(rowWith(sets, CHANGED)[CHANGED]) };
  const [rows = []] = setsOf(sets, 1);
  return { rows: rows.map(plainRow), changed: 0 };
}

function plainRow(row: Fields): Record<string, SqlValue> {
  const entries = Object.entries(row);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "boolean" ? Number(value) : value]),
  );
}

/**
 * Inside a transaction of its own, which only counts: a COMMIT of the script's takes one from the count and keeps nothing.
 * The count tells of it, and the number of the transaction whether it is the same.
 */
async function runScript(connection: SqlServerConnection, sql: string): Promise<boolean> {
  await connection.batch("BEGIN TRANSACTION");
  const before = await transactionOf(connection);
  await connection.batch(sql);
  if ((await transactionOf(connection)) !== before) return false;
  await connection.batch("COMMIT TRANSACTION");
  return true;
}

async function transactionOf(connection: SqlServerConnection): Promise<string> {
  const { n, id } = rowWith(await connection.batch(TRANSACTION), "n");
  return `${String(n)}/${String(id)}`;
}

const TRANSACTION = "SELECT @@TRANCOUNT AS n, CURRENT_TRANSACTION_ID() AS id";
