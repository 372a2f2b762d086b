/** What a bench leaves behind: the conditions it ran under, the tables, and every single run. */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { RESULTS } from "./folders.ts";
import type { CaseResult } from "./rounds.ts";
import { renderCase } from "./table.ts";
import { commit, versionOf } from "./tools.ts";

/** What must be known to read the numbers. */
export type Conditions = Readonly<Record<string, string | number>>;

/** The conditions here and now. */
export function conditionsNow(databases: readonly string[], rounds: number): Conditions {
  return {
    date: new Date().toISOString().slice(0, 16),
    commit: commit(),
    machine: `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    node: process.version,
    databases: databases.join(", "),
    tools: ["psql", "sqlite3"].map((tool) => `${tool} ${versionOf(tool) ?? "missing"}`).join("; "),
    rounds,
    loadBefore: (loadavg()[0] ?? 0).toFixed(2),
  };
}

/** Says so when other work would disturb the numbers. */
export function warnIfBusy(): void {
  const busy = loadavg()[0] ?? 0;
  if (busy < availableParallelism() * 0.4) return;
  console.log(
    `note: other work runs on this machine (load ${busy.toFixed(2)}); do not quote this run\n`,
  );
}

/** Writes `bench/results/<date>-<what>.json` and `.md`; returns their path without the ending. */
export function saveResults(
  what: string,
  conditions: Conditions,
  results: readonly { readonly result: CaseResult; readonly anchor: string }[],
): string {
  mkdirSync(RESULTS, { recursive: true });
  const stamp = String(conditions["date"]).replaceAll(":", "").replace("T", "-");
  const path = join(RESULTS, `${stamp}-${what}`);
  const cases = results.map(({ result }) => result);
  writeFileSync(`${path}.json`, `${JSON.stringify({ conditions, cases }, null, 1)}\n`);
  const facts = Object.entries(conditions).map(([name, value]) => `- ${name}: ${value}`);
  const tables = results.map(({ result, anchor }) => renderCase(result, anchor));
  const explained =
    "Ratios are the anchor's wall time / the variant's: above 1 is faster than by hand.";
  writeFileSync(`${path}.md`, [`# ${what}`, "", ...facts, "", explained, "", ...tables].join("\n"));
  return path;
}
