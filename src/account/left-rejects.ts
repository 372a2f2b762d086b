/** Reject files of a job as an earlier run of it has left them. */
import { lstatSync, readFileSync, unlinkSync } from "node:fs";
import type { RejectOffsets } from "../model/checkpoint.ts";
import type { RejectedSource } from "./reject-file.ts";

/** Whether the files of a job are as long as its last commit has left them. */
export function areAsLeft({ path, files, report }: RejectOffsets): boolean {
  const sizes = files.map(
    ({ bytes }, at) => [at === 0 ? path : `${path}.${at + 1}`, bytes] as const,
  );
  return [...sizes, [`${path}.jsonl`, report] as const].every(([name, bytes]) => {
    const found = lstatSync(name, { throwIfNoEntry: false });
    return found?.isFile() === true && found.nlink === 1 && found.size === bytes;
  });
}

/** Removes the files of a job that has ended without a reject, where a run was killed before it could; nothing else. */
export function removeEmpty(path: string, { preamble }: RejectedSource): void {
  try {
    const isEmpty =
      lstatSync(path).isFile() &&
      lstatSync(`${path}.jsonl`).isFile() &&
      readFileSync(`${path}.jsonl`).length === 0 &&
      readFileSync(path).equals(preamble);
    if (!isEmpty) return;
    unlinkSync(path);
    unlinkSync(`${path}.jsonl`);
  } catch {
    // Nothing is there to be removed.
  }
}
