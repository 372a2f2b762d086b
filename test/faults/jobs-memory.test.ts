/** The memory of a job: over a large source in one transaction or in large parts, and when it goes on near its end. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, test } from "vitest";
import { useTempDir } from "../helpers/temp-dir.ts";

/** The program as it is installed: `npm run build` makes it, and `npm test` does so first. */
const PROGRAM = fileURLToPath(new URL("../../dist/upsurge.js", import.meta.url));
const RECORDS = 2_000_000;
const MOST_MIB = 256;

describe.runIf(process.platform === "linux" && existsSync(PROGRAM))(
  "the memory of a job (needs dist/ and Linux)",
  () => {
    const folder = useTempDir();
    beforeAll(() => {
      // 200 MB: short keys and a field of 90 characters.
      const file = openSync(join(folder.path, "in.csv"), "w");
      writeSync(file, "id,n,s\n");
      for (let at = 0; at < RECORDS; at += 10_000) {
        const lines = Array.from(
          { length: 10_000 },
          (_, next) => `${at + next},${next},${"x".repeat(90)}\n`,
        );
        writeSync(file, lines.join(""));
      }
      closeSync(file);
    });

    /** A run, and the most memory that its process ever had, in MiB. */
    async function run(
      name: string,
      flags: readonly string[],
    ): Promise<[exit: number, peak: number]> {
      const into = ["--to", `sqlite:${name}.db`, "--table", "t", "--key", "id", "--job", "j"];
      const args = [PROGRAM, "in.csv", ...into, "-q", ...flags];
      const child = spawn(process.execPath, args, { cwd: folder.path });
      let peak = 0;
      const watch = setInterval(() => {
        try {
          const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
          peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
        } catch {
          // It is gone.
        }
      }, 20);
      const [exit, stderr] = await Promise.all([
        new Promise<number>((resolve) => void child.on("close", (code) => resolve(code ?? -1))),
        text(child.stderr),
        text(child.stdout),
      ]);
      clearInterval(watch);
      expect(stderr).not.toContain("INTERNAL");
      return [exit, peak];
    }

    function make(name: string, check: string): void {
      const db = new Database(join(folder.path, `${name}.db`));
      db.exec(`create table t (id integer primary key, n int, s text, check (${check}))`);
      db.close();
    }

    test.each([
      ["large parts", ["--commit", "1000000"]],
      ["one transaction", ["--commit", "end"]],
    ])("in %s", async (name, flags) => {
      make(name, "true");
      const [exit, peak] = await run(name, flags);
      expect(exit).toBe(0);
      expect(peak).toBeGreaterThan(40);
      expect(peak).toBeLessThan(MOST_MIB);
    });

    test("that goes on near its end", async () => {
      make("resumed", `id <> ${RECORDS - 5}`);
      expect((await run("resumed", ["--commit", "100000"]))[0]).toBe(4);
      const [exit, peak] = await run("resumed", ["--commit", "100000", "--max-rejects", "1"]);
      expect(exit).toBe(3);
      expect(peak).toBeLessThan(MOST_MIB);
    });
  },
);
