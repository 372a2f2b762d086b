/** JSON that is read as CSV, as its name or `--format` says: refused before its first line is taken for a header. */
import { SERVICE_ERROR_FIX, isServiceError } from "../../errors/service-error.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { isJsonObject, jsonOf } from "../../model/json/json-of.ts";
import type { ReadOptions } from "../source.ts";

/** No header begins so: a quote would be inside of its first name. Names in brackets do not look like this. */
const JSON_START = /^\s*(?:\{\s*["}]|\[\s*["{[])/;

/** Throws `SOURCE_HEADER` for a source that begins with `head`, if its first line would name fields and it is JSON. */
export function refuseJson(
  path: string,
  head: Buffer,
  { header, skipLines, quote }: Pick<ReadOptions, "header" | "skipLines" | "quote">,
): void {
  if (header === false || skipLines > 0 || quote !== '"') return;
  const text = head.toString("utf8");
  if (!JSON_START.test(text)) return;
  const name = sourceLabel(path);
  const reason = "it begins as JSON does, and is read as CSV";
  throw upsurgeError(
    "SOURCE_HEADER",
    { path: name, reason },
    { fix: fixFor(text), where: `${name}, header` },
  );
}

function fixFor(text: string): string {
  const line = jsonOf(text.slice(0, firstLineEnd(text)));
  const whole = jsonOf(text);
  const answer = whole ?? line;
  if (isJsonObject(answer) && isServiceError(Object.keys(answer))) return SERVICE_ERROR_FIX;
  const isLines = line !== undefined && !Array.isArray(whole);
  return `it looks like JSON: pass --format ${isLines ? "ndjson" : "json"}`;
}

function firstLineEnd(text: string): number {
  const trimmed = text.trimStart();
  const end = trimmed.search(/[\r\n]/);
  return end < 0 ? text.length : text.length - trimmed.length + end;
}
