/** What tells a file from another at a glance: its size, and pieces from its first byte to its last. */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fingerprintOf } from "../../../src/sources/fingerprint.ts";
import { tempDir } from "../../helpers/temp-dir.ts";

const MIB = 1024 * 1024;

/** A file of so many bytes, all of them zero but for one at each of these places. */
async function fingerprint(size: number, ...places: readonly number[]): Promise<string> {
  const path = join(tempDir(), "in.csv");
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  for (const at of places) writeSync(file, "x", at);
  closeSync(file);
  const { bytes, sha256 } = await fingerprintOf(path);
  expect(bytes).toBe(size);
  return sha256;
}

test.each([
  ["an empty file", 0],
  ["less than a piece", 1000],
  ["as much as is hashed whole", 16 * MIB],
  ["one byte more", 16 * MIB + 1],
  ["much more", 40 * MIB + 17],
])("the first byte and the last tell files apart: %s", async (_, size) => {
  const plain = await fingerprint(size);
  expect(await fingerprint(size)).toBe(plain);
  for (const at of size === 0 ? [] : [0, size - 1])
    expect(await fingerprint(size, at), `byte ${at}`).not.toBe(plain);
});

test("a file of up to 16 MiB is told by each of its bytes", async () => {
  const size = 3 * MIB + 5;
  const plain = await fingerprint(size);
  for (const at of [64 * 1024 - 1, 64 * 1024, MIB + 1, 3 * MIB])
    expect(await fingerprint(size, at), `byte ${at}`).not.toBe(plain);
});
