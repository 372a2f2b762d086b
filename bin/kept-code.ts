/**
 * What V8 has compiled of the program, kept in the user's folder for caches: with it, a start does without reading and
 * compiling. What is kept is run, so it is taken only from a file that nobody else may write, and only when it is whole.
 * Where it cannot be kept or taken, a start takes longer.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** What `program.cjs` exports; the build writes it. */
export interface Program {
  /** Runs the command line of this process. */
  command(): Promise<unknown>;
  /** The parts that have been loaded so far: commands, targets, formats. */
  readonly parts: ReadonlySet<string>;
}

/** What was read from the cache. */
interface Kept {
  /** The parts that were compiled in the starts before, and `success`, where one of them has ended well. */
  readonly parts: readonly string[];
  readonly code: Buffer;
}

/** A process that has worked for longer than this, in microseconds of CPU, may have dropped the code of its start. */
const START = 2_000_000;

/** Files that were written longer ago are those of versions that were replaced, in milliseconds. */
const OLD = 90 * 24 * 3600 * 1000;

const SUFFIX = ".code";

/** Runs the script `file` as `require` would, and has what is compiled of it kept when the process ends. */
export function loadKept(file: string, require: NodeJS.Require): Program {
  const source = readFileSync(file);
  const place = placeOf(source);
  const kept = place === null ? null : readKept(place);
  const script = new Script(
    `(function (exports, require, module, __filename) {${source.toString("latin1")}\n})`,
    { filename: file, ...(kept === null ? {} : { cachedData: kept.code }) },
  );
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file);
  const program = module.exports as Program;
  if (place === null) return program;
  const before = script.cachedDataRejected === false ? (kept?.parts ?? []) : [];
  process.on("exit", (exitCode) => {
    const parts = new Set([...before, ...program.parts, ...(exitCode === 0 ? ["success"] : [])]);
    const { user, system } = process.cpuUsage();
    if (parts.size > before.length && user + system < START) keep(place, parts, script);
  });
  return program;
}

/** The file for this source, this Node and its flags; `null`: nothing is kept. */
function placeOf(source: Buffer): string | null {
  const { NODE_DISABLE_COMPILE_CACHE: off = "", NODE_OPTIONS: options = "" } = process.env;
  const folder = off === "" ? cacheFolder() : null;
  if (folder === null) return null;
  const flags = [options, ...process.execArgv].join(" ");
  const marks = [crc32(source), crc32(flags)].map((mark) => mark.toString(16)).join("-");
  return join(folder, `${process.version}-${process.arch}-${marks}${SUFFIX}`);
}

/** Where the user keeps caches; `null`: nowhere that only he may write to, such as a HOME that sudo has left. */
function cacheFolder(): string | null {
  const { XDG_CACHE_HOME: caches = "", HOME: home = "", LOCALAPPDATA: local = "" } = process.env;
  if (process.platform === "win32") return isAbsolute(local) ? join(local, "upsurge/cache") : null;
  const [under, folder] = isAbsolute(caches) ? [caches, "upsurge"] : [home, ".cache/upsurge"];
  if (!isAbsolute(under)) return null;
  try {
    const stats = statSync(under);
    return isOwn(stats) && (stats.mode & 0o002) === 0 ? join(under, folder) : null;
  } catch {
    return null;
  }
}

/** What an earlier start has kept; `null`: nothing, or nothing that may be run. V8 does not find out that it is damaged. */
function readKept(place: string): Kept | null {
  let bytes: Buffer;
  try {
    const descriptor = openSync(place, "r");
    try {
      const stats = fstatSync(descriptor);
      if (process.platform !== "win32" && (!isOwn(stats) || (stats.mode & 0o022) !== 0))
        return null;
      bytes = readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
  const end = bytes.indexOf("\n");
  const [sum = "", parts = ""] = bytes.toString("latin1", 0, Math.max(end, 0)).split(" ");
  const code = bytes.subarray(end + 1);
  return sum === sumOf(parts, code) ? { parts: parts.split(","), code } : null;
}

/** Writes what is compiled now in the place of what was there before, where that can be done. */
function keep(place: string, parts: ReadonlySet<string>, script: Script): void {
  const folder = dirname(place);
  const unfinished = `${place}.${process.pid}`;
  let descriptor: number;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    descriptor = openSync(unfinished, "wx", 0o600);
  } catch {
    return;
  }
  try {
    const code = script.createCachedData();
    const list = [...parts].join(",");
    writeFileSync(descriptor, Buffer.concat([Buffer.from(`${sumOf(list, code)} ${list}\n`), code]));
    renameSync(unfinished, place);
    for (const name of readdirSync(folder)) removeIfOld(join(folder, name));
  } catch {
    rmSync(unfinished, { force: true });
  } finally {
    closeSync(descriptor);
  }
}

function removeIfOld(file: string): void {
  if (!file.includes(SUFFIX)) return;
  const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
  if (mtimeMs < Date.now() - OLD) rmSync(file, { force: true });
}

function isOwn({ uid }: { readonly uid: number }): boolean {
  return uid === process.geteuid?.();
}

function sumOf(parts: string, code: Buffer): string {
  return crc32(code, crc32(parts)).toString(16);
}
