/** Faults of the reading stage as rejects. */
import type { Position } from "../../model/record.ts";
import type { Reject } from "../../model/reject.ts";
import type { RecordFault } from "./record-stream.ts";

/** The reject of a record that could not be read; one that was too large keeps no bytes. */
export function readReject(position: Position, fault: RecordFault, raw: Uint8Array): Reject {
  return {
    position,
    stage: "read",
    code: fault.code,
    column: null,
    dbCode: null,
    constraint: null,
    message: fault.message,
    raw: fault.code === "ROW_TOO_LARGE" ? null : raw,
  };
}
