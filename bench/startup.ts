/**
 * How long small things take, where Node's start shows: `--version`, and a load of 1,000 rows, each as a whole process.
 * `npx tsx bench/startup.ts`; the first row is Node with nothing to do.
 */
import { join } from "node:path";
import { rmSync } from "node:fs";
import { dataset } from "./data/dataset.ts";
import { makeRunFolder } from "./rig/folders.ts";
import { measure } from "./rig/measure.ts";
import type { Command } from "./rig/measure.ts";
import { warnIfBusy } from "./rig/report.ts";
import { median } from "./rig/table.ts";
import { UPSURGE, ensureBuild } from "./rig/tools.ts";
import type { BenchTarget, Variant } from "./targets/bench-target.ts";
import { postgresVariants } from "./targets/postgres-variants.ts";
import { openPostgres } from "./targets/postgres.ts";
import { sqliteVariants } from "./targets/sqlite-variants.ts";
import { openSqlite } from "./targets/sqlite.ts";
import { upsurgeVariants } from "./targets/upsurge-variants.ts";

const ROUNDS = 10;
const ROWS = 1000;

/** Something small, and what comes before each run. */
interface Small {
  readonly name: string;
  readonly command: Command;
  readonly restore?: () => Promise<void>;
}

ensureBuild();
warnIfBusy();
const folder = makeRunFolder();
const targets: BenchTarget[] = [];
try {
  targets.push(
    await openPostgres({ folder: join(folder, "postgres"), size: "128MB" }),
    openSqlite(folder),
  );
  const smalls = [...processes(), ...(await loads())];
  const walls = smalls.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { command, restore }] of smalls.entries()) {
      await restore?.();
      walls[index]?.push((await measure(command)).usage.wallSeconds);
    }
  }
  console.log(["| what | median s | min | max |", "| --- | --- | --- | --- |"].join("\n"));
  for (const [index, { name }] of smalls.entries()) console.log(line(name, walls[index] ?? []));
} finally {
  for (const target of targets) await target.close();
  rmSync(folder, { recursive: true, force: true });
}

function processes(): Small[] {
  const { execPath: program } = process;
  return [
    { name: "node -e 0", command: { program, args: ["-e", "0"] } },
    { name: "upsurge --version", command: { program, args: [UPSURGE, "--version"] } },
  ];
}

/** A load into an empty table, with upsurge and by hand. */
async function loads(): Promise<Small[]> {
  const one = { data: await dataset("base", ROWS), workload: "A" } as const;
  const smalls: Small[] = [];
  for (const target of targets) {
    await target.prepare(one);
    const byHand = target.name === "postgres" ? postgresVariants(target) : sqliteVariants(target);
    const variants: (Variant | undefined)[] = [byHand[0], upsurgeVariants(target, [])[0]];
    for (const variant of variants) {
      if (variant === undefined || variant.skip(one) !== null) continue;
      smalls.push({
        name: `${target.name}: ${variant.name}, ${ROWS} rows`,
        command: variant.command(one),
        restore: () => target.restore(),
      });
    }
  }
  return smalls;
}

function line(name: string, walls: readonly number[]): string {
  const numbers = [median(walls), Math.min(...walls), Math.max(...walls)];
  return `| ${name} | ${numbers.map((seconds) => seconds.toFixed(3)).join(" | ")} |`;
}
