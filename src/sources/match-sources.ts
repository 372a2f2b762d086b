/**
 * Which of several sources are those that a job has begun: by name, else by what is in them, so that one which was renamed
 * is not loaded again. What a job has begun goes first, the rest follows in its order.
 */
import { plural } from "../errors/format.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { isAtLimit } from "./at-limit.ts";
import type { KnownSource } from "./check-beginning.ts";
import type { Source } from "../read/source.ts";

/** A source, and what the job knows of it; `null`: it is new. */
export interface MatchedSource {
  readonly path: string;
  readonly number: number;
  readonly known: KnownSource | null;
}

interface NamedSource {
  readonly path: string;
  /** The path, absolute. */
  readonly name: string;
}

/** What matching needs. */
export interface MatchRequest {
  readonly job: string;
  /** A finished source may have grown since, under another name as well. */
  readonly followAppend: boolean;
  /** Records that are asked for of each source; `null`: all. */
  readonly limit: number | null;
  /** Opens a source with its hash. */
  readonly open: (path: string) => Promise<Source>;
}

/** Matches sources with what is known. Throws `JOB_SOURCES`. */
export async function matchSources(
  sources: readonly NamedSource[],
  known: readonly KnownSource[],
  matching: MatchRequest,
): Promise<MatchedSource[]> {
  const left = new Map(known.map((each) => [each.number, each]));
  const take = (each: KnownSource | undefined): KnownSource | null => {
    if (each !== undefined) left.delete(each.number);
    return each ?? null;
  };
  const named = sources.map((source) => ({
    source,
    known: take([...left.values()].find((each) => each.name === source.name)),
  }));
  const found: { source: NamedSource; known: KnownSource | null }[] = [];
  for (const each of named) {
    const same = each.known ?? take(await byContent(each.source, left, matching));
    found.push({ source: each.source, known: same });
  }
  refuseLost([...left.values()], matching.job);
  let last = Math.max(0, ...known.map((each) => each.number));
  const all = found.map(({ source, known: same }) => ({
    path: source.path,
    number: same?.number ?? (last += 1),
    known: same,
  }));
  const isRunning = ({ known: same }: MatchedSource): boolean =>
    same !== null && same.total === null;
  return [...all.filter(isRunning), ...all.filter((each) => !isRunning(each))];
}

/** The known source that has the same bytes, whatever its name was. */
async function byContent(
  { path }: NamedSource,
  left: ReadonlyMap<number, KnownSource>,
  { open, job, followAppend, limit }: MatchRequest,
): Promise<KnownSource | undefined> {
  const candidates = [...left.values()].filter((each) => each.offset.record > 0);
  if (candidates.length === 0) return undefined;
  const source = await open(path);
  try {
    if (!source.rereadable) {
      throw upsurgeError("JOB_SOURCES", {
        job,
        reason: `${path} is a stream, which can be read once only, and the job has several sources`,
        suggestion: "load streams by themselves, each under its own --job",
      });
    }
    const mayGoOn = ({ offset }: KnownSource): boolean => followAppend || isAtLimit(offset, limit);
    return await sameBytes(source, candidates, mayGoOn);
  } finally {
    await source.close();
  }
}

/** `mayGoOn`: whether a source that was loaded to its end may hold more than was loaded. */
async function sameBytes(
  source: Source,
  candidates: readonly KnownSource[],
  mayGoOn: (known: KnownSource) => boolean,
): Promise<KnownSource | undefined> {
  const ends = candidates
    .map((known) => ({
      known,
      byte: known.total?.bytes ?? known.offset.byte,
      sha256: known.total?.sha256 ?? known.prefix,
    }))
    .toSorted((a, b) => a.byte - b.byte);
  let begun: KnownSource | undefined;
  let whole: (typeof ends)[number] | undefined;
  for (const end of ends) {
    const at = { byte: end.byte, record: 1, line: 1 };
    if ((await source.skipTo(at)) === "short") break;
    if (source.prefix?.digest(end.byte) !== end.sha256) continue;
    if (end.known.total === null) begun ??= end.known;
    else whole = end;
  }
  const length = await endOf(source);
  if (whole === undefined) return begun;
  return whole.byte === length || mayGoOn(whole.known) ? whole.known : begun;
}

/** Reads a source to its end; tells its bytes. */
async function endOf(source: Source): Promise<number> {
  await source.skipTo({ byte: Infinity, record: 1, line: 1 });
  return source.prefix?.length ?? 0;
}

function refuseLost(left: readonly KnownSource[], job: string): void {
  const lost = left.find((each) => each.total === null && each.offset.record > 0);
  if (lost === undefined) return;
  throw upsurgeError("JOB_SOURCES", {
    job,
    reason: `it stopped in ${lost.name}, after ${plural(lost.offset.record, "record")}, which is not among the sources any more`,
    suggestion: "name that source as well; or start over with --reset-job or another --job",
  });
}
