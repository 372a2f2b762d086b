/** A folder of its own for a test, removed when the test is over. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, onTestFinished } from "vitest";

/** Makes a folder with `files` in it, and returns its path. Call it inside a test. */
export function tempDir(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), "upsurge-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

/** A folder for all tests of the surrounding suite; its path is known while they run. */
export function useTempDir(): { readonly path: string } {
  let path = "";
  beforeAll(() => {
    path = mkdtempSync(join(tmpdir(), "upsurge-"));
  });
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
  };
}
