/** Opens a source as it seems to be meant: with the delimiter that its first line shows, where none was asked for. */
import { UpsurgeError } from "../errors/upsurge-error.ts";
import type { PlanSurroundings } from "../load/surroundings.ts";
import type { Options } from "../options/options.ts";
import { delimiterFlag, splitsOf } from "../plan/header-delimiters.ts";
import { refuseForeignOptions } from "../options/of-format.ts";
import { SourceSet } from "../sources/source-set.ts";
import type { Source } from "../sources/source-set.ts";

/** A source, open, and how it is read. */
export interface SeenSource {
  readonly source: Source;
  /** How it is read otherwise than was asked for. */
  readonly notes: readonly string[];
}

/** Opens a source with the delimiter that its first line shows, where none was asked for. A stream is read as it is. */
export async function openAsSeen(
  pattern: string,
  options: Options,
  { stdin, forAll }: PlanSurroundings,
): Promise<SeenSource> {
  const { paths } = await SourceSet.first(pattern, { options, stdin });
  const [path = pattern] = paths;
  const open = async (more: Partial<Options> = {}): Promise<Source> => {
    const sources = await SourceSet.first(path, { options: { ...options, ...more }, stdin });
    const opened = await sources.open(path);
    try {
      refuseForeignOptions(options, [opened], forAll);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  };
  let source: Source;
  try {
    source = await open();
  } catch (error) {
    const how = sepLine(error);
    if (how === null || path === "-" || options.delimiter !== null) throw error;
    const flags = `--skip-lines ${how.skipLines} ${delimiterFlag(how.delimiter)}`;
    return { source: await open(how), notes: [`read with ${flags}, as its first line says`] };
  }
  const [only, ...others] = source.headerFields ?? [];
  const [split] = only === undefined || others.length > 0 ? [] : splitsOf(only.name);
  if (split === undefined || options.delimiter !== null || options.columns !== null) {
    return { source, notes: [] };
  }
  const flag = delimiterFlag(split.delimiter);
  if (!source.rereadable) return { source, notes: [`the header looks as if it wants ${flag}`] };
  await source.close();
  const notes = [`read with ${flag}, which splits the header: pass it to load as well`];
  return { source: await open({ delimiter: split.delimiter }), notes };
}

/** What Excel's `sep=;` line asks for; `null` for any other error. */
function sepLine(
  error: unknown,
): (Pick<Options, "skipLines"> & { readonly delimiter: string }) | null {
  if (!(error instanceof UpsurgeError) || error.code !== "SOURCE_HEADER") return null;
  const { skipLines, delimiter } = error.details;
  return typeof skipLines === "number" && typeof delimiter === "string"
    ? { skipLines, delimiter }
    : null;
}
