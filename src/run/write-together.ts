/**
 * Writes the loads of a run in one transaction: what comes before records (tables are emptied, children first), load after
 * load, late columns, rows that no record has (children first), what comes after, commit. Nothing of it is kept unless all of it is.
 */
import { tableName } from "../model/table-shape.ts";
import { asAltered } from "../load/as-altered.ts";
import { startWriting, writeBatches } from "../load/start-writing.ts";
import { failPoint } from "../testing/fail-point.ts";
import type { Session, Transaction, WaitingKey } from "../targets/target.ts";
import { RunComparison } from "./compare-tables.ts";
import { makeJoinedWriter } from "../write/make-writers.ts";
import { NamedRows } from "../write/lookups/named-rows.ts";
import { OneSession } from "../write/one-session.ts";
import { tablesWritten } from "../write/tables-written.ts";
import type { WrittenTable } from "../write/tables-written.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { JoinedLoad } from "./run-request.ts";
import type { RunState } from "./run-state.ts";

/** Writes all of it, and commits. Throws what stopped it, with everything undone. */
export async function writeTogether(
  { connected, parts, order }: PreparedRun,
  state: RunState,
): Promise<void> {
  const { session } = connected;
  const { signal } = state.request.surroundings;
  let transaction: Transaction | null = null;
  try {
    const written = tablesWritten(parts.map(({ prepared }) => prepared.plan.tables));
    transaction = await session.begin(written.tables);
    const waits = order.waiting.length === 0 ? [] : session.leaveToCommit?.(order.waiting);
    for (const sql of waits ?? []) await session.execute.run(sql);
    const comparison = new RunComparison(session, parts);
    await comparison.begin();
    const loads = startAll(written.places, transaction, state);
    await writeAll(loads, order.waiting, state);
    state.leaves();
    signal.throwIfAborted();
    await end({ loads, comparison, session }, transaction, state);
  } catch (error) {
    await transaction?.rollback();
    if (signal.aborted) throw error;
    const tables = parts.flatMap(({ prepared }) => prepared.plan.tables);
    throw await asAltered(session.translate(error), session, tables);
  }
}

/** The loads with everything that writing takes, by their places. */
function startAll(
  places: readonly WrittenTable[],
  transaction: Transaction,
  state: RunState,
): JoinedLoad[] {
  const named = new NamedRows();
  return places.map((place) => {
    const { prepared, load } = state.begins(place.at);
    const running = startWriting<OneSession>(prepared, load, (request) =>
      makeJoinedWriter(request, { transaction, named, ...place }),
    );
    state.writes(place.at, running);
    return running;
  });
}

/** Each round goes over all loads: no table is written before all are ready, and rows go once all are written. */
async function writeAll(
  loads: readonly JoinedLoad[],
  waiting: readonly WaitingKey[],
  state: RunState,
): Promise<void> {
  const { options, progress, surroundings } = state.request;
  const places = [...loads.entries()];
  const childrenFirst = places.toReversed();
  const round = async (
    turns: readonly (readonly [number, JoinedLoad])[],
    work: (load: JoinedLoad) => Promise<void>,
  ): Promise<void> => {
    for (const [at, load] of turns) {
      state.begins(at);
      await work(load);
      surroundings.signal.throwIfAborted();
    }
  };
  await round(childrenFirst, async (load) => {
    progress.loading(load);
    await load.writers.open();
  });
  await round(places, async (load) => {
    progress.loading(load);
    await writeBatches(load);
    surroundings.signal.throwIfAborted();
    load.writers.endRecords();
  });
  await round(places, async ({ writers }) => await writers.applyLate());
  // A parent of a row that stays for the sake of a reject has to stay as well.
  const rejecting = loads.filter(({ writers }) => writers.rejected > 0);
  const isWithheld = rejecting.length > 0;
  const rejectedIn = rejecting.map(({ prepared: { plan } }) =>
    tableName(plan.tables[0].table.name),
  );
  const counts = options.dryRun || options.check;
  await round(childrenFirst, async ({ writers, notes }) => {
    if (writers.rejected === 0) notes.staysFor([...new Set(rejectedIn)]);
    await writers.removeMissing({ isWithheld, counts, waiting });
  });
  await round(places, async ({ writers }) => await writers.runAfter());
}

/** All loads of a run, written and not yet committed. */
interface WrittenLoads {
  readonly loads: readonly JoinedLoad[];
  readonly comparison: RunComparison;
  readonly session: Session;
}

/** Commits all of it or, in a rehearsal, undoes it. */
async function end(
  { loads, comparison, session }: WrittenLoads,
  transaction: Transaction,
  state: RunState,
): Promise<void> {
  const { options } = state.request;
  const rehearsal = options.dryRun || options.check;
  if (rehearsal) {
    await transaction.rehearse?.();
    await comparison.find(loads);
    await transaction.rollback();
  } else {
    const all = loads.map(({ writers }) => writers);
    for (const writers of all) writers.beforeCommit();
    state.commits();
    await OneSession.commit(all, async () => {
      try {
        failPoint("commit");
        await transaction.commit();
      } catch (error) {
        throw session.translate(error);
      }
    });
    failPoint("committed");
    for (const writers of all) writers.committed();
  }
  for (const { notes, ledger, writers, request } of loads) {
    notes.ran(writers.ranSteps);
    notes.setLate(writers.late);
    notes.tookAway(writers.removed);
    await notes.lookBack(ledger.all, { moves: request.options.syncSequences, rehearsal });
  }
}
