/** Writes a bulk load as an INSERT, with what its options leave out: triggers, constraints, and defaults for NULLs. */
import type { TdsBulk } from "../tds/backend.ts";
import { literal, quoteName, quoteText } from "./quote.ts";
import { notInTheSet } from "./raised.ts";
import type { Ask } from "./statement.ts";

/** The statement that takes the rows. Without FIRE_TRIGGERS no trigger runs; without KEEP_NULLS a NULL becomes the default. */
export async function bulkInsert(ask: Ask, table: string, load: TdsBulk): Promise<string> {
  const temporary = table.startsWith('"#');
  if (!temporary && !load.options.includes("CHECK_CONSTRAINTS")) await refuseUnchecked(ask, table);
  const defaults =
    temporary || load.options.includes("KEEP_NULLS")
      ? new Map<string, string>()
      : await defaultsOf(ask, table);
  const names = load.columns.map((_, place) => `c${place}`);
  const values = load.columns.map((column, place) => {
    const written = defaults.get(column);
    return written === undefined ? `v.c${place}` : `coalesce(v.c${place}, (${written})::text)`;
  });
  // A first row of typed NULLs makes all values text, so that each is converted as an assignment of text is.
  const typed = `(${load.columns.map(() => "NULL::text").join(", ")})`;
  const rows = load.rows.map((row) => `(${row.map(literal).join(", ")})`);
  const insert = `INSERT INTO ${table} (${load.columns.map(quoteName).join(", ")}) SELECT ${values.join(", ")} FROM (VALUES ${[typed, ...rows].join(", ")} OFFSET 1) AS v (${names.join(", ")})`;
  if (temporary || load.options.includes("FIRE_TRIGGERS")) return insert;
  const silence = (on: boolean): string =>
    `SELECT tsql.silence_triggers(${quoteText(table)}, ${on})`;
  return `${silence(true)}; ${insert}; ${silence(false)}`;
}

/** PostgreSQL cannot leave constraints unchecked. */
async function refuseUnchecked(ask: Ask, table: string): Promise<void> {
  const [row] = await ask(
    `SELECT 1 FROM pg_constraint WHERE conrelid = tsql.find(${quoteText(table)}) AND contype IN ('c', 'f') AND conname NOT LIKE 'tsql %'`,
  );
  if (row !== undefined)
    throw notInTheSet("a bulk load that does not check constraints into a table that has some");
}

async function defaultsOf(ask: Ask, table: string): Promise<Map<string, string>> {
  const rows = await ask(
    `SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE adrelid = tsql.find(${quoteText(table)}) AND attgenerated = ''`,
  );
  return new Map(rows.map(([name, written]) => [name ?? "", written ?? "NULL"]));
}
