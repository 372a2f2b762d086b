/**
 * The reject files of a load: the records as they were, under their source's header, and a JSONL report next to them.
 * Made before the first record, mode 0600, never overwriting, following no link, removed when empty. A job that goes on
 * opens its own again, cut off where its last commit left them; other loads write under a lock (`reject-lock.ts`).
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { failPoint } from "../testing/fail-point.ts";
import type { RejectOffsets } from "../model/checkpoint.ts";
import type { Reject, RejectPaths } from "../model/reject.ts";
import {
  append,
  fileError,
  isOpenEnded,
  makeFile,
  put,
  reopenFile,
  reportLine,
} from "./reject-output.ts";
import { recordEndsOf } from "../model/record.ts";
import type { RecordEnds } from "../model/record.ts";
import type { KeptIn, OpenFile } from "./reject-output.ts";
import { isShardJobName } from "../model/shards/shard.ts";
import { isSame, lockLost, partOf, putInPlace, refuseExisting, RejectLock } from "./reject-lock.ts";

/** What a reject file must know of a source. */
export interface RejectedSource {
  readonly name: string;
  readonly format: string;
  /** The bytes before its first record. */
  readonly preamble: Uint8Array;
  /** Of its header; `null` for JSON. */
  readonly fields?: readonly string[] | null;
  readonly compression?: "gzip" | "zstd" | null;
  /** A text in its encoding. */
  encode(text: string): Uint8Array;
}

/** Where the rejects of `source` go when `--reject-file` does not say. */
export function defaultRejectPath(source: RejectedSource): string {
  const name = source.name === "-" ? "stdin" : source.name;
  const ending = { csv: "csv", tsv: "tsv", json: "json" }[source.format] ?? "ndjson";
  return `${name}.rejects.${ending}`;
}

/** A job as far as its reject files know it. */
export interface RejectingJob {
  readonly name: string;
  readonly offsets: RejectOffsets;
  /** Rejects that it has in them already. */
  readonly before: number;
}

/** Where the rejects of a source go, and how its records end. */
interface SourceFile {
  readonly file: OpenFile;
  readonly ends: RecordEnds;
}

/** The open reject files of one load. Throws `REJECT_FILE` whenever one cannot be written. */
export class RejectFiles {
  readonly #path: string;
  readonly #job: RejectingJob | null;
  /** Of files that are no job's. */
  readonly #lock: RejectLock | null;
  /** Files that have their names. */
  readonly #placed = new Set<OpenFile>();
  /** Where the last commit of their job left them; `null`: they are this run's only. */
  readonly #committed: RejectOffsets | null;
  readonly #files: OpenFile[] = [];
  readonly #bySource = new Map<string, SourceFile>();
  readonly #report: OpenFile;
  #written: number;

  /** Opens the files for the first source. */
  constructor(path: string, first: RejectedSource, job: RejectingJob | null = null) {
    this.#path = path;
    this.#job = job;
    this.#lock = job === null ? RejectLock.take(path) : null;
    this.#committed = job?.offsets ?? null;
    this.#written = job?.before ?? 0;
    try {
      if (job === null) refuseExisting([path, `${path}.jsonl`]);
      for (const [at] of this.#known.entries()) this.#files.push(this.#open(at));
      this.register(first);
      this.#report = this.#openReport();
    } catch (error) {
      this.#discard();
      throw error;
    }
    this.#syncFolder();
  }

  /** The files that hold rejects of the job; those without any may have been removed. */
  get #known(): RejectOffsets["files"] {
    return this.#committed === null || this.#committed.report === 0 ? [] : this.#committed.files;
  }

  #nameOf(at: number): string {
    return at === 0 ? this.#path : `${this.#path}.${at + 1}`;
  }

  /** A file of the job, as its last commit left it. */
  #open(at: number): OpenFile {
    const committed = this.#committed?.files[at];
    return reopenFile(this.#nameOf(at), committed ?? { bytes: 0, preamble: 0 });
  }

  #openReport(): OpenFile {
    const path = `${this.#path}.jsonl`;
    const committed = this.#committed;
    if (committed !== null && committed.report > 0) {
      return reopenFile(path, { bytes: committed.report, preamble: 0 });
    }
    return this.#make(path, new Uint8Array());
  }

  #make(path: string, preamble: Uint8Array): OpenFile {
    return this.#lock === null
      ? makeFile(path, preamble, { isOurs: true })
      : makeFile(path, preamble, { isOurs: false, as: partOf(path) });
  }

  /** Prepares for rejects of `source`; one with another header gets a file of its own (`PATH.2`). */
  register(source: RejectedSource): void {
    const same = this.#files.find((file) => Buffer.compare(file.preamble, source.preamble) === 0);
    const file = same ?? this.#add(source.preamble);
    this.#bySource.set(source.name, { file, ends: recordEndsOf(source) });
  }

  #add(preamble: Uint8Array): OpenFile {
    const file = this.#make(this.#nameOf(this.#files.length), preamble);
    this.#files.push(file);
    return file;
  }

  /** Appends rejects, in the order given. */
  write(rejects: readonly Reject[]): void {
    if (rejects.length > 0) this.#mustBeOurs();
    for (const reject of rejects) {
      const of = this.#bySource.get(reject.position.source) ?? this.#first;
      if (of !== undefined && reject.raw !== null) append(of.file, reject.raw, of.ends);
      const line = reportLine(reject, this.#keptIn(of, reject));
      put(this.#report, Buffer.from(`${JSON.stringify(line)}\n`));
      this.#written += 1;
    }
  }

  get #first(): SourceFile | undefined {
    const [first] = this.#bySource.values();
    return first;
  }

  /** Where a reject is kept, in the files of a shard, which are merged with those of the others. */
  #keptIn(of: SourceFile | undefined, { raw }: Reject): KeptIn | undefined {
    if (this.#job === null || !isShardJobName(this.#job.name) || of === undefined) return undefined;
    const kept = { file: this.#files.indexOf(of.file), bytes: raw?.length ?? 0 };
    const isOpen = raw !== null && isOpenEnded(raw, of.ends);
    return isOpen ? { ...kept, lacks: Buffer.from(of.ends[0]).toString("hex") } : kept;
  }

  /** Forgets all rejects, for a load that starts again. */
  reset(): void {
    this.#written = 0;
    for (const { path } of this.#placed) quietly(() => unlinkSync(path));
    this.#placed.clear();
    for (const file of this.#all) {
      ftruncateSync(file.descriptor, 0);
      file.length = 0;
      put(file, file.preamble);
      file.tail = new Uint8Array();
    }
  }

  /** Makes what was written durable; done before the commit that depends on it. */
  sync(): void {
    this.#mustBeOurs();
    for (const { descriptor, path } of this.#all) {
      try {
        fsyncSync(descriptor);
      } catch (error) {
        throw fileError(path, error);
      }
    }
    if (this.#report.length > 0) this.#mustBeThere();
  }

  /** What was renamed, removed or replaced meanwhile holds rejects that nobody would find. Throws `REJECT_FILE`. */
  #mustBeThere(): void {
    for (const file of this.#all) {
      const name = this.#nameNow(file);
      if (isSame(name, file.descriptor)) continue;
      throw fileError(
        name,
        new Error("it was removed or replaced while the load was running"),
        BE_LEFT,
      );
    }
  }

  /** Gives the files of a load that is no job their names: what is committed must not lose its rejects. */
  place(): void {
    if (this.#lock === null || this.#report.length === 0) return;
    if (this.#all.every((file) => this.#placed.has(file))) return;
    failPoint("reject-place");
    for (const file of this.#all.filter((each) => !this.#placed.has(each))) {
      putInPlace(file.path);
      this.#placed.add(file);
    }
    this.#syncFolder();
    failPoint("reject-placed");
  }

  get #all(): readonly OpenFile[] {
    return [...this.#files, this.#report];
  }

  /** What a run that was killed while it committed has left, under other names now. */
  get setAside(): readonly string[] {
    return this.#lock?.setAside ?? [];
  }

  /** Another run writes to the same files once it has taken them over. Throws `JOB_TAKEN`, and `REJECT_FILE` without a job. */
  #mustBeOurs(): void {
    if (this.#job === null) {
      if (this.#lock?.isOurs !== false) return;
      throw lockLost(this.#path);
    }
    const other = this.#all.some(({ descriptor, length }) => fstatSync(descriptor).size !== length);
    if (other) throw upsurgeError("JOB_TAKEN", { job: this.#job.name });
  }

  /** How long the files are. */
  get offsets(): RejectOffsets {
    if (this.#report.length === 0) return { path: this.#path, files: [], report: 0 };
    const files = this.#files.map(({ length, preamble }) => ({
      bytes: length,
      preamble: preamble.length,
    }));
    return { path: this.#path, files, report: this.#report.length };
  }

  /**
   * Closes the files; removes them when there was no reject, or where `keeps` is false. The paths, or `null`.
   * Never throws: what was written is durable since `sync`, and a file that somebody else removed is gone.
   */
  close(keeps = true): RejectPaths | null {
    if (!keeps) this.#written = 0;
    // Without a commit as well: those of a dry run, and of a load that met too many.
    else if (this.#lock?.isOurs === true) quietly(() => this.place());
    const paths = this.leave();
    for (const file of this.#all) this.#dropName(file, paths !== null);
    this.#lock?.release();
    return paths;
  }

  /** Removes a file; one that is kept loses no more than the name that it was written under. */
  #dropName(file: OpenFile, isKept: boolean): void {
    if (this.#lock === null) {
      if (!isKept) quietly(() => unlinkSync(file.path));
      return;
    }
    if (!this.#lock.isOurs || (isKept && !this.#placed.has(file))) return;
    quietly(() => unlinkSync(partOf(file.path)));
    if (!isKept && this.#placed.has(file)) quietly(() => unlinkSync(file.path));
  }

  /** Closes the files and lets them be, even empty ones: another run of the job may have opened them by now. */
  leave(): RejectPaths | null {
    for (const { descriptor } of this.#all) {
      quietly(() => closeSync(descriptor));
    }
    if (this.#written === 0) return null;
    const [file = this.#path, ...others] = this.#files.map((each) => this.#nameNow(each));
    return { file, report: this.#nameNow(this.#report), others };
  }

  #nameNow(file: OpenFile): string {
    return this.#lock === null || this.#placed.has(file) ? file.path : partOf(file.path);
  }

  /** A file that is only in the folder's memory would be gone after a loss of power. */
  #syncFolder(): void {
    quietly(() => {
      const folder = openSync(dirname(this.#path), "r");
      fsyncSync(folder);
      closeSync(folder);
    });
  }

  #discard(): void {
    for (const { descriptor, path } of this.#files) {
      closeSync(descriptor);
      if (this.#lock !== null) quietly(() => unlinkSync(partOf(path)));
    }
    this.#lock?.release();
  }
}

const BE_LEFT = "leave the reject files alone until the load has ended, and run the same command";

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing that fails here changes what the load did.
  }
}
