/** A workload: the sources of a load, and the table that stands before it. What is to come of it is in `expected.ts`. */
import { gzipSync } from "node:zlib";
import { HEADER, makeRecord } from "./records.ts";
import type { Format, TortureRecord } from "./records.ts";
import { Random } from "../../helpers/random.ts";

/** The databases that can be tortured. */
export type TargetName = "postgres" | "sqlite";

/** What a workload is made from. */
export interface WorkloadRequest {
  readonly seed: number;
  readonly format: Format;
  /** Of all sources together. */
  readonly records: number;
  readonly sources: number;
  /** Of all records, this many are bad. */
  readonly bad: number;
  readonly gzip: boolean;
  /** Triggers write down every row that is inserted or updated. */
  readonly audit: boolean;
  /** A record with the note `plain` deletes its row; absent: none does. */
  readonly deletes?: boolean;
}

/** One source. */
export interface TortureSource {
  readonly name: string;
  readonly records: readonly TortureRecord[];
  /** What is read once it is unpacked. */
  readonly content: Buffer;
  /** What is in the file. */
  readonly stored: Buffer;
}

/** The sources of a load. */
export interface Workload extends WorkloadRequest {
  readonly files: readonly TortureSource[];
  /** Rows that are in the table before. */
  readonly before: readonly number[];
}

/** Makes a workload; the same request gives the same bytes. */
export function makeWorkload(request: WorkloadRequest): Workload {
  const { seed, format, records, sources, gzip } = request;
  const random = new Random(seed);
  const keys = Math.max(3, Math.floor(records / 3));
  const bad = badOnes(request, random);
  let key = 1;
  let seen = 0;
  const files = Array.from({ length: sources }, (_, at) => {
    const source = at + 1;
    const until = Math.floor((records * source) / sources);
    const made: TortureRecord[] = [];
    for (; seen < until; seen += 1) {
      // The same key again, at times at once: within a batch, and across its end.
      if (!random.chance(0.2)) key = random.int(1, keys);
      const place = { source, number: made.length + 1, key };
      made.push(makeRecord(format, place, bad.has(seen), random));
    }
    const raws = made.map(({ raw }) => raw);
    const last = made.at(-1);
    const isCut = last !== undefined && last.good !== null && random.chance(0.3);
    if (isCut) raws[raws.length - 1] = last.raw.subarray(0, -1);
    const content = Buffer.concat([...(format === "csv" ? [HEADER] : []), ...raws]);
    const name = `in-${source}.${format}${gzip ? ".gz" : ""}`;
    return { name, records: made, content, stored: gzip ? gzipSync(content) : content };
  });
  const before = Array.from({ length: Math.floor(keys / 5) }, (_, at) => at * 5 + 1);
  return { ...request, files, before };
}

/** The first record of all is good: what a column is cannot be guessed from a record that cannot be read. */
function badOnes({ records, bad }: WorkloadRequest, random: Random): Set<number> {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(bad, records - 1)) chosen.add(random.int(1, records - 1));
  return chosen;
}

const AUDIT = {
  postgres: `create table audit (id bigint generated always as identity, k integer, hist text);
    create function note_change() returns trigger language plpgsql as
      $$ begin insert into audit (k, hist) values (new.k, new.hist); return null; end $$;
    create trigger note_change after insert or update on t for each row execute function note_change()`,
  sqlite: `create table audit (id integer primary key autoincrement, k integer, hist text);
    create trigger note_insert after insert on t begin
      insert into audit (k, hist) values (new.k, new.hist); end;
    create trigger note_update after update on t begin
      insert into audit (k, hist) values (new.k, new.hist); end`,
};

/** The statements that make the tables. */
export function setupSql(target: TargetName, { before, audit }: Workload): string {
  const whole = (column: string): string =>
    target === "sqlite" ? `and typeof(${column}) = 'integer'` : "";
  const table = `create table t (k integer primary key, n bigint not null check (n > 0 ${whole("n")}),
    hist text not null, q integer not null check (q <> 77 ${whole("q")}), note text)`;
  const rows = before.map((k) => `(${k}, 1, 'before', 0, null)`).join(", ");
  return [
    table,
    ...(rows === "" ? [] : [`insert into t values ${rows}`]),
    ...(audit ? [AUDIT[target]] : []),
  ].join(";\n");
}
