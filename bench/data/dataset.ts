/**
 * Makes the files that are loaded, once, into the cache folder, with what the table must hold after a load.
 * The final table is the same for every workload: the last version of every key.
 */
import { createHash } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { CACHE } from "../rig/folders.ts";
import { recordsOf } from "./records.ts";
import type { Records } from "./records.ts";
import { SHAPES, rowOf } from "./shapes.ts";
import type { Shape, ShapeName } from "./shapes.ts";
import { versionBefore } from "./workload.ts";
import type { Workload } from "./workload.ts";

/** What a table holds, in three numbers that do not depend on the order of its rows. */
export interface Content {
  readonly rows: number;
  /** The sum of `qty`. */
  readonly sum: number;
  /** The sum of the first 28 bits of md5("id|note") over all rows. */
  readonly digest: number;
}

/** The files of one shape and size. */
export interface Dataset {
  readonly shapeName: ShapeName;
  readonly shape: Shape;
  readonly rows: number;
  readonly csv: string;
  /** The same rows as NDJSON; only `base` has it. */
  readonly ndjson: string | null;
  readonly records: Records;
  readonly content: Content;
}

/** Part of every file name; it goes up when the data changes. */
const EDITION = "2";

/** The data of a shape, from the cache or newly made. */
export async function dataset(shapeName: ShapeName, rows: number): Promise<Dataset> {
  const folder = join(CACHE, "data");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${shapeName}-${rows}-v${EDITION}`);
  const shape: Shape = SHAPES[shapeName];
  const records = recordsOf(shape, rows);
  const ndjson = shapeName === "base" ? `${path}.ndjson` : null;
  await makeOnce(`${path}.csv`, () => csvLines(shape, records));
  if (ndjson !== null) await makeOnce(ndjson, () => jsonLines(shape, records));
  const content = contentOnce(`${path}.json`, () => contentOf(shape, records));
  return { shapeName, shape, rows, csv: `${path}.csv`, ndjson, records, content };
}

/** The rows that the table holds before the load, in the order of the file. */
export function* rowsBefore(data: Dataset, workload: Workload): Generator<string[]> {
  for (const [index, key] of data.records.keys.entries()) {
    if (data.records.versions[index] !== 1) continue;
    const version = versionBefore(workload, data.records, key);
    if (version !== null) yield rowOf(data.shape, key, version);
  }
}

/** The first 28 bits of md5("id|note"): few enough that a sum over all rows stays exact. */
export function digestOf(text: string): number {
  return createHash("md5").update(text).digest().readUInt32BE(0) >>> 4;
}

function* csvLines(shape: Shape, records: Records): Generator<string> {
  yield shape.columns.map(({ name }) => name).join(",");
  for (const row of rowsOf(shape, records)) yield row.map(quoted).join(",");
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function* jsonLines(shape: Shape, records: Records): Generator<string> {
  for (const row of rowsOf(shape, records)) {
    const members = shape.columns.map(({ name, type }, index) => {
      const cell = row[index] ?? "";
      if (type === "boolean") return `"${name}":${cell === "1"}`;
      const isText = type === "text" || type === "date" || type === "timestamp";
      return `"${name}":${isText ? JSON.stringify(cell) : cell}`;
    });
    yield `{${members.join(",")}}`;
  }
}

function* rowsOf(shape: Shape, records: Records): Generator<string[]> {
  for (const [index, key] of records.keys.entries()) {
    yield rowOf(shape, key, records.versions[index] ?? 1);
  }
}

function contentOf(shape: Shape, records: Records): Content {
  const qty = shape.columns.findIndex(({ name }) => name === "qty");
  const note = shape.columns.findIndex(({ name }) => name === "note");
  const content = { rows: 0, sum: 0, digest: 0 };
  for (const [key, version] of records.lastVersion.entries()) {
    if (version === 0) continue;
    const row = rowOf(shape, key, version);
    content.rows += 1;
    content.sum += shape.pages === null ? Number(row[qty]) : version;
    content.digest += digestOf(`${key}|${row[note]}`);
  }
  return content;
}

function contentOnce(path: string, make: () => Content): Content {
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Content;
  const content = make();
  writeFileSync(path, JSON.stringify(content));
  return content;
}

/** Writes the lines to `path` unless it is there; a run that is stopped leaves no half file under that name. */
async function makeOnce(path: string, lines: () => Iterable<string>): Promise<void> {
  if (existsSync(path)) return;
  const unfinished = `${path}.${process.pid}`;
  const file = createWriteStream(unfinished);
  let block: string[] = [];
  for (const line of lines()) {
    block.push(line, "\n");
    if (block.length < 4096) continue;
    if (!file.write(block.join(""))) await once(file, "drain");
    block = [];
  }
  file.end(block.join(""));
  await finished(file);
  renameSync(unfinished, path);
}
