/** The flag that helps where the records of a JSON source are inside of others: found in its first record, where nothing has a column. */
import { dropFlag, shellQuoted, shellWord } from "../../errors/shell-word.ts";
import { refixed, UpsurgeError } from "../../errors/upsurge-error.ts";
import { shownName } from "../../model/header.ts";
import { isJsonObject, jsonOf } from "../../model/json/json-of.ts";
import { pointerOf } from "../../model/json/json-pointer.ts";
import type { TableShape } from "../../model/table-shape.ts";
import type { Options } from "../../options/options.ts";
import { FLAGS_SHOWN } from "../../plan/by-number.ts";
import type { SourceSet } from "../../sources/source-set.ts";

/** How deep arrays are looked for. */
const DEEPEST = 4;

/** What a plan was to be made of. */
interface Known {
  readonly shape: TableShape;
  readonly options: Pick<Options, "records">;
  /** Of all records that were looked at. */
  readonly fields: readonly string[];
}

/** The error of a plan, with `--records` in its fix where that helps. To be called where the records are not read any more. */
export async function withRecordsHint(
  error: unknown,
  sources: SourceSet,
  { shape, options: { records }, fields }: Known,
): Promise<unknown> {
  const isNested = error instanceof UpsurgeError && error.code === "PLAN_NO_KNOWN_FIELD";
  const { format } = sources;
  if (!isNested || records !== null || (format !== "json" && format !== "ndjson")) return error;
  if (/the error that a service|"RECORD"/.test(error.fix)) return error;
  const objects = await firstObjects(sources);
  const pointer = pointerIn(fields, objects);
  const hint =
    pointer === null
      ? membersHint(objects, fields, shape)
      : `pass ${format === "json" ? "" : "--format json "}--records ${shellWord(pointer)}, whose elements seem to be the records`;
  if (hint === null) return error;
  return refixed(error, `${hint}; or ${withoutGuess(error.fix, pointer)}`);
}

/** The fix without a command that would take something else out of the document: it was a guess by the names of its members. */
function withoutGuess(fix: string, pointer: string | null): string {
  const [, path = "", otherwise] =
    /^the records seem to be inside: jq -c '\.(.*?)\[\].*?'.*; or (say which .*)$/.exec(fix) ?? [];
  return otherwise === undefined || `/${path}` === pointer ? fix : otherwise;
}

/** Flags for the members of the one member that has columns among them: what services put around a record stays outside. */
function membersHint(
  objects: readonly Members[],
  fields: readonly string[],
  shape: TableShape,
): string | null {
  const columns = new Map(shape.columns.map(({ name }) => [name.toLowerCase(), name]));
  const inner = fields.map((field) => {
    const value = objects.map((each) => each.get(field)).find(isJsonObject);
    const names = Object.keys(value ?? {});
    return { field, names, known: names.filter((name) => columns.has(name.toLowerCase())) };
  });
  const found = inner.filter(({ known }) => known.length > 0);
  const best = found.length > 1 ? found.find(({ field }) => field === "after") : found[0];
  // Several of them are records of their own, by their keys; only of a change is one of two the record.
  if (best === undefined || (found.length > 1 && !fields.includes("before"))) return null;
  const { field, names, known } = best;
  const others = fields.filter((name) => name !== field);
  if (known.length + others.length > FLAGS_SHOWN || known.some((name) => name.includes(".")))
    return null;
  const flags = [
    ...known.map(
      (name) =>
        `--map ${shellQuoted(`${field}.${name}:${columns.get(name.toLowerCase()) ?? name}`)}`,
    ),
    ...others.map(dropFlag),
  ];
  const left = names.length - known.length;
  const drops = others.length > 0 || left > 0 ? " and drops the rest" : "";
  return `pass ${flags.join(" ")}, which takes the members of ${shownName(field)} that have columns${drops}`;
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

/** The pointer of the first array of objects in the first value of each field. */
function pointerIn(fields: readonly string[], objects: readonly Members[]): string | null {
  for (const field of fields) {
    const value = objects
      .map((each) => each.get(field))
      .find((each) => each !== undefined && each !== null);
    const found = arrayIn(value, [field]);
    if (found !== null) return pointerOf(found);
  }
  return null;
}

function arrayIn(value: unknown, way: readonly string[]): readonly string[] | null {
  if (Array.isArray(value)) return isJsonObject(value[0]) ? way : null;
  if (!isJsonObject(value) || way.length >= DEEPEST) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = arrayIn(inner, [...way, name]);
    if (found !== null) return found;
  }
  return null;
}
