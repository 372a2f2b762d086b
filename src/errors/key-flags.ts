/** The flags that make a load use a unique key of its table, as a shell takes them: for `inspect`, and for every error about keys. */
import { isDeferred } from "../model/table-shape.ts";
import type { UniqueKey } from "../model/table-shape.ts";
import { listWord, shellWord } from "./shell-word.ts";

/** What makes a load use a key. */
export interface KeyFlag {
  /** `null` when no load can use it. */
  readonly flag: string | null;
  /** What a user should know of the key; `null` for nothing. */
  readonly note: string | null;
}

/** The flag for `key`, one of `keys`: its columns where they alone say which key is meant, else its name. */
export function keyFlag(key: UniqueKey, keys: readonly UniqueKey[]): KeyFlag {
  const { name, kind, columns, predicate, deferrable } = key;
  const byName = name === null ? null : `--constraint ${shellWord(name)}`;
  if (kind === "exclusion") {
    if (deferrable) return { flag: null, note: "deferrable: cannot decide conflicts" };
    const flag = byName === null ? null : `--ignore ${byName}`;
    return { flag, note: "exclusion constraint: for --ignore only" };
  }
  const plain = columns.filter((column) => column !== null);
  const isPlain = plain.length === columns.length;
  // By its columns a partial index would have to be named with its predicate, too.
  const flag = isPlain && predicate === null ? `--key ${listWord(plain)}` : byName;
  if (isDeferred(key, keys)) {
    const looked = flag === null ? null : `${flag} --strategy select-then-write`;
    return { flag: looked, note: "deferrable: rows are looked up first" };
  }
  if (predicate !== null) return { flag, note: `covers only rows where ${predicate}` };
  if (!isPlain) return { flag, note: "has an expression: name it" };
  return { flag, note: key.primary ? "the primary key" : null };
}

/** The flags of the keys that a load of `mode` can use, the best first, each once. */
export function keyFlags(keys: readonly UniqueKey[], mode: string): string[] {
  const usable = keys.filter(({ kind }) => kind === "unique" || mode === "ignore");
  const full = usable.filter((key) => decides(key, keys));
  const ordered = [...full, ...usable.filter((key) => !full.includes(key))];
  return [...new Set(ordered.flatMap((key) => keyFlag(key, keys).flag ?? []))];
}

/** It decides by itself, for every row. */
function decides(key: UniqueKey, keys: readonly UniqueKey[]): boolean {
  return key.kind === "unique" && key.predicate === null && !isDeferred(key, keys);
}

/** So many flags are listed. */
const LISTED = 12;

/**
 * What to do with flags one of which helps: `pass --key id`, or all of them after `which`, each on a line of its own to
 * paste. `null` for none.
 */
export function passOneOf(flags: readonly string[], which: string): string | null {
  const [only, ...others] = flags;
  if (only === undefined) return null;
  if (others.length === 0) return `pass ${only}`;
  const more = flags.length - LISTED;
  const title =
    more > 0
      ? `pass ${which}, of which \`upsurge inspect --to URL --table NAME\` lists ${more} more:`
      : `pass ${which}:`;
  return [title, ...flags.slice(0, LISTED)].join("\n");
}

/** A unique key in a few words: `orders_pkey (id)`, `users_email (lower(email)) where active`. */
export function describeKey(key: UniqueKey): string {
  const parts = key.keyExpressions.map((part, index) => key.columns[index] ?? part).join(", ");
  const predicate = key.predicate === null ? "" : ` where ${key.predicate}`;
  return `${key.name === null ? "" : `${key.name} `}(${parts})${predicate}`;
}
