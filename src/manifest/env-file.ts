/** Reads a file of variables, as Node and the tools of its kind do: `NAME=value` a line, quotes, comments, `export`. */
import { readFile } from "node:fs/promises";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import { unreadable } from "./unreadable.ts";

/** The variables of the file at `path`. Throws `MANIFEST_ENV_FILE`; no error shows a value. */
export async function readEnvFile(path: string): Promise<Environment> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw await unreadable("MANIFEST_ENV_FILE", path, error);
  }
  try {
    return parseEnvFile(new TextDecoder("utf-8", { fatal: true }).decode(bytes), path);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw wrong("it is not in UTF-8", "save it in UTF-8", path);
  }
}

const ENTRY = /[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][A-Za-z0-9_.-]*)[^\S\n]*=[^\S\n]*/y;
const QUOTED = /(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|`([^`]*)`)[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;
const BARE = /([^\n]*?)[^\S\n]*(?:(?<=[\s=])#[^\n]*)?(?:\n|$)/y;
const BLANK = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;

/** The variables of a text; of several of one name the last counts. */
export function parseEnvFile(text: string, path: string): Environment {
  const found: Record<string, string> = {};
  const reader = new LineReader(text.replaceAll(/\r\n?/g, "\n"));
  while (!reader.isAtEnd) {
    if (reader.take(BLANK) !== null) continue;
    const from = reader.at;
    const place = (): string => `${path}:${reader.lineOf(from)}:1`;
    const [, name] = reader.take(ENTRY) ?? [];
    if (name === undefined) {
      throw wrong("a line is no NAME=value", "write NAME=value, or # before a comment", place());
    }
    const value = valueOf(reader);
    if (typeof value === "object")
      throw wrong(`the value of ${name} ${value.wrong}`, value.fix, place());
    found[name] = value;
  }
  return found;
}

interface WrongValue {
  readonly wrong: string;
  readonly fix: string;
}

function valueOf(reader: LineReader): string | WrongValue {
  const quoted = reader.take(QUOTED);
  if (quoted !== null) {
    const [, double, single, back] = quoted;
    return double?.replaceAll("\\n", "\n") ?? single ?? back ?? "";
  }
  if (reader.sees(/["'`]/y)) {
    const fix = "end it with the same quote, with nothing behind it";
    return { wrong: "begins with a quote and does not end with it", fix };
  }
  const [, bare = ""] = reader.take(BARE) ?? [];
  // Some readers of such files take it for a comment, and others for a part of the value.
  if (!bare.includes("#")) return bare;
  return { wrong: "holds a #", fix: "put the value in quotes, or a blank before a comment" };
}

/** Takes one piece after another from the beginning of what is left. */
class LineReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get at(): number {
    return this.#at;
  }

  /** The line of an offset, from 1. It looks at all that is before: for errors alone. */
  lineOf(at: number): number {
    return this.#text.slice(0, at).split("\n").length;
  }

  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

function wrong(reason: string, suggestion: string, place: string): UpsurgeError {
  const path = place.replace(/:\d+:\d+$/, "");
  return upsurgeError("MANIFEST_ENV_FILE", { path, reason, suggestion }, { where: place });
}
