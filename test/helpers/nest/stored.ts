/** What a column makes of a value, as its database stores it: whole or rounded, cut, in one spelling. The lowest part of the model. */
import type { Engine } from "../engines.ts";
import type { Json, Value } from "./levels.ts";
import type { ColumnType } from "./schema.ts";

/** A row that the database would not take. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The database of a column. */
type EngineName = Engine["name"];

const DIGITS: Readonly<Partial<Record<ColumnType, RegExp>>> = {
  int: /^-?\d+$/,
  rounded: /^-?\d+(?:\.\d+)?$/,
  single: /^-?\d+(?:\.\d+)?$/,
};

/** The longest text of a column that is cut. */
const LONGEST = 3;

/** The text of a JSON value. Bytes are read from their spelling before anything is written, so that what is none is refused. */
export function textOf(type: ColumnType, value: Json): Value {
  if (value === null) return null;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (type === "bytes" && !/^(?:[\da-f]{2})*$/i.test(text)) throw new Refused("ROW_TYPE");
  return text;
}

/** The text as the column has it. Throws `Refused` for one that is no value of it. */
export function stored(type: ColumnType, text: Value, engine: EngineName): Value {
  if (text === null) return null;
  if (DIGITS[type]?.test(text) === false) throw new Refused("ROW_TYPE");
  if (type === "rounded") return engine === "sqlite" ? String(Number(text)) : rounded(text);
  if (type === "single")
    return String(engine === "sqlite" ? Number(text) : Math.fround(Number(text)));
  if (type === "bytes") return text.toLowerCase();
  return type === "cut" ? cut(text) : text;
}

/** Whether a text that is looked up is none that the column could have: it is compared as it is, and not as it would be stored. */
export function isInexact(type: ColumnType, text: Value, engine: EngineName): boolean {
  const own = stored(type, text, engine);
  if (type === "rounded") return Number(own) !== Number(text);
  return type === "cut" && own !== text;
}

/** What a database answers, as the model has it. */
export function asStored(type: ColumnType, text: Value, engine: EngineName): Value {
  if (text === null) return null;
  if (type === "single" && engine !== "sqlite") return String(Math.fround(Number(text)));
  return type === "rounded" || type === "single" ? String(Number(text)) : text;
}

/** To two places; halves go away from zero. By its digits, which no double has. */
function rounded(text: string): string {
  const [whole = "0", places = ""] = text.replace("-", "").split(".");
  const hundredths = Number(whole) * 100 + Number(`${places}00`.slice(0, 2));
  const isUp = Number(places[2] ?? "0") >= 5;
  const value = (hundredths + (isUp ? 1 : 0)) / 100;
  return String(text.startsWith("-") ? -value : value);
}

/** Blanks behind the longest text go; anything else there is refused. */
function cut(text: string): string {
  if (text.slice(LONGEST).trim() !== "") throw new Refused("ROW_LENGTH");
  return text.slice(0, LONGEST);
}
