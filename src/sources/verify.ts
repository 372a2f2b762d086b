/**
 * What is asked of the sources of a load before their records are written: that a hash means one of them, and that
 * compressed files are whole where a part of them may be committed before their end is read.
 */
import { sourceLabel } from "../errors/source-label.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Options } from "../options/options.ts";
import { verifyCompressed } from "../read/bytes/verify-compressed.ts";
import type { Source } from "../read/source.ts";
import type { LaterSource } from "./look-at.ts";

/** The sources of a load, in their order; the format of what cannot be read twice is `stream`. */
interface CheckedSources {
  readonly first: Pick<Source, "name" | "compression" | "rereadable">;
  readonly later: readonly Pick<LaterSource, "name" | "format" | "compression">[];
}

/** Refuses a hash for several sources; how many there are is known when the patterns are expanded. */
export function refuseOneHash(paths: readonly string[], { expectSha256 }: Options): void {
  if (expectSha256 === null || paths.length === 1) return;
  throw upsurgeError(
    "OPTION_CONFLICT",
    {
      flag: "--expect-sha256",
      other: `${paths.length} sources`,
      reason: "it is the hash of one source",
    },
    { where: "--expect-sha256", fix: "load the sources one by one, each with its own hash" },
  );
}

/** Reads those of the compressed files that are among `names` to their end. Throws `SOURCE_*` errors. */
export async function verifyCompressedFiles(
  { first, later }: CheckedSources,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const files = [
    ...(first.rereadable ? [first] : []),
    ...later.filter(({ format }) => format !== "stream"),
  ];
  for (const { name, compression } of files) {
    if (compression !== null && names.has(name)) await verifyCompressed(name, signal);
  }
}

/** Warnings for what cannot be verified: compressed streams. */
export function unverifiedStreams({ first, later }: CheckedSources): string[] {
  const late = "damage in it shows only after the records before it are committed";
  const isStream = !first.rereadable && first.compression !== null;
  return [
    ...(isStream ? [`${sourceLabel(first.name)} is a compressed stream: ${late}`] : []),
    ...later
      .filter(({ format }) => format === "stream")
      .map(({ name }) => `${sourceLabel(name)} is a stream: if it is compressed, ${late}`),
  ];
}
