/** The file of `--report`: it gets its name once it is whole, and what is there stays what it is. */
import {
  chmodSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openReportFile } from "../../src/cli/files/report-file.ts";
import { tempDir } from "../helpers/temp-dir.ts";

async function write(path: string, text: string): Promise<void> {
  const file = await openReportFile(path);
  await file.write(text);
  await file.close();
}

test("until it is written there is no file, and then nothing is left beside it", async () => {
  const folder = tempDir();
  const path = join(folder, "load.json");

  const file = await openReportFile(path);
  expect(readdirSync(folder)).toEqual([]);
  await file.write("whole\n");
  await file.close();

  expect(readdirSync(folder)).toEqual(["load.json"]);
  expect(readFileSync(path, "utf8")).toBe("whole\n");
});

test("a name may be as long as the file system takes", async () => {
  const path = join(tempDir(), `${"報".repeat(82)}.json`);

  await write(path, "first\n");
  await write(path, "second\n");

  expect(readFileSync(path, "utf8")).toBe("second\n");
});

test("an earlier report is replaced by another file with the same permissions", async () => {
  const path = join(tempDir(), "load.json");
  writeFileSync(path, "the earlier report, which is longer\n");
  chmodSync(path, 0o640);
  const before = statSync(path);

  await write(path, "new\n");

  expect(readFileSync(path, "utf8")).toBe("new\n");
  expect(statSync(path).mode).toBe(before.mode);
  expect(statSync(path).ino).not.toBe(before.ino);
});

test("a link stays a link, and a file with two names keeps both", async () => {
  const folder = tempDir();
  const real = join(folder, "real.json");
  const link = join(folder, "link.json");
  const twin = join(folder, "twin.json");
  writeFileSync(real, "old\n");
  symlinkSync(real, link);

  await write(link, "through the link\n");
  expect(readFileSync(real, "utf8")).toBe("through the link\n");

  linkSync(real, twin);
  await write(twin, "both\n");
  expect(readFileSync(real, "utf8")).toBe("both\n");
});
