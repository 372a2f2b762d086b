/**
 * Summarises CPU profiles of Node: the functions with the most self time, one table a thread.
 * `npx tsx bench/profile.ts PATH…` takes files that `node --cpu-prof` wrote, or folders of them.
 */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./rig/folders.ts";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const TOP = 15;

/** Prints a summary of each profile in a file or folder. */
export function printProfiles(path: string): void {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith(".cpuprofile"))
        .toSorted()
        .map((name) => join(path, name))
    : [path];
  for (const file of files) console.log(summaryOf(file));
}

function summaryOf(file: string): string {
  const profile = JSON.parse(readFileSync(file, "utf8")) as Profile;
  const times = selfTimes(profile);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const idle = times.get("(idle)") ?? 0;
  times.delete("(idle)");
  const busy = total - idle;
  const lines = [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([name, time]) => `| ${percent(time, busy)} | ${(time / 1e6).toFixed(2)} | ${name} |`);
  return [
    `### ${threadOf(file)}: ${(total / 1e6).toFixed(2)} s, of which idle ${percent(idle, total)}`,
    "",
    "| of busy time | self s | function |",
    "| --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

/** Microseconds by function; the same function called from several places is one. */
function selfTimes({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "(unknown)";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  if (url === "") return functionName === "" ? "(native)" : functionName;
  const path = url.startsWith("file://") ? fileURLToPath(url).replace(ROOT, "") : url;
  return `${functionName === "" ? "(anonymous)" : functionName} ${path}:${lineNumber + 1}`;
}

/** Node names a profile CPU.date.time.pid.thread.number. */
function threadOf(file: string): string {
  const thread = /^CPU\.\d+\.\d+\.\d+\.(\d+)\./.exec(basename(file))?.[1];
  if (thread === undefined) return basename(file);
  return thread === "0" ? "main thread" : `worker thread ${thread}`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of process.argv.slice(2)) printProfiles(path);
}
