/** What a misspelt flag was meant to be. Silent where it can only guess: a wrong hint costs more than none. */
import { nearest } from "../errors/edit-distance.ts";

/** What other loaders call the flags, without hyphens. */
const OTHERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "--batch-rows": ["batchsize", "chunksize"],
    "--columns": ["names", "fieldnames", "colnames"],
    "--delimiter": ["sep", "separator", "fs", "fieldseparator", "fieldterminator"],
    "--encoding": ["charset", "codepage", "clientencoding"],
    "--escape": ["escapechar"],
    "--ignore": ["ignoreduplicates", "skipduplicates", "onconflictdonothing"],
    "--key": ["primarykey", "uniquekey", "onconflict", "conflictcolumns", "upsert", "matchon"],
    "--limit": ["nrows", "maxrows"],
    "--map": ["rename", "columnmapping"],
    "--max-rejects": ["maxerrors", "ignoreerrors", "skiperrors", "continueonerror", "rejectlimit"],
    "--null": ["nullstring", "nullstr", "nullvalue", "navalues", "na"],
    "--quote": ["quotechar", "fieldquote"],
    "--skip-lines": ["skip", "skiprows", "skipheader"],
    "--to": ["db", "database", "url", "uri", "dsn", "connection", "connectionstring", "target"],
    "--trim": ["strip", "stripwhitespace", "trimwhitespace", "skipinitialspace"],
  }).flatMap(([flag, names]) => names.map((name) => [name, flag] as const)),
);

/** The flag that `typed` is a slip of: one that goes on where it ends (`--batch` is `--batch-rows`), else the nearest. */
export function nearestFlag(typed: string, flags: readonly string[]): string | null {
  const name = stem(typed);
  const other = OTHERS.get(name.replaceAll(/[-_]/g, ""));
  if (other !== undefined && flags.includes(other)) return other;
  // Of a letter or two, one slip leaves nothing to go by.
  if (name.length < 3) return null;
  const long = flags.filter((flag) => flag.startsWith("--"));
  const longer = long.find((flag) => stem(flag).startsWith(name));
  if (longer !== undefined) return longer;
  const near = nearest(name, long.map(stem));
  return long.find((flag) => stem(flag) === near) ?? null;
}

function stem(flag: string): string {
  return flag.replace(/^-+/, "").toLowerCase();
}
