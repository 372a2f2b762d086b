/** The code of a failure, as Node and the drivers give it to their errors. */

/** `ENOENT`, `Z_DATA_ERROR`, a SQLSTATE; empty for what was thrown without one. */
export function systemCodeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
