/** The fix where a process may open no more files: no other path and no other right would help. */

/** Of the process, and of the whole machine. */
const TOO_MANY: readonly unknown[] = ["EMFILE", "ENFILE"];

const RAISE =
  "raise the limit of open files, for example with `ulimit -n 65536`, then run the same command";

/** `undefined`: it is about something else. */
export function openFilesFix(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return TOO_MANY.includes(code) ? RAISE : undefined;
}
