/** What a declared type means to SQLite: its affinity, and the family the mapping asks for. */
import type { Column, TypeFamily } from "../../../model/table-shape.ts";

/** How SQLite converts a value on its way into a column. `blob`: not at all. */
export type Affinity = "integer" | "real" | "numeric" | "text" | "blob";

/** The affinity of a declared type, by SQLite's own rules; in a STRICT table ANY keeps values as they are. */
export function affinityOf(type: string, strict: boolean): Affinity {
  const name = type.toUpperCase();
  if (strict && name === "ANY") return "blob";
  if (name.includes("INT")) return "integer";
  if (/CHAR|CLOB|TEXT/.test(name)) return "text";
  if (name === "" || name.includes("BLOB")) return "blob";
  if (/REAL|FLOA|DOUB/.test(name)) return "real";
  return "numeric";
}

/** The family of a declared type. */
export function familyOf(type: string, strict: boolean): TypeFamily {
  const name = type.toUpperCase();
  if (name.includes("BOOL")) return "boolean";
  if (name.includes("JSON")) return "json";
  const affinity = affinityOf(type, strict);
  if (affinity === "text") return "text";
  if (affinity !== "blob") return "number";
  return name.includes("BLOB") ? "binary" : "other";
}

/** By the declared type: SQLite has no dates of its own, and gives a DATE the affinity of a number. */
export function notationOf(type: string, strict: boolean): Pick<Column, "notation" | "integer"> {
  if (/\b(?:DATE|DATETIME|TIMESTAMP|TIMESTAMPTZ)\b/i.test(type)) return { notation: "date" };
  const isNumber = familyOf(type, strict) === "number" && !/TIME|DATE/i.test(type);
  const integer = affinityOf(type, strict) === "integer" ? ({ integer: true } as const) : {};
  return isNumber ? { notation: "number", ...integer } : {};
}

/** A number with a point becomes a double; a BLOB of a table that is not STRICT keeps a text as a text. */
export function lossOf(type: string, strict: boolean): Pick<Column, "loses"> {
  if (notationOf(type, strict).notation === "number") return { loses: "digits" };
  return familyOf(type, strict) === "binary" && !strict ? { loses: "encoding" } : {};
}
