/**
 * Gathers records into batches, by count and by size. A batch is packed when all of its records are ordinary; with one
 * that is not, all of them are read and mapped one by one, so that there is one way to look at a batch.
 */
import type { Batch, Row } from "../model/batch.ts";
import type { SourceOffset } from "../model/source-offset.ts";
import { recordsIn } from "../model/record.ts";
import type { Position, RecordChunk } from "../model/record.ts";
import type { Reject } from "../model/reject.ts";
import { BatchEnd } from "./batch-end.ts";
import type { ReachedOffset } from "./batch-end.ts";
import type { SourceEvent } from "../model/source-offset.ts";
import type { Mapper } from "./mapping/map-nested.ts";
import { batchOf, mayJoin, packedGroups, readRows } from "./chunk-slices.ts";
import type { PackedGroups, ChunkSlice } from "./chunk-slices.ts";
import type { JobSource } from "../model/source-offset.ts";

/** A batch closes when its records reach this many bytes, so that memory stays flat whatever their size. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** A batch of ordinary records that has fewer bytes may take more rows than others. */
const SHORT_BYTES = 512 * 1024;

/** However many more rows a batch takes, it has no more than so many times the bytes. */
const MOST_GROWTH = 2;

/** A batch and the records that fell out before it reached the writer, in the order of the source. */
export interface ReadBatch {
  readonly batch: Batch;
  readonly rejects: readonly Reject[];
  /** The numbers of the records without any value that came before its end; absent: there are none. */
  readonly blanks?: readonly number[];
  /** Where it ends; `null` where nothing is remembered of the load. */
  readonly end: BatchEnd | null;
  /** It must be written serially: some of its records were written by several writers of an earlier run. */
  readonly serial?: boolean;
}

/** How many rows a batch may have. */
export interface BatchLimits {
  readonly batchRows: number;
  /** Where its records are ordinary, and so short that they come to little; absent: no more than others. */
  readonly shortRows?: number;
  /** They are so many times larger than usual; absent: as large as usual. */
  readonly batchGrowth?: number;
}

/** Gathers chunks into batches. */
export async function* gatherBatches(
  events: AsyncIterable<SourceEvent>,
  mapper: Mapper,
  limits: BatchLimits,
): AsyncGenerator<ReadBatch> {
  const builder = new BatchBuilder(mapper, limits);
  for await (const event of events) {
    builder.source = event.source;
    if (event.kind === "end") {
      yield builder.close(true);
      continue;
    }
    const { chunk } = event;
    for (let from = 0; from < recordsIn(chunk);) {
      from = builder.take(chunk, from);
      if (builder.full) yield builder.close();
    }
    builder.takeOthers(chunk);
    if (builder.full) yield builder.close();
  }
  if (!builder.empty) yield builder.close();
}

function reached(offset: SourceOffset): ReachedOffset {
  return { at: () => offset, notBefore: offset };
}

class BatchBuilder {
  readonly #mapper: Mapper;
  readonly #batchRows: number;
  readonly #shortRows: number;
  readonly #mostBytes: number;
  readonly #shortBytes: number;
  #number = 1;
  /** The `ord` of the batch's first row. */
  #ord = 0;
  #slices: ChunkSlice[] = [];
  /** How the records of the chunk at hand become rows: it is asked about with every batch that takes of it. */
  #groups: { readonly of: RecordChunk; readonly groups: PackedGroups | null } | null = null;
  #rows: Row[] = [];
  #rejects: Reject[] = [];
  #blanks: number[] = [];
  #size = 0;
  #bytes = 0;
  /** Rejects of the chunk at hand that were taken, and records without any value. */
  #rejected = 0;
  #passed = 0;
  #source: JobSource | null = null;
  /** Where the last record that was taken ends. */
  #reached: ReachedOffset | null = null;

  constructor(mapper: Mapper, limits: BatchLimits) {
    const { batchRows, shortRows = batchRows, batchGrowth = 1 } = limits;
    this.#mapper = mapper;
    this.#batchRows = batchRows;
    this.#shortRows = shortRows;
    this.#mostBytes = BATCH_BYTES * Math.min(batchGrowth, MOST_GROWTH);
    this.#shortBytes = SHORT_BYTES * batchGrowth;
  }

  /** The source of what comes next. */
  set source(source: JobSource | null) {
    if (source === this.#source) return;
    this.#source = source;
    this.#reached = source === null ? null : reached(source.from);
  }

  get full(): boolean {
    return (
      (this.#size >= this.#batchRows && !this.#isShort) ||
      this.#bytes >= this.#mostBytes ||
      this.#rejects.length >= this.#batchRows ||
      this.#blanks.length >= this.#batchRows
    );
  }

  get #isShort(): boolean {
    return (
      this.#slices.length > 0 && this.#bytes < this.#shortBytes && this.#size < this.#shortRows
    );
  }

  get empty(): boolean {
    return this.#size === 0 && this.#rejects.length === 0 && this.#blanks.length === 0;
  }

  /** Takes records from `from` on, up to the end of the batch; tells the first that is left. */
  take(chunk: RecordChunk, from: number): number {
    const end = this.#takePacked(chunk, from);
    if (end !== null) return end;
    this.#unpack();
    const { records } = chunk;
    let at = from;
    for (; at < records.length && !this.full; at += 1) {
      const record = records[at];
      if (record === undefined) break;
      this.#takeOthersBefore(chunk, record.position.record);
      this.#reach(record.position);
      const mapped = this.#mapper.map(record, this.#ord + this.#size);
      if (mapped.kind === "reject") this.#rejects.push(mapped.reject);
      else this.#add(mapped.row);
      this.#bytes += record.raw.length;
    }
    return at;
  }

  /** Takes packed records as they are; `null` when the batch or the chunk does not allow it. */
  #takePacked(chunk: RecordChunk, from: number): number | null {
    if (this.#rows.length > 0 || this.#rejects.length > 0 || this.#blanks.length > 0) return null;
    const packed = this.#groupsOf(chunk);
    if (packed === null || !mayJoin(this.#slices, packed)) return null;
    const each = packed.length / packed.records;
    const fit = Math.max(1, Math.ceil((this.#mostBytes - this.#bytes) / each));
    const short = Math.min(this.#shortRows - this.#size, (this.#shortBytes - this.#bytes) / each);
    const room = Math.max(this.#batchRows - this.#size, Math.ceil(short));
    const to = Math.min(packed.records, from + room, from + fit);
    const { groups, groupOf } = packed;
    this.#slices.push({ chunk, from, to, groups, groupOf });
    this.#size += to - from;
    this.#bytes += (to - from) * each;
    const { offsetAfter } = chunk;
    if (offsetAfter !== null && this.#source !== null) {
      this.#reached = { at: () => offsetAfter(to), notBefore: offsetAfter(0) };
    }
    return to;
  }

  #groupsOf(chunk: RecordChunk): PackedGroups | null {
    if (this.#groups?.of !== chunk)
      this.#groups = { of: chunk, groups: packedGroups(chunk, this.#mapper) };
    return this.#groups.groups;
  }

  #reach(position: Position): void {
    if (this.#source !== null) this.#reached = reached(this.#source.offsetAfter(position));
  }

  /** Reads what the batch holds packed. */
  #unpack(): void {
    if (this.#slices.length === 0) return;
    const rows = readRows(this.#slices, this.#mapper, this.#ord);
    this.#slices = [];
    this.#size = 0;
    for (const row of rows) this.#add(row);
  }

  #add(row: Row): void {
    this.#rows.push(row);
    this.#size += 1;
  }

  /** Takes what is no row, and comes before the record of this number. */
  #takeOthersBefore({ rejects, blanks = [] }: RecordChunk, record: number): void {
    for (;;) {
      const [reject, blank] = [rejects[this.#rejected], blanks[this.#passed]];
      const next = Math.min(reject?.position.record ?? Infinity, blank?.record ?? Infinity);
      if (next >= record) return;
      if (blank?.record === next) {
        this.#blanks.push(next);
        this.#reach(blank);
        this.#passed += 1;
      } else if (reject !== undefined) {
        this.#rejects.push(reject);
        this.#reach(reject.position);
        this.#rejected += 1;
      }
    }
  }

  /** Takes what comes after the last record of a chunk and is no row. */
  takeOthers(chunk: RecordChunk): void {
    const { rejects, blanks = [] } = chunk;
    if (rejects.length > this.#rejected || blanks.length > this.#passed) this.#unpack();
    this.#takeOthersBefore(chunk, Infinity);
    this.#rejected = 0;
    this.#passed = 0;
  }

  /** The batch so far; `isLast`: nothing more comes of its source. */
  close(isLast = false): ReadBatch {
    const of = { number: this.#number, size: this.#size };
    const batch: Batch =
      this.#slices.length === 0
        ? { ...of, rows: this.#rows, packed: null }
        : batchOf(this.#slices, of, { firstOrd: this.#ord, mapper: this.#mapper });
    const end =
      this.#source === null || this.#reached === null
        ? null
        : new BatchEnd(this.#source, this.#reached, isLast);
    const blanks = this.#blanks.length === 0 ? {} : { blanks: this.#blanks };
    const readBatch = { batch, rejects: this.#rejects, ...blanks, end };
    this.#number += 1;
    this.#ord += this.#size;
    this.#slices = [];
    this.#rows = [];
    this.#rejects = [];
    this.#blanks = [];
    this.#size = 0;
    this.#bytes = 0;
    return readBatch;
  }
}
