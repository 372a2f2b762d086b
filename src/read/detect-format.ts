/** The format of a source by its name, else by its first bytes that are not blanks. */
import type { Format } from "./format.ts";

/** The format that the name of a file tells, its compression left out; `null` when it tells none. */
export function formatByName<F extends Format>(path: string, formats: readonly F[]): F | null {
  const name = path.toLowerCase().replace(/\.(gz|gzip|zst|zstd)$/, "");
  const extension = /\.([a-z]+)$/.exec(name)?.[1] ?? "";
  return formats.find(({ extensions }) => extensions.includes(extension)) ?? null;
}

/** The format of a source that `named` is told by its name, and begins with `head`. */
export function formatInstead<F extends Format>(named: F, head: Buffer, formats: readonly F[]): F {
  const other = named.instead?.(beginning(head)) ?? null;
  return formats.find(({ name }) => name === other) ?? named;
}

/** The format of a source that begins with `head`: the first that claims it, else the last. Throws for an empty list. */
export function formatByBeginning<F extends Format>(head: Buffer, formats: readonly F[]): F {
  const start = beginning(head);
  const format = formats.find(({ begins }) => begins?.(start) === true) ?? formats.at(-1);
  if (format === undefined) throw new Error("there is no format");
  return format;
}

function beginning(head: Buffer): Buffer {
  const start = head.findIndex((byte) => !BLANKS.has(byte));
  return head.subarray(start < 0 ? head.length : start);
}

const BLANKS = new Set([0x20, 0x09, 0x0d, 0x0a]);
