/** The CPU time of a PostgreSQL server on this machine, from /proc (Linux). */
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/**
 * Seconds of CPU that the postmaster, its living children and its ended children have used.
 * The children that have ended are in the postmaster's own account: it waits for every one of them.
 */
export function serverCpuSeconds(postmaster: number): number | null {
  if (process.platform !== "linux") return null;
  const ticks = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(name))
    .reduce((sum, stat) => {
      if (stat?.pid === postmaster) return sum + stat.own + stat.ended;
      return stat?.parent === postmaster ? sum + stat.own : sum;
    }, 0);
  return ticks / ticksPerSecond();
}

/** The first process of the server that this one serves; null where that cannot be seen, as inside of a container. */
export function postmasterOf(pid: number): number | null {
  const stat = process.platform === "linux" ? statOf(String(pid)) : null;
  return stat?.program === "postgres" ? stat.parent : null;
}

/** The fields of /proc/PID/stat that count, or null for a process that is gone. */
function statOf(name: string) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, "utf8");
    // The program's name, in parentheses, may hold spaces.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const at = (number: number) => Number(fields[number - 3]);
    const program = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
    return {
      program,
      pid: Number(name),
      parent: at(4),
      own: at(14) + at(15),
      ended: at(16) + at(17),
    };
  } catch {
    return null;
  }
}

let known: number | null = null;

function ticksPerSecond(): number {
  known ??= Number(spawnSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).stdout) || 100;
  return known;
}
