/** From the text of one value to what it means: counts, sizes, durations, lists. `null` where the text means nothing. */

const SIZES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** A timer of Node takes no more milliseconds than this; 24 days. */
const LONGEST_MS = 2_147_483_647;

/** What switches a flag on or off; `null` for any other word. */
export function parseSwitch(text: string): boolean | null {
  if (text === "1" || text === "true") return true;
  return text === "0" || text === "false" ? false : null;
}

/** A whole number, `_` and `,` between digits allowed: `10_000`. */
export function parseCount(text: string): number | null {
  if (!/^\d+([_,]\d{3})*$/.test(text)) return null;
  const count = Number(text.replace(/[_,]/g, ""));
  return Number.isSafeInteger(count) ? count : null;
}

/** A size in bytes: `64MiB`, `10MB`, `4096`. */
export function parseSize(text: string): number | null {
  const bytes = scaled(text, SIZES);
  return bytes === null || bytes < 1 || !Number.isSafeInteger(bytes) ? null : bytes;
}

/** A duration in milliseconds: `30s`, `5m`, `1h`, `250ms`; 0 needs no unit. */
export function parseDuration(text: string): number | null {
  if (/^0+$/.test(text)) return 0;
  const ms = scaled(text, DURATIONS);
  return ms === null || ms > LONGEST_MS ? null : ms;
}

function scaled(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]*)$/i.exec(text);
  const unit = (match?.[2] ?? "?").toLowerCase();
  if (match === null || !Object.hasOwn(units, unit)) return null;
  return Math.round(Number(match[1]) * (units[unit] ?? 1));
}

/**
 * Names separated by commas; a name that contains a comma, a quote or outer spaces is in double quotes,
 * with quotes doubled: `a,"b,c",-"d ""x"""`.
 */
export function parseList(text: string): readonly string[] | null {
  const names: string[] = [];
  const item = /\s*(?:(-?)"((?:[^"]|"")*)"|([^,"]*))\s*(?:,|$)/y;
  while (item.lastIndex <= text.length) {
    const from = item.lastIndex;
    const match = item.exec(text);
    if (match === null) return null;
    const quoted = match[2]?.replaceAll('""', '"');
    const name = quoted === undefined ? (match[3] ?? "").trim() : `${match[1] ?? ""}${quoted}`;
    if (name === "") return null;
    names.push(name);
    if (!text.slice(from, item.lastIndex).endsWith(",")) break;
  }
  return names;
}

/** Whether `text` is a SHA-256 as `sha256sum` prints it, in either case. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}
