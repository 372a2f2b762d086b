/** Errors of the mapping, each with the flag that helps in its own case. Every flag printed can be typed as it is. */
import { nearest } from "../../errors/edit-distance.ts";
import { sentenceList } from "../../errors/format.ts";
import { SERVICE_ERROR_FIX, isServiceError } from "../../errors/service-error.ts";
import { OBJECT_OF_NAMES } from "../../errors/jq-filters.ts";
import { dropFlag, shellQuoted, shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../errors/upsurge-error.ts";
import { fieldLabel, shownName } from "../../model/header.ts";
import { fieldNames } from "./field-names.ts";
import type { HeaderField, KnownFields } from "../../model/header.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { tableName } from "../../model/table-shape.ts";
import type { TableName, TableShape } from "../../model/table-shape.ts";
import { columnFlag, dropFlags, FLAGS_SHOWN } from "../by-number.ts";
import { asRecord, hasValues } from "./data-line.ts";
import { dialectHint } from "./dialect-hint.ts";
import { columnList, columnsAlike, nameList, NAMED, tableLabel } from "../names.ts";

/** Where the fields of a source stand, for errors about them. */
export function placeOf({ source, header }: KnownFields): string | null {
  if (source === null) return null;
  const name = sourceLabel(source);
  return header === null ? name : `${name}, header`;
}

/** Fields that have no column. */
interface UnknownFields {
  readonly fields: readonly string[];
  /** The columns that no field fills. */
  readonly free: readonly string[];
  /** The load could add columns. */
  readonly mayAdd: boolean;
}

/** Fields without a column, all of them. */
export function unknownFields(
  shape: TableShape,
  known: KnownFields,
  { fields, free, mayAdd }: UnknownFields,
): Error {
  const { told } = fieldNames([known], null);
  const names = nameList(fields.map(told));
  const hint = actionHint(known, fields) ?? dialectHint(shape, known, fields);
  const [field = ""] = fields;
  const isOne = fields.length === 1;
  const found = lookupHint(shape, known, { fields, free });
  const named = isOne ? oneField(known, field, free) : manyFields(known, fields, free);
  const left = found === null ? named : `${found}; or ${named}`;
  const adds = `--alter adds ${isOne ? "a column for it" : "columns for them"}`;
  const suggestion = hint ?? (mayAdd && isAlterable(shape) ? `${left}; ${adds}` : left);
  return upsurgeError(
    "PLAN_UNKNOWN_FIELD",
    {
      field: fields.length === 1 ? `field ${names}` : `fields ${names}`,
      table: tableLabel(shape),
      columns: columnList(shape),
      suggestion,
    },
    { where: placeOf(known) ?? undefined },
  );
}

/** For a field that names the row which a free column refers to: `author_email` beside `author_id`. */
function lookupHint(
  { foreignKeys }: TableShape,
  known: KnownFields,
  { fields, free }: Pick<UnknownFields, "fields" | "free">,
): string | null {
  for (const { columns, table } of foreignKeys) {
    const [column = "", ...others] = columns;
    const [, stem = ""] = /^(.+?)_?id$/i.exec(column) ?? [];
    if (stem === "" || others.length > 0 || !free.includes(column)) continue;
    const field = fields.find((each) => each.toLowerCase().startsWith(`${stem.toLowerCase()}_`));
    if (field === undefined || !/^\w+$/.test(field)) continue;
    const rest = field.slice(stem.length + 1);
    const flag = `--lookup ${shellQuoted(`${column} = ${nameInLookup(table)}(${rest} = ${nameOf(known, field)})`)}`;
    const of = table === undefined ? "another table" : tableName(table);
    if (rest !== "") return `${flag} if it names the row of ${of} that ${column} refers to`;
  }
  return null;
}

/** A table as `--lookup` takes it. */
function nameInLookup(table: TableName | undefined): string {
  if (table === undefined) return "TABLE";
  const parts = table.schema === null ? [table.name] : [table.schema, table.name];
  return parts.map(quotedUnlessPlain).join(".");
}

function quotedUnlessPlain(part: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`;
}

function isAlterable({ kind }: TableShape): boolean {
  return kind === "table" || kind === "partitioned";
}

function oneField(known: KnownFields, field: string, free: readonly string[]): string {
  const called = fieldNames([known], null).flag(field);
  const near = nearest(nameOf(known, field), free);
  const drop = `${dropFlag(called)} drops this field, --extra-fields ignore all that have no column`;
  return near === null
    ? `--map ${shellQuoted(`${called}:COLUMN`)} puts it into a column; ${drop}`
    : `did you mean ${shownName(near)}? Then --map ${shellQuoted(`${called}:${near}`)}; ${drop}`;
}

/** Flags to paste: those that are near a column go there, the others are dropped. */
function manyFields(
  known: KnownFields,
  fields: readonly string[],
  free: readonly string[],
): string {
  if (fields.length > FLAGS_SHOWN) return "--extra-fields ignore drops all that have no column";
  const { flag } = fieldNames([known], null);
  const left = new Set(free);
  const flags = fields.map((field) => {
    const near = nearest(nameOf(known, field), [...left]);
    if (near !== null) left.delete(near);
    return `--map ${shellQuoted(`${flag(field)}:${near ?? ""}`)}`;
  });
  const renames = left.size < free.length;
  const does = renames ? "puts them where the names are near, and drops the rest" : "drops them";
  return `${flags.join(" ")} ${does}; --extra-fields ignore drops all that have no column`;
}

function nameOf({ header }: KnownFields, field: string): string {
  return header?.find(({ key }) => key === field)?.name ?? field;
}

/** A source of which nothing would be written. */
export function nothingMapped(shape: TableShape, known: KnownFields): Error {
  const { source, header, fields } = known;
  const labels = header?.map(fieldLabel) ?? fields.map(shownName);
  const [first = ""] = fields;
  const columns = shape.columns.map((column) => column.name);
  // Thousands of fields against as many columns would take minutes.
  const near = fields.slice(0, NAMED).flatMap((field) => {
    const column = nearest(field, columns);
    return column === null ? [] : [`--map ${shellQuoted(`${field}:${column}`)}`];
  });
  const example = near[0] ?? `--map ${shellQuoted(`${first}:COLUMN`)}`;
  return upsurgeError(
    "PLAN_NO_KNOWN_FIELD",
    {
      source: source === null ? "the source" : sourceLabel(source),
      table: tableLabel(shape),
      fields: nameList(labels),
      columns: columnList(shape),
      suggestion:
        dialectHint(shape, known, [first]) ??
        (header === null ? nestedHint(known) : null) ??
        wayOut(shape, known, `say which column a field goes to, for example ${example}`),
    },
    { where: placeOf(known) ?? undefined },
  );
}

/** What is left to say where no name is a column. Of a line of data no field is put anywhere: its values would be lost. */
function wayOut(shape: TableShape, known: KnownFields, mapped: string): string {
  if (known.header === null) return `${mapped}; or check --table`;
  const others = "check --table, --delimiter and --skip-lines";
  const record = asRecord(known.fields.length, shape);
  return hasValues(known) ? `${record}; or ${others}` : `${mapped}; or ${others}; or, ${record}`;
}

/** Members that services wrap records in, and the path to the records. */
const WRAPPED =
  /^(?:data|items|results|result|records|rows|value|values|hits|entries|objects|content)$/i;

/** What to do where the records of a JSON source seem to be inside of others. */
function nestedHint({ source, fields }: KnownFields): string | null {
  if (isServiceError(fields)) return SERVICE_ERROR_FIX;
  const path = pathToRecords(fields);
  if (path === null) return null;
  const from = source === null || source === "-" ? "" : ` ${shellWord(source)}`;
  const command = `jq -c ${shellQuoted(path)}${from} | upsurge - --format ndjson`;
  return `the records seem to be inside: ${command} with the same options; or say which column a field goes to with --map`;
}

/** What to do where the lines of a JSON source tell in turn what is to be done and with what, as those for Elasticsearch do. */
function actionHint(
  { source, header, fields: all }: KnownFields,
  unknown: readonly string[],
): string | null {
  const [action = ""] = unknown;
  if (
    header !== null ||
    unknown.length > 1 ||
    all[0] !== action ||
    !/^(?:index|create)$/.test(action)
  ) {
    return null;
  }
  const command = `jq -c ${shellQuoted(`select(keys != ["${action}"])`)}`;
  const piped =
    source === null || source === "-"
      ? `put ${command} before upsurge in the pipe`
      : `${command} ${shellWord(source)} | upsurge - --format ndjson with the same options`;
  return `if each record follows a line that is an action of Elasticsearch, leave those out: ${piped}; else --map ${shellQuoted(`${action}:COLUMN`)} puts it into a column`;
}

function pathToRecords(fields: readonly string[]): string | null {
  if (fields.includes("features") && fields.includes("type")) return ".features[].properties";
  if (fields.every((field) => /^\d+$/.test(field))) return ".[]";
  // Messages of Singer, of which some are no records.
  if (["type", "stream", "record"].every((name) => fields.includes(name)))
    return 'select(.type == "RECORD") | .record';
  // As pandas writes a frame that is split into names and values.
  if (fields.includes("columns") && fields.includes("data") && !fields.includes("schema")) {
    return `.columns as $names | .data[] | ${OBJECT_OF_NAMES}`;
  }
  const wrap = fields.find((field) => WRAPPED.test(field));
  return wrap === undefined ? null : `.${wrap}[]`;
}

/** Fields without a name that no flag says anything about. */
export function unnamedFields(known: KnownFields, unnamed: readonly HeaderField[]): Error {
  const { fields } = known;
  const numbers = unnamed.map(({ number }) => number);
  const isEnd = numbers.length === 1 && numbers[0] === fields.length && fields.length > 1;
  const reason =
    numbers.length === 1
      ? `field ${numbers[0]} has no name${isEnd ? ": the header ends with its delimiter" : ""}`
      : `the fields ${sentenceList(numbers)} have no name`;
  const fix = unnamedFix(unnamed, fields.length);
  const record = hasValues(known) ? `; or, ${asRecord(fields.length, null)}` : "";
  return headerProblem(known, reason, `${fix}${record}`);
}

function unnamedFix(unnamed: readonly HeaderField[], fields: number): string {
  const [first] = unnamed;
  const it = unnamed.length === 1 ? "it" : "them";
  const all = "--extra-fields ignore drops every field that has no column";
  const further =
    2 * unnamed.length > fields ? "; if the header is further down: --skip-lines N" : "";
  if (
    first === undefined ||
    unnamed.length > FLAGS_SHOWN ||
    !unnamed.every((each) => each.byNumber)
  ) {
    return `--map ':' drops all fields without a name, ${all}; or name all ${fields} fields with --header --columns a,b,…${further}`;
  }
  const drop = dropFlags(unnamed.map(({ number }) => number));
  return `${drop} drops ${it}, ${columnFlag(first.number)} puts field ${first.number} into a column; ${all}${further}`;
}

/** A name that several fields have, and no flag tells them apart. */
export function repeatedField(
  shape: TableShape,
  known: KnownFields,
  { field, isLookedUp }: { readonly field: HeaderField; readonly isLookedUp?: true },
): Error {
  const { name, twins } = field;
  const times = twins.length === 2 ? "twice" : `${twins.length} times`;
  const reason = `the name ${JSON.stringify(name)} is there ${times}, as fields ${sentenceList(twins)}`;
  const [column] = columnsAlike(shape, name);
  const fix =
    isLookedUp === true ? nameAll(known) : repeatedFix(known, field, column?.name ?? null);
  const isNamed = known.fields.some((name) => columnsAlike(shape, name).length > 0);
  const record = isNamed || !hasValues(known) ? null : asRecord(known.fields.length, shape);
  return headerProblem(known, reason, record ?? fix);
}

function nameAll({ fields }: KnownFields): string {
  return `give all ${fields.length} fields names of their own with --header --columns a,b,…`;
}

function repeatedFix(
  known: KnownFields,
  { name, twins, callable }: HeaderField,
  column: string | null,
): string {
  if (twins.length > FLAGS_SHOWN || callable.length < twins.length) {
    return nameAll(known);
  }
  const [first = 1, ...others] = twins;
  const drop = dropFlags(others);
  if (column !== null) {
    return `say by number which one fills ${column}, for example --map ${shellQuoted(`${first}:${column}`)} ${drop}`;
  }
  return `${dropFlag(name)} drops them; by number each can go to a column of its own, for example ${columnFlag(first)} ${drop}`;
}

function headerProblem(known: KnownFields, reason: string, fix: string): Error {
  return upsurgeError(
    "SOURCE_HEADER",
    { path: known.source === null ? "the source" : sourceLabel(known.source), reason },
    { fix, where: placeOf(known) ?? undefined },
  );
}

/** The error for a column that would be filled twice; `where`: the flag that does. */
export function filledTwice(
  column: string,
  reason: string,
  more: { readonly fix: string; readonly where?: string },
): UpsurgeError {
  return upsurgeError("PLAN_DUPLICATE_COLUMN", { column, reason }, more);
}

/** The error for a field that a flag names and no source has. */
export function noField(
  field: string,
  labels: readonly string[],
  more: { readonly where: string; readonly fix?: string },
): UpsurgeError {
  const near = nearest(field, labels);
  const suggestion = near === null ? "use one of those names" : `did you mean ${near}?`;
  return upsurgeError("PLAN_NO_FIELD", { field, fields: labels.join(", "), suggestion }, more);
}
