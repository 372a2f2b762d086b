/**
 * Answers a SELECT of nothing but variables and whole numbers without PostgreSQL: a load ends each of its requests with one, and
 * nothing about it can fail.
 */
import type { Answer } from "./connection.ts";
import type { VariableType } from "./cursor.ts";
import { placeIn } from "./quote.ts";
import type { Scope, State } from "./session.ts";
import { placeValue } from "./values.ts";

/** What PostgreSQL tells of the types that can be answered here. */
const TYPES: Readonly<Record<string, number>> = {
  smallint: 21,
  int: 23,
  bigint: 20,
  varchar: 1043,
  nvarchar: 1043,
};

/** A column of such a SELECT. */
interface Column {
  readonly name: string;
  /** A variable, or a number as it is written. */
  readonly value: string;
}

/** What was found out about statements; `null` where PostgreSQL has to answer. */
const known = new Map<string, readonly Column[] | null>();

/** The answer to translated text whose places are not filled yet; `null` where PostgreSQL has to give it. */
export function answerOf(state: State, scope: Scope, template: string): Answer | null {
  const columns = columnsOf(template);
  if (columns === null) return null;
  const types = columns.map(({ value }) => typeIdOf(value, scope.types));
  if (types.includes(undefined)) return null;
  const fields = columns.map(({ name }, at) => {
    return { name, dataTypeID: types[at] ?? 0, dataTypeModifier: -1 };
  });
  const row = columns.map(({ value }) => {
    return value.startsWith("@") ? placeValue(state, scope, value) : value;
  });
  return { command: "SELECT", rowCount: 1, fields, rows: [row] };
}

function columnsOf(template: string): readonly Column[] | null {
  const found = known.get(template);
  if (found !== undefined) return found;
  const columns = readColumns(template);
  if (known.size > 500) known.clear();
  known.set(template, columns);
  return columns;
}

const SELECT = "SELECT ";

function readColumns(template: string): readonly Column[] | null {
  if (!template.startsWith(SELECT)) return null;
  const columns: Column[] = [];
  for (const item of template.slice(SELECT.length).split(", ")) {
    const [, value = "", name = ""] = /^(\S+) AS "([^"]+)"$/.exec(item) ?? [];
    const filled = placeIn(value);
    if (!(filled?.startsWith("@") ?? /^\d{1,9}$/.test(value))) return null;
    columns.push({ name, value: filled ?? String(Number(value)) });
  }
  return columns;
}

function typeIdOf(value: string, types: ReadonlyMap<string, VariableType>): number | undefined {
  if (!value.startsWith("@")) return TYPES["int"];
  const type = types.get(value);
  return typeof type === "object" && type !== null ? TYPES[type.name] : undefined;
}
