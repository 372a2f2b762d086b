/** The fix where a process may open no more files: no other path and no other right would help. */
import { systemCodeOf } from "./system-code.ts";

/** Of the process, and of the whole machine. */
const TOO_MANY: readonly string[] = ["EMFILE", "ENFILE"];

const RAISE =
  "raise the limit of open files, for example with `ulimit -n 65536`, then run the same command";

/** `undefined`: it is about something else. */
export function openFilesFix(error: unknown): string | undefined {
  return TOO_MANY.includes(systemCodeOf(error)) ? RAISE : undefined;
}
