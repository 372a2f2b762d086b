/** The flag that helps where the records of a JSON document are inside of it: found in its first record, where nothing has a column. */
import { shellWord } from "../../errors/shell-word.ts";
import { UpsurgeError } from "../../errors/upsurge-error.ts";
import { isJsonObject, jsonOf } from "../../model/json/json-of.ts";
import { pointerOf } from "../../model/json/json-pointer.ts";
import type { Options } from "../../options/options.ts";
import type { SourceSet } from "../../sources/source-set.ts";

/** How deep arrays are looked for. */
const DEEPEST = 4;

/** The error of a plan, with `--records` in its fix where that helps. To be called where the records are not read any more. */
export async function withRecordsHint(
  error: unknown,
  sources: SourceSet,
  { records }: Pick<Options, "records">,
): Promise<unknown> {
  const isNested = error instanceof UpsurgeError && error.code === "PLAN_NO_KNOWN_FIELD";
  const { format } = sources;
  if (!isNested || records !== null || (format !== "json" && format !== "ndjson")) return error;
  if (/the error that a service/.test(error.fix)) return error;
  const pointer = pointerIn(await sources.firstValues());
  if (pointer === null) return error;
  const flags = `${format === "json" ? "" : "--format json "}--records ${shellWord(pointer)}`;
  const { code, details, message: title, why, where, cause } = error;
  const fix = `pass ${flags}, whose elements seem to be the records; or ${withoutGuess(error.fix, pointer)}`;
  return new UpsurgeError(code, details, { title, why, fix, cause, where: where ?? undefined });
}

/** The fix without a command that would take something else out of the document: it was a guess by the names of its members. */
function withoutGuess(fix: string, pointer: string): string {
  const [, path = "", otherwise] =
    /^the records seem to be inside: jq -c '\.(.*?)\[\].*?'.*; or (say which .*)$/.exec(fix) ?? [];
  return otherwise === undefined || `/${path}` === pointer ? fix : otherwise;
}

/** The pointer of the first array of objects among the values. */
function pointerIn(values: ReadonlyMap<string, readonly string[]>): string | null {
  for (const [field, [text = ""]] of values) {
    if (!text.startsWith("{") && !text.startsWith("[")) continue;
    const found = arrayIn(jsonOf(text), [field]);
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
