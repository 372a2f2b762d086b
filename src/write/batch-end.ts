/** Where a batch ends in its source: what a checkpoint says once the batch is committed. */
import type { SourceOffset } from "../model/source-offset.ts";
import type { JobSource, CommittedOffset } from "../model/committed-offset.ts";

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
