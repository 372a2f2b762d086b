/**
 * An error of PostgreSQL's in the middle of a load, thrown where a batch has been written. A trigger cannot stand in for the
 * server: what it raises is a fault of its row, whatever SQLSTATE it gives.
 */
import { onFailPoint } from "../../src/testing/fail-point.ts";
import type { FailPoint } from "../../src/testing/fail-point.ts";

/** Counts the batches that are written, or their levels, over all tries, and fails those that are `struck` with this SQLSTATE. */
export function failBatches(
  state: string,
  struck: (batch: number) => boolean,
  at: FailPoint = "applied",
): { met: number } {
  const faults = { met: 0 };
  let batches = 0;
  onFailPoint((point) => {
    if (point !== at || !struck((batches += 1))) return;
    faults.met += 1;
    // As the driver tells an error of the server.
    throw Object.assign(new Error("the server said so"), { severity: "ERROR", code: state });
  });
  return faults;
}
