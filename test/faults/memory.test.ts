/** A process that is sent a record without end: the record is a reject, the rest is loaded, and memory stays small. */
import Database from "better-sqlite3";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { describe, expect, test } from "vitest";
import { spawnUpsurge } from "../helpers/spawn-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

const MIB = 1024 * 1024;
/** Several times what a record may be long. */
const LENGTH_MIB = 300;

/** Text that goes on and on, between a beginning and an end. */
interface Endless {
  readonly before: string;
  readonly filler: string;
  readonly after: string;
}

const LINE: Endless = { before: "k,n\n1,", filler: "x", after: "\n2,good\n" };
const QUOTE: Endless = { before: 'k,n\n1,"', filler: "x,\n", after: '"\n2,good\n' };
const JSON_LINE: Endless = {
  before: '{"k":1,"n":"',
  filler: "x",
  after: '"}\n{"k":2,"n":"good"}\n',
};

/** Writes no faster than it is read, and does not mind when it is read no more. */
async function send(child: ChildProcessWithoutNullStreams, text: Endless): Promise<void> {
  const { stdin } = child;
  stdin.write(text.before);
  const piece = Buffer.alloc(MIB, text.filler);
  for (let count = 0; count < LENGTH_MIB && stdin.writable; count += 1) {
    if (stdin.write(piece)) continue;
    const heard = new AbortController();
    const { signal } = heard;
    await Promise.race(["drain", "close"].map((event) => once(stdin, event, { signal })));
    heard.abort();
  }
  stdin.end(text.after);
}

/** The most memory that the process ever had, in MiB; 0 once it is gone. */
function peakOf(child: ChildProcessWithoutNullStreams): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe.runIf(process.platform === "linux")("the memory of a process", () => {
  // A record as long as is allowed by default is held while it grows, and once more while it is copied to grow: about 256 MiB.
  test.each([
    ["a line", "csv", LINE, { flags: [], most: 290 }],
    [
      "a quoted field of lines",
      "csv",
      QUOTE,
      { flags: ["--max-record-lines", "1000000000"], most: 290 },
    ],
    ["a line of JSON", "ndjson", JSON_LINE, { flags: [], most: 290 }],
    [
      "a line, of a load with a limit of its own",
      "csv",
      LINE,
      { flags: ["--max-record-bytes", "4MiB"], most: 200 },
    ],
  ] as const)("%s of 300 MiB", async (_, format, text, { flags, most }) => {
    const cwd = tempDir();
    const path = join(cwd, "t.db");
    new Database(path).exec("create table t (k int primary key, n text)").close();
    const into = ["--format", format, "--to", "t.db", "--table", "t", "--key", "k"];
    const args = ["-", ...into, "--max-rejects", "1", "--json", "-q", ...flags];
    const { child, ended } = spawnUpsurge(args, cwd);
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, peakOf(child))), 10);

    await send(child, text);
    const { exitCode, stdout, stderr } = await ended;
    clearInterval(watch);

    expect(exitCode, stderr).toBe(3);
    expect(JSON.parse(stdout).counts).toMatchObject({ read: 2, inserted: 1, rejected: 1 });
    const reject = readFileSync(join(cwd, `stdin.rejects.${format}.jsonl`), "utf8");
    expect(JSON.parse(reject).code).toBe("ROW_TOO_LARGE");
    expect(peak).toBeGreaterThan(40);
    expect(peak).toBeLessThan(most);
  });
});
