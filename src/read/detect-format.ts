/**
 * The format of a source by its name, else by its first byte that is not white space.
 */
import type { SourceFormat } from "./source.ts";

const BY_EXTENSION = new Map<string, SourceFormat>([
  ["csv", "csv"],
  ["tsv", "tsv"],
  ["tab", "tsv"],
  ["ndjson", "ndjson"],
  ["jsonl", "ndjson"],
]);

/** The format of `path`, whose text begins with `head`. */
export function detectFormat(path: string, head: Buffer): SourceFormat {
  const name = path.toLowerCase().replace(/\.(gz|gzip|zst|zstd)$/, "");
  const extension = /\.([a-z]+)$/.exec(name)?.[1] ?? "";
  const known = BY_EXTENSION.get(extension);
  if (known !== undefined) return known;
  const first = /[^ \t\r\n]/.exec(head.toString("latin1"))?.[0];
  if (first === "[") return "json";
  if (extension === "json") return "json";
  return first === "{" ? "ndjson" : "csv";
}
