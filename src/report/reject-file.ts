/**
 * The reject files of a load: the records as they stood, under their source's header, and a JSONL report beside them.
 * Made before the first record, mode 0600, never overwriting, following no link, removed when empty. A job that goes on
 * opens its own again, cut off where its last commit left them.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  unlinkSync,
} from "node:fs";
import { dirname } from "node:path";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { RejectMarks } from "../model/checkpoint.ts";
import type { Reject } from "../model/reject.ts";
import { fileError, makeFile, put, reopenFile } from "./reject-output.ts";
import type { OpenFile } from "./reject-output.ts";

/** What a reject file must know of a source. */
export interface RejectedSource {
  readonly name: string;
  readonly format: string;
  /** The bytes before its first record. */
  readonly preamble: Uint8Array;
}

/** Where the rejects of `source` go when `--reject-file` does not say. */
export function defaultRejectPath(source: RejectedSource): string {
  const name = source.name === "-" ? "stdin" : source.name;
  const ending = { csv: "csv", tsv: "tsv", json: "json" }[source.format] ?? "ndjson";
  return `${name}.rejects.${ending}`;
}

/** Where the rejects of a load are. */
export interface RejectPaths {
  readonly file: string;
  readonly report: string;
  /** Files for sources with another header than the first. */
  readonly others: readonly string[];
}

/** Throws `REJECT_FILE` when a file stands where a load would make its own. */
export function refuseExisting(path: string): void {
  const standing = [path, `${path}.jsonl`].find(isThere);
  if (standing === undefined) return;
  throw fileError(standing, Object.assign(new Error("the file exists"), { code: "EEXIST" }));
}

/** Whether something of that name is there, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A job as far as its reject files know it. */
export interface RejectingJob {
  readonly name: string;
  readonly marks: RejectMarks;
  /** Rejects that it has in them already. */
  readonly before: number;
}

/** Removes the files of a job that has ended without a reject, where a run was killed before it could; nothing else. */
export function removeEmpty(path: string, { preamble }: RejectedSource): void {
  quietly(() => {
    const isEmpty =
      lstatSync(path).isFile() &&
      lstatSync(`${path}.jsonl`).isFile() &&
      readFileSync(`${path}.jsonl`).length === 0 &&
      readFileSync(path).equals(preamble);
    if (!isEmpty) return;
    unlinkSync(path);
    unlinkSync(`${path}.jsonl`);
  });
}

/** The open reject files of one load. Throws `REJECT_FILE` whenever one cannot be written. */
export class RejectFiles {
  readonly #path: string;
  readonly #job: RejectingJob | null;
  /** Of the job they belong to; `null`: they are this run's alone. */
  readonly #marks: RejectMarks | null;
  readonly #files: OpenFile[] = [];
  readonly #bySource = new Map<string, OpenFile>();
  readonly #report: OpenFile;
  #written: number;

  /** Opens the files for the first source. */
  constructor(path: string, first: RejectedSource, job: RejectingJob | null = null) {
    this.#path = path;
    this.#job = job;
    this.#marks = job?.marks ?? null;
    this.#written = job?.before ?? 0;
    try {
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
  get #known(): RejectMarks["files"] {
    return this.#marks === null || this.#marks.report === 0 ? [] : this.#marks.files;
  }

  #nameOf(at: number): string {
    return at === 0 ? this.#path : `${this.#path}.${at + 1}`;
  }

  /** A file of the job, as its last commit left it. */
  #open(at: number): OpenFile {
    const mark = this.#marks?.files[at];
    return reopenFile(this.#nameOf(at), mark ?? { bytes: 0, preamble: 0 });
  }

  #openReport(): OpenFile {
    const path = `${this.#path}.jsonl`;
    const marks = this.#marks;
    if (marks === null) return makeFile(path, new Uint8Array());
    if (marks.report > 0) return reopenFile(path, { bytes: marks.report, preamble: 0 });
    return makeFile(path, new Uint8Array(), true);
  }

  /** Prepares for rejects of `source`; one with another header gets a file of its own (`PATH.2`). */
  register(source: RejectedSource): void {
    const same = this.#files.find((file) => Buffer.compare(file.preamble, source.preamble) === 0);
    if (same !== undefined) {
      this.#bySource.set(source.name, same);
      return;
    }
    const path = this.#nameOf(this.#files.length);
    const file = makeFile(path, source.preamble, this.#marks !== null);
    this.#files.push(file);
    this.#bySource.set(source.name, file);
  }

  /** Appends rejects, in the order given. */
  write(rejects: readonly Reject[]): void {
    if (rejects.length > 0) this.#mustBeOurs();
    for (const reject of rejects) {
      const file = this.#bySource.get(reject.position.source) ?? this.#files[0];
      if (file !== undefined && reject.raw !== null) append(file, reject.raw);
      put(this.#report, Buffer.from(`${JSON.stringify(reportLine(reject))}\n`));
      this.#written += 1;
    }
  }

  /** Forgets all rejects, for a load that starts again. */
  reset(): void {
    this.#written = 0;
    for (const file of [...this.#files, this.#report]) {
      ftruncateSync(file.descriptor, 0);
      file.length = 0;
      put(file, file.preamble);
      file.endsInLine = true;
    }
  }

  /** Makes what was written durable; done before the commit that depends on it. */
  sync(): void {
    this.#mustBeOurs();
    for (const { descriptor, path } of [...this.#files, this.#report]) {
      try {
        fsyncSync(descriptor);
      } catch (error) {
        throw fileError(path, error);
      }
    }
  }

  /** Another run of the job writes to the same files once it has taken the job over. Throws `JOB_TAKEN`. */
  #mustBeOurs(): void {
    if (this.#job === null) return;
    const other = [...this.#files, this.#report].some(
      ({ descriptor, length }) => fstatSync(descriptor).size !== length,
    );
    if (other) throw upsurgeError("JOB_TAKEN", { job: this.#job.name });
  }

  /** How long the files are. */
  get marks(): RejectMarks {
    if (this.#report.length === 0) return { path: this.#path, files: [], report: 0 };
    const files = this.#files.map(({ length, preamble }) => ({
      bytes: length,
      preamble: preamble.length,
    }));
    return { path: this.#path, files, report: this.#report.length };
  }

  /**
   * Closes the files; removes them when there was no reject. The paths, or `null`.
   * Never throws: what was written is durable since `sync`, and a file that somebody else removed is gone.
   */
  close(): RejectPaths | null {
    const paths = this.leave();
    if (paths !== null) return paths;
    for (const { path } of [...this.#files, this.#report]) quietly(() => unlinkSync(path));
    return null;
  }

  /** Closes the files and lets them be, even empty ones: another run of the job may have opened them by now. */
  leave(): RejectPaths | null {
    for (const { descriptor } of [...this.#files, this.#report]) {
      quietly(() => closeSync(descriptor));
    }
    if (this.#written === 0) return null;
    const others = this.#files.slice(1).map(({ path }) => path);
    return { file: this.#path, report: this.#report.path, others };
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
      if (this.#marks === null) unlinkSync(path);
    }
  }
}

/** A record that ended its source without a line end gets one only when another follows. */
function append(file: OpenFile, raw: Uint8Array): void {
  if (!file.endsInLine) put(file, Buffer.from("\n"));
  put(file, raw);
}

function reportLine({
  position,
  stage,
  column,
  code,
  dbCode,
  constraint,
  message,
}: Reject): object {
  const { source, record, line, byte } = position;
  return { source, record, line, byte, stage, column, code, dbCode, constraint, message };
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing that fails here changes what the load did.
  }
}
