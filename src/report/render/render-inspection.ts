/** What `upsurge inspect` found, as text. */
import { sourceLabel } from "../../errors/source-label.ts";
import type { Column, TableShape } from "../../model/table-shape.ts";
import { alignColumns, formatBytes, formatCount, plural } from "../../errors/format.ts";
import { headerText } from "../header-text.ts";
import type {
  InspectedDatabase,
  InspectedDdl,
  InspectedField,
  InspectedSource,
  InspectedTable,
  Inspection,
} from "../../model/report/inspection.ts";
import { tableName } from "../../model/table-shape.ts";

/** The finding in a few aligned lines. */
export function renderInspection(found: Inspection): string {
  return `${linesOf(found).join("\n")}\n`;
}

function linesOf(found: Inspection): string[] {
  if (found.kind === "ddl") return ddlLines(found);
  if (found.kind === "source") return sourceLines(found);
  return found.kind === "table" ? tableLines(found) : databaseLines(found);
}

/** Runs as it is: what else there is to say is a comment of SQL. */
function ddlLines({ statements, warnings }: InspectedDdl): string[] {
  return [...warnings.map((each) => `-- ${each}`), ...statements.map((each) => `${each};`)];
}

function sourceLines(found: InspectedSource): string[] {
  const { name, format, compression, sizeBytes, header, sampled, complete, fields } = found;
  const facts = [format, ...(compression === null ? [] : [compression])];
  if (sizeBytes !== null) facts.push(formatBytes(sizeBytes));
  const seen = complete ? plural(sampled, "record") : `the first ${formatCount(sampled)} records`;
  const rows = fields.map((field) => [
    nameOfField(field),
    field.type ?? "all null",
    field.nulls + field.absent === 0 ? "" : missing(field),
    field.readAs === undefined
      ? (field.example ?? "")
      : `${field.example ?? ""} is read as ${field.readAs}`,
  ]);
  return [
    `${sourceLabel(name)}: ${facts.join(", ")}; ${seen}`,
    ...(header === null ? [] : [`header: ${headerText(header)}`]),
    ...section("fields (types are guesses; the table's types decide)", alignColumns(rows)),
    ...section(
      "notes",
      found.notes.map((note) => `  ${note}`),
    ),
    ...section(
      "records that cannot be read",
      alignColumns(found.rejects.map(({ code, line, message }) => [`line ${line}`, code, message])),
    ),
  ];
}

function nameOfField({ name, number }: InspectedField): string {
  if (number === undefined) return name;
  return name === "" ? `${number} (no name)` : `${name} (${number})`;
}

function missing({ nulls, absent }: { nulls: number; absent: number }): string {
  const parts = [
    ...(nulls === 0 ? [] : [`${formatCount(nulls)} null`]),
    ...(absent === 0 ? [] : [`${formatCount(absent)} absent`]),
  ];
  return parts.join(", ");
}

function tableLines({ target, server, table, keys }: InspectedTable): string[] {
  const keyRows = keys.map(({ name, parts, flag, note }) => [
    flag ?? "(not usable)",
    `${name ?? "unique"} (${parts.join(", ")})`,
    note ?? "",
  ]);
  return [
    `${tableName(table.name)}: ${table.kind} in ${target}, ${server}`,
    ...section("columns", alignColumns(table.columns.map(columnRow))),
    ...section(
      "keys",
      keyRows.length === 0 ? [`  none: ${WITHOUT_KEYS[table.kind]}`] : alignColumns(keyRows),
    ),
    ...section("foreign keys", alignColumns(foreignKeyRows(table))),
    ...section(
      "triggers",
      alignColumns(
        table.triggers.map(({ name, timing, events, level }) => [
          name,
          `${timing} ${events.join(" or ")}, each ${level}`,
        ]),
      ),
    ),
    ...section(
      "missing privileges",
      table.missingPrivileges.map((name) => `  ${name}`),
    ),
  ];
}

/** What a load can do with a table that has no unique key. */
const WITHOUT_KEYS: Readonly<Record<TableShape["kind"], string>> = {
  table: "records can only be inserted, or looked up with --key and --strategy select-then-write",
  view: "a view has no keys of its own; --key names the columns that find its rows",
  virtual: "records can only be inserted",
  foreign: "its keys are on its own server; records can only be inserted",
  partitioned: "records can only be inserted",
};

function foreignKeyRows({ foreignKeys }: TableShape): string[][] {
  return foreignKeys.map(({ name, columns, selfReferencing }) => [
    columns.join(", "),
    name ?? "",
    selfReferencing ? "refers to this table" : "",
  ]);
}

function columnRow(column: Column): string[] {
  const { name, type, nullable, defaultSql, identity, generatedSql } = column;
  const notes: string[] = [];
  if (generatedSql !== null) notes.push(`generated as ${generatedSql}`);
  if (identity !== null) notes.push(identity === "rowid" ? "rowid" : `identity ${identity}`);
  if (defaultSql !== null) notes.push(`default ${defaultSql}`);
  return [name, type === "" ? "(any)" : type, nullable ? "" : "not null", notes.join(", ")];
}

function databaseLines({ target, server, tables }: InspectedDatabase): string[] {
  const names = tables.length === 0 ? ["  none"] : tables.map((table) => `  ${tableName(table)}`);
  return [`${target}: ${server}`, ...section("tables", names)];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines];
}
