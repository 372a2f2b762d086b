/** Where a batch ends in its source: what a checkpoint says once the batch is committed. */
import type { CommittedOffset, JobSource } from "../model/source-offset.ts";
import type { SourceOffset } from "../model/source-offset.ts";

/** An offset that is looked for only when it is asked for, and one that is not after it and known at no cost. */
export interface ReachedOffset {
  readonly at: () => SourceOffset;
  readonly notBefore: SourceOffset;
}

/** The end of a batch, which is looked for only where a commit needs it. */
export class BatchEnd {
  readonly source: JobSource;
  /** Nothing of the source comes after the batch. */
  readonly isLast: boolean;
  readonly #reached: ReachedOffset;
  #committed: CommittedOffset | null = null;

  constructor(source: JobSource, reached: ReachedOffset, isLast: boolean) {
    this.source = source;
    this.isLast = isLast;
    this.#reached = reached;
  }

  /**
   * What a commit after this batch records; ends are asked in the order of the source. It hashes the source up to here: who asks
   * while the database is at work does not wait for it at the commit.
   */
  committedOffset(): CommittedOffset {
    this.#committed ??= this.#look();
    return this.#committed;
  }

  #look(): CommittedOffset {
    const { number, name } = this.source;
    const offset = this.#reached.at();
    const prefix = this.source.digest(offset);
    const total = this.isLast ? this.source.total(offset) : null;
    return { source: { number, name }, offset, prefix, total };
  }

  /** No commit will need the end of an earlier batch. */
  release(): void {
    this.source.release(this.#reached.notBefore);
  }
}
