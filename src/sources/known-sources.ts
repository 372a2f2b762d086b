/** The sources of a plan: what is looked at before the first record is loaded, and which fields are known by then. */
import { stat } from "node:fs/promises";
import { sourceLabel } from "../errors/source-label.ts";
import type { Options } from "../options/options.ts";
import { openSource } from "./open-source.ts";
import type { ReadOptions, Source } from "../read/source.ts";
import type { PlannedSource } from "../model/plan-report.ts";
import type { KnownFields } from "../model/header.ts";

/** A source after the first: its fields are those of a header, `null` where there is none to look at. */
export type LaterSource = Pick<PlannedSource, "name" | "format" | "compression" | "header"> &
  Pick<Source, "fields" | "headerFields">;

/** The options of reading among all options. */
export function readOptions(options: Options): ReadOptions {
  const { quote, null: nullTokens, keepEmpty, ...rest } = options;
  return {
    ...rest,
    quote: quote === "" ? null : quote,
    nullTokens: nullTokens ?? [],
    keepEmpty: keepEmpty ?? [],
  };
}

/** The fields of all sources, as far as they can be known without reading a stream. */
export interface KnownSources {
  readonly fields: readonly string[];
  readonly sources: readonly KnownFields[];
  /** A later source may bring other fields than the first. */
  readonly differ: boolean;
}

/** What is known of the fields; `fields` are those of the first source, of which a sample was read. */
export function knownSources({
  first,
  fields: sampled,
  later,
}: {
  readonly first: Source;
  readonly fields: readonly string[];
  readonly later: readonly LaterSource[];
}): KnownSources {
  const header = first.headerFields;
  const sources: KnownFields[] = [{ source: first.name, fields: sampled, header }];
  const fields = new Set(sampled);
  let differ = false;
  for (const { name: source, fields: names, headerFields } of later) {
    differ ||=
      names === null || names.length !== sampled.length || names.some((name) => !fields.has(name));
    for (const name of names ?? []) fields.add(name);
    if (names !== null) sources.push({ source, fields: names, header: headerFields });
  }
  return { fields: [...fields], sources, differ };
}

const NOT_LOOKED_AT = {
  format: "stream",
  compression: null,
  header: null,
  fields: null,
  headerFields: null,
} as const;

/** Looks at the head of a further source; a stream is not opened for it. */
export async function lookAt(path: string, options: Options): Promise<LaterSource> {
  const isFile = path !== "-" && (await stat(path)).isFile();
  if (!isFile) return { ...NOT_LOOKED_AT, name: path };
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
