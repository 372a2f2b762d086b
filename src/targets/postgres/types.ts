/** Texts about column types: how staged text becomes a value, and how an expression looks once stored. */
import type { Column } from "../../model/table-shape.ts";

/** The type without its collation. */
function bareType(column: Column): string {
  return column.type.replace(/ collate .*$/s, "");
}

/** The type without length or precision; `character` and `bit` alone would mean a length of one. */
function openType(column: Column): string {
  return bareType(column)
    .replace(/\([^)]*\)/, "")
    .replace(/^character(?=\[|$)/, "bpchar")
    .replace(/^bit(?=\[|$)/, '"bit"');
}

/**
 * SQL that reads text as the column's input would: `(x)::integer`. Length and precision are left to the assignment
 * that follows, since an explicit cast to `varchar(3)` cuts silently.
 */
export function fromText(text: string, column: Column): string {
  const type = openType(column);
  return type === "text" || type === "character varying" ? text : `(${text})::${type}`;
}

/** SQL of an expression as the column would store it, for comparing images. */
export function asStored(expression: string, column: Column): string {
  return `(${expression})::${bareType(column)}`;
}

/** SQL that is true when storing the expression would fail for its length: the comparison must not hide that. */
export function overflows(expression: string, column: Column): string | null {
  const [, type, length] =
    /^(character(?: varying)?|bit(?: varying)?)\((\d+)\)$/.exec(bareType(column)) ?? [];
  if (type === undefined || length === undefined) return null;
  if (type.startsWith("bit")) {
    return `char_length((${expression})::text) ${type === "bit" ? "<>" : ">"} ${length}`;
  }
  return `char_length(rtrim((${expression})::text, ' ')) > ${length}`;
}

/** SQL that reads text as the column would store it, cut to its length: for finding rows, never for writing them. */
export function storedFrom(text: string, column: Column): string {
  return asStored(fromText(text, column), column);
}

/**
 * Types whose equal values are stored alike. Not among them: numeric (1.0 = 1), floats (0 = -0), character (blanks at the
 * end), citext, texts with a collation of their own, and all that is made up of others.
 */
const ONE_IMAGE =
  /^(?:smallint|integer|bigint|uuid|date|boolean|text|character varying(?:\(\d+\))?|timestamp(?:\(\d\))? with(?:out)? time zone)$/;

/** True when two values of the column are equal only if their stored bytes are. */
export function hasOneImage({ type }: Column): boolean {
  return ONE_IMAGE.test(type);
}
