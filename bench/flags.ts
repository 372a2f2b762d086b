/** The flags of `npm run bench`. */
import { parseArgs } from "node:util";
import { SHAPES } from "./data/shapes.ts";
import type { ShapeName } from "./data/shapes.ts";
import { WORKLOADS } from "./data/workload.ts";
import type { Workload } from "./data/workload.ts";
import type { TargetName } from "./targets/bench-target.ts";

/** What is to be measured. */
export interface BenchOptions {
  readonly quick: boolean;
  readonly targets: readonly TargetName[];
  readonly workloads: readonly Workload[];
  readonly shapes: readonly ShapeName[];
  readonly rows: readonly number[];
  readonly rounds: number;
  /** The variants to run, or null for all. */
  readonly variants: readonly string[] | null;
  /** Whether other libraries and tools take part. */
  readonly peers: boolean;
  /** Servers to use instead of an own one. */
  readonly postgresUrls: readonly string[];
  /** Of own servers: one for each. */
  readonly sharedBuffers: readonly string[];
  readonly profile: boolean;
}

/** What `--help` prints. */
export const HELP = `Usage: npm run bench -- [options]

Compares upsurge with what a careful person does by hand (psql, the sqlite3 shell) and with Node libraries.
Every run starts from a fresh table, and the table is checked after it.

  --quick            100,000 rows of base, workloads A, B and D, 3 rounds, no libraries: about two minutes
  --only NAME        postgres or sqlite (default: both)
  --workloads A,B    ${Object.entries(WORKLOADS)
    .map(([letter, what]) => `${letter}: ${what}`)
    .join("\n                     ")}
                     (default: all; Z has the shapes clicks, its default, and visits)
  --shape a,b        ${Object.keys(SHAPES).join(", ")} (default: base)
  --rows N,N         records in the file (default: 1000000)
  --rounds N         how often each variant runs (default: 5)
  --variants a,b     only these; the anchor runs always, unless one round is asked for
  --postgres URL,URL servers to use instead of an own one, as of other versions; their users must be allowed to
                     CHECKPOINT, autovacuum is best off
  --shared-buffers N,N
                     memory of own servers, one for each: 128MB,512MB (default: 128MB)
  --profile          a CPU profile of each run of upsurge, and its summary; the times are then not those of users
  --help             this text

Left out without an error: what is not installed, and slow libraries on more than 100,000 rows.
Results are written to bench/results; data is kept in bench/.cache.`;

/** Reads the command line; null when help is asked for. */
export function parseFlags(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      workloads: { type: "string" },
      shape: { type: "string", default: "base" },
      rows: { type: "string" },
      rounds: { type: "string" },
      variants: { type: "string" },
      postgres: { type: "string" },
      "shared-buffers": { type: "string", default: "128MB" },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const quick = values.quick;
  const letters = values.workloads ?? (quick ? "A,B,D" : Object.keys(WORKLOADS).join(","));
  return {
    quick,
    targets: oneOf<TargetName>(values.only ?? "postgres,sqlite", ["postgres", "sqlite"]),
    workloads: oneOf(letters.toUpperCase(), Object.keys(WORKLOADS) as Workload[]),
    shapes: oneOf(values.shape, Object.keys(SHAPES) as ShapeName[]),
    rows: list(values.rows ?? (quick ? "100000" : "1000000")).map(positive),
    rounds: positive(values.rounds ?? (quick ? "3" : "5")),
    variants: values.variants === undefined ? null : list(values.variants),
    peers: !quick || values.variants !== undefined,
    postgresUrls: values.postgres === undefined ? [] : list(values.postgres),
    sharedBuffers: list(values["shared-buffers"]),
    profile: values.profile,
  };
}

function list(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}

function oneOf<Word extends string>(text: string, words: readonly Word[]): Word[] {
  return list(text).map((given) => {
    const word = words.find((known) => known === given);
    if (word === undefined) throw new Error(`"${given}" is not one of ${words.join(", ")}`);
    return word;
  });
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`"${text}" is not a number above 0`);
}
