/** Runs a nested load through the command line, and tells what a test wants to know of it: its counts level by level. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nonZero } from "../database-shell.ts";
import type { Engine, TestDatabase, Way } from "../engines.ts";
import { runUpsurge } from "../run-upsurge.ts";
import type { CountsByLevel } from "./model.ts";
import type { Graph, Json, Level, Nest, Row, Through } from "./levels.ts";
import type { RowsByTable } from "./canonical.ts";
import { queried } from "./schema.ts";
import type { NestTable } from "./schema.ts";
import { asStored } from "./stored.ts";

/** A reject, as its report tells it. */
export interface NestReject {
  readonly record: number;
  readonly code: string;
  readonly column: string | null;
  readonly level?: string;
  readonly index?: readonly number[];
  readonly message: string;
}

/** What came of a nested load. */
export interface NestResult {
  readonly exit: number;
  /** By the table of the root and the members of the levels, the counts that are not zero, without `read`. */
  readonly counts: CountsByLevel;
  readonly rejects: readonly NestReject[];
  /** Code of the error that stopped the load. */
  readonly error: string | null;
  /** What the reject file holds. */
  readonly rejected: string;
  /** Everything it wrote, to show when a test fails. */
  readonly output: string;
}

interface Report {
  readonly table?: string;
  readonly counts?: Readonly<Record<string, number>>;
  readonly tables?: readonly LevelReport[];
  readonly error?: { readonly code: string };
}

interface LevelReport {
  readonly member?: string;
  readonly table: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Records as lines of JSON. */
export function linesOf(records: readonly Graph[]): string {
  return records.map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** The flags that say a nested load. */
export function flagsOf(root: Level): string[] {
  const flags = root.key.length === 0 ? [] : ["--key", root.key.join(",")];
  flags.push("--mode", root.mode);
  if (root.where !== undefined) flags.push("--update-where", root.where.sql);
  // The guard has tests of its own.
  if (takesRows(root)) flags.push("--max-delete", "100%");
  return [...flags, "--nest", JSON.stringify(nestMapping(root))];
}

function takesRows({ nests }: Level): boolean {
  return nests.some((nest) => (nest.missing ?? "keep") !== "keep" || takesRows(nest));
}

/** The levels below one, as `--nest` and a manifest say them. */
function nestMapping({ nests, table }: Level): Readonly<Record<string, Json>> {
  return Object.fromEntries(nests.map((nest) => [nest.member, optionsOf(nest, table)]));
}

function optionsOf(nest: Nest, above: string): Json {
  const { table, key, mode, where, link, missing, when, deletes, position, through, nests } = nest;
  return {
    table,
    link,
    mode,
    // Which way it goes within one table no foreign key says.
    ...(table === above && { relation: nest.relation }),
    ...(key.length > 0 && { key }),
    ...(where !== undefined && { "update-where": where.sql }),
    ...(missing !== undefined && missing !== "keep" && { missing: missingText(missing) }),
    ...(when === "written" && { when }),
    ...(deletes === true && { "delete-when": "op=d" }),
    ...(position !== undefined && {
      position: position.column,
      ...(position.from !== 1 && { "position-from": position.from }),
    }),
    ...(through !== undefined && { through: throughText(through) }),
    ...(nests.length > 0 && { nest: nestMapping(nest) }),
  };
}

function throughText({ table, column, mode }: Through): Json {
  return mode === "upsert" ? `${table}(${column})` : { table, key: column, mode };
}

function missingText(missing: Exclude<Nest["missing"], undefined>): string {
  return typeof missing === "string" ? missing : `set ${missing.column} = ${missing.value}`;
}

/** A load of text in one of the ways. */
export interface NestLoad {
  readonly folder: string;
  readonly table: string;
  readonly input: string;
  readonly flags: readonly string[];
  /** It may be a later run of a job: what earlier ones have rejected stays. */
  readonly goesOn?: true;
}

/** Runs it; rejects are allowed unless the flags say otherwise. */
export async function runNested(
  database: TestDatabase,
  { folder, table, input, flags, goesOn }: NestLoad,
  { strategy, rowSource, batchRows, flags: more = [] }: Way,
): Promise<NestResult> {
  const source = join(folder, "graphs.ndjson");
  const rejectFile = join(folder, "rejected.ndjson");
  if (goesOn !== true)
    for (const path of [rejectFile, `${rejectFile}.jsonl`]) rmSync(path, { force: true });
  writeFileSync(source, input);
  const args = [source, "--to", database.url, "--table", table, ...flags, "--json", "-q"];
  args.push("--strategy", strategy, "--row-source", rowSource);
  args.push("--batch-rows", String(batchRows), ...more);
  if (!flags.includes("--max-rejects")) args.push("--max-rejects", "1000");
  args.push("--reject-file", rejectFile);
  const { exitCode, stdout, stderr } = await runUpsurge(args);
  const report = stdout === "" ? {} : (JSON.parse(stdout) as Report);
  return {
    exit: exitCode,
    counts: countsOf(report, table),
    rejects: rejectsIn(`${rejectFile}.jsonl`),
    rejected: existsSync(rejectFile) ? readFileSync(rejectFile, "utf8") : "",
    error: report.error?.code ?? null,
    output: stdout + stderr,
  };
}

function countsOf({ counts = {}, tables = [] }: Report, root: string): CountsByLevel {
  const levels = tables
    .filter(({ member }) => member !== undefined)
    .map((each) => [each.member?.split(".").at(-1) ?? "", nonZero(each.counts)] as const);
  const all = [[root, nonZero(counts)] as const, ...levels];
  return Object.fromEntries(all.filter(([, found]) => Object.keys(found).length > 0));
}

function rejectsIn(path: string): readonly NestReject[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as NestReject);
}

/** The rows of the tables, as texts that the model has as well. */
export async function rowsIn(
  database: TestDatabase,
  tables: readonly NestTable[],
  engine: Engine["name"],
): Promise<RowsByTable> {
  const found: Record<string, readonly Row[]> = {};
  for (const { name, columns } of tables) {
    const asked = columns.map((each) => queried(each, engine));
    const rows = await database.rows(`select ${asked.join(", ")} from ${name}`);
    found[name] = rows.map((row) =>
      Object.fromEntries(
        columns.map((column, at) => [column.name, asStored(column.type, row[at] ?? null, engine)]),
      ),
    );
  }
  return found;
}
