/**
 * What distance costs: the same load into PostgreSQL through a proxy that delays, each as a whole process, and how many answers
 * it waited for. `npx tsx bench/latency.ts [ROWS]`; the distances of a round follow each other, the nearest first.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startProxy } from "../test/support/proxy/proxy.ts";
import { dataset } from "./data/dataset.ts";
import type { Dataset } from "./data/dataset.ts";
import type { Workload } from "./data/workload.ts";
import { makeRunFolder } from "./rig/folders.ts";
import { measure } from "./rig/measure.ts";
import { warnIfBusy } from "./rig/report.ts";
import { median } from "./rig/table.ts";
import { ensureBuild, UPSURGE } from "./rig/tools.ts";
import type { BenchTarget } from "./targets/bench-target.ts";
import { openPostgres } from "./targets/postgres.ts";

const ROUNDS = 3;
const ROWS = Number(process.argv[2] ?? "1000000");
/** Milliseconds there and back. */
const DISTANCES = [0, 1, 10, 50, 100];
const WORKLOADS: readonly Workload[] = ["A", "B"];

/** One load at a distance. */
interface FarLoad {
  readonly seconds: number;
  readonly peakMegabytes: number | null;
  readonly answers: number;
}

ensureBuild();
warnIfBusy();
const folder = makeRunFolder();
const target = await openPostgres({ folder: join(folder, "postgres"), size: "128MB" });
try {
  console.log("| workload | round trip ms | s | × the nearest | answers waited for | peak MB |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  const data = await dataset("base", ROWS);
  for (const workload of WORKLOADS) {
    await target.prepare({ data, workload });
    for (const line of await linesOf(data, workload)) console.log(line);
  }
} finally {
  await target.close();
  rmSync(folder, { recursive: true, force: true });
}

/** A workload at each distance. */
async function linesOf(data: Dataset, workload: Workload): Promise<readonly string[]> {
  const loads = new Map<number, FarLoad[]>(DISTANCES.map((ms) => [ms, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const ms of DISTANCES) loads.get(ms)?.push(await loadFrom(ms, target, data));
  }
  const nearest = loads.get(DISTANCES[0] ?? 0) ?? [];
  return [...loads].map(([ms, found]) => {
    const ratios = found.map(({ seconds }, at) => seconds / (nearest[at]?.seconds ?? Number.NaN));
    const cells = [
      workload,
      String(ms),
      median(found.map(({ seconds }) => seconds)).toFixed(2),
      `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`,
      String(median(found.map(({ answers }) => answers))),
      median(found.map(({ peakMegabytes }) => peakMegabytes ?? Number.NaN)).toFixed(0),
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

/** Loads over a proxy of its own, so that all of them pass one; the nearest delays nothing. */
async function loadFrom(roundTripMs: number, bench: BenchTarget, data: Dataset): Promise<FarLoad> {
  const { url, table } = bench;
  await bench.restore();
  const { hostname, port } = new URL(url);
  const proxy = await startProxy(hostname, Number(port), { protocol: "unread", roundTripMs });
  try {
    const into = ["--to", proxy.url(url), "--table", table, "--key", "id", "--json"];
    const args = [UPSURGE, "load", data.csv, ...into];
    const { usage } = await measure({ program: process.execPath, args });
    const found = await bench.content();
    if (JSON.stringify(found) !== JSON.stringify(data.content))
      throw new Error(`at ${roundTripMs} ms the table holds ${JSON.stringify(found)}`);
    const { wallSeconds: seconds, peakMegabytes } = usage;
    return { seconds, peakMegabytes, answers: proxy.roundTrips };
  } finally {
    await proxy.close();
  }
}
