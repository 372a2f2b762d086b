/** A plan as text: what a load would do, and why. */
import type { LookupPlan } from "../../model/lookup-plan.ts";
import type { Arbiter, NullKey, RemovalSql, Step, TablePlan } from "../../model/load-plan.ts";
import { fieldLabel } from "../../model/header.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { alignColumns, formatCount, plural } from "../../errors/format.ts";
import { nestLines } from "./render-nest.ts";
import { headerText } from "../header-text.ts";
import { givenRows } from "./render-given.ts";
import type { PlanReport } from "../../model/report/plan-report.ts";
import { tableName } from "../../model/table-shape.ts";
import { isValueField } from "../../model/value-plan.ts";

/** The plan, the statements included. */
export function renderPlan(report: PlanReport): string {
  const { plan, statements } = report;
  const lines = [
    ...alignColumns(facts(report), ""),
    ...section(
      "levels",
      nestLines(plan, { key: ({ arbiter }) => keyText(arbiter), method: methodText }),
    ),
    ...plan.tables.flatMap((table, at) => tableSections(table, report, at)),
    ...section("created first", ddlLines(plan.ddl?.statements ?? [])),
    ...section("before the first batch", [
      ...stepLines(plan.before),
      ...removalLines(plan.removalSql === undefined ? [] : [plan.removalSql.scope]),
    ]),
    ...section("after the last batch", [
      ...removalLines(laterStatements(plan.removalSql)),
      ...stepLines(plan.after),
    ]),
    ...section("after the last commit", stepLines(plan.afterCommit ?? [])),
    ...section("options that no flag gives", alignColumns(givenRows(report.given ?? []))),
    ...section("why", indented(plan.why)),
    ...section("warnings", indented(plan.warnings)),
    ...section(
      "statements",
      statements.flatMap((statement) => [...indented(statement.trim().split("\n")), ""]),
    ),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The statements that create the table or its columns, as a script or, with `json`, as JSON. */
export function renderDdl({ plan: { ddl } }: PlanReport, json: boolean): string {
  const statements = ddl?.statements ?? [];
  if (json) return `${JSON.stringify({ ddl: statements })}\n`;
  if (statements.length === 0)
    return "-- nothing to create: the table has a column for every field\n";
  return statements.map((each) => `${each};\n`).join("");
}

function ddlLines(statements: readonly string[]): string[] {
  return statements.flatMap((statement) => indented(`${statement};`.split("\n")));
}

/** What fills the columns of a table, and what happens to its rows. */
function tableSections(table: TablePlan, { sources, plan }: PlanReport, at: number): string[] {
  const inserts = table.mode === "insert" || table.mode === "ignore";
  const level = plan.nest?.levels.find((each) => each.at === at);
  const of = level === undefined ? "" : ` of ${level.path.join(".")}`;
  const left = level === undefined ? sources : [];
  return [
    ...section(`mapping${of}`, alignColumns(mappingRows(table, left))),
    ...section(`${inserts ? "write" : "update"}${of}`, updateLines(table)),
  ];
}

function stepLines(steps: readonly Step[]): string[] {
  return alignColumns(
    steps.map(({ name, kind, sql }) => [
      name,
      kind === "assertion" ? `${sql} -- must find nothing` : sql,
    ]),
  );
}

/** The statements that look for rows that no record has, in their order, and the one that takes them away. */
function laterStatements(sql: RemovalSql | undefined): readonly string[] {
  if (sql === undefined) return [];
  const looked = sql.references
    .filter(({ onDelete }) => onDelete === "forbid")
    .map(({ first }) => first);
  return [...sql.find, sql.count, ...looked, sql.remove];
}

function removalLines(statements: readonly string[]): string[] {
  return alignColumns(statements.map((sql) => ["--delete-missing", sql]));
}

function facts({ plan, target, server, sources }: PlanReport): string[][] {
  const [first] = plan.tables;
  const nulls = nullKeyText(first);
  return [
    ...sourceRows(sources),
    ...headerRows(sources),
    ["target", `${tableName(first.table.name)} in ${target}, ${server}`],
    ["mode", first.mode],
    ["key", keyText(first.arbiter)],
    ...(nulls === null ? [] : [["null key", nulls]]),
    ["strategy", first.strategy],
    ["method", methodText(first)],
    ["row source", `${first.rowSource}, batches of ${formatCount(plan.batchRows)}`],
    ...(plan.commitRows === null
      ? []
      : [["commit", `every ${formatCount(plan.commitRows)} records`]]),
    ...(plan.job === null ? [] : [["job", `${plan.job.name}, remembered in ${plan.job.table}`]]),
    ...(plan.partitioning.writers === 1
      ? []
      : [["writers", `${plan.partitioning.writers} connections at once`]]),
    ...(first.keepIdentity && first.made === undefined
      ? [["identity", "ids are taken from the source"]]
      : []),
  ];
}

/** `copy, else merge, upsert, row-by-row` */
function methodText({ method: { name, fallBacks } }: TablePlan): string {
  return fallBacks.length === 0 ? name : `${name}, else ${fallBacks.join(", ")}`;
}

/** So many sources are named; a pattern may match thousands. */
const SOURCES_SHOWN = 10;

/** A source a line. */
function sourceRows(sources: PlanReport["sources"]): string[][] {
  const shown = sources.slice(0, SOURCES_SHOWN).map(sourceText);
  const more = sources.length - shown.length;
  if (more > 0) shown.push(`and ${plural(more, "more source")}`);
  return shown.map((text, index) => [index === 0 ? "sources" : "", text]);
}

/** What the first lines are taken for: said once where it is the same of all sources, else a source a line. */
function headerRows(sources: PlanReport["sources"]): string[][] {
  const looked = sources.flatMap(({ name, header }) =>
    header === null ? [] : [{ name: sourceLabel(name), text: headerText(header) }],
  );
  const texts = new Set(looked.map(({ text }) => text));
  const shown = looked.slice(0, SOURCES_SHOWN).map(({ name, text }) => `${name}: ${text}`);
  if (looked.length > SOURCES_SHOWN) shown.push(`and ${looked.length - SOURCES_SHOWN} more`);
  const lines = texts.size <= 1 && looked.length === sources.length ? [...texts] : shown;
  return lines.map((text, index) => [index === 0 ? "header" : "", text]);
}

const NULL_KEYS: Readonly<Record<NullKey, string>> = {
  reject: "a record without its key is rejected",
  match: "NULL matches NULL",
  insert: "a record without its key is inserted",
};

/** What a NULL in the key does; `null` where no key column can hold one. */
function nullKeyText({ arbiter, nullKey, table }: TablePlan): string | null {
  const columns = arbiter?.columns ?? [];
  const nullable = table.columns.some(({ name, nullable }) => nullable && columns.includes(name));
  return nullable ? `${nullKey}: ${NULL_KEYS[nullKey]}` : null;
}

function sourceText({ name, format, compression }: PlanReport["sources"][number]): string {
  const shown = sourceLabel(name);
  const facts = [format, compression].filter((fact) => fact !== null && fact !== "");
  return facts.length === 0 ? shown : `${shown} (${facts.join(", ")})`;
}

/** What finds the target row of a record. */
export function keyText(arbiter: Arbiter | null): string {
  if (arbiter === null) return "none";
  if (arbiter.kind === "any") return "any unique key";
  const where = arbiter.predicate === null ? "" : ` where ${arbiter.predicate}`;
  return `(${arbiter.keyExpressions.join(", ")})${where}, ${arbiter.name === null ? "no unique index decides" : `decided by ${arbiter.name}`}`;
}

/** What fills each column, and the fields that fill none. */
function mappingRows(
  { mapping, constants, values, lookups = [] }: TablePlan,
  sources: PlanReport["sources"],
): string[][] {
  const numbered = new Map(
    sources.flatMap((source) => source.numbered.map((field) => [field.key, fieldLabel(field)])),
  );
  const label = (field: string): string => numbered.get(field) ?? field;
  const read = lookups.flatMap(({ keys }) => keys.map(({ field }) => field));
  const evaluated = values?.fields ?? [];
  const mapped = new Set([...mapping.map(({ field }) => field), ...read]);
  const isLeft = (name: string): boolean =>
    !mapped.has(name) && !evaluated.some((field) => isValueField(field, name));
  const left = new Set(sources.flatMap(({ fields }) => fields).filter(isLeft));
  return [
    ...mapping.map(({ field, column }) => [label(field), "->", column]),
    ...constants.map(({ column, value }) => [`constant '${value}'`, "->", column]),
    ...(values?.columns ?? []).map((value) => [
      value.fields.map((at) => label(evaluated[at]?.name ?? "")).join(", ") || "no field",
      "->",
      `${value.column.name}, as ${value.given}`,
    ]),
    ...lookups.map((lookup) => [lookupFields(lookup, label), "->", lookupText(lookup)]),
    ...[...left].map((field) => [label(field), "->", "(left out)"]),
  ];
}

/** What a column is looked up by: fields and constants. */
function lookupFields({ keys }: LookupPlan, label: (field: string) => string): string {
  return keys
    .map(({ column, field, constant, value }) =>
      value !== undefined
        ? `the value for ${column.name}`
        : field === null
          ? `constant '${constant ?? ""}'`
          : label(field),
    )
    .join(", ");
}

/** `author_id, looked up as id of authors by email` */
function lookupText({ column, parent, keys, refersTo }: LookupPlan): string {
  const by = keys.map((key) => key.column.name).join(", ");
  return `${column.name}, looked up as ${refersTo.name} of ${tableName(parent.name)} by ${by}`;
}

/** Columns that no field is known to fill are updated only by records that carry them. */
function updateLines(table: TablePlan): string[] {
  const { mode, update, mapping, constants, values, lookups = [] } = table;
  const filled = new Set([
    ...[...mapping, ...constants].map(({ column }) => column),
    ...[...(values?.columns ?? []), ...lookups].map(({ column }) => column.name),
  ]);
  const columns = update.columns.filter((column) => filled.has(column));
  const { sets, stamps, where, nullKeeps, rewriteUnchanged } = update;
  const updates = mode === "upsert" || mode === "update";
  const rows = [
    ...(updates ? [["columns", columns.length === 0 ? "none" : columns.join(", ")]] : []),
    ...sets.map(({ column, expression }) => ["set", `${column} = ${expression}`]),
    ...stamps.map(({ column, expression }) => [
      "stamp",
      `${column} = ${expression}, when a row is inserted or really changes`,
    ]),
    ...(where === null ? [] : [["where", where]]),
    ...(updates && nullKeeps ? [["NULL", "keeps the value that is there"]] : []),
    ...(updates && rewriteUnchanged
      ? [["unchanged", "rows that would not change are written, too"]]
      : []),
  ];
  return alignColumns(rows);
}

/** A heading and what is below it; nothing where that is nothing. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
