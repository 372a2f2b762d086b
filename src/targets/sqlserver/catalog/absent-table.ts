/** What a name means that is no table's: a synonym, a table of another database or server. Catalogs of others are not read. */
import { shellWord } from "../../../errors/shell-word.ts";
import type { Suggestion } from "../../target.ts";
import type { SqlServerConnection } from "../connect/connection.ts";
import { SqlServerError } from "../errors.ts";
import { quoteIdentifier } from "../quote.ts";

/** The synonym that `@name` means. */
const SYNONYM = `SELECT n.base_object_name AS base FROM sys.synonyms AS n WHERE n.object_id = OBJECT_ID(@name, N'SN')`;

/** The database of this connection, and whether there is one called `@name`. */
const DATABASE = `SELECT DB_NAME() AS here, (SELECT COUNT(*) FROM sys.databases WHERE name = @name) AS known`;

/** A name in its parts: server, database, schema, table; the last is never missing. */
interface ObjectName {
  readonly server: string;
  readonly database: string;
  readonly schema: string;
  readonly table: string;
}

/**
 * Why `table` is no table here and what to pass instead; `null`: there is nothing of that name at all. `isNew`: it is to be
 * made, and dots may be part of its name, unless the first part is a database's.
 */
export async function whyNoTable(
  connection: SqlServerConnection,
  table: string,
  isNew = false,
): Promise<Suggestion | null> {
  try {
    const name = objectName(table);
    if (name === null || isHere(name)) return await whySynonym(connection, table);
    const { here, known } = await askDatabase(connection, name.database);
    if (isNew && (name.server !== "" || !known)) return null;
    return { reason: `the name ${placeOf(name)}`, fix: instead(name, here) };
  } catch (error) {
    // Another maker's catalog may have no synonyms to ask for: then there is just no such table.
    if (error instanceof SqlServerError) return null;
    throw error;
  }
}

function isHere({ server, database }: ObjectName): boolean {
  return server === "" && database === "";
}

async function whySynonym(
  connection: SqlServerConnection,
  table: string,
): Promise<Suggestion | null> {
  const [[row] = []] = await connection.execute(SYNONYM, [{ name: "name", value: table }]);
  const base = row === undefined ? null : objectName(String(row["base"]));
  if (row === undefined || base === null) return null;
  const { here } = await askDatabase(connection, base.database);
  const reason = `it is a synonym for ${String(row["base"])}, and a load writes to tables and views`;
  return { reason, fix: instead(base, here) };
}

async function askDatabase(
  connection: SqlServerConnection,
  database: string,
): Promise<{ readonly here: string; readonly known: boolean }> {
  const [[row = {}] = []] = await connection.execute(DATABASE, [{ name: "name", value: database }]);
  return { here: String(row["here"]), known: Number(row["known"] ?? 0) > 0 };
}

function placeOf({ server, database }: ObjectName): string {
  return server === "" ? `has the database ${database} in it` : `has the server ${server} in it`;
}

/** What to pass for a table that may be elsewhere; `here` is the database of this connection. */
function instead({ server, database, schema, table }: ObjectName, here: string): string {
  const name = [schema, table].filter((part) => part !== "").map(spelled);
  const flag = `--table ${shellWord(name.join("."))}`;
  if (server !== "")
    return `let --to name that server and the database ${database}, and pass ${flag}`;
  return database === "" || database.toLowerCase() === here.toLowerCase()
    ? `pass ${flag}`
    : `let --to name the database ${database} instead of ${here}, and pass ${flag}`;
}

/** In brackets where it is no plain word. */
function spelled(part: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(part) ? part : quoteIdentifier(part);
}

const PART = /\s*(?:\[((?:[^\]]|\]\])+)\]|"((?:[^"]|"")+)"|([^.[\]"]*?))\s*(\.|$)/y;

/** Takes a name of up to four parts apart; `null` for what is none. */
function objectName(text: string): ObjectName | null {
  const pattern = new RegExp(PART);
  const parts: string[] = [];
  for (let more = true; more;) {
    const match = pattern.exec(text);
    if (match === null || parts.length === 4) return null;
    const [, bracketed, quoted, bare = "", end] = match;
    parts.push(bracketed?.replaceAll("]]", "]") ?? quoted?.replaceAll('""', '"') ?? bare);
    more = end === ".";
  }
  const [table = "", schema = "", database = "", server = ""] = parts.toReversed();
  return table === "" ? null : { server, database, schema, table };
}
