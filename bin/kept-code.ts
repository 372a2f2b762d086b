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

/** So many files stay, those that were written last: of other versions. */
const FILES = 8;

const SUFFIX = ".code";

/** Runs the script `file` as `require` would, and has what is compiled of it kept when the process ends. */
export function loadKept(file: string, require: NodeJS.Require): Program {
  const source = readFileSync(file);
  const place = placeOf(file, source);
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
    if (parts.size > before.length) keep(place, parts, script);
  });
  return program;
}

/** The file for this script, where it is, and for this Node; `null`: nothing is kept. */
function placeOf(file: string, source: Buffer): string | null {
  const { NODE_DISABLE_COMPILE_CACHE: off = "" } = process.env;
  const folder = off === "" ? cacheFolder() : null;
  if (folder === null) return null;
  const name = `${process.version}-${process.arch}-${crc32(file, crc32(source)).toString(16)}${SUFFIX}`;
  return join(folder, name);
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
    removeOlder(folder);
  } catch {
    rmSync(unfinished, { force: true });
  } finally {
    closeSync(descriptor);
  }
}

function removeOlder(folder: string): void {
  const files = readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    const stats = name.includes(SUFFIX) ? statSync(file, { throwIfNoEntry: false }) : undefined;
    return stats === undefined ? [] : [{ file, writtenAt: stats.mtimeMs }];
  });
  const older = files.toSorted((one, other) => other.writtenAt - one.writtenAt).slice(FILES);
  for (const { file } of older) rmSync(file, { force: true });
}

function isOwn({ uid }: { readonly uid: number }): boolean {
  return uid === process.geteuid?.();
}

function sumOf(parts: string, code: Buffer): string {
  return crc32(code, crc32(parts)).toString(16);
}
