/**
 * Which file a text names: `sqlite:PATH`, the URLs of SQLite itself (`file:`), of SQLAlchemy and JDBC, or a bare path. A text
 * that may be meant otherwise is never read as a new file: files are not made, and the error shows what to type.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, isAbsolute, join, parse } from "node:path";
import { nearest } from "../../../errors/edit-distance.ts";
import { shellWord } from "../../../errors/shell-word.ts";
import { upsurgeError } from "../../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../../errors/upsurge-error.ts";
import { percentDecode } from "../../url-parts.ts";

/** A database file, and whether it may only be read. */
export interface DatabaseFile {
  readonly path: string;
  readonly readonly: boolean;
}

const SCHEME = /^(?:jdbc:)?(sqlite3?)(\+\w+)?:/i;
const QUERY = /^([^?]*)\?((?:[\w-]+=[^&]*)(?:&[\w-]+=[^&]*)*)$/s;

/** The parameters of other programs that have no bearing on a load. */
const PASSED_OVER = new Set(
  "cache psow uri check_same_thread timeout isolation_level detect_types cached_statements connection_limit socket_timeout".split(
    " ",
  ),
);

/** Parameters and the values of them that ask for nothing. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  mode: ["ro", "rw", "rwc"],
  nolock: ["0", "false"],
  immutable: ["0", "false"],
};

/** True for a text that names a file of SQLite. */
export function isFileUrl(url: string): boolean {
  return SCHEME.test(url) || /^file:/i.test(url) || isDatabasePath(url);
}

/** A path, not another target's URL, that ends as database files do. */
function isDatabasePath(url: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:\/\//i.test(url) && /\.(db|sqlite|sqlite3)$/i.test(url);
}

/** The file that `url` names. Throws `TARGET_URL` and `TARGET_PARAMETER`. */
export function readFileUrl(url: string): DatabaseFile {
  const isUri = /^file:/i.test(url);
  const text = isUri ? uriPath(url) : url.replace(SCHEME, (_, __, driver) => driver ?? "");
  const path = isUri ? text : plainPath(text);
  const [, bare = path, query] = !isUri && existsSync(path) ? [] : (QUERY.exec(path) ?? []);
  const mode = query === undefined ? null : checkQuery(query);
  const named = isUri ? percentDecode(bare) : bare;
  if (named === "") {
    throw upsurgeError("TARGET_URL", { url, reason: "it names no file" });
  }
  return { path: named, readonly: mode === "ro" };
}

/** The text with the file relative to `folder`, where it is relative. */
export function inFolder(url: string, folder: string): string {
  const { path } = readFileUrl(url);
  if (path.startsWith(":") || isAbsolute(path)) return url;
  const at = url.lastIndexOf(path);
  // A URL in which the path is written in another way is left alone.
  return at < 0 ? url : url.slice(0, at) + join(folder, path) + url.slice(at + path.length);
}

/** `file:a.db`, `file:/var/a.db`, `file:///var/a.db`, `file://localhost/var/a.db`. */
function uriPath(url: string): string {
  const rest = url.slice("file:".length);
  if (!rest.startsWith("//")) return rest;
  const local = /^\/\/(?:localhost)?(\/.*)$/s.exec(rest)?.[1];
  if (local !== undefined) return local;
  const path = rest.slice(2);
  const reason =
    "what is between // and the next / is a host, and the only host accepted is localhost";
  throw upsurgeError(
    "TARGET_URL",
    { url, reason },
    { fix: `pass --to ${shellWord(`file:${path}`)}` },
  );
}

/**
 * `sqlite:a.db` and `sqlite://a.db` name `a.db`; `sqlite:///var/a.db` names `/var/a.db`. With a driver behind a plus it is
 * SQLAlchemy's, where three slashes come before a relative path.
 */
function plainPath(text: string): string {
  const driver = /^\+\w+/.exec(text);
  if (driver === null) return text.replace(/^\/\//, "");
  return text.slice(driver[0].length).replace(/^\/\/\/?/, "");
}

function checkQuery(query: string): string | null {
  const words = query.split("&").map((each) => {
    const [name = "", value = ""] = each.split("=");
    return { name, value };
  });
  for (const { name, value } of words) {
    if (PASSED_OVER.has(name) || HARMLESS[name]?.includes(value) === true) continue;
    const known = name in HARMLESS || name === "vfs";
    throw upsurgeError("TARGET_PARAMETER", {
      name,
      reason: known ? `${name}=${value} cannot be had` : "SQLite has none of that name",
      suggestion: "leave it out; mode=ro opens the file for reading only",
    });
  }
  return words.findLast(({ name }) => name === "mode")?.value ?? null;
}

/** There is no file of the name that was understood: another one that may be meant, as it is to be typed; else `null`. */
function otherFile(url: string, path: string): string | null {
  const [, scheme, named] = /^([a-z]\w+):(.*)$/is.exec(path) ?? [];
  if (scheme !== undefined && nearest(scheme, ["sqlite", "sqlite3"]) !== null)
    return `sqlite:${named}`;
  const others = [
    path.replace(/^\/+/, ""),
    percentDecode(path),
    percentDecode(path.replace(/^\/+/, "")),
  ];
  const found = others.find((each) => each !== path && each !== "" && existsSync(each));
  return found === undefined || found === url ? null : `sqlite:${found}`;
}

/** For a text that no target reads: what to pass when it names a database file all the same; else `null`. */
export function suggestUrl(url: string): string | null {
  const [, bare = url] = QUERY.exec(url) ?? [];
  const isMeant =
    isDatabase(url) ||
    isDatabase(bare) ||
    isDatabasePath(bare) ||
    /\.(?:db[23]|s3db|sl3|sqlite2|sqlitedb)$/i.test(bare);
  if (/^[a-z][a-z0-9+.-]+:/i.test(url)) return null;
  if (isMeant) return shellWord(`sqlite:${url}`);
  const near = nearFile(url);
  return near === null ? null : shellWord(near);
}

const MAGIC = "SQLite format 3\0";

function isDatabase(path: string): boolean {
  try {
    const file = openSync(path, "r");
    try {
      const head = Buffer.alloc(MAGIC.length);
      readSync(file, head, 0, head.length, 0);
      return head.toString("latin1") === MAGIC;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** A database file beside the one that is not there, with a name like it; `null`: there is none. */
function nearFile(path: string): string | null {
  try {
    const names = readdirSync(dirname(path)).filter(isDatabasePath);
    const stem = parse(path).name;
    const meant =
      nearest(
        stem,
        names.map((name) => parse(name).name),
      ) ?? stem;
    const near = names.find((name) => parse(name).name === meant);
    return near === undefined ? null : path.slice(0, path.length - basename(path).length) + near;
  } catch {
    return null;
  }
}

/** Whether a file of that name may be made: the text does not ask for one that is there, nor seem to mean another. */
export function mayBeMade(url: string, path: string): boolean {
  return !/\?(?:.*&)?mode=(?:ro|rw)(?:&|$)/.test(url) && otherFile(url, path) === null;
}

/** No file of that name; the fix names the one that is there. */
export function noSuchFile(url: string, path: string): UpsurgeError {
  const other = otherFile(url, path);
  const create =
    "check the path; a load of one file with --create creates the database, and its table";
  const near = other === null ? nearFile(path) : null;
  const told = near === null ? create : `did you mean --to ${shellWord(near)}? Or ${create}`;
  const fix = { fix: other === null ? told : `pass --to ${shellWord(other)}` };
  return upsurgeError("TARGET_NOT_FOUND", { path }, fix);
}
