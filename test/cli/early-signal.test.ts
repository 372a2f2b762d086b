/** A signal that comes before anything is loaded: nothing stays of the files that would have been written. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import type { SignalSource } from "../../src/cli/io.ts";
import { MemoryOutput } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

/** Runs a load into `t.db` whose process gets SIGTERM as soon as it listens; tells its exit code, and which signals it listened to. */
async function loadInterrupted(
  folder: string,
  files: readonly string[],
): Promise<{ readonly exitCode: number; readonly listened: ReadonlySet<string> }> {
  const listened = new Set<string>();
  const signals: SignalSource = {
    on: (signal, listener) => {
      listened.add(signal);
      if (signal === "SIGTERM") queueMicrotask(listener);
    },
    off: () => {},
    exit: () => {
      throw new Error("the process was ended");
    },
  };
  const [stdin, stdout, stderr] = [Readable.from([]), new MemoryOutput(), new MemoryOutput()];
  const to = ["--to", join(folder, "t.db"), "--create", "--key", "id"];
  const io = { stdin, stdout, stderr, env: {}, signals };
  return { exitCode: await main([join(folder, "in.csv"), ...to, ...files], io), listened };
}

test("SIGTERM before a load leaves whole files and no others", async () => {
  const folder = tempDir({ "in.csv": "id\n1\n" });
  const files = ["--report", "r.json", "--junit", "r.xml", "--metrics", "m.prom"];
  const given = files.map((word) => (word.startsWith("--") ? word : join(folder, word)));

  expect((await loadInterrupted(folder, given)).exitCode).toBe(143);
  expect(readdirSync(folder).toSorted()).toEqual(["in.csv", "m.prom", "r.json", "r.xml"]);
});

test("signals are listened to before it is tried whether files can be written", async () => {
  const folder = tempDir({ "in.csv": "id\n1\n" });
  const report = ["--report", join(folder, "nowhere", "r.json")];

  const { exitCode, listened } = await loadInterrupted(folder, report);

  expect([exitCode, listened.has("SIGTERM")]).toEqual([6, true]);
});
