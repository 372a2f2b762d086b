/**
 * What is left of the sources of a job: which of them it has begun, from which offset each goes on, and that they still
 * begin as they did. Reads sources; knows nothing of checkpoints.
 */
import { resolve } from "node:path";
import { sourceLabel } from "../errors/source-label.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { BEGINNING, isBeginning } from "../model/source-offset.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import type { Options } from "../options/options.ts";
import type { Source } from "../read/source.ts";
import { isAtLimit } from "./at-limit.ts";
import { checkBeginning, hasMore } from "./check-beginning.ts";
import type { KnownSource } from "./check-beginning.ts";
import { matchSources } from "./match-sources.ts";
import type { MatchedSource } from "./match-sources.ts";
import { sample } from "./sample.ts";
import type { SourceSample } from "./sample.ts";

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

/** The job whose work is looked for. */
export interface WorkRequest {
  /** Of the job. */
  readonly name: string;
  /** What was added to a finished source is to be loaded. */
  readonly followAppend: boolean;
}

/** Opens the sources of a load. */
interface SourceOpener {
  readonly paths: readonly string[];
  /** The first, which may be open already. */
  openFirst(): Promise<FirstSource>;
  openNext(path: string, hashed: boolean): Promise<Source>;
  /** The first has nothing that is left to load. */
  passFirst(): Promise<void>;
}

/** The first source, and the sample of it. */
export interface FirstSource {
  readonly source: Source;
  readonly sample: SourceSample;
}

/** The name of a path in a checkpoint. */
export function checkpointName(path: string): string {
  return path === "-" ? "-" : resolve(path);
}

/** Finds what is left of a job's sources. */
export class WorkFinder {
  readonly #sources: SourceOpener;
  readonly #request: WorkRequest & { readonly options: Options };

  constructor(sources: SourceOpener, request: WorkRequest & { readonly options: Options }) {
    this.#sources = sources;
    this.#request = request;
  }

  /** In the order in which it is to be loaded. Throws `SOURCE_CHANGED` and `JOB_SOURCES`. */
  async find(known: readonly KnownSource[]): Promise<WorkItem[]> {
    const { paths } = this.#sources;
    const [only, path = "-"] = [known[0], paths[0]];
    const isSimple =
      paths.length === 1 && known.length === 1 && only?.name === checkpointName(path);
    const matched: MatchedSource[] =
      isSimple || known.every((each) => isBeginning(each.offset) && each.total === null)
        ? this.#inOrder(known)
        : await this.#match(known);
    const work: WorkItem[] = [];
    for (const item of matched) {
      const left = await this.#left(item, work.length === 0);
      if (left !== null) work.push(left);
    }
    return work;
  }

  /** A single source, or none that was begun: each is what its position says. */
  #inOrder(known: readonly KnownSource[]): MatchedSource[] {
    return this.#sources.paths.map((path, at) => ({
      path,
      number: at + 1,
      known: known.find((each) => each.number === at + 1) ?? null,
    }));
  }

  async #match(known: readonly KnownSource[]): Promise<MatchedSource[]> {
    const { name: job, followAppend, options } = this.#request;
    const files = this.#sources.paths.map((path) => ({ path, name: checkpointName(path) }));
    const open = async (path: string): Promise<Source> => await this.#sources.openNext(path, true);
    return await matchSources(files, known, {
      job,
      followAppend,
      limit: options.limit,
      open,
    });
  }

  /** What is left of a source; `null`: nothing. */
  async #left({ path, number, known }: MatchedSource, isFirst: boolean): Promise<WorkItem | null> {
    const item = { path, number, name: checkpointName(path) };
    const from = known?.offset ?? BEGINNING;
    const isLookedAt = isFirst && path === this.#sources.paths[0];
    const open = async (): Promise<OpenedSource> => await this.#open(path, known, isLookedAt);
    if (known === null || known.total === null) return { ...item, from, open };
    const opened = await open();
    const checked = isAtLimit(from, this.#request.options.limit) ? null : await hasMore(opened);
    if (checked === null) {
      await (isLookedAt ? this.#sources.passFirst() : opened.source.close());
      return null;
    }
    if (!this.#request.followAppend) throw this.#grown(path);
    // A stream is opened once.
    if (isLookedAt || !opened.source.rereadable) {
      return { ...item, from, open: async () => checked };
    }
    await opened.source.close();
    return { ...item, from, open };
  }

  async #open(path: string, known: KnownSource | null, isLookedAt: boolean): Promise<OpenedSource> {
    const { paths } = this.#sources;
    const first = isLookedAt ? await this.#sources.openFirst() : null;
    const source = first?.source ?? (await this.#sources.openNext(path, true));
    try {
      const reading = first?.sample ?? (await sample(source));
      if (known !== null) {
        const { name, followAppend } = this.#request;
        const isOnlySource = paths.length === 1;
        await checkBeginning({ source, reading }, known, { name, followAppend, isOnlySource });
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
      job: this.#request.name,
      reason: "the job has finished it, and records were added since",
      suggestion:
        "load what was added with --follow-append; or everything again, under another name with --job or from the first record with --reset-job",
    });
  }
}
