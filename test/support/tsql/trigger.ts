/** Translates AFTER triggers to statement triggers of PostgreSQL, one for each event. */
import { SENT_ROWS } from "./connection.ts";
import type { Cursor } from "./cursor.ts";
import { readTableName } from "./query.ts";
import { plainName, quoteName, quoteText, withoutPlaces } from "./quote.ts";
import { notInTheSet } from "./raised.ts";
import type { Statement } from "./statement.ts";

/** Reads CREATE TRIGGER, the rest of its batch. */
export function readCreateTrigger(cursor: Cursor): Statement {
  cursor.expect("TRIGGER");
  const name = readTableName(cursor);
  cursor.expect("ON");
  const table = readTableName(cursor);
  if (!cursor.accept("AFTER") && !cursor.accept("FOR"))
    throw notInTheSet("triggers that are not AFTER");
  const events = cursor.list(() => {
    if (!cursor.isWord("INSERT", "UPDATE", "DELETE")) cursor.fail();
    return cursor.next().upper;
  });
  cursor.expect("AS");
  const body: string[] = [];
  while (cursor.token.kind !== "end") {
    body.push(written(cursor.grammar.statement(cursor)));
    while (cursor.acceptSymbol(";"));
  }
  const sql = events
    .flatMap((event) => [...created(name, table, event, body.join("\n"))])
    .join("; ");
  return { kind: "sql", verb: "DDL", sql, rows: false, table };
}

/** Says which function of which trigger it is: errors from inside are known by it. */
export const TRIGGER_PREFIX = "tsql trigger ";

function created(name: string, table: string, event: string, body: string): readonly string[] {
  const plain = plainName(name).split(".").at(-1) ?? "";
  const schema = /^"([^"]*)"\./.exec(table)?.[1] ?? "dbo";
  const code = `${quoteName(schema)}.${quoteName(`${TRIGGER_PREFIX}${plain} ${event}`)}`;
  const missing = event === "DELETE" ? "inserted" : event === "INSERT" ? "deleted" : null;
  const text = missing === null ? body : withNothing(body, missing, table);
  // The name that tsql.silence_triggers gives it too.
  const guard = quoteText(`tsql.inside_${Buffer.from(plain).toString("hex")}`);
  const source = `BEGIN
  IF current_setting(${guard}, true) = '1' THEN RETURN NULL; END IF;
  PERFORM set_config(${guard}, '1', true);
  <<body>> BEGIN
  ${text}
  END body;
  PERFORM set_config(${guard}, '', true);
  RETURN NULL;
END`;
  const rows = [
    ...(event === "DELETE" ? [] : ['NEW TABLE AS "inserted"']),
    ...(event === "INSERT" ? [] : ['OLD TABLE AS "deleted"']),
  ];
  return [
    `CREATE FUNCTION ${code}() RETURNS trigger LANGUAGE plpgsql SET search_path = dbo, tsql AS ${quoteText(source)}`,
    `CREATE TRIGGER ${quoteName(`${plain} ${event}`)} AFTER ${event} ON ${table} REFERENCING ${rows.join(" ")} FOR EACH STATEMENT EXECUTE FUNCTION ${code}()`,
  ];
}

/** The event has no such rows: an empty table stands for them. */
function withNothing(body: string, missing: string, table: string): string {
  return body.replaceAll(
    new RegExp(`"${missing}"(\\.| AS )?`, "g"),
    (found, next: string | undefined) => {
      if (next === ".") return found;
      return `(SELECT * FROM ${table} WHERE false) AS ${next === undefined ? `"${missing}"` : ""}`;
    },
  );
}

function written(statement: Statement): string {
  switch (statement.kind) {
    case "sql":
      if (statement.verb === "SELECT" && typeof statement.sql === "string")
        return sending(fixed(statement.sql));
      if (statement.rows || statement.verb === "DDL") break;
      if (typeof statement.sql === "string") return `${fixed(statement.sql)};`;
      if (statement.unlisted === undefined) break;
      return `${fixed(statement.unlisted)};`;
    case "block":
      return statement.statements.map(written).join("\n");
    case "if": {
      const no = statement.no === null ? "" : ` ELSE ${written(statement.no)}`;
      return `IF ${fixed(statement.condition.sql)} THEN ${written(statement.yes)}${no} END IF;`;
    }
    case "throw":
      return `PERFORM tsql.fail(v.n, v.m) FROM (${fixed(statement.values)}) AS v(n, m, s);`;
    case "raise":
      return `PERFORM tsql.fail(50000, v.m) FROM (${fixed(statement.message)}) AS v(m);`;
    case "return":
      return "EXIT body;";
    case "nothing":
    case "option":
      return "NULL;";
    case "assign":
    case "break":
    case "continue":
    case "declare":
    case "declare-table":
    case "exec":
    case "lock":
    case "rethrow":
    case "transaction":
    case "try":
    case "while":
      break;
  }
  throw notInTheSet(`${statement.kind} in a trigger`);
}

/** A function of PostgreSQL's cannot send rows: they go as a notice, the names of their columns beside them. */
function sending(query: string): string {
  const names = `SELECT row_to_json(w) FROM (SELECT q.* FROM (SELECT) AS one LEFT JOIN (${query}) AS q ON false) AS w`;
  const rows = `SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (${query}) AS q`;
  return `RAISE INFO USING DETAIL = ${quoteText(SENT_ROWS)}, MESSAGE = json_build_object('names', (${names}), 'rows', (${rows}))::text;`;
}

/** A trigger has no variables. */
function fixed(sql: string): string {
  const text = withoutPlaces(sql);
  if (text === null) throw notInTheSet("variables in a trigger");
  return text;
}
