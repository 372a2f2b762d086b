/** Makes what writes the records of a prepared load: its writers, its ledger and its mapper. */
import { Ledger } from "../account/ledger.ts";
import type { ReadBatch } from "../write/batches.ts";
import { keysHashed, makeWriters } from "../write/make-writers.ts";
import { RecordMapper } from "../write/map-records.ts";
import { skipCommitted } from "../write/skip-committed.ts";
import type { LoadState, RunningLoad } from "./load-state.ts";
import type { PreparedLoad } from "./prepare.ts";

/** The load with everything that writing takes; nothing is written yet. */
export function startWriting(prepared: PreparedLoad, state: LoadState): RunningLoad {
  const { session, plan, sources, connect, resolve } = prepared;
  const { job, notes, request, isRehearsal } = state;
  const { lessons, options, surroundings } = request;
  const [table] = plan.tables;
  if (surroundings.log.isLevelEnabled?.("debug") !== false) {
    const columns = table.columns.map((column) => column.name);
    surroundings.log.debug({ sql: session.statements(table, columns) }, "statements");
  }
  const ledger = new Ledger(lessons.rejects, sources.paths, {
    before: job?.resumed.before,
    expectRows: options.expectRows,
    misfits: lessons.misfits,
    onKept: ({ read, rejected }) => surroundings.log.info({ read, rejected }, "committed"),
  });
  const cursor = job?.resumed.cursor ?? null;
  const { quarantine, serialRanges } = lessons;
  const writers = makeWriters({
    plan,
    session,
    connect,
    account: ledger,
    quarantine,
    ending: isRehearsal ? "rehearsal" : "commit",
    job: cursor === null ? null : { cursor, serialRanges },
  });
  const mapper = new RecordMapper(table, {
    resolve,
    capabilities: session.capabilities,
    missingFields: options.missingFields,
    unseen: lessons.unseen,
  });
  lessons.rejects.planned({ plan: table, dateOrder: session.capabilities.dateOrder });
  notes.mapped(prepared, mapper);
  return { ...state, prepared, ledger, writers, mapper };
}

/** What earlier runs of the load's job have not written. */
export function unwritten(
  batches: AsyncGenerator<ReadBatch>,
  { prepared, job }: RunningLoad,
): AsyncGenerator<ReadBatch> {
  const rows = job?.resumed.cursor?.rows ?? [];
  if (rows.length < 2) return batches;
  return skipCommitted(batches, rows, keysHashed(prepared.plan, prepared.session));
}
