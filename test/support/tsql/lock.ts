/** sp_getapplock and sp_releaseapplock over PostgreSQL's advisory locks. */
import { DatabaseError } from "pg";
import { notInTheSet } from "./raised.ts";
import type { State } from "./session.ts";

/** Takes or releases a lock (key, mode, owner, timeout in milliseconds); answers as the procedure does. */
export async function lock(
  state: State,
  values: readonly (string | null)[],
  release: boolean,
): Promise<number> {
  const [key = "0", mode, owner, timeout] = values;
  if (mode?.toUpperCase() !== "EXCLUSIVE") throw notInTheSet(`the lock mode ${mode ?? ""}`);
  const mine = owner?.toUpperCase() === "SESSION";
  if (!mine && state.tranCount === 0) return -999;
  if (release) {
    if (!mine) throw notInTheSet("releasing a lock before its transaction ends");
    await state.connection.run(`SELECT pg_advisory_unlock(${key})`);
    return 0;
  }
  const take = `SELECT pg_advisory_${mine ? "" : "xact_"}lock(${key})`;
  try {
    await state.connection.run(
      timeout === null || timeout === undefined ? take : limited(take, Number(timeout)),
    );
    return 0;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "55P03") return -1;
    if (error instanceof DatabaseError && error.code === "40P01") return -3;
    throw error;
  }
}

/** With a time limit of its own, after which that of the session counts again. */
function limited(take: string, milliseconds: number): string {
  const limit = milliseconds < 0 ? 0 : Math.max(1, milliseconds);
  return `SELECT set_config('tsql.lock_timeout', current_setting('lock_timeout'), false); SELECT set_config('lock_timeout', '${limit}', false); ${take}; SELECT set_config('lock_timeout', current_setting('tsql.lock_timeout'), false)`;
}
