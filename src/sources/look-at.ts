/** The head of a source: what is known of it before its turn to be read. */
import { sourceLabel } from "../errors/source-label.ts";
import type { PlannedSource } from "../model/report/plan-report.ts";
import type { Options } from "../options/options.ts";
import type { Source } from "../read/source.ts";
import { openSource } from "./open-source.ts";
import { readOptions } from "./read-options.ts";
import { isFile } from "./stored-files.ts";

/** A source after the first: its fields are those of a header, `null` where there is none to look at. */
export type LaterSource = Pick<PlannedSource, "name" | "format" | "compression" | "header"> &
  Pick<Source, "fields" | "headerFields">;

const NOT_LOOKED_AT = {
  format: "stream",
  compression: null,
  header: null,
  fields: null,
  headerFields: null,
} as const;

/** Looks at the head of a further source; a stream is not opened for it. */
export async function lookAt(path: string, options: Options): Promise<LaterSource> {
  if (!(await isFile(path))) return { ...NOT_LOOKED_AT, name: path };
  const source = await openSource(path, readOptions(options));
  await source.close();
  const { name, format, compression, header, fields, headerFields } = source;
  return { name, format, compression, header, fields, headerFields };
}

/** A source as a plan shows it. */
export function plannedSource(source: LaterSource): PlannedSource {
  const { name, format, compression, header, fields, headerFields } = source;
  const numbered = (headerFields ?? []).filter((field) => field.key !== field.name);
  return { name, format, compression, header, fields: fields ?? [], numbered };
}

/** Warnings for first lines that are loaded as data, and look like a header. */
export function loadedHeaders(sources: readonly Pick<LaterSource, "name" | "header">[]): string[] {
  return sources.flatMap(({ name, header }) =>
    header?.taken === "data" && header.repeats
      ? [
          `line ${header.line} of ${sourceLabel(name)} repeats the names of --columns, and --no-header loads it as a record; pass --header to pass over it`,
        ]
      : [],
  );
}
