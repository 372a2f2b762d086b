/** Brings the texts of a batch into `#upsurge_raw`: by bulk load, as one JSON parameter, or as parameters of VALUES. */
import { formatCount, plural } from "../../../errors/format.ts";
import { sourceLabel } from "../../../errors/source-label.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { Row, RowShape } from "../../../model/batch.ts";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import type { BulkColumn, SqlServerConnection } from "../connect/connection.ts";
import { isOfRows, SqlServerError } from "../errors.ts";
import { placeOf, TEMPORARY } from "../names.ts";
import { quoteIdentifier } from "../quote.ts";
import { isMisread, takesNoExponent } from "../catalog/types.ts";

/** A request takes 2,100 parameters, of which `sp_executesql` uses two; VALUES takes 1,000 rows. */
const MOST_PARAMETERS = 2098;
const MOST_ROWS = 1000;

/** Fills `#upsurge_raw` with the rows, after what it holds. Throws `TARGET_STATEMENT` where the server has no room for one. */
export async function fillRaw(
  connection: SqlServerConnection,
  plan: TablePlan,
  rows: readonly Row[],
): Promise<void> {
  try {
    await fill(connection, plan, rows);
  } catch (error) {
    throw error instanceof SqlServerError && isOfRows(error.number) ? noRoom(error, rows) : error;
  }
}

/**
 * Whatever is in a row, its texts are none of its faults; and the transaction, with its savepoints, is lost by now. The server
 * does not say which row it was: the one that takes most room is named.
 */
function noRoom(cause: SqlServerError, rows: readonly Row[]): Error {
  const said = `the texts of a row cannot be staged: ${cause.message} (${cause.number})`;
  const [first, ...others] = rows;
  const widest = others.reduce<Row | undefined>(
    (most, row) => (most !== undefined && room(row) <= room(most) ? most : row),
    first,
  );
  const reason = widest === undefined ? said : `${said}; ${widestText(widest)}`;
  const fix =
    "leave fields out with --map 'FIELD:', and load them by themselves: of a row, the texts of some 300 fields have room for certain";
  return upsurgeError("TARGET_STATEMENT", { reason }, { cause, fix });
}

/** The most that the server keeps of a text in its row: a pointer to it. */
const POINTER_BYTES = 24;

/** What the texts of a row take of it. */
function room({ values }: Row): number {
  return values.reduce((sum, text) => sum + Math.min(POINTER_BYTES, 2 * (text ?? "").length), 0);
}

function widestText({ values, record: { position } }: Row): string {
  const texts = plural(values.filter((text) => text !== null).length, "text");
  return `of its batch, record ${formatCount(position.record)} of ${sourceLabel(position.source)}, line ${formatCount(position.line[0])}, takes most room, with ${texts}`;
}

async function fill(
  connection: SqlServerConnection,
  plan: TablePlan,
  rows: readonly Row[],
): Promise<void> {
  const places = new Map<RowShape, number[]>();
  const texts = rows.map((row) => {
    const known = places.get(row.shape) ?? row.shape.columns.map((name) => placeOf(plan, name));
    places.set(row.shape, known);
    return textsOf(plan, row, known);
  });
  switch (plan.rowSource) {
    case "staged":
      return connection.bulk(
        TEMPORARY.raw(plan),
        bulkColumns(plan),
        texts.map((each) => [each.ord, each.shape, ...each.texts]),
      );
    case "arrays":
      return fillByJson(connection, plan, texts);
    case "values":
      return fillByValues(connection, plan, texts);
  }
}

/** A row of the raw table: place in the load, shape, and a text for every column of the plan. */
interface RawTexts {
  readonly ord: number;
  readonly shape: number;
  readonly texts: readonly (string | null)[];
}

/** `places` are those of the row's columns among the plan's. */
function textsOf(
  plan: TablePlan,
  { ord, shape, values }: Row,
  places: readonly number[],
): RawTexts {
  const texts: (string | null)[] = plan.columns.map(() => null);
  for (const [index, place] of places.entries()) {
    const column = plan.columns[place];
    const value = values[index] ?? null;
    if (column === undefined) continue;
    texts[place] = value === null ? null : readable(value, column);
  }
  return { ord, shape: shape.id, texts };
}

/** A text that converts to no type but text. */
const NOTHING = "?";

/** The text as the server reads it rightly. */
export function readable(text: string, column: Column): string {
  const written = takesNoExponent(column) ? withoutExponent(text) : text;
  return isMisread(written, column) ? NOTHING : written;
}

/** The longest run of zeros that an exponent may stand for; the server's decimals have 38 digits. */
const MOST_ZEROS = 60;

/** Writes `1.5e3` as `1500`: JSON spells numbers so, and the server reads that as float only. */
export function withoutExponent(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent] =
    /^\s*([+-]?)(\d+)(?:\.(\d*))?[eE]([+-]?\d{1,4})\s*$/.exec(text) ?? [];
  const shift = Number(exponent);
  if (exponent === undefined || Math.abs(shift) > MOST_ZEROS) return text;
  const point = whole.length + shift;
  const digits = `${"0".repeat(Math.max(0, -point))}${whole}${fraction}${"0".repeat(Math.max(0, point - whole.length - fraction.length))}`;
  const at = Math.max(0, point);
  return `${sign}${digits.slice(0, at) || "0"}${at < digits.length ? `.${digits.slice(at)}` : ""}`;
}

function columnNames(plan: TablePlan): string[] {
  return ["upsurge_ord", "upsurge_shape", ...plan.columns.map((_, place) => `f${place}`)];
}

/** The columns of the raw table as a bulk load names them. */
function bulkColumns(plan: TablePlan): BulkColumn[] {
  return columnNames(plan).map((name, index) => ({
    name,
    type: index === 0 ? "bigint" : index === 1 ? "int" : "nvarchar(max)",
    nullable: index > 1,
  }));
}

/** The statement that brings rows to the server, for `upsurge plan`. */
export function fillRawSql(plan: TablePlan): string {
  if (plan.rowSource === "staged")
    return insertBulkSql(quoteIdentifier(TEMPORARY.raw(plan)), bulkColumns(plan));
  if (plan.rowSource === "arrays") return jsonSql(plan);
  const values = plan.columns.map((_, at) => `@p${at}`);
  return valuesSql(plan, [`(${["1", "0", ...values].join(", ")})`]);
}

/** A bulk load as the driver asks for it. */
export function insertBulkSql(table: string, columns: readonly BulkColumn[]): string {
  return `insert bulk ${table}(${columns.map(({ name, type }) => `[${name}] ${type}`).join(", ")})`;
}

/** `OPENJSON(@rows) WITH (…)`: one parameter for any number of rows. */
function jsonSql(plan: TablePlan): string {
  const names = plan.columns.map((_, place) => `f${place}`);
  return `INSERT INTO ${TEMPORARY.raw(plan)} (${columnNames(plan).join(", ")}) SELECT ${["o", "s", ...names].join(", ")}
FROM OPENJSON(@rows) WITH (${["o bigint", "s int", ...names.map((name) => `${name} nvarchar(max)`)].join(", ")})`;
}

async function fillByJson(
  connection: SqlServerConnection,
  plan: TablePlan,
  rows: readonly RawTexts[],
): Promise<void> {
  const objects = rows.map(({ ord, shape, texts }) => {
    const fields = texts.flatMap((text, place) => (text === null ? [] : [[`f${place}`, text]]));
    return { o: ord, s: shape, ...(Object.fromEntries(fields) as Record<string, string>) };
  });
  await connection.execute(jsonSql(plan), [{ name: "rows", value: JSON.stringify(objects) }]);
}

function valuesSql(plan: TablePlan, tuples: readonly string[]): string {
  return `INSERT INTO ${TEMPORARY.raw(plan)} (${columnNames(plan).join(", ")}) VALUES ${tuples.join(", ")}`;
}

async function fillByValues(
  connection: SqlServerConnection,
  plan: TablePlan,
  rows: readonly RawTexts[],
): Promise<void> {
  const width = Math.max(1, plan.columns.length);
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_PARAMETERS / width)));
  for (let start = 0; start < rows.length; start += most) {
    const parameters: { name: string; value: string }[] = [];
    const tuples = rows.slice(start, start + most).map(({ ord, shape, texts }) => {
      const values = texts.map((value) => {
        if (value === null) return "NULL";
        const name = `p${parameters.length}`;
        parameters.push({ name, value });
        return `@${name}`;
      });
      return `(${[ord, shape, ...values].join(", ")})`;
    });
    await connection.execute(valuesSql(plan, tuples), parameters);
  }
}
