/** Node's warnings about what the program does: what drivers mean to take away, and listeners that pile up. People would see them. */
import { expect } from "vitest";

const OURS = new Set(["DeprecationWarning", "MaxListenersExceededWarning"]);

const seen: string[] = [];
let isWatched = false;

/** Watches this process. */
export function watchWarnings(): void {
  if (isWatched) return;
  isWatched = true;
  process.on("warning", ({ name, stack }) => {
    if (OURS.has(name)) seen.push(stack ?? name);
  });
}

/** Fails if there was a warning since the last look. */
export function expectNoWarnings(): void {
  expect(seen.splice(0), "Node has warned of this").toEqual([]);
}
