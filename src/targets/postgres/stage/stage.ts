/**
 * The temporary tables of a load and how rows reach them.
 * `upsurge_stage` has the types of the target's columns, and `upsurge_repeats` takes from it the rows that repeat a key;
 * `upsurge_raw` holds the same rows as text, for finding the
 * ones at fault; `upsurge_fault` takes what was found. Each is made when it is first needed (`made-tables`), and ends with the transaction.
 */
import type { Client } from "pg";
import type { Row, RowShape } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { byShape } from "../../grouped.ts";
import { stampedColumns } from "../../../sql/assignments.ts";
import { tableSql } from "../dialect.ts";
import { absentInStamps, generatedInStamps } from "./absent-columns.ts";
import { textArray } from "./array-text.ts";
import { copyIn, copyText } from "./copy.ts";
import type { DataToCopy } from "./copy.ts";
import { keepsArray } from "../catalog/limits.ts";
import type { CopyData } from "./packed-copy.ts";
import type { PipelinedStatement } from "./pipeline.ts";
import { doBlock, quoteIdentifier, quoteLiteral } from "../quote.ts";
import { fromText } from "../types.ts";
import { TEMPORARY } from "./names.ts";

/** The statements that make the stage, and what counts the rows of a merge; `folds`: repeats are set aside, and folded. */
export function stageDdl(plan: TablePlan, folds: boolean): string[] {
  const { merges, statement } = plan.method;
  // Staging tells whether a row is insertable.
  const checked = merges !== null || statement === "look-then-write";
  const stage = checked || folds ? shadowDdl(plan) : uncheckedDdl(plan);
  if (merges !== "merge") return stage;
  // It ends with the column that owns it.
  const owner = `${TEMPORARY.stage(plan)}.upsurge_ord`;
  return [
    ...stage,
    `create temporary sequence ${plan.stage}_inserted cache 1000 owned by ${owner}`,
  ];
}

/** The statement that makes the table of repeats, once there is a stage. */
export function repeatsDdl(plan: TablePlan): string {
  return `create temporary table ${plan.stage}_repeats (like ${TEMPORARY.stage(plan)}) on commit drop`;
}

/** The statement that makes the table of texts. */
export function rawDdl(plan: TablePlan): string {
  const columns = ["upsurge_ord bigint", "upsurge_shape int", ...rawLayout(plan).columns];
  return `create temporary table ${plan.stage}_raw (${columns.join(", ")}) on commit drop`;
}

/** The statement that makes the table of faults. */
export function faultDdl(plan: TablePlan): string {
  return `create temporary table ${plan.stage}_fault (ord bigint, state text, "constraint" text, "column" text, message text, detail text, hint text, raised boolean) on commit drop`;
}

/** A stage that any row fits whose values have their types. A stamp may read columns that no row carries. */
function uncheckedDdl(plan: TablePlan): string[] {
  const reads = absentInStamps(plan, []).length > 0 || generatedInStamps(plan).length > 0;
  return reads ? shadowDdl({ ...plan, mode: "update" }) : [typedDdl(plan)];
}

function typedDdl(plan: TablePlan): string {
  const columns = plan.columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`);
  return `create temporary table ${plan.stage}_stage (${["upsurge_ord bigint", "upsurge_shape int", ...columns].join(", ")}) on commit drop`;
}

/**
 * A copy of the table with its checks: staging a row tells whether it is insertable, in the database's own words, and
 * gives it its defaults and generated columns. Columns whose values the database makes one by one stay empty, so that
 * no sequence moves. So do those that the native statement stamps. An update needs no insertable row.
 */
function shadowDdl(plan: TablePlan): string[] {
  const { table, mode } = plan;
  const including = mode === "update" ? "" : " including constraints";
  const made = table.columns.filter((column) => column.volatileDefault);
  const stamped = plan.method.statement === "look-then-write" ? [] : stampedColumns(plan);
  const open = [...made, ...stamped];
  const empty = open.length === 0 ? [] : [...open, ...generatedOf(table)];
  const loose = (mode === "update" ? table.columns : empty).filter((column) => !column.nullable);
  const changes = [
    "add column upsurge_ord bigint",
    "add column upsurge_shape int",
    ...made.map(({ name }) => `alter column ${quoteIdentifier(name)} drop default`),
    ...loose.map(({ name }) => `alter column ${quoteIdentifier(name)} drop not null`),
  ];
  return [
    `create temporary table ${plan.stage}_stage (like ${tableSql(plan)} including defaults including generated${including}) on commit drop`,
    `alter table ${TEMPORARY.stage(plan)} ${changes.join(", ")}`,
    ...(open.length === 0 || mode === "update" ? [] : [looseChecks(plan, open)]),
  ];
}

function generatedOf({ columns }: Pick<TablePlan["table"], "columns">): Column[] {
  return columns.filter(({ generatedSql }) => generatedSql !== null);
}

/** Drops the checks on columns that stay empty in the stage, and on those that are generated from them. */
function looseChecks(plan: TablePlan, open: readonly Column[]): string {
  const names = [...open, ...generatedOf(plan.table)]
    .map(({ name }) => quoteLiteral(name))
    .join(", ");
  const stage = `${quoteLiteral(TEMPORARY.stage(plan))}::regclass`;
  return doBlock(`declare upsurge_c name; begin
for upsurge_c in select conname from pg_constraint where conrelid = ${stage} and contype = 'c'
  and conkey operator(pg_catalog.&&) array(select attnum from pg_attribute where attrelid = ${stage} and attname in (${names}))
loop execute format('alter table %s drop constraint %I', ${stage}, upsurge_c); end loop; end`);
}

/** A table to fill, and its columns for the values of a shape. */
interface StageTable {
  readonly table: string;
  /** Names of the value columns, quoted. */
  readonly names: readonly string[];
  /** SQL that makes a value of text. */
  readonly read: readonly ((text: string) => string)[];
}

function stageOf(plan: TablePlan, shape: RowShape, table = TEMPORARY.stage(plan)): StageTable {
  const columns = shape.columns.map((name) => plan.columns.find((column) => column.name === name));
  return {
    table,
    names: shape.columns.map(quoteIdentifier),
    read: columns.map((column) => (text) => (column === undefined ? text : fromText(text, column))),
  };
}

function rawOf(plan: TablePlan, shape: RowShape): StageTable {
  const places = shape.columns.map((name) =>
    plan.columns.findIndex((column) => column.name === name),
  );
  return {
    table: TEMPORARY.raw(plan),
    names: places.map((place) => `f${place}`),
    read: places.map(() => (text) => text),
  };
}

/** Fills `upsurge_stage` with the rows. Fails with a row's error when a value does not fit its column. */
export async function fillStage(
  client: Client,
  plan: TablePlan,
  rows: readonly Row[],
): Promise<void> {
  for (const [shape, group] of byShape(rows)) await fill(client, plan, stageOf(plan, shape), group);
}

/** Adds rows of one shape, which carry columns of the key only, to the keys of the load. */
export async function fillKeys(
  client: Client,
  plan: TablePlan,
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  await fill(client, plan, stageOf(plan, first.shape, TEMPORARY.seen(plan)), rows);
}

/** `copy "t" ("a", "b") from stdin (format binary)` */
export function copySql(
  table: string,
  columns: readonly string[],
  format: CopyData["format"],
): string {
  return `copy ${table} (${columns.map(quoteIdentifier).join(", ")}) from stdin (format ${format})`;
}

/** Packed rows as they are copied. */
interface RowsToCopy {
  readonly bytes: DataToCopy;
  readonly format: CopyData["format"];
}

/** Fills `upsurge_stage` with the rows of a packed batch, which carry `columns`; fails as `fillStage` does. */
export function stageCopy(
  plan: TablePlan,
  columns: readonly string[],
  { bytes, format }: RowsToCopy,
): PipelinedStatement {
  return { sql: copySql(TEMPORARY.stage(plan), ["upsurge_ord", ...columns], format), data: bytes };
}

/** Copies rows into the table itself; the answer tells how many came in. Fails when one of them cannot. */
export function tableCopy(
  plan: TablePlan,
  columns: readonly string[],
  { bytes, format }: RowsToCopy,
): PipelinedStatement {
  return { sql: copySql(tableSql(plan), columns, format), data: bytes };
}

/** The text of a field of a raw row, the column's place in the plan: `upsurge_r.f0`, of wide rows `upsurge_r.f[1]`. */
export function rawText(plan: TablePlan, place: number): string {
  return rawLayout(plan).text(place);
}

/** The raw table where the texts of a row are one array. */
function rawArrays(plan: TablePlan): StageTable {
  return { table: TEMPORARY.raw(plan), names: ["f"], read: [(text) => `(${text})::text[]`] };
}

/** The row with its texts as one array, in the order of the plan's columns. */
function asArray(plan: TablePlan, row: Row): Row {
  const texts = new Map(row.shape.columns.map((name, at) => [name, row.values[at] ?? null]));
  return { ...row, values: [textArray(plan.columns.map(({ name }) => texts.get(name) ?? null))] };
}

/** Fills `upsurge_raw` with the rows; any text fits. */
export async function fillRaw(
  client: Client,
  plan: TablePlan,
  rows: readonly Row[],
): Promise<void> {
  for (const [into, group] of rawLayout(plan).groups(rows)) await fill(client, plan, into, group);
}

/** How the texts of raw rows are kept. */
interface RawLayout {
  readonly columns: readonly string[];
  /** SQL of the text of a column, by its place in the plan. */
  text(place: number): string;
  /** Where rows of a shape are sent to. */
  into(shape: RowShape): StageTable;
  /** The rows as they are sent, and where to. */
  groups(rows: readonly Row[]): readonly (readonly [into: StageTable, rows: readonly Row[]])[];
}

/** Side by side, or as one array where a row of the server's may not hold them so. */
function rawLayout(plan: TablePlan): RawLayout {
  if (!keepsArray(plan)) {
    return {
      columns: plan.columns.map((_, index) => `f${index} text`),
      text: (place) => `upsurge_r.f${place}`,
      into: (shape) => rawOf(plan, shape),
      groups: (rows) => [...byShape(rows)].map(([shape, group]) => [rawOf(plan, shape), group]),
    };
  }
  return {
    columns: ["f text[]"],
    text: (place) => `upsurge_r.f[${place + 1}]`,
    into: () => rawArrays(plan),
    groups: (rows) => [[rawArrays(plan), rows.map((row) => asArray(plan, row))]],
  };
}

async function fill(
  client: Client,
  plan: TablePlan,
  into: StageTable,
  rows: readonly Row[],
): Promise<void> {
  switch (plan.rowSource) {
    case "staged":
      return fillByCopy(client, into, rows);
    case "arrays":
      return fillByArrays(client, into, rows);
    case "values":
      return fillByValues(client, into, rows);
  }
}

function columnList({ names }: StageTable): string {
  return ["upsurge_ord", "upsurge_shape", ...names].join(", ");
}

/** The statement that brings rows to the stage, for `upsurge plan`; `raw`: their texts, for a block that takes them one by one. */
export function fillSql(plan: TablePlan, columns: readonly string[], raw = false): string {
  const shape = { id: 0, columns };
  const into = raw ? rawLayout(plan).into(shape) : stageOf(plan, shape);
  if (plan.rowSource === "staged") return copyTextSql(into);
  return plan.rowSource === "arrays" ? arraysSql(into) : valuesSql(into, 1);
}

function copyTextSql(into: StageTable): string {
  return `copy ${into.table} (${columnList(into)}) from stdin`;
}

function arraysSql(into: StageTable): string {
  const aliases = into.names.map((_, index) => `v${index}`);
  const parameters = into.names.map((_, index) => `$${index + 3}::text[]`);
  const values = aliases.map((alias, index) => into.read[index]?.(alias) ?? alias);
  return `insert into ${into.table} (${columnList(into)}) select ${["o", "s", ...values].join(", ")}
from unnest(${["$1::bigint[]", "$2::int[]", ...parameters].join(", ")}) as u(${["o", "s", ...aliases].join(", ")})`;
}

function valuesSql(into: StageTable, rows: number): string {
  const width = into.names.length + 2;
  const tuples = Array.from({ length: rows }, (_, row) => {
    const typed = Array.from({ length: width }, (_unused, index) => {
      const parameter = `$${row * width + index + 1}`;
      if (index < 2) return `${parameter}::${index === 0 ? "bigint" : "int"}`;
      return into.read[index - 2]?.(`${parameter}::text`) ?? parameter;
    });
    return `(${typed.join(", ")})`;
  });
  return `insert into ${into.table} (${columnList(into)}) values ${tuples.join(", ")}`;
}

async function fillByCopy(client: Client, into: StageTable, rows: readonly Row[]): Promise<void> {
  let text = "";
  for (const { ord, shape, values } of rows) {
    text += `${ord}\t${shape.id}`;
    for (const value of values) text += `\t${copyText(value)}`;
    text += "\n";
  }
  await copyIn(client, copyTextSql(into), Buffer.from(text));
}

async function fillByArrays(client: Client, into: StageTable, rows: readonly Row[]): Promise<void> {
  await client.query(arraysSql(into), [
    rows.map((row) => row.ord),
    rows.map((row) => row.shape.id),
    ...into.names.map((_, index) => rows.map((row) => row.values[index] ?? null)),
  ]);
}

/** The protocol counts parameters in 16 bits, and the driver does not check. */
const MOST_PARAMETERS = 65_535;

async function fillByValues(client: Client, into: StageTable, rows: readonly Row[]): Promise<void> {
  const width = into.names.length + 2;
  const most = Math.max(1, Math.min(1000, Math.floor(MOST_PARAMETERS / width)));
  for (let start = 0; start < rows.length; start += most) {
    const slice = rows.slice(start, start + most);
    await client.query(
      valuesSql(into, slice.length),
      slice.flatMap((row) => [row.ord, row.shape.id, ...row.values]),
    );
  }
}
