/**
 * What is asked of the sources of a load before their records are written: that a hash means one of them, and that
 * compressed files are whole where a part of them may be committed before their end is read.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { LoadPlan } from "../model/load-plan.ts";
import { sourceLabel } from "../errors/source-label.ts";
import type { Options } from "../options/options.ts";
import type { Source } from "../read/source.ts";
import { verifyCompressed } from "../read/bytes/verify-compressed.ts";

/** A source after the first, as far as it was looked at; the format of what cannot be read twice is `stream`. */
interface LookedAt {
  readonly name: string;
  readonly format: string;
  readonly compression: string | null;
}

/** The sources of a load, in their order. */
export interface Sources {
  readonly first: Pick<Source, "name" | "compression" | "rereadable">;
  readonly later: readonly LookedAt[];
}

/** Refuses a hash for several sources; how many there are is known when the patterns are expanded. */
export function checkOneHash(paths: readonly string[], { expectSha256 }: Options): void {
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

/** Reads compressed files once before anything of them is committed. Throws `SOURCE_*` errors. */
export async function verifySources(
  { plan, first, later }: Sources & { readonly plan: Pick<LoadPlan, "commitRows"> },
  signal: AbortSignal,
): Promise<void> {
  if (plan.commitRows === null) return;
  const files = [
    ...(first.rereadable ? [first] : []),
    ...later.filter(({ format }) => format !== "stream"),
  ];
  for (const { name, compression } of files) {
    if (compression !== null) await verifyCompressed(name, signal);
  }
}

/** Warnings for what cannot be verified: compressed streams of a load that commits in parts. */
export function unverifiedStreams(
  { commitRows }: Pick<LoadPlan, "commitRows">,
  { first, later }: Sources,
): string[] {
  if (commitRows === null) return [];
  const late = "damage in it shows only after the records before it are committed";
  const isStream = !first.rereadable && first.compression !== null;
  return [
    ...(isStream ? [`${sourceLabel(first.name)} is a compressed stream: ${late}`] : []),
    ...later
      .filter(({ format }) => format === "stream")
      .map(({ name }) => `${sourceLabel(name)} is a stream: if it is compressed, ${late}`),
  ];
}
