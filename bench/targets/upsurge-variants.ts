/** upsurge as users run it: the built command, as a process of its own. */
import { randomUUID } from "node:crypto";
import { UPSURGE, upsurgeHas } from "../rig/tools.ts";
import type { BenchTarget, Case, Variant } from "./bench-target.ts";

/** What makes one use of upsurge differ from the default. */
interface Use {
  readonly name: string;
  readonly flags?: readonly string[];
  /** It is a job: each run has a name of its own, since a finished one would have nothing to do. */
  readonly job?: true;
  readonly ndjson?: boolean;
  readonly skip?: (one: Case) => string | null;
}

/** The ways to run upsurge on a target; `nodeFlags` go to Node itself. */
export function upsurgeVariants(target: BenchTarget, nodeFlags: readonly string[]): Variant[] {
  const uses: Use[] = [{ name: "upsurge" }, { name: "upsurge-ndjson", ndjson: true }];
  if (upsurgeHas("--job")) uses.push(...partUses());
  if (target.name === "postgres") uses.push(...postgresUses());
  return uses.map((use) => ({
    name: use.name,
    reports: true,
    skip: (one) =>
      use.ndjson === true && one.data.ndjson === null
        ? "only the shape base has NDJSON"
        : (use.skip?.(one) ?? null),
    command: (one) => ({
      program: process.execPath,
      args: [...nodeFlags, UPSURGE, ...loadWords(target, one, use)],
    }),
  }));
}

/** The price of a checkpoint is the difference between these two. */
function partUses(): Use[] {
  const parts = ["--commit", "50000"];
  return [
    { name: "upsurge-parts", flags: [...parts, "--allow-at-least-once"] },
    { name: "upsurge-job", flags: parts, job: true },
  ];
}

function postgresUses(): Use[] {
  const hasJobs = upsurgeHas("--writers") && upsurgeHas("--commit");
  return [
    {
      name: "upsurge-select",
      flags: ["--strategy", "select-then-write"],
      skip: (one) => (one.workload === "I" ? "mode insert looks nothing up" : null),
    },
    {
      name: "upsurge-writers-2",
      flags: ["--writers", "2", "--commit", "50000"],
      job: true,
      skip: () => (hasJobs ? null : "this upsurge has no --writers and --commit"),
    },
  ];
}

function loadWords(target: BenchTarget, one: Case, use: Use): string[] {
  const file = use.ndjson === true ? (one.data.ndjson ?? "") : one.data.csv;
  const mode = one.workload === "I" ? ["--mode", "insert"] : ["--key", "id"];
  const where = ["--to", target.url, "--table", target.table];
  const job = use.job === true && upsurgeHas("--job") ? ["--job", `bench-${randomUUID()}`] : [];
  const sets = one.workload === "Z" ? ["--set", "qty = target.qty + excluded.qty"] : [];
  return ["load", file, ...where, ...mode, ...sets, ...(use.flags ?? []), ...job, "--json"];
}
