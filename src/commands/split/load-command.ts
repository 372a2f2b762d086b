/** The command that loads all pieces of a folder at once, as it can be typed. Pure. */
import { basename, join } from "node:path";
import { listWord, shellWord } from "../../errors/shell-word.ts";
import type { SplitIndex } from "../../model/shards/split-report.ts";

/** Processes at a time. */
const AT_ONCE = 8;

/** For a database that $DATABASE_URL names, and a table that is called as the first source is. */
export function loadCommand(
  out: string,
  { shards, pieces, sources, key, flags }: Omit<SplitIndex, "version">,
): string {
  const files = pieces[0]?.files ?? [];
  const paths = files.map(({ file }) => shellWord(join(out, file.replace("piece-0", "piece-{}"))));
  const formats = new Set(files.map(({ format }) => format));
  const table = tableOf(sources[0]?.name ?? "-");
  const words = [
    `seq 0 ${shards - 1} | xargs -P ${Math.min(shards, AT_ONCE)} -I{} upsurge`,
    ...paths,
    ...(formats.size === 1 ? [`--format ${[...formats].join("")}`] : []),
    ...flags,
    `--piece --to "$DATABASE_URL" --table ${shellWord(table)}`,
    `--key ${listWord(key)} --job ${shellWord(`${table}-{}`)}`,
  ];
  return words.join(" ");
}

function tableOf(source: string): string {
  const name = basename(source)
    .replace(/\.(?:gz|gzip|zst|zstd)$/i, "")
    .replace(/\.\w+$/, "");
  return source === "-" || name === "" ? "records" : name;
}
