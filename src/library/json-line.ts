/** One row as a line of NDJSON. Values keep what they are: no number passes through another type on its way. */
import { upsurgeError } from "../errors/upsurge-error.ts";

/** The line, its end included. Throws `SOURCE_UNREADABLE` for a row that is no object, or a value that no database has. */
export function jsonLine(row: unknown, index: number, bytesText: BytesText | null): string {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw refused(
      index,
      `it is ${row === null ? "null" : Array.isArray(row) ? "an array" : `a ${typeof row}`}, and not an object of fields`,
    );
  }
  return `${objectText(row, { index, within: new Set(), bytesText })}\n`;
}

/** How the target writes bytes, given in hexadecimal, as text. */
export type BytesText = (hex: string) => string;

interface Place {
  readonly index: number;
  /** The objects that hold the value. */
  readonly within: ReadonlySet<object>;
  /** `null`: this target has no text for bytes. */
  readonly bytesText: BytesText | null;
}

function objectText(value: object, place: Place): string {
  const inner = entered(value, place);
  const members = Object.entries(value).flatMap(([name, each]) => {
    const text = valueText(each, inner, name);
    return text === null ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return `{${members.join(",")}}`;
}

/** A value as JSON; `null` for one that is not there. */
function valueText(value: unknown, place: Place, name: string): string | null {
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
      throw refused(place.index, `${name} is a ${typeof value}`);
    case "object":
      break;
  }
  return value === null ? "null" : structureText(value, place, name);
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function structureText(value: object, place: Place, name: string): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refused(place.index, `${name} is an invalid date`);
    return JSON.stringify(value.toISOString());
  }
  if (value instanceof Uint8Array) {
    const { bytesText, index } = place;
    if (bytesText === null)
      throw refused(index, `${name} holds bytes, which this target cannot take`);
    const { buffer, byteOffset, byteLength } = value;
    return JSON.stringify(bytesText(Buffer.from(buffer, byteOffset, byteLength).toString("hex")));
  }
  if (Array.isArray(value)) {
    const inner = entered(value, place);
    return `[${value.map((each) => valueText(each, inner, name) ?? "null").join(",")}]`;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return valueText(value.toJSON(), entered(value, place), name) ?? "null";
  }
  return objectText(value, place);
}

function entered(value: object, place: Place): Place {
  const { index, within } = place;
  if (within.has(value)) throw refused(index, "an object holds itself");
  return { ...place, within: new Set([...within, value]) };
}

function refused(index: number, reason: string): Error {
  const details = { path: "the rows", reason: `row ${index}, counted from 0: ${reason}` };
  return upsurgeError("SOURCE_UNREADABLE", details);
}
