/** Who holds the lock that a session waits for, in words. */

/** A session that holds a lock, as far as it may be seen. */
export interface LockHolder {
  /** 0: a prepared transaction, which is no session's. */
  readonly pid: number;
  readonly user: string | null;
  readonly program: string | null;
  readonly state: string | null;
  /** How long its transaction has been open; `null`: it is not told. */
  readonly seconds: number | null;
}

/** `session 42 of bob (psql), idle in transaction for 14 s`. */
export function holderText({ pid, user, program, state, seconds }: LockHolder): string {
  if (pid === 0) return "a prepared transaction";
  const whose = user === null ? "" : ` of ${user}`;
  const what = program === null || program === "" ? "" : ` (${program})`;
  const since = seconds === null || seconds < 1 ? "" : ` for ${seconds} s`;
  return `session ${pid}${whose}${what}${state === null ? "" : `, ${state}${since}`}`;
}
