/** Refuses names of new tables and columns that the database does not take: all of them in one error, each with its flag. */
import { shellQuoted } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { FieldMapping } from "../../model/load-plan.ts";
import type { TableName } from "../../model/table-shape.ts";
import type { DdlDialect } from "../../model/sql/ddl-dialect.ts";
import { fieldNames } from "../mapping/field-names.ts";
import { nameList } from "../names.ts";
import { tableName } from "../../model/table-shape.ts";
import type { NewColumnsRequest } from "./new-columns.ts";

/** Throws `PLAN_DDL` for a table whose name is too long, or not for users. */
export function refuseTableName(
  name: TableName,
  { longestName, isReservedTable }: DdlDialect,
  { checkpointTable }: { readonly checkpointTable: string },
): void {
  const refuse = (reason: string, suggestion: string): never => {
    const details = { what: `the table ${tableName(name)}`, reason, suggestion };
    throw upsurgeError("PLAN_DDL", details, { where: "--create" });
  };
  if (isTooLong(name.name, longestName)) {
    refuse(
      `its name is longer than ${longestName?.most} ${longestName?.unit}`,
      "choose a shorter name with --table",
    );
  }
  if (isReservedTable(name.name)) {
    refuse("the database keeps such names for itself", "choose another name with --table");
  }
  if (checkpointTable === name.name || checkpointTable === tableName(name)) {
    refuse(
      "jobs keep how far they have come in a table of that name",
      "choose another name with --table; or one for the checkpoints with --checkpoint-table",
    );
  }
}

function isTooLong(name: string, longest: DdlDialect["longestName"]): boolean {
  if (longest === null) return false;
  return (longest.unit === "bytes" ? Buffer.byteLength(name) : name.length) > longest.most;
}

/** What is wrong with the names of some columns. */
interface NameFault {
  readonly reason: string;
  readonly columns: readonly string[];
  /** What stands for a better name. */
  readonly instead: "SHORTER" | "OTHER";
}

/** Throws `PLAN_DDL` for columns whose names are too long, reserved or the same to the database, and for too many columns. */
export function refuseColumnNames(
  names: readonly string[],
  mapping: readonly FieldMapping[],
  { name: table, seen, shape, dialect }: NewColumnsRequest,
): void {
  const there = shape?.columns.map(({ name }) => name) ?? [];
  refuseCount(there.length + names.length, tableName(table), dialect);
  const faults = [
    longNames(names, dialect),
    reservedNames(names, dialect),
    alikeNames(there, names, dialect),
  ].filter(({ columns }) => columns.length > 0);
  if (faults.length === 0) return;
  const { flag } = fieldNames(seen.sources, null);
  const mapTo = (column: string, to: string): string[] => {
    const field = mapping.find((each) => each.column === column)?.field;
    // The column of a --const or --type has no field to map.
    return field === undefined ? [] : [`--map ${shellQuoted(`${flag(field)}:${to}`)}`];
  };
  const maps = faults.flatMap(({ columns, instead }) => columns.flatMap((c) => mapTo(c, instead)));
  const dropped = faults
    .filter(({ instead }) => instead === "OTHER")
    .flatMap(({ columns }) => columns.flatMap((column) => mapTo(column, "")));
  const drops = dropped.length === 0 ? "" : `; or drop what is not needed: ${dropped.join(" ")}`;
  const suggestion =
    maps.length === 0
      ? "give the columns of --const and --type other names"
      : `give the columns other names: ${maps.join(" ")}${drops}`;
  const reason = faults.map((fault) => fault.reason).join("; ");
  const details = { what: "a column", reason, suggestion };
  throw upsurgeError("PLAN_DDL", details, { where: "the names of the fields" });
}

function refuseCount(count: number, table: string, { mostColumns }: DdlDialect): void {
  if (count <= mostColumns) return;
  const reason = `it would have ${count} columns, and a table of this database has ${mostColumns} at most`;
  const suggestion = "drop fields with --map 'FIELD:'";
  throw upsurgeError("PLAN_DDL", { what: `the table ${table}`, reason, suggestion });
}

function longNames(names: readonly string[], { longestName }: DdlDialect): NameFault {
  const columns = names.filter((name) => isTooLong(name, longestName));
  const are = columns.length === 1 ? "a name is" : "names are";
  const most = `${longestName?.most} ${longestName?.unit}`;
  const reason = `${are} longer than ${most}: ${columns.join(", ")}`;
  return { reason, columns, instead: "SHORTER" };
}

function reservedNames(names: readonly string[], { reservedColumns }: DdlDialect): NameFault {
  const columns = names.filter((name) => reservedColumns.has(name));
  const reason = `every table of this database has a column of that name already: ${columns.join(", ")}`;
  return { reason, columns, instead: "OTHER" };
}

function alikeNames(
  there: readonly string[],
  names: readonly string[],
  { foldName }: DdlDialect,
): NameFault {
  const first = new Map<string, string>();
  const alike: { readonly name: string; readonly other: string }[] = [];
  for (const name of foldName === null ? [] : [...there, ...names]) {
    const folded = foldName?.(name) ?? name;
    const other = first.get(folded);
    if (other === undefined) first.set(folded, name);
    else alike.push({ name, other });
  }
  const pairs = nameList(alike.map(({ name, other }) => `${other} and ${name}`));
  const are = alike.length === 1 ? "are one name" : "are one name each";
  const reason = `${pairs} ${are} to this database`;
  return { reason, columns: alike.map(({ name }) => name), instead: "OTHER" };
}
