/** Values on their way out of and into PostgreSQL: columns and rows for the wire, variables as literals. */
import type { TdsColumn } from "../tds/backend.ts";
import type { Answer } from "./connection.ts";
import { NO_NAME } from "./query.ts";
import { literal } from "./quote.ts";
import { notInTheSet } from "./raised.ts";
import type { Scope, State } from "./session.ts";
import { pgType } from "./types.ts";

type Field = Answer["fields"][number];
type Format = (text: string) => string;

const INT = new Set([21, 23]);
const BIGINT = 20;
const BOOLEAN = 16;
const BYTEA = 17;
const TIME = 1083;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;
const UUID = 2950;

/** A column of an answer as the wire has it. */
export function wireColumn({ name, dataTypeID }: Field): TdsColumn {
  const type = INT.has(dataTypeID)
    ? "int"
    : dataTypeID === BIGINT
      ? "bigint"
      : dataTypeID === BOOLEAN
        ? "bit"
        : "nvarchar";
  return { name: name === NO_NAME || name === "?column?" ? "" : name, type };
}

/** How the values of a column are spelled, or null where PostgreSQL spells them as SQL Server does. */
export function formatOf({ dataTypeID, dataTypeModifier }: Field): Format | null {
  switch (dataTypeID) {
    case BOOLEAN:
      return (text) => (text === "t" ? "1" : "0");
    case BYTEA:
      return (text) => `0x${text.slice(2).toUpperCase()}`;
    case UUID:
      return (text) => text.toUpperCase();
    case TIME:
    case TIMESTAMP:
      return (text) => withDigits(text, dataTypeModifier);
    case TIMESTAMPTZ:
      return (text) => `${withDigits(text.replace(/\+00$/, ""), dataTypeModifier)} +00:00`;
    default:
      return null;
  }
}

/** Seconds with all the digits of their type: seven where it says nothing. */
function withDigits(text: string, modifier: number): string {
  const digits = modifier < 0 ? 7 : modifier;
  const [whole = "", fraction = ""] = text.split(".");
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, "0")}`;
}

/** Does the table take explicit identity values now? */
export function takesIdentity(state: State, table: string | null): boolean {
  const { identityInsert } = state.options;
  return identityInsert !== null && table !== null && isSameTable(identityInsert, table);
}

/** Whether two quoted names mean one table. */
export function isSameTable(one: string, other: string): boolean {
  const [first, second] = [one, other].map((name) => name.toLowerCase().replace(/^"dbo"\./, ""));
  return first === second;
}

/** A function that fills the places of translated text from the session. */
export function filler(state: State, scope: Scope): (name: string) => string {
  return (name) => {
    if (name.startsWith("identity "))
      return takesIdentity(state, name.slice("identity ".length)) ? "OVERRIDING SYSTEM VALUE " : "";
    if (name.startsWith("database ")) return "";
    const value = placeValue(state, scope, name);
    const type = name.startsWith("@@") ? undefined : scope.types.get(name);
    if (type === "table") throw notInTheSet(`${name} as a value`);
    if (type !== undefined && type !== null) return `${literal(value)}::${pgType(type)}`;
    return name.startsWith("@") && !name.startsWith("@@")
      ? literal(value)
      : systemLiteral(name, value);
  };
}

const TEXTS = new Set(["@@VERSION", "ERROR_MESSAGE", "SUSER_SNAME"]);

function systemLiteral(name: string, value: string | null): string {
  return `${literal(value)}::${TEXTS.has(name) ? "text" : name === "XACT_STATE" ? "int2" : "int"}`;
}

/** The value of a place: a variable's, or something that the session knows. */
export function placeValue(state: State, scope: Scope, name: string): string | null {
  const caught = state.caught.at(-1);
  switch (name) {
    case "@@ROWCOUNT":
      return String(state.rowCount);
    case "@@TRANCOUNT":
      return String(state.tranCount);
    case "@@ERROR":
      return String(state.lastError);
    case "@@SPID":
      return "51";
    case "@@VERSION":
      return state.profile.product;
    case "SUSER_SNAME":
      return state.user;
    case "XACT_STATE":
      return state.tranCount === 0 ? "0" : state.doomed ? "-1" : "1";
    case "ERROR_NUMBER":
      return caught === undefined ? null : String(caught.number);
    case "ERROR_MESSAGE":
      return caught?.message ?? null;
    case "ERROR_SEVERITY":
      return caught === undefined ? null : String(caught.severity);
    case "ERROR_STATE":
      return caught === undefined ? null : String(caught.state);
    default:
      return scope.values.get(name) ?? null;
  }
}
