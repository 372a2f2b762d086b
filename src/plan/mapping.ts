/** Decides which column each field fills. Fields of later records are resolved by the same rules. */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { FieldMapping, FieldResolver } from "../model/load-plan.ts";
import type { Column, TableShape } from "../model/table-shape.ts";
import { columnList, findColumn, nearest, requireColumn, tableLabel } from "./names.ts";

/** What the mapping flags say. */
export interface MappingOptions {
  readonly map: readonly string[] | null;
  readonly extraFields: "error" | "ignore";
  readonly keepIdentity: boolean;
}

/** Makes the resolver of a load. Throws `PLAN_UNKNOWN_COLUMN` and `OPTION_VALUE` for a `--map` that cannot hold. */
export function fieldResolver(shape: TableShape, options: MappingOptions): FieldResolver {
  const given = new Map<string, Column | null>();
  for (const entry of options.map ?? []) {
    const [field, column] = parseMap(shape, entry);
    const other = given.get(field);
    if (other !== undefined && other?.name !== column?.name) throw mappedTwice(field, entry);
    given.set(field, column);
  }
  return (field) => {
    const mapped = given.get(field);
    if (mapped === null) return { kind: "dropped" };
    const column = mapped ?? findColumn(shape, field);
    if (column === null) return { kind: options.extraFields === "ignore" ? "dropped" : "unknown" };
    const reason = whyReadOnly(column, options.keepIdentity);
    return reason === null ? { kind: "column", column } : { kind: "read-only", column, reason };
  };
}

function parseMap(shape: TableShape, entry: string): [string, Column | null] {
  const colon = entry.lastIndexOf(":");
  if (colon < 1) {
    throw upsurgeError("OPTION_VALUE", { flag: "--map", value: entry, expected: "field:column" });
  }
  const column = entry.slice(colon + 1);
  return [
    entry.slice(0, colon),
    column === "" ? null : requireColumn(shape, column, `--map ${entry}`),
  ];
}

function mappedTwice(field: string, entry: string): Error {
  return upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: `--map '${entry}'`,
      other: `another --map of ${field}`,
      reason: "a field fills one column",
    },
    { where: "--map" },
  );
}

/** Why a column cannot take a value from a source; `null` when it can. */
export function whyReadOnly(column: Column, keepIdentity: boolean): string | null {
  if (column.generatedSql !== null) return `it is generated as ${column.generatedSql}`;
  if (column.identity === "always" && !keepIdentity) {
    return "it is an identity column that makes its own values";
  }
  return null;
}

/**
 * Refuses flags that name a field the source has not. Only for sources whose fields are all known.
 * Throws `PLAN_NO_FIELD`.
 */
export function refuseUnknownFields(
  fields: readonly string[],
  named: readonly { readonly flag: string; readonly field: string }[],
): void {
  for (const { flag, field } of named) {
    if (fields.includes(field)) continue;
    const near = nearest(field, fields);
    const suggestion = near === null ? "use one of those names" : `did you mean ${near}?`;
    throw upsurgeError(
      "PLAN_NO_FIELD",
      { field, fields: fields.join(", "), suggestion },
      { where: flag },
    );
  }
}

/** The fields that `--map` and `--keep-empty` name, with the flag that does. */
export function namedFields(options: {
  readonly map: readonly string[] | null;
  readonly keepEmpty: readonly string[] | null;
}): { flag: string; field: string }[] {
  const mapped = (options.map ?? []).map((entry) => entry.slice(0, entry.lastIndexOf(":")));
  return [
    ...mapped.map((field) => ({ flag: "--map", field })),
    ...(options.keepEmpty ?? []).map((field) => ({ flag: "--keep-empty", field })),
  ];
}

/**
 * Maps the known fields (a CSV header, or the fields of sampled JSON records).
 * Throws `PLAN_UNKNOWN_FIELD`, `PLAN_READ_ONLY_COLUMN`, `PLAN_DUPLICATE_COLUMN`.
 */
export function mapFields(
  shape: TableShape,
  fields: readonly string[],
  resolve: FieldResolver,
): FieldMapping[] {
  const mapping: FieldMapping[] = [];
  const fieldOf = new Map<string, string>();
  for (const field of fields) {
    const destination = resolve(field);
    if (destination.kind === "dropped") continue;
    if (destination.kind === "unknown") throw unknownField(shape, field);
    const column = destination.column.name;
    if (destination.kind === "read-only") throw readOnlyColumn(field, column, destination.reason);
    const other = fieldOf.get(column);
    if (other !== undefined) {
      const reason = `by the fields ${other} and ${field}`;
      const fix = `drop one of them, with --map '${other}:' or --map '${field}:'`;
      throw upsurgeError("PLAN_DUPLICATE_COLUMN", { column, reason }, { fix });
    }
    fieldOf.set(column, field);
    mapping.push({ field, column });
  }
  return mapping;
}

function unknownField(shape: TableShape, field: string): Error {
  const near = nearest(
    field,
    shape.columns.map((column) => column.name),
  );
  const otherwise = "map it with --map, or pass --extra-fields ignore";
  return upsurgeError("PLAN_UNKNOWN_FIELD", {
    field,
    table: tableLabel(shape),
    columns: columnList(shape),
    suggestion:
      near === null
        ? otherwise
        : `did you mean ${near}? Then --map '${field}:${near}'; else ${otherwise}`,
  });
}

function readOnlyColumn(field: string, column: string, reason: string): Error {
  const drop = `drop the field with --map '${field}:'`;
  const suggestion = reason.includes("identity")
    ? `pass --keep-identity to write the source's values, or ${drop}`
    : drop;
  return upsurgeError("PLAN_READ_ONLY_COLUMN", { column, reason, suggestion });
}
