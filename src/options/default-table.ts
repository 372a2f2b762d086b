/** The table of a load that creates one without naming it: it is called as its file is. */
import { basename } from "node:path";
import type { Options } from "./options.ts";

const ENDINGS = /\.(?:gz|gzip|zst|zstd)$/i;
const FORMATS = /\.(?:csv|tsv|tab|txt|psv|ndjson|jsonl|json)$/i;

/** The options with a table, where `--create` is given and all sources agree on a name. */
export function withDefaultTable(options: Options, sources: readonly string[]): Options {
  if (!options.create || (options.table ?? "") !== "") return options;
  const table = tableOfSources(sources);
  return table === null ? options : { ...options, table };
}

/** The table that all sources are called after, as `--table` takes it; `null`: they have no such name, or several. */
export function tableOfSources(sources: readonly string[]): string | null {
  const names = new Set(sources.map(nameOf));
  const [name] = names;
  return name === undefined || name === "" || names.size > 1 ? null : quotedTable(name);
}

/** `data/people.csv.gz` is `people`; a stream or a pattern has no name. */
function nameOf(source: string): string {
  if (source === "-" || /[*?[\]{}]/.test(source)) return "";
  return basename(source).replace(ENDINGS, "").replace(FORMATS, "");
}

/** The name in quotes where it needs them: a dot would be taken for the end of a schema. */
export function quotedTable(name: string): string {
  return /[."[\]]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
