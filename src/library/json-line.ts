/** One row as a line of NDJSON. Values keep what they are: no number passes through another type on its way. */
import { upsurgeError } from "../errors/upsurge-error.ts";

/** The line, its end included. Throws `SOURCE_UNREADABLE` for a row that is no object, or a value that no database has. */
export function jsonLine(row: unknown, index: number, bytes: BytesRule): string {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw refused(
      index,
      `it is ${row === null ? "null" : Array.isArray(row) ? "an array" : `a ${typeof row}`}, and not an object of fields`,
    );
  }
  return `${objectText(row, { index, within: new Set(), bytes })}\n`;
}

/** How the target writes bytes, given in hexadecimal, as text. */
export type BytesText = (hex: string) => string;

/** How bytes are taken. */
export interface BytesRule {
  /** `null`: this target has no text for bytes. */
  readonly text: BytesText | null;
  /** Whether a column for a field may be created as if its bytes were text: it has no type of the caller's. */
  readonly mayMisread: (field: string) => boolean;
}

interface ValueContext {
  readonly index: number;
  /** The objects that hold the value. */
  readonly within: ReadonlySet<object>;
  readonly bytes: BytesRule;
}

function objectText(value: object, context: ValueContext): string {
  const inner = entered(value, context);
  const members = Object.entries(value).flatMap(([name, each]) => {
    const text = valueText(each, inner, name);
    return text === null ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return `{${members.join(",")}}`;
}

/** A value as JSON; `null` for one that is not there. */
function valueText(value: unknown, context: ValueContext, name: string): string | null {
  switch (typeof value) {
    case "undefined":
      return null;
    case "string":
      return JSON.stringify(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      // Databases that have such numbers read their names.
      return Number.isFinite(value) ? numberText(value) : JSON.stringify(String(value));
    case "function":
    case "symbol":
      throw refused(context.index, `${name} is a ${typeof value}`);
    case "object":
      break;
  }
  return value === null ? "null" : structureText(value, context, name);
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function structureText(value: object, context: ValueContext, name: string): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refused(context.index, `${name} is an invalid date`);
    return JSON.stringify(value.toISOString());
  }
  if (value instanceof Uint8Array) {
    const { bytes, index } = context;
    if (bytes.text === null)
      throw refused(index, `${name} holds bytes, which this target cannot take`);
    if (bytes.mayMisread(name)) {
      const type = `type: [${JSON.stringify(`${name}:bytea`)}], or varbinary(max) on SQL Server`;
      throw refused(index, `${name} holds bytes, and the load may create its column; say ${type}`);
    }
    const { buffer, byteOffset, byteLength } = value;
    return JSON.stringify(bytes.text(Buffer.from(buffer, byteOffset, byteLength).toString("hex")));
  }
  if (Array.isArray(value)) {
    const inner = entered(value, context);
    return `[${value.map((each) => valueText(each, inner, name) ?? "null").join(",")}]`;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return valueText(value.toJSON(), entered(value, context), name) ?? "null";
  }
  return objectText(value, context);
}

function entered(value: object, context: ValueContext): ValueContext {
  const { index, within } = context;
  if (within.has(value)) throw refused(index, "an object holds itself");
  return { ...context, within: new Set([...within, value]) };
}

function refused(index: number, reason: string): Error {
  const details = { path: "the rows", reason: `row ${index}, counted from 0: ${reason}` };
  return upsurgeError("SOURCE_UNREADABLE", details);
}
