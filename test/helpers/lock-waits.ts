/** PostgreSQL's sessions that wait for a lock: how a test sees that a load has come to one, or has tried again for it. */
import type { TestDatabase } from "./engines.ts";
import { until } from "./until.ts";

/** The sessions that wait for a lock of the database now; a load that tries again does it in another. */
async function lockWaits({ rows }: Pick<TestDatabase, "rows">): Promise<string[]> {
  // In a transaction the server shows what it has shown before, unless it is told to look again.
  await rows("select pg_stat_clear_snapshot()");
  const waits = await rows(
    "select pid || ' since ' || backend_start from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return waits.map(([session]) => session ?? "");
}

/** Waits until so many sessions wait for a lock. */
export async function untilLockWaits(
  database: Pick<TestDatabase, "rows">,
  count = 1,
): Promise<void> {
  await until(
    `${count} sessions that wait for a lock`,
    async () => await lockWaits(database),
    ({ length }) => length >= count,
  );
}

/** Waits until so many sessions have waited for a lock, one after the other or at once; or until `isOver`. */
export async function untilLockTries(
  database: Pick<TestDatabase, "rows">,
  times: number,
  isOver: () => boolean = () => false,
): Promise<void> {
  const seen = new Set<string>();
  await until(
    `${times} sessions that have waited for a lock`,
    async () => {
      for (const session of await lockWaits(database)) seen.add(session);
      return [...seen];
    },
    ({ length }) => length >= times || isOver(),
  );
}
