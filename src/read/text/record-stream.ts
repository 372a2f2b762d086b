/**
 * Runs a splitter over blocks: the one place that knows where in the stream a block is.
 * What a record is, is the splitter's business.
 */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { JobFix } from "../../errors/upsurge-error.ts";
import type { Position } from "../../model/record.ts";
import type { RowCode } from "../../model/reject.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import type { Block, BlockFeed } from "../bytes/blocks.ts";

/** Where a record is within a run. */
export interface Span {
  /** Below zero when the record's beginning is no longer there; then it has a fault. */
  readonly start: number;
  /** Before the end of line. */
  readonly contentEnd: number;
  readonly end: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly fault: RecordFault | null;
}

/** Why a record cannot be read. */
export interface RecordFault {
  readonly code: RowCode;
  readonly message: string;
}

/** Why nothing after this point can be read. */
export interface StreamFailure {
  readonly code: "SOURCE_CORRUPT" | "SOURCE_HEADER" | "SOURCE_QUOTE" | "SOURCE_RECORDS";
  readonly reason: string;
  /** Takes the place of the fix that the code has. */
  readonly fix?: string;
  /** Takes the place of that one in a job. */
  readonly fixOfJob?: JobFix;
  /** Where it began. */
  readonly line?: number;
}

/** What a followed source ends in: a record that has no line end yet. */
export interface UnfinishedRecord {
  readonly line: number;
  readonly lines: number;
  /** It ends within quotes. */
  readonly isQuoted: boolean;
}

/** Finds records in blocks. It keeps its place: the next block goes on with the bytes from `keepFrom` on. */
export interface Splitter<S extends Span> {
  /** The next records, at most `max`; none when more bytes are needed. */
  take(block: Block, max: number): S[];
  /** Bytes before it are no longer needed. */
  readonly keepFrom: number;
  /** The bytes before `count` have gone. */
  forget(count: number): void;
  /** Set when the rest of the source has no meaning. */
  readonly failure: StreamFailure | null;
}

/** Records, the bytes they stand in, and where these stand in the stream. */
export interface RecordRun<S extends Span> {
  readonly bytes: Buffer;
  readonly base: number;
  readonly spans: readonly S[];
}

/** The records of a stream, a run at a time. */
export class RecordStream<S extends Span> {
  readonly #name: string;
  readonly #feed: BlockFeed;
  readonly #splitter: Splitter<S>;
  #block: Block;
  #base: number;
  /** The last byte before those at hand, of bytes that were passed over. */
  #before: number | null = null;

  /** `first` is the block that was looked at; it begins at `base` in the stream. */
  constructor(
    source: { readonly name: string; readonly feed: BlockFeed },
    splitter: Splitter<S>,
    first: Block,
    base: number,
  ) {
    this.#name = source.name;
    this.#feed = source.feed;
    this.#splitter = splitter;
    this.#block = first;
    this.#base = base;
  }

  /** The next run; `null` at the end. */
  async next(max: number): Promise<RecordRun<S> | null> {
    for (;;) {
      const spans = this.#splitter.take(this.#block, max);
      if (spans.length > 0) return { bytes: this.#block.bytes, base: this.#base, spans };
      const { failure } = this.#splitter;
      if (failure !== null) throw failed(this.#name, failure);
      if (this.#block.last) return null;
      await this.advance();
    }
  }

  /** The bytes at hand, for finding records in another way than the splitter's. */
  get block(): Block {
    return this.#block;
  }

  /** Where the bytes at hand begin in the stream. */
  get base(): number {
    return this.#base;
  }

  /**
   * Passes over what comes before the byte `to` of the stream, which is none that was handed out. Answers with the place of
   * `to` among the bytes at hand; `null` when the stream ends before it.
   */
  async skipTo(to: number): Promise<number | null> {
    for (;;) {
      const { bytes, last } = this.#block;
      if (to <= this.#base + bytes.length) return to - this.#base;
      if (last) return null;
      this.#base += bytes.length;
      this.#before = bytes.at(-1) ?? this.#before;
      this.#feed.passed(this.#base);
      this.#block = await this.#feed.next(Buffer.alloc(0));
    }
  }

  /** The same, but goes over the records that come before: what the splitter learns of them tells what follows. */
  async walkTo(to: number): Promise<number | null> {
    for (;;) {
      const [span] = this.#splitter.take(this.#block, 1);
      if (span !== undefined && this.#base + span.end >= to) return Math.max(0, to - this.#base);
      if (span !== undefined) continue;
      // Of bytes that have no meaning only their hash counts.
      if (this.#splitter.failure !== null || this.#block.last) return await this.skipTo(to);
      await this.advance();
      this.#feed.passed(Math.min(this.#base, to));
    }
  }

  /** The byte before the place `at` among the bytes at hand; `null` where that is not known. */
  byteBefore(at: number): number | null {
    return at > 0 ? (this.#block.bytes[at - 1] ?? null) : this.#before;
  }

  /** Reads on, keeping what the splitter still needs. */
  async advance(): Promise<void> {
    const keep = this.#splitter.keepFrom;
    this.#block = await this.#feed.next(this.#block.bytes.subarray(keep));
    this.#splitter.forget(keep);
    this.#base += keep;
  }
}

function failed(name: string, { code, reason, fix, fixOfJob, line }: StreamFailure): Error {
  const path = sourceLabel(name);
  const helps = { fix, fixOfJob };
  if (line === undefined) return upsurgeError(code, { path, reason }, helps);
  return upsurgeError(code, { path, reason, line }, { ...helps, where: `${path}, line ${line}` });
}

/** The position of a span. */
export function positionOf(
  source: string,
  run: RecordRun<Span>,
  span: Span,
  record: number,
): Position {
  return {
    source,
    record,
    line: [span.firstLine, span.lastLine],
    byte: [run.base + span.start, run.base + span.end],
  };
}
