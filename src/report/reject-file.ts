/**
 * The reject files of a load: the records as they stood, under their source's header, and a JSONL report beside them.
 * Made before the first record, mode 0600, never overwriting, following no link, removed when empty.
 */
import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { Reject } from "../model/reject.ts";

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

interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  readonly preamble: Uint8Array;
  endsInLine: boolean;
}

/** The open reject files of one load. Throws `REJECT_FILE` whenever one cannot be written. */
export class RejectFiles {
  readonly #path: string;
  readonly #files: OpenFile[] = [];
  readonly #bySource = new Map<string, OpenFile>();
  readonly #report: OpenFile;
  #written = 0;

  /** Creates the files for the first source. */
  constructor(path: string, first: RejectedSource) {
    this.#path = path;
    this.register(first);
    try {
      this.#report = create(`${path}.jsonl`, new Uint8Array());
    } catch (error) {
      this.#discard();
      throw error;
    }
  }

  /** Prepares for rejects of `source`; one with another header gets a file of its own (`PATH.2`). */
  register(source: RejectedSource): void {
    const same = this.#files.find((file) => Buffer.compare(file.preamble, source.preamble) === 0);
    if (same !== undefined) {
      this.#bySource.set(source.name, same);
      return;
    }
    const number = this.#files.length + 1;
    const file = create(number === 1 ? this.#path : `${this.#path}.${number}`, source.preamble);
    this.#files.push(file);
    this.#bySource.set(source.name, file);
  }

  /** Appends rejects, in the order given. */
  write(rejects: readonly Reject[]): void {
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
      put(file, file.preamble);
      file.endsInLine = true;
    }
  }

  /** Makes what was written durable; done before the commit that depends on it. */
  sync(): void {
    for (const { descriptor } of [...this.#files, this.#report]) fsyncSync(descriptor);
  }

  /**
   * Closes the files; removes them when there was no reject. The paths, or `null`.
   * Never throws: what was written is durable since `sync`, and a file that somebody else removed is gone.
   */
  close(): RejectPaths | null {
    const files = [...this.#files, this.#report];
    for (const { descriptor } of files) quietly(() => closeSync(descriptor));
    if (this.#written === 0) {
      for (const { path } of files) quietly(() => unlinkSync(path));
      return null;
    }
    const others = this.#files.slice(1).map(({ path }) => path);
    return { file: this.#path, report: this.#report.path, others };
  }

  #discard(): void {
    for (const { descriptor, path } of this.#files) {
      closeSync(descriptor);
      unlinkSync(path);
    }
  }
}

function create(path: string, preamble: Uint8Array): OpenFile {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW, O_APPEND } = constants;
  try {
    const flags = O_CREAT | O_EXCL | O_WRONLY | O_APPEND | (O_NOFOLLOW ?? 0);
    const file = { path, descriptor: openSync(path, flags, 0o600), preamble, endsInLine: true };
    put(file, preamble);
    return file;
  } catch (error) {
    throw fileError(path, error);
  }
}

/** A record that ended its source without a line end gets one only when another follows. */
function append(file: OpenFile, raw: Uint8Array): void {
  if (!file.endsInLine) put(file, Buffer.from("\n"));
  put(file, raw);
  file.endsInLine = endsInLine(raw);
}

/** UTF-16 has its zero byte before or behind the line feed. */
function endsInLine(raw: Uint8Array): boolean {
  const [before, last] = [raw.at(-2), raw.at(-1)];
  return (
    raw.length === 0 ||
    last === 10 ||
    last === 13 ||
    (last === 0 && (before === 10 || before === 13))
  );
}

function put(file: OpenFile, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file.descriptor, bytes, at);
  } catch (error) {
    throw fileError(file.path, error);
  }
}

/** No space, no quota, and a limit of the shell's. */
const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function fileError(path: string, cause: unknown): Error {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reason =
    code === "EEXIST" ? "the file exists, and reject files are never overwritten" : String(cause);
  const fix = FULL.has(code)
    ? "make room for it, or choose another place with --reject-file, then run the same command"
    : undefined;
  return upsurgeError("REJECT_FILE", { path, reason }, { cause, fix });
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
