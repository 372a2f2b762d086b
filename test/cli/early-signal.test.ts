/** A signal that comes before anything is loaded: nothing stays of the files that would have been written. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import type { SignalSource } from "../../src/cli/io.ts";
import { MemoryOutput } from "../helpers/run-upsurge.ts";
import { tempDir } from "../helpers/temp-dir.ts";

test("SIGTERM is listened to before there is a file, and then leaves only whole ones", async () => {
  const folder = tempDir({ "in.csv": "id\n1\n" });
  let atFirst: readonly string[] = [];
  const signals: SignalSource = {
    on: (signal, listener) => {
      if (signal !== "SIGTERM") return;
      atFirst = readdirSync(folder);
      queueMicrotask(listener);
    },
    off: () => {},
    exit: () => {
      throw new Error("the process was ended");
    },
  };
  const io = {
    stdin: Readable.from([]),
    stdout: new MemoryOutput(),
    stderr: new MemoryOutput(),
    env: {},
    signals,
  };
  const to = ["--to", join(folder, "t.db"), "--create", "--key", "id"];
  const files = ["--report", "r.json", "--junit", "r.xml", "--metrics", "m.prom"];
  const given = files.map((word) => (word.startsWith("--") ? word : join(folder, word)));

  expect(await main([join(folder, "in.csv"), ...to, ...given], io)).toBe(143);
  expect(atFirst).toEqual(["in.csv"]);
  expect(readdirSync(folder).toSorted()).toEqual(["in.csv", "m.prom", "r.json", "r.xml"]);
});
