/**
 * The columns that `--create` and `--alter` make: one for each field that has none, by the same rules of mapping as for a
 * table that is there. Asks neither the sources nor a server.
 */
import { shellQuoted } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { delimiterFlag, splitsOf } from "../header-delimiters.ts";
import { chooseType } from "../../infer/choose-type.ts";
import { mergeFacts } from "../../infer/merge-facts.ts";
import { factsOfText } from "../../infer/of-text.ts";
import type { ColumnFacts } from "../../model/column-facts.ts";
import type { KnownFields } from "../../model/header.ts";
import type { FieldMapping } from "../../model/load-plan.ts";
import type { ValueType } from "../../model/new-table.ts";
import type { NewColumn } from "../../model/new-table.ts";
import type { Column, TableName, TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import type { DdlDialect } from "../../model/sql/ddl-dialect.ts";
import { lookupFields } from "../../options/lookup-fields.ts";
import { asRecord, isAllValues } from "../mapping/data-line.ts";
import { looseFinder } from "../mapping/loose-names.ts";
import { fieldResolver, parentsOf } from "../mapping/mapping.ts";
import { mapFields } from "../mapping/map-fields.ts";
import { findColumn, requireColumn } from "../names.ts";
import { tableName } from "../../model/table-shape.ts";
import { refuseColumnNames } from "./new-names.ts";
import { oneSpelling } from "./one-spelling.ts";
import { PRIMARY } from "../key/primary-key.ts";

/** What is known of the fields of all sources. */
export interface SeenFields {
  readonly sources: readonly KnownFields[];
  /** By field. */
  readonly facts: ReadonlyMap<string, ColumnFacts>;
}

/** What the columns are made for. */
export interface NewColumnsRequest {
  readonly name: TableName;
  /** The table that is to get more columns; `null`: it is to be created. */
  readonly shape: TableShape | null;
  readonly seen: SeenFields;
  readonly options: Pick<
    Options,
    | "delimiter"
    | "header"
    | "map"
    | "matchNames"
    | "const"
    | "type"
    | "key"
    | "keepIdentity"
    | "extraFields"
    | "lookup"
    | "value"
    | "stamp"
    | "set"
    | "late"
  >;
  readonly dialect: DdlDialect;
}

/** Columns in the order of the fields, with what a user should know of them. */
export interface ProposedColumns {
  readonly columns: readonly NewColumn[];
  readonly warnings: readonly string[];
}

/** What a field is looked up by needs no column of its own, unless a flag gives it one. */
function withoutLookedUp(
  mapping: readonly FieldMapping[],
  options: NewColumnsRequest["options"],
  isNew: (column: string) => boolean,
): readonly FieldMapping[] {
  const read = lookupFields(options);
  const given = (field: string): boolean =>
    (options.map ?? []).some((each) => each.field === field) ||
    (options.type ?? []).some((each) => each.column === field);
  return mapping.filter(({ field, column }) => !read.has(field) || !isNew(column) || given(field));
}

/** Throws the `PLAN_*` errors of a mapping, `PLAN_DDL` for a name or a type that the database does not take. */
export function newColumns(request: NewColumnsRequest): ProposedColumns {
  const { name: table, shape, seen, options, dialect } = request;
  seen.sources.forEach((source) => refuseOneField(source, options));
  seen.sources.forEach((source) => refuseValues(source, options));
  const there = shape?.columns ?? [];
  const supposed = supposedShape(request);
  const isNew = (name: string): boolean => !there.some((column) => column.name === name);
  const filled = mapFields(supposed, seen.sources, {
    resolve: fieldResolver(supposed, options),
    map: options.map,
  });
  const mapping = withoutLookedUp(filled, options, isNew);
  const names = [
    ...new Set([
      ...mapping.map(({ column }) => column),
      ...(options.const ?? []).map(({ column }) => requireColumn(supposed, column, "--const").name),
      ...(options.value ?? []).map(({ column }) => requireColumn(supposed, column, "--value").name),
      ...(options.type ?? []).map(({ column }) => requireColumn(supposed, column, "--type").name),
    ]),
  ]
    .filter(isNew)
    .toSorted(byPlace(mapping, request));
  if (shape === null && (names.length === 0 || isUnknown(request))) throw nothingToMake(table);
  refuseTypeless(request, names);
  refuseColumnNames(names, mapping, request);
  const keys = shape === null ? keyNames(supposed, names, options.key) : new Set<string>();
  const types = new Map(
    names.map((name) => [name, typeOf(name, { mapping, request, supposed, keys })]),
  );
  const ofKey = [...keys].map((name) => types.get(name) ?? TEXT);
  const columns = names.map((name) => {
    const type = types.get(name) ?? TEXT;
    const isKey = keys.has(name);
    return {
      name,
      type: "said" in type ? type.said : spelled(name, type, { isKey, ofKey, dialect }),
      isKey,
    };
  });
  const hasTextKey = ofKey.some((type) => "kind" in type && type.kind === "text");
  const warning = hasTextKey ? dialect.textKeyWarning : null;
  return { columns, warnings: warning === null ? [] : [warning] };
}

/** What these flags fill has no values that would tell the type of a new column. */
function refuseTypeless(
  { name, shape, options }: NewColumnsRequest,
  names: readonly string[],
): void {
  const made = withColumns(shape ?? { ...EMPTY, name }, names);
  const { lookup, stamp, set, late } = options;
  const flags = { "--lookup": lookup, "--stamp": stamp, "--set": set };
  const filled = Object.entries(flags).flatMap(([flag, given]) =>
    (given ?? []).map(({ column }) => ({ flag, column })),
  );
  const ofLate = (late ?? []).map((column) => ({ flag: "--late", column }));
  for (const { flag, column } of [...filled, ...ofLate]) {
    const type = `add --type ${shellQuoted(`${column}:TYPE`)}, which creates the column`;
    requireColumn(made, column, flag, type);
  }
}

/** A column that an expression fills stands where the field of its name does; others as they come. */
function byPlace(
  mapping: readonly FieldMapping[],
  { seen, options }: NewColumnsRequest,
): (one: string, other: string) => number {
  if (options.value === null) return () => 0;
  const fields = seen.sources.flatMap(
    ({ fields: names, header }) => header?.map(({ key }) => key) ?? names,
  );
  const place = (column: string): number => {
    const field = mapping.find((each) => each.column === column)?.field ?? column;
    const at = fields.indexOf(field);
    return at < 0 ? fields.length : at;
  };
  return (one, other) => place(one) - place(other);
}

/** Nothing tells what records will have; what --const fills goes with it in every row, and is no table by itself. */
function isUnknown({ seen, options }: NewColumnsRequest): boolean {
  const isSaid = [options.type, options.value].some((each) => (each ?? []).length > 0);
  return !isSaid && seen.sources.every(({ fields, header }) => (header ?? fields).length === 0);
}

/** A table without a column is none. */
function nothingToMake(table: TableName): Error {
  const reason = "no source has a field: they are empty, or none of their records can be read";
  const suggestion = "check the sources; or say its columns with --type column:TYPE";
  const details = { what: `the table ${tableName(table)}`, reason, suggestion };
  return upsurgeError("PLAN_DDL", details, { where: "--create" });
}

/** A header that another delimiter would split must not become a table of one column. */
function refuseOneField(
  { source, header }: KnownFields,
  { delimiter }: Pick<Options, "delimiter">,
): void {
  const [only, ...others] = header ?? [];
  if (only === undefined || others.length > 0 || delimiter !== null) return;
  const [split] = splitsOf(only.name);
  if (split === undefined) return;
  const reason = `its only field would be called ${JSON.stringify(only.name)}`;
  const fix = `pass ${delimiterFlag(split.delimiter)}; or --delimiter , if it is one field`;
  const path = source === null ? "the source" : sourceLabel(source);
  throw upsurgeError("SOURCE_HEADER", { path, reason }, { fix });
}

/** A line of values is a record: columns called after them would be of no use, and the record lost. */
function refuseValues(known: KnownFields, { header }: Pick<Options, "header">): void {
  if (header !== null || !isAllValues(known)) return;
  const { source } = known;
  const reason = "line 1 holds values and no names";
  const fix = `${asRecord(known.fields.length, null)}; or --header if they are names`;
  const path = source === null ? "the source" : sourceLabel(source);
  throw upsurgeError("SOURCE_HEADER", { path, reason }, { fix });
}

/** The table as it would be with a column for every name that fields and flags bring. */
function supposedShape({ name, shape, seen, options }: NewColumnsRequest): TableShape {
  const bare: TableShape = shape === null ? { ...EMPTY, name } : writable(shape);
  const parents = parentsOf(options);
  const isLoose = options.matchNames === "loose";
  const hasColumn = isLoose ? looseFinder(bare) : (name: string) => findColumn(bare, name);
  const ofSources = seen.sources.flatMap(
    ({ fields, header }) =>
      header?.map((each) => each.name) ?? fields.filter((field) => !parents.has(field)),
  );
  const ofFields = [
    ...oneSpelling(ofSources, seen.sources).filter((name) => hasColumn(name) === null),
    ...(options.map ?? []).flatMap(({ column }) => column ?? []),
  ];
  // Flags may write the name of a field in another case, as they may that of a column.
  const ofFlags = [options.const, options.value, options.type].map(
    (flags) => flags?.map(({ column }) => column) ?? [],
  );
  return [ofFields, ...ofFlags].reduce(withColumns, bare);
}

/** The table as if every column could be written: the plan, which knows the key, says what to do about those that cannot. */
function writable(shape: TableShape): TableShape {
  const columns = shape.columns.map((each) => ({ ...each, identity: null, generatedSql: null }));
  return { ...shape, columns };
}

/** The table with a column more for each name that means none of its columns. */
function withColumns(shape: TableShape, names: readonly string[]): TableShape {
  const wanted = new Set(names);
  const more = [...wanted].filter((each) => each !== "" && findColumn(shape, each) === null);
  return { ...shape, columns: [...shape.columns, ...more.map(supposedColumn)] };
}

const EMPTY: Omit<TableShape, "name"> = {
  kind: "table",
  columns: [],
  uniqueKeys: [],
  foreignKeys: [],
  triggers: [],
  rewritten: false,
  missingPrivileges: [],
  checked: false,
  checks: [],
  upsertHazard: null,
};

function supposedColumn(name: string): Column {
  return {
    name,
    type: "",
    family: "text",
    nullable: true,
    defaultSql: null,
    volatileDefault: false,
    identity: null,
    generatedSql: null,
  };
}

/** The columns of `--key`, which the table must get. */
function keyNames(
  supposed: TableShape,
  names: readonly string[],
  key: readonly string[] | null,
): Set<string> {
  const made = { ...supposed, columns: names.map(supposedColumn) };
  if (key?.length === 1 && key[0] === PRIMARY && findColumn(made, PRIMARY) === null) {
    const reason = "a table that is to be created has no primary key yet";
    const suggestion = "name the columns of its key: --key a,b";
    throw upsurgeError(
      "PLAN_DDL",
      { what: "the key", reason, suggestion },
      { where: "--key primary" },
    );
  }
  return new Set((key ?? []).map((each) => requireColumn(made, each, "--key").name));
}

/** The type of `--type`, as it was said. */
interface SaidType {
  readonly said: string;
}

const TEXT: ValueType = { kind: "text", longest: 0 };

/** The type of a column: that of `--type`, else that of its values. */
function typeOf(
  name: string,
  how: {
    readonly mapping: readonly FieldMapping[];
    readonly request: NewColumnsRequest;
    readonly supposed: TableShape;
    readonly keys: ReadonlySet<string>;
  },
): SaidType | ValueType {
  const { mapping, request, supposed, keys } = how;
  const { options, seen, dialect } = request;
  const isMeant = (flag: { readonly column: string }): boolean =>
    findColumn(supposed, flag.column)?.name === name;
  const given = options.type?.findLast(isMeant);
  if (given !== undefined) return { said: given.type };
  const fields = mapping.filter(({ column }) => column === name);
  const constant = options.const?.find(isMeant);
  const known = fields.flatMap(({ field }) => seen.facts.get(field) ?? []);
  const ofConstant = fields.length === 0 && constant !== undefined ? [constant.value] : [];
  const [facts, ...more] = [...known, ...ofConstant.map(factsOfText)];
  if (facts === undefined) return TEXT;
  return chooseType(more.reduce(mergeFacts, facts), dialect.rules, keys.has(name));
}

/** The type as SQL. Throws `PLAN_DDL` for a text that is too long for a key. */
function spelled(
  name: string,
  type: ValueType,
  how: {
    readonly isKey: boolean;
    readonly ofKey: readonly (SaidType | ValueType)[];
    readonly dialect: DdlDialect;
  },
): string {
  const key = how.ofKey.filter((each) => "kind" in each);
  const found = how.dialect.spellType(type, how.isKey ? key : null);
  if (found.kind === "type") return found.sql;
  const reason = `its longest value has ${found.longest} characters, and a key column of this database holds at most ${found.most}`;
  const suggestion = `choose another key, or give the column a type: --type ${shellQuoted(`${name}:TYPE`)}`;
  throw upsurgeError(
    "PLAN_DDL",
    { what: `the key column ${name}`, reason, suggestion },
    { where: "--key" },
  );
}
