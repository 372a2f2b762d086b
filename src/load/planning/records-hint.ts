/**
 * The flags that help where the records of a JSON source are inside of others: found in its first records, where their own members
 * have no columns, or fewer than what is inside.
 */
import { dropFlag, shellWord } from "../../errors/shell-word.ts";
import { refixed, UpsurgeError } from "../../errors/upsurge-error.ts";
import { isJsonObject, jsonOf } from "../../model/json/json-of.ts";
import { pointerOf } from "../../model/json/json-pointer.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import type { SourceSet } from "../../sources/source-set.ts";
import { levelsHint } from "./levels-hint.ts";
import { arraysIn, innerObject, KnownColumns, mapFlags } from "./inner-records.ts";
import type { InnerArray } from "./inner-records.ts";
import { membersHint } from "./members-hint.ts";

/** What a plan was to be made of. */
interface Known {
  readonly shape: TableShape;
  readonly options: Pick<Options, "records" | "map">;
  /** Of all records that were looked at. */
  readonly fields: readonly string[];
}

/** The error of a plan, with flags in its fix where those help. To be called where the records are not read any more. */
export async function withRecordsHint(
  error: unknown,
  sources: SourceSet,
  known: Known,
): Promise<unknown> {
  const { format } = sources;
  if (!(error instanceof UpsurgeError) || (format !== "json" && format !== "ndjson")) return error;
  if (!isOfFields(error) || /the error that a service|"RECORD"/.test(error.fix)) return error;
  const objects = await firstObjects(sources);
  const flags = { ...known, objects, asJson: format === "json" ? "" : "--format json " };
  const isNothing = error.code === "PLAN_NO_KNOWN_FIELD";
  const fix = isNothing ? fixOfNothing(error, flags) : fixOfSome(error, flags);
  return fix === null ? error : refixed(error, fix);
}

/** It says which fields have columns. */
function isOfFields({ code }: UpsurgeError): boolean {
  return code === "PLAN_NO_KNOWN_FIELD" || code === "PLAN_UNKNOWN_FIELD";
}

interface Looked extends Known {
  readonly objects: readonly Members[];
  /** The flag that reads the source as one document. */
  readonly asJson: string;
}

/** No field has a column. */
function fixOfNothing(error: UpsurgeError, looked: Looked): string | null {
  const { shape, fields, objects } = looked;
  const columns = new KnownColumns(namesOf(shape), looked.options.map);
  const found = bestArray(looked, columns);
  const hint =
    found === null ? membersHint(objects, fields, columns) : recordsFlags(found, looked, columns);
  if (hint === null) return null;
  const pointer = found === null ? null : pointerOf(found.way);
  return `${hint}; or ${withoutGuess(error.fix, pointer)}`;
}

/** Some have none: a document of which the records are an element each, or records with members that have columns, or tables. */
function fixOfSome(error: UpsurgeError, looked: Looked): string | null {
  const { shape, fields, objects } = looked;
  const columns = new KnownColumns(namesOf(shape), looked.options.map);
  const unknown = fields.filter((field) => !columns.has(field));
  const found = objects.length === 1 ? bestArray(looked, columns) : null;
  if (found !== null && columns.scoreOf(found.element) > fields.length - unknown.length)
    return `${recordsFlags(found, looked, columns)}; or ${error.fix}`;
  const filled = fields.filter((field) => columns.has(field));
  const members = membersHint(objects, unknown, columns.without(filled));
  if (members !== null) return `${members}; or ${error.fix}`;
  const levels = levelsHint(objects, unknown);
  return levels === null ? null : `${error.fix}; ${levels}`;
}

function namesOf({ columns }: TableShape): readonly string[] {
  return columns.map(({ name }) => name);
}

function allArrays({ fields, objects }: Looked): readonly InnerArray[] {
  return fields.flatMap((field) => {
    const values = objects.map((each) => each.get(field));
    const value = values.find((each) => each !== undefined && each !== null);
    return [...arraysIn(value, [field])];
  });
}

/** The array whose first element has most of the columns; `null` where there is no array of objects, or one is named. */
function bestArray(looked: Looked, columns: KnownColumns): InnerArray | null {
  if (looked.options.records !== null) return null;
  const [first, ...others] = allArrays(looked);
  if (first === undefined) return null;
  return others.reduce(
    (best, each) => (columns.scoreOf(each.element) > columns.scoreOf(best.element) ? each : best),
    first,
  );
}

/** `--records`, and what takes the members of an object around each record out of it. */
function recordsFlags(
  { way, element }: InnerArray,
  { asJson }: Looked,
  columns: KnownColumns,
): string {
  const pointer = `${asJson}--records ${shellWord(pointerOf(way))}`;
  const plain = `pass ${pointer}, whose elements seem to be the records`;
  const inner = columns.in(Object.keys(element)).length > 0 ? null : innerObject(element, columns);
  const flags = inner === null ? null : mapFlags(inner, columns);
  if (inner === null || flags === null) return plain;
  const [outer] = inner.way;
  const others = Object.keys(element).filter((name) => name !== outer);
  const words = [...flags, ...others.map(dropFlag)].join(" ");
  return `pass ${pointer} ${words}: the records seem to be in ${inner.way.join(".")} of its elements`;
}

/** The fix without a command that would take something else out of the document: it was a guess by the names of its members. */
function withoutGuess(fix: string, pointer: string | null): string {
  const [, path = "", otherwise] =
    /^the records seem to be inside: jq -c '\.(.*?)\[\].*?'.*; or (say which .*)$/.exec(fix) ?? [];
  return otherwise === undefined || `/${path}` === pointer ? fix : otherwise;
}

/** So many records are looked at. */
const LOOKED_AT = 50;

type Members = ReadonlyMap<string, unknown>;

/** The first records that are objects. */
async function firstObjects(sources: SourceSet): Promise<readonly Members[]> {
  const records = await sources.firstRecords(LOOKED_AT);
  const values = records.map(({ raw }) => jsonOf(Buffer.from(raw).toString().trim()));
  return values.filter(isJsonObject).map((each) => new Map<string, unknown>(Object.entries(each)));
}
