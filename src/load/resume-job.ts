/**
 * Where a job goes on: which of its sources are left, from which offset, and that they still begin as they did. Reads
 * sources and the checkpoint; writes nothing but the taking of the job.
 */
import { resolve } from "node:path";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { CheckpointValues, RejectOffsets } from "../model/checkpoint.ts";
import { sumOfCounts } from "../model/counts.ts";
import type { Counts } from "../model/counts.ts";
import type { JobPlan } from "../model/load-plan.ts";
import { BEGINNING } from "../model/source-offset.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import type { Options } from "../options/options.ts";
import { openNext } from "./prepare.ts";
import type { PreparedLoad } from "./prepare.ts";
import { sample } from "../sources/sample.ts";
import type { SourceSample } from "../sources/sample.ts";
import { matchSources } from "../sources/match-sources.ts";
import type { KnownSource, MatchedSource } from "../sources/match-sources.ts";
import { checkBeginning, hasMore } from "../sources/check-beginning.ts";
import type { Source } from "../read/source.ts";
import { CheckpointTable } from "../checkpoint/checkpoint-table.ts";
import { CheckpointCursor } from "../checkpoint/cursor.ts";
import { refuseOtherTable } from "../checkpoint/same-table.ts";
import type { FoundTable } from "../checkpoint/same-table.ts";
import { lookAtJob, otherErrors, takeJob } from "../checkpoint/take-over.ts";
import type { TakeOverRequest } from "../checkpoint/take-over.ts";
import { sourceLabel } from "../errors/source-label.ts";

/** A source that is left to load. */
export interface WorkItem {
  readonly path: string;
  readonly number: number;
  /** Its path, absolute. */
  readonly name: string;
  readonly from: SourceOffset;
  /** Opens it where it goes on. Throws `SOURCE_CHANGED` when it does not begin as it did. */
  readonly open: () => Promise<OpenedSource>;
}

/** A source, open at its offset. */
export interface OpenedSource {
  readonly source: Source;
  readonly chunks: SourceSample["chunks"];
}

/** A job that was taken. */
export interface ResumedJob {
  readonly work: readonly WorkItem[];
  /** `null` when nothing is left: then the job was not taken. */
  readonly cursor: CheckpointCursor | null;
  readonly rows: readonly CheckpointValues[];
  /** What earlier runs have counted. */
  readonly before: Counts;
  /** When the job was moved last, by the database's clock; `null` for a new one. */
  readonly movedAt: string | null;
}

/** What taking a job depends on, beside the plan. */
export interface ResumeRequest {
  readonly options: Options;
  readonly reset: boolean;
  /** An earlier try of this run has written: a job that has finished since was finished by it. */
  readonly begun: boolean;
  readonly claim: TakeOverRequest["claim"];
}

/** Takes the plan's job, unless nothing is left of it. Throws `JOB_*`, `SOURCE_CHANGED` and `CHECKPOINT_TABLE` errors. */
export async function resume(
  prepared: PreparedLoad,
  job: JobPlan,
  { options, begun, claim, ...request }: ResumeRequest,
): Promise<ResumedJob> {
  const table = new CheckpointTable(job.table, prepared.session.execute);
  const { session } = prepared;
  const mayPass = otherErrors(session);
  const looked = await lookAtJob(table, job, { reset: request.reset, mayPass });
  const reset = request.reset || (job.forgotten && !begun && isOver(looked));
  const seen = reset ? [] : looked;
  const found = await findTable(prepared, job);
  const { madeAs } = found;
  if (!options.keepJob) await refuseOtherTable(seen, found, session.execute);
  const movedAt =
    seen
      .map((row) => row.updatedAt)
      .toSorted()
      .at(-1) ?? null;
  const finished = seen.length > 0 && seen.every((row) => row.total !== null);
  const finder = new WorkFinder(prepared, job, options);
  // A finished job is taken only when there is more: most runs of it find nothing to do.
  const early = finished ? await finder.find(seen) : null;
  const first = { name: nameOf(prepared.paths[0] ?? "-") };
  if (early?.length === 0) {
    const isOther = options.keepJob && seen.some((row) => row.madeAs !== madeAs);
    const keeping = { reset, first, madeAs, claim: (marks: RejectOffsets | null) => marks };
    const rows = isOther ? await takeJob(table, job, keeping) : seen;
    return { work: [], cursor: null, rows, before: countsOf(seen), movedAt };
  }
  const rows = await takeJob(table, job, { reset, first, madeAs, claim });
  if (early !== null && !alike(seen, rows)) throw upsurgeError("JOB_TAKEN", { job: job.name });
  const work = early ?? (await finder.find(rows));
  const cursor = new CheckpointCursor(rows, work[0]?.number ?? 1);
  return { work, cursor, rows, before: countsOf(rows), movedAt };
}

/** The table of the load, as it is now. */
async function findTable({ plan, session }: PreparedLoad, job: JobPlan): Promise<FoundTable> {
  const { table: shape } = plan;
  const names = [shape.name.schema, shape.name.name].filter((name) => name !== null);
  const sql = names.map((name) => session.quoteIdentifier(name)).join(".");
  return {
    sql,
    label: names.join("."),
    shape,
    madeAs: await session.execute.madeAs(sql, job.table),
  };
}

/** The job has finished, and left nothing to come back for: where it is to be forgotten, it counts as forgotten. */
function isOver(rows: readonly CheckpointValues[]): boolean {
  return rows.every((row) => row.total !== null && row.counts.rejected === 0);
}

/** The name of a path in the checkpoint. */
export function nameOf(path: string): string {
  return path === "-" ? "-" : resolve(path);
}

function countsOf(rows: readonly CheckpointValues[]): Counts {
  return sumOfCounts(rows.map(({ counts }) => counts));
}

function alike(a: readonly CheckpointValues[], b: readonly CheckpointValues[]): boolean {
  return a.length === b.length && a.every((row, at) => row.offset.byte === b[at]?.offset.byte);
}

/** Finds what is left of a job's sources. */
class WorkFinder {
  readonly #prepared: PreparedLoad;
  readonly #job: JobPlan;
  readonly #options: Options;

  constructor(prepared: PreparedLoad, job: JobPlan, options: Options) {
    this.#prepared = prepared;
    this.#job = job;
    this.#options = options;
  }

  async find(rows: readonly CheckpointValues[]): Promise<WorkItem[]> {
    const { paths } = this.#prepared;
    const known = knownSources(rows);
    const [only, path = "-"] = [known[0], paths[0]];
    const isSimple = paths.length === 1 && known.length === 1 && only?.name === nameOf(path);
    const matched: MatchedSource[] =
      isSimple || known.every((each) => each.offset.byte === 0 && each.total === null)
        ? this.#inOrder(known)
        : await this.#match(known);
    const work: WorkItem[] = [];
    for (const item of matched) {
      const left = await this.#left(item, work.length === 0);
      if (left !== null) work.push(left);
    }
    return work;
  }

  /** A single source, or none that was begun: each is what stands in its offset. */
  #inOrder(known: readonly KnownSource[]): MatchedSource[] {
    return this.#prepared.paths.map((path, at) => ({
      path,
      number: at + 1,
      known: known.find((each) => each.number === at + 1) ?? null,
    }));
  }

  async #match(known: readonly KnownSource[]): Promise<MatchedSource[]> {
    const { paths } = this.#prepared;
    const files = paths.map((path) => ({ path, name: nameOf(path) }));
    return await matchSources(files, known, {
      job: this.#job.name,
      followAppend: this.#job.followAppend,
      open: async (path) => await openNext(this.#prepared, path, this.#options, true),
    });
  }

  /** What is left of a source; `null`: nothing. */
  async #left({ path, number, known }: MatchedSource, isFirst: boolean): Promise<WorkItem | null> {
    const item = { path, number, name: nameOf(path) };
    const from = known?.offset ?? BEGINNING;
    const open = async (): Promise<OpenedSource> => await this.#open(path, known, isFirst);
    if (known === null || known.total === null) return { ...item, from, open };
    const opened = await open();
    const checked = await hasMore(opened, this.#options.limit !== null);
    if (checked === null) {
      if (opened.source !== this.#prepared.first) await opened.source.close();
      return null;
    }
    if (!this.#job.followAppend) throw this.#grown(path);
    // A stream is opened once.
    const stays = opened.source === this.#prepared.first || !opened.source.rereadable;
    if (stays) return { ...item, from, open: async () => checked };
    await opened.source.close();
    return { ...item, from, open };
  }

  async #open(path: string, known: KnownSource | null, isFirst: boolean): Promise<OpenedSource> {
    const { first, sampled, paths } = this.#prepared;
    const isOpen = isFirst && path === paths[0];
    const source = isOpen ? first : await openNext(this.#prepared, path, this.#options, true);
    try {
      const reading = isOpen ? sampled : await sample(source);
      if (known !== null) {
        const { name, followAppend } = this.#job;
        const alone = paths.length === 1;
        await checkBeginning({ source, reading }, known, { name, followAppend, alone });
      }
      return { source, chunks: reading.chunks };
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  #grown(path: string): Error {
    return upsurgeError("SOURCE_CHANGED", {
      path: sourceLabel(path),
      job: this.#job.name,
      reason: "the job has finished it, and records were added since",
      suggestion:
        "load what was added with --follow-append; or everything again, under another name with --job or from the first record with --reset-job",
    });
  }
}

/** The sources of a job as its rows tell of them. */
function knownSources(rows: readonly CheckpointValues[]): KnownSource[] {
  const numbers = [...new Set(rows.map(({ source }) => source))];
  return numbers.flatMap((number) => {
    const parts = rows.filter((row) => row.source === number);
    const least = parts.reduce((a, b) => (b.offset.byte < a.offset.byte ? b : a));
    const isDone = parts.every((part) => part.total !== null);
    const { name, offset, prefix, total } = least;
    return [{ number, name, offset, prefix, total: isDone ? total : null }];
  });
}
