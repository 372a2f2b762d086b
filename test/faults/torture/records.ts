/**
 * The records of a workload, good and bad, as bytes of CSV or NDJSON. A good one adds `n` to its key's sum and its own
 * number to its key's history, so that a record which is lost, applied twice or out of order shows for good.
 */
import type { Random } from "../../helpers/random.ts";

/** The formats of the sources. */
export type Format = "csv" | "ndjson";

/** What a good record says. */
export interface Good {
  readonly k: number;
  readonly n: number;
  /** Tells the source and the number of the record. */
  readonly hist: string;
  readonly q: number;
  readonly note: string | null;
}

/** A record, and what it says; a bad one says nothing. */
export interface TortureRecord {
  /** With the end of its line. */
  readonly raw: Buffer;
  readonly good: Good | null;
  /** It is refused by the reader, before any database sees it. */
  readonly unreadable: boolean;
}

/** The header of the CSV sources. */
export const HEADER = Buffer.from("k,n,hist,q,note\n");

const NOTES = [
  null,
  "plain",
  'with "quotes", and a comma',
  "two\nlines",
  "three\r\n\nlines",
  "umlaut ü and 漢字",
] as const;

const WRONG = ["type", "check", "null", "shape", "bytes"] as const;

/** Makes the record `number` of the source `source`; both count from 1. */
export function makeRecord(
  format: Format,
  at: { readonly source: number; readonly number: number; readonly key: number },
  isBad: boolean,
  random: Random,
): TortureRecord {
  const good: Good = {
    k: at.key,
    n: random.int(1, 9),
    hist: `${at.source}.${at.number}`,
    q: random.int(0, 76),
    note: random.pick(NOTES),
  };
  if (!isBad) return { raw: bytesOf(format, good), good, unreadable: false };
  const wrong = random.pick(WRONG);
  return {
    raw: wrongBytes(format, good, wrong),
    good: null,
    unreadable: wrong === "shape" || wrong === "bytes",
  };
}

function bytesOf(
  format: Format,
  values: Readonly<Record<keyof Good, string | number | null>>,
): Buffer {
  if (format === "ndjson") return Buffer.from(`${JSON.stringify(values)}\n`);
  const { k, n, hist, q, note } = values;
  return Buffer.from(`${[k, n, hist, q, note].map(csvField).join(",")}\n`);
}

function csvField(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function wrongBytes(format: Format, good: Good, wrong: (typeof WRONG)[number]): Buffer {
  const plain = { ...good, note: "bad" };
  if (wrong === "type") return bytesOf(format, { ...plain, n: "many" });
  if (wrong === "check") return bytesOf(format, { ...plain, q: 77 });
  if (wrong === "null") return bytesOf(format, { ...plain, n: null });
  if (wrong === "shape") {
    const { k, hist } = plain;
    return Buffer.from(format === "csv" ? `${k},1,${hist}\n` : `{"k":${k},"n":\n`);
  }
  const bytes = bytesOf(format, plain);
  bytes[bytes.lastIndexOf("bad")] = 0xff;
  return bytes;
}
