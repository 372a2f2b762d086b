/** Where a batch ends in its source: what a checkpoint says once the batch is committed. */
import type { SourceTotal } from "../model/checkpoint.ts";
import type { SourceOffset } from "../model/source-offset.ts";

/** The hash of what was read of a source; places are asked for in ascending order. */
export interface PrefixDigest {
  /** Bytes read so far. */
  readonly length: number;
  digest(byte: number): string;
  /** No place before `byte` will be asked for. */
  advance(byte: number): void;
}

/** A source of a job. */
export interface JobSource {
  /** Its number in the job. */
  readonly number: number;
  /** Its path, absolute; `-` for standard input. */
  readonly name: string;
  readonly prefix: PrefixDigest;
  /** Where this run begins to read it. */
  readonly from: SourceOffset;
  /** Its records end with their lines. */
  readonly inLines: boolean;
  /** Nothing after the last record that is read belongs to the load (`--limit`). */
  readonly limited: boolean;
}

/** Where a commit leaves a source. */
export interface CommittedOffset {
  readonly source: Pick<JobSource, "number" | "name">;
  readonly offset: SourceOffset;
  readonly prefix: string;
  /** Set when nothing of the source is left. */
  readonly total: SourceTotal | null;
}

/** The end of a batch, which is looked for only where a commit needs it. */
export class BatchEnd {
  readonly source: JobSource;
  /** Nothing of the source comes after the batch. */
  readonly isLast: boolean;
  readonly #place: () => SourceOffset;
  /** A byte that is not after the end of the batch, known at no cost. */
  readonly #before: number;
  #mark: CommittedOffset | null = null;

  constructor(
    source: JobSource,
    where: { readonly place: () => SourceOffset; readonly before: number },
    isLast: boolean,
  ) {
    this.source = source;
    this.isLast = isLast;
    this.#place = where.place;
    this.#before = where.before;
  }

  /** What a commit after this batch records; ends are asked in the order of the source. */
  get committed(): CommittedOffset {
    this.#mark ??= this.#find();
    return this.#mark;
  }

  #find(): CommittedOffset {
    const { prefix, limited, number, name } = this.source;
    const place = this.#place();
    const digest = prefix.digest(place.byte);
    const end = limited ? place.byte : prefix.length;
    const total = this.isLast ? { bytes: end, sha256: prefix.digest(end) } : null;
    return { source: { number, name }, offset: place, prefix: digest, total };
  }

  /** No commit will need the end of an earlier batch. */
  release(): void {
    this.source.prefix.advance(this.#before);
  }
}
