/** Makes what writes the records of a prepared load (its writers, its ledger and its mapper), and hands it batch after batch. */
import { Ledger } from "../account/ledger.ts";
import type { LevelTarget } from "../account/fixes/known-reject.ts";
import type { LoadPlan } from "../model/load-plan.ts";
import { gatherBatches } from "../write/batches.ts";
import type { ReadBatch } from "../write/batches.ts";
import { keysHashed, makeWriters } from "../write/make-writers.ts";
import type { WritersRequest } from "../write/make-writers.ts";
import { NestedMapper } from "../write/mapping/map-nested.ts";
import { RecordMapper } from "../write/mapping/map-records.ts";
import { prefetch } from "../write/prefetch.ts";
import type { Writers } from "../write/writers.ts";
import { ownRecords } from "../write/shard/own-records.ts";
import { skipCommitted } from "../write/skip-committed.ts";
import type { LoadState, RunningLoad } from "./load-state.ts";
import { SharedBudget } from "./shards/shared-budget.ts";
import type { PreparedLoad } from "./prepare.ts";

/** The load with everything that writing takes; nothing is written yet. */
export function startWriting<W extends Writers = Writers>(
  prepared: PreparedLoad,
  state: LoadState,
  make?: (request: WritersRequest) => W,
): RunningLoad & { readonly writers: W };
/** The same. */
export function startWriting(
  prepared: PreparedLoad,
  state: LoadState,
  make: (request: WritersRequest) => Writers = makeWriters,
): RunningLoad {
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
    levels: plan.nest?.levels.length ?? 0,
    onKept: ({ read, rejected }) => surroundings.log.info({ read, rejected }, "committed"),
  });
  const cursor = job?.resumed.cursor ?? null;
  const { quarantine, serialRanges } = lessons;
  const writers = make({
    plan,
    session,
    connect,
    account: ledger,
    quarantine,
    ending: isRehearsal ? "rehearsal" : "commit",
    job: cursor === null ? null : { cursor, serialRanges },
  });
  const { capabilities } = session;
  const mapper = new RecordMapper(table, {
    resolve,
    capabilities,
    missingFields: options.missingFields,
    unseen: lessons.unseen,
    lossy: lessons.lost.of(table, capabilities),
  });
  const mappers = levelMappers(prepared, lessons);
  const reads = plan.nest === undefined ? mapper : new NestedMapper(mapper, plan.nest, mappers);
  const { dateOrder, namelessCheck, madeOf } = capabilities;
  const levels = levelTargets(plan);
  lessons.rejects.planned({ plan: table, levels, dateOrder, namelessCheck, madeOf });
  notes.mapped(prepared, mapper, mappers);
  return { ...state, prepared, ledger, writers, mapper: reads };
}

/** What maps the records of each level of nested records. */
function levelMappers(
  { plan, levels, session: { capabilities } }: PreparedLoad,
  { lost }: LoadState["request"]["lessons"],
): readonly RecordMapper[] {
  return levels.flatMap((level, at) => {
    const own = plan.tables[at + 1];
    if (own === undefined) return [];
    return [new RecordMapper(own, { ...level, capabilities, lossy: lost.of(own, capabilities) })];
  });
}

/** The levels of nested records, each with the plan of its table. */
function levelTargets({ nest, tables }: LoadPlan): readonly LevelTarget[] {
  return (nest?.levels ?? []).flatMap(({ path, at }) =>
    tables.slice(at, at + 1).map((plan) => ({ path, plan })),
  );
}

/** Hands all records over, until the load is interrupted; nothing is committed that need not be. The writers are open. */
export async function writeBatches(load: RunningLoad): Promise<void> {
  const { prepared, writers, mapper, request, job } = load;
  const { plan, sources } = prepared;
  const { progress, surroundings } = request;
  const { signal } = surroundings;
  const events = job === null ? sources.read() : sources.resume(job.resumed.work, signal);
  const batches = unwritten(gatherBatches(events, mapper, plan), load);
  const budget = new SharedBudget(load);
  await budget.look();
  const hooks = { ready: writers.prepare.bind(writers), failed: writers.failed };
  for await (const batch of prefetch(batches, hooks)) {
    if (signal.aborted) break;
    await writers.write(batch);
    await budget.look();
    progress.wrote(batch);
  }
}

/** What is this process's to write, and what earlier runs of the load's job have not written. */
function unwritten(
  batches: AsyncGenerator<ReadBatch>,
  { prepared, job, ownRead }: RunningLoad,
): AsyncGenerator<ReadBatch> {
  const { plan, session, connect } = prepared;
  const { shard } = plan;
  if (shard !== undefined) {
    const onOwn = (source: string, records: number): void =>
      void ownRead.set(source, (ownRead.get(source) ?? 0) + records);
    return ownRecords(batches, { plan, session, connect, shard, onOwn });
  }
  const rows = job?.resumed.cursor?.rows ?? [];
  if (rows.length < 2) return batches;
  return skipCommitted(batches, rows, keysHashed(prepared.plan, prepared.session));
}
