/** Finds the table of each load of a run by the name of its file or folder. */
import { nearest } from "../errors/edit-distance.ts";
import { shellWord } from "../errors/shell-word.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { tableName } from "../model/table-shape.ts";
import type { TableName, TableShape } from "../model/table-shape.ts";
import { quotedTable } from "../options/default-table.ts";
import { quoted } from "../options/parse-options.ts";
import type { Options } from "../options/options.ts";
import { tablesThere } from "../load/planning/tables-there.ts";
import type { TablesThere } from "../load/planning/tables-there.ts";
import type { Connected } from "../load/prepare.ts";
import { nearTable } from "../plan/names.ts";
import type { Session } from "../targets/target.ts";
import { placeIn, unnamed } from "./run-load.ts";
import type { RunLoad } from "./run-load.ts";

/** A load and its table. */
export interface TableLoad extends RunLoad {
  /** As `--table` takes it. */
  readonly table: string;
  /** As it is shown. */
  readonly tableName: string;
  readonly shape: TableShape;
}

/** Where tables are looked for. */
export interface TableSearch {
  readonly connected: Pick<Connected, "session" | "label" | "target">;
  /** Those of the run: which of them are wanted. */
  readonly options: Options;
}

/** The loads with their tables. Throws `RUN_*` errors, the fault of a load, and `OPTION_VALUE` for `--only`. */
export async function findTables(
  loads: readonly RunLoad[],
  { connected, options }: TableSearch,
): Promise<TableLoad[]> {
  const { only } = options;
  const { session } = connected;
  const found: TableLoad[] = [];
  const missing: RunLoad[] = [];
  for (const load of loads) {
    const table = await tableOf(load, session);
    if (table === null) missing.push(load);
    else found.push({ ...load, ...table });
  }
  const wanted = only === null ? found : chosen(found, only);
  if (only === null && missing.length > 0) {
    throw noTables(missing, await tablesThere(session, options), connected);
  }
  for (const { fault } of wanted) if (fault !== null) throw fault;
  return wanted;
}

type TableOfFile = Pick<TableLoad, "table" | "tableName" | "shape">;

/** The table that is named; else `010_countries` is the table of that name, or `countries`. */
async function tableOf(load: RunLoad, session: Session): Promise<TableOfFile | null> {
  const { stem, options } = load;
  if (options.table !== null) {
    const shape = await session.readTableShape(options.table);
    return shape === null
      ? null
      : { table: options.table, tableName: tableName(shape.name), shape };
  }
  if (stem === null) throw unnamed(load);
  for (const name of new Set([stem, withoutNumber(stem)])) {
    // A dot may be part of the name, or end the schema.
    for (const table of new Set([quotedTable(name), name])) {
      const shape = await session.readTableShape(table);
      if (shape !== null) return { table, tableName: tableName(shape.name), shape };
    }
  }
  return null;
}

/** The name without `010_`, `10-` and the like, which only order the files of a folder. */
export function withoutNumber(stem: string): string {
  return stem.replace(/^\d+[_\-. ]+(?=.)/, "");
}

function chosen(found: readonly TableLoad[], only: readonly string[]): TableLoad[] {
  const isNamed = ({ tableName: name }: TableLoad, asked: string): boolean =>
    asked === name || asked === name.split(".").at(-1);
  for (const asked of only) {
    if (found.some((load) => isNamed(load, asked))) continue;
    const names = found.map(({ tableName: name }) => name);
    const near = nearest(asked, names);
    const expected = `tables that the run has a file for: ${names.join(", ")}`;
    const fix = near === null ? "name one of these, or leave --only out" : `did you mean ${near}?`;
    const details = { flag: "--only", value: quoted(asked), expected };
    throw upsurgeError("OPTION_VALUE", details, { where: "--only", fix });
  }
  return found.filter((load) => only.some((asked) => isNamed(load, asked)));
}

function noTables(
  missing: readonly RunLoad[],
  { tables, told }: TablesThere,
  { label, target }: Pick<Connected, "label" | "target">,
): Error {
  const files = missing.map(({ path }) => path).join(", ");
  const [first] = missing;
  const goes = first === undefined ? "" : whereItGoes(first);
  const details = {
    files,
    reason: `${goes}, and ${label} has ${told}`,
    suggestion: first === undefined ? "" : suggestion(first, tables, target.name),
  };
  const where =
    first === undefined ? undefined : placeIn(first.origin === null ? null : "--table", first);
  return upsurgeError("RUN_NO_TABLE", details, { where });
}

/** Into which table, as a clause. */
function whereItGoes({ options, origin, stem }: RunLoad): string {
  if (options.table !== null) return `it names ${options.table}`;
  if (origin === null) return "a file is loaded into the table of its name";
  return `without \`table\` all of its files go into ${withoutNumber(stem ?? "")}`;
}

function suggestion(first: RunLoad, tables: readonly TableName[], target: string): string {
  const name = first.options.table ?? withoutNumber(first.stem ?? "");
  const near = nearTable(name, tables);
  const shows = `upsurge inspect ${shellWord(first.sources[0] ?? first.path)} --ddl ${target} --table ${shellWord(name)}`;
  const create = `create the table first, with a primary key (\`${shows}\` prints a statement to begin with)`;
  if (first.origin !== null) {
    return near === null
      ? `name another table with table: NAME, or ${create}`
      : `did you mean table: ${near}? Or ${create}`;
  }
  const meant = near === null ? "" : `call it after its table: did you mean ${near}? Or `;
  return `${meant}${create}, or move the file out of the folder`;
}
