/** Runs the statements that create a table or columns, and says what a refusal means. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { messageOf } from "../../errors/message-of.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { TableDdl } from "../../model/new-table.ts";
import { tableName } from "../../model/table-shape.ts";

/** What a refusal means: `passing` is no refusal of the statement (a lock, a lost connection). */
export type DdlRefusal = "exists" | "privilege" | "refused" | "passing";

/** How a target runs a statement, and reads its refusal. */
export interface DdlRunner {
  readonly run: (sql: string) => Promise<unknown>;
  readonly refusalOf: (error: unknown) => DdlRefusal;
}

/** How a database says that it has no schema to create a table in. */
interface SchemaWords {
  readonly quote: (name: string) => string;
  /** What is missing where none was named. */
  readonly schema: string;
  readonly why: string;
}

/** There is no schema to create `table` in: the one that was `asked` for, or any. */
export function noSchema(
  table: string,
  asked: string | null,
  { quote, schema, why }: SchemaWords,
): Error {
  const where = `--table ${table}`;
  if (asked === null) {
    const details = { schema, table, quoted: "", literal: "" };
    const fix = "name the schema: --table schema.name";
    return upsurgeError("PLAN_NO_SCHEMA", details, { why, fix, where });
  }
  const literal = shellQuoted(quote(table));
  const details = { schema: asked, table, quoted: quote(asked), literal };
  return upsurgeError("PLAN_NO_SCHEMA", details, { where });
}

/** Throws `PLAN_TABLE_APPEARED`, `PLAN_PRIVILEGE` and `PLAN_DDL`; the transaction is to be rolled back then. */
export async function runDdl(ddl: TableDdl, { run, refusalOf }: DdlRunner): Promise<void> {
  try {
    for (const statement of ddl.statements) await run(statement);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === "passing") throw error;
    throw refused(ddl, refusal, error);
  }
}

function refused(ddl: TableDdl, refusal: Exclude<DdlRefusal, "passing">, error: unknown): Error {
  const table = tableName(ddl.table.name);
  const reason = messageOf(error);
  const context = { cause: error, where: ddl.flag };
  const what = ddl.kind === "create" ? `the table ${table}` : `a column of ${table}`;
  if (refusal === "exists") return upsurgeError("PLAN_TABLE_APPEARED", { what }, context);
  if (refusal === "privilege") {
    const privilege = ddl.kind === "create" ? "to create tables" : "to change the table";
    const suggestion =
      ddl.kind === "create"
        ? "let an administrator grant what the cause names"
        : "let the owner of the table run it once";
    return upsurgeError(
      "PLAN_PRIVILEGE",
      { table, privilege, suggestion },
      { ...context, why: reason },
    );
  }
  return upsurgeError("PLAN_DDL", { what, reason, suggestion: SUGGESTION }, context);
}

const SUGGESTION = `correct what the message names, with --type or --map ${shellQuoted("field:column")}; \`upsurge plan --ddl\` shows the statement`;
